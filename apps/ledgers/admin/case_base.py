"""Records of one cadre written by forms of their own: found by name, read on a page of facts, each look logged.

The form is one act (`admin/registry/act.html`); what it says goes to a service. Lists leave as a page to print or a
workbook, logged with everybody on them.
"""

import io
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin import EDIT, SAFE_METHODS
from apps.common.admin_lists import LAST_PAGE, CappedPaginator
from apps.common.admin_pages import Block, PageRecordAdmin, file_answer, refuse
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet
from apps.ledgers.forms.cases import CaseForm
from apps.ledgers.models import ContactPerson
from apps.people.models import Person
from apps.registry.admin.scope import may_on
from apps.registry.models import Cadre
from apps.registry.queries import find_people

STALE = "stale_version"
VIEW_HEALTH, VIEW_THOUGHTS = "registry.view_health", "registry.view_thoughts"


@dataclass(frozen=True)
class ListPaper:
    """A list as its paper form has it. `cells` gives a row's cells without the number in front."""

    title: str
    columns: Sequence[str]
    rows: list[list]
    people: list[int]
    order: str = ""
    scope: str = ""
    signature: str = ""


class OfCadreRecord(PageRecordAdmin):
    """`sealed` is the right on the person that stands beside the model's own, for all of its rows."""

    sealed = ""
    seen_fields: tuple[str, ...] = ()
    add_form: type[CaseForm] = CaseForm
    change_form_class: type[CaseForm] | None = None
    voidable = False
    record_page = "admin/ledgers/case_page.html"
    add_lead = change_lead = ""
    of_the_dead = False
    change_list_template = "admin/record_list.html"
    select_related_in_list = select_related_in_record = ("cadre__person", "cadre__managing_unit")
    search_fields = ("cadre__person__name",)
    search_help_text = "姓名、拼音或首字母"
    sortable_by = ()

    # Scope

    def rows_for(self, user, permission):
        rows = self.model.objects.all()
        if not user.has_perm(permission):
            return rows.none()
        for right in {permission, self.sealed or permission} - self.implied(permission):
            rows = rows.filter(cadre__in=Cadre.objects.current().visible_to(user, right).values("pk"))
        return rows

    def implied(self, permission: str) -> set[str]:
        """A look at sealed rows asks for the sealed right alone: the roles that hold it hold both on the same units."""
        return {permission} if self.sealed and permission == self.right("view") else set()

    def people_of(self, obj):
        return [obj.cadre_id]

    def named(self, obj) -> str:
        return obj.cadre.person.name

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and (not self.sealed or request.user.has_perm(self.sealed))

    def may_add_for(self, request, cadre_id: int) -> bool:
        rights = (self.right("add"), *([self.sealed] if self.sealed else []))
        return all(may_on(request, cadre_id, right) for right in rights)

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        asked, people = find_people(search_term)
        return (
            queryset.none() if asked.is_number else queryset.filter(cadre__in=people.order_by().values("pk"))
        ), False

    # List

    @admin.display(description="老同志")
    def who(self, obj):
        url = reverse("admin:registry_cadre_change", args=[obj.cadre_id])
        return format_html('<a href="{}">{}</a>', url, obj.cadre.person.name)

    @admin.display(description="管理单位")
    def unit(self, obj):
        return obj.cadre.managing_unit.short_name or obj.cadre.managing_unit.name

    # Adding: for the person in the address, or for one that is picked

    def asked_cadre(self, request) -> Cadre | None:
        number = request.GET.get("cadre", "")
        if not number:
            return None
        if not number.isdecimal() or len(number) > 18 or not self.may_add_for(request, int(number)):
            raise Http404
        return Cadre.objects.select_related("person", "managing_unit").filter(pk=int(number), voided_at=None).first()

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        cadre = self.asked_cadre(request)
        form = self.build_form(request, self.add_form, cadre=cadre, initial=self.initial_for(request, cadre))
        if request.method == "POST" and form.is_valid():
            try:
                whom = cadre or self.picked(request, form)
                row = self.create(request, whom, form)
            except (BusinessError, ValidationError) as refusal:
                refuse(form, refusal)
            else:
                return self.added(request, whom, row)
        title = f"{self.add_label}：{cadre.person.name}" if cadre else self.add_label
        back = reverse("admin:registry_cadre_change", args=[cadre.pk]) if cadre else self.plain_url("changelist")
        return self.act_page(request, form, title=title, lead=self.add_lead, back=back)

    def initial_for(self, request, cadre: Cadre | None) -> dict:
        return {}

    def build_form(self, request, form_class, *, cadre: Cadre | None, initial: dict | None = None, obj=None, **more):
        data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        first = {"form_key": uuid.uuid4(), **({"seen_version": obj.version} if obj is not None else {})}
        form = form_class(data, files, initial={**first, **(initial or {})}, **more)
        if cadre is None and "who" in form.fields:
            picker = form.fields["who"]
            picker.queryset = self.related_rows(Person, request)
            picker.widget = AutocompleteSelect(ContactPerson._meta.get_field("person"), self.admin_site)
            picker.widget.choices = picker.choices
        else:
            form.fields.pop("who", None)
        self.furnish(request, form, cadre)
        return form

    def furnish(self, request, form, cadre: Cadre | None) -> None:
        """Choices that depend on who asks or about whom."""

    def picked(self, request, form) -> Cadre:
        person = form.cleaned_data["who"]
        cadre = Cadre.objects.current().select_related("person", "managing_unit").filter(pk=person.pk).first()
        if cadre is None or not self.may_add_for(request, cadre.pk):
            raise BusinessError("这位老同志不归您登记，请重新选择。", code="stranger", field="who")
        return cadre

    def create(self, request, cadre: Cadre, form):
        """Have the service write what the form says, and return the row; rows that nobody enters by hand refuse."""
        raise PermissionDenied

    def added(self, request, cadre: Cadre, row):
        messages.success(request, f"{self.add_label}：{cadre.person.name}，已保存。")
        return HttpResponseRedirect(self.url_of("change", row))

    # One record

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if request.method in SAFE_METHODS and EDIT not in request.GET:
            request.reading_record = True
            return self.read_page(request, obj)
        if self.change_form_class is None or not self.may_change(request, obj) or obj.voided_at:
            raise PermissionDenied
        return self.edit_page(request, obj)

    def read_page(self, request, obj):
        request.reading_record = True
        context = {
            "title": self.title_of(obj), "original": obj, "row": obj, "cadre": obj.cadre, "list_url": self.list_url(),
            "list_words": self.opts.verbose_name, "tools": self.record_tools(request, obj),
            "blocks": list(self.blocks(request, obj)), "tags": self.tags(obj), **self.more_context(request, obj),
        }  # fmt: skip
        self.log_look(request, obj)
        return self.page(request, self.record_page, context)

    def log_look(self, request, obj, action: str = "open") -> None:
        audit.look(
            action, actor=request.user, people=self.people_of(obj), fields=self.seen_fields, target=self._target(obj),
            request=request,
        )  # fmt: skip

    def list_url(self) -> str:
        return self.plain_url("changelist")

    def blocks(self, request, obj) -> Iterable[Block]:
        return ()

    def tags(self, obj) -> list[tuple[str, str]]:
        return [("已作废", "late")] if obj.voided_at else []

    def more_context(self, request, obj) -> dict:
        return {}

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        return [tool for tool in tools if tool["label"] != "修改" or self.change_form_class is not None]

    def edit_page(self, request, obj):
        form = self.build_form(request, self.change_form_class, cadre=obj.cadre, initial=self.values_of(obj), obj=obj)
        if request.method == "POST" and form.is_valid():
            try:
                self.change(request, obj, form)
            except (BusinessError, ValidationError) as refusal:
                refuse(form, refusal)
                self.keep_up(form, obj)
            else:
                messages.success(request, "已保存。")
                return HttpResponseRedirect(self.url_of("change", obj))
        return self.act_page(
            request, form, title=f"修改：{self.title_of(obj)}", lead=self.change_lead, back=self.url_of("change", obj)
        )

    def keep_up(self, form, obj) -> None:
        """After a stale version what was typed stays, beside what is there now; saving once more stands over it."""
        if not any(error.code == STALE for errors in form.errors.as_data().values() for error in errors):
            return
        obj.refresh_from_db()
        form.data = form.data.copy()
        form.data["seen_version"] = obj.version
        for name, now in self.values_of(obj).items():
            if name in form.fields and form.fields[name].has_changed(now, form.cleaned_data.get(name)):
                form.add_error(name, f"别的同志刚改成：{shown(form.fields[name], now)}")

    def values_of(self, obj) -> dict:
        return {}

    def change(self, request, obj, form) -> None:
        """Have the service mend the row; rows without a form refuse."""
        raise PermissionDenied

    # Acts

    def act_page(self, request, form, *, title: str, lead: str, back: str, button: str = "保存"):
        context = {
            "title": title,
            "form": form,
            "media": form.media,
            "lead": lead,
            "back": back,
            "buttons": [("save", button)],
            "list_url": self.list_url(),
            "list_words": self.opts.verbose_name,
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    # Leaving the screen

    def paper_tools(self, request, act: str) -> list[dict]:
        query, url = self.query_of(request), self.plain_url(act)
        return [
            {"label": "打印", "url": f"{url}?as=print{query}"},
            {"label": "导出 Excel", "url": f"{url}?as=xlsx{query}"},
        ]

    def send_paper(self, request, paper: ListPaper, *, back: str, as_file: bool):
        """The list as a page or, `as_file`, a workbook; logged before it leaves."""
        audit.look(
            "export" if as_file else "print", actor=request.user, people=sorted(set(paper.people)),
            fields=self.seen_fields, reason=paper.title, target=f"{self.opts.label_lower}:list", request=request,
        )  # fmt: skip
        rows = [[number, *row] for number, row in enumerate(paper.rows, 1)]
        columns = ("序号", *paper.columns)
        if not as_file:
            frame = frame_for(
                request, paper.title, columns=len(columns), order=paper.order, landscape=True, back_url=back,
                scope=paper.scope or f"{len(rows)} 条", signature=paper.signature, stamp=True,
            )  # fmt: skip
            sheet = {"columns": columns, "rows": rows, "facts": (), "tall": False, "footer": ""}
            return self.page(request, "print/branch_table.html", {"frame": frame, "sheet": sheet})
        stream = io.BytesIO()
        now = timezone.localtime()
        notes = [("导出人", str(request.user)), ("导出时间", f"{now:%Y-%m-%d %H:%M}"), ("说明", "含个人信息，用后删除")]
        write_sheet(stream, paper.title, columns, rows, notes=notes)
        return file_answer(stream.getvalue(), f"{paper.title}.xlsx")


def asked_page(request, rows, per_page: int):
    """The page of a queryset that `?page=` asks for, counted no further than lists are."""
    text = request.GET.get("page", "")
    number = min(int(text), LAST_PAGE) if text.isdecimal() and len(text) < 5 and int(text) else 1
    return CappedPaginator(rows, per_page, page_number=number).get_page(number)


def total_words(page) -> str:
    paginator = page.paginator
    return f"{paginator.limit:,} 位以上" if paginator.is_capped else f"共 {paginator.count:,} 位"


def shown(field, value) -> str:
    """A value of a form's field in the words of its choices."""
    names = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    values = value if isinstance(value, list | tuple) else [value]
    return "、".join(names.get(str(one), str(one)) for one in values if one not in (None, "")) or "（空）"
