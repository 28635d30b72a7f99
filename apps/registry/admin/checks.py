"""Pages of the yearly check: start it, print the sheets, enter what came back, see how far all units are."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.access import unit_ids_for
from apps.common import audit, papers
from apps.common.admin import RecordAdmin
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.common.phone import masked_phone
from apps.common.printing import frame_for
from apps.common.services import start_job
from apps.organisation.models import Unit
from apps.people.choices import LifeStatus
from apps.registry.choices import CheckAnswer
from apps.registry.models import Cadre, CheckLine, UnitCheck
from apps.registry.reporting.standing import reporting_units, terms_on
from apps.registry.services.checks import KIND, START, enter_answers, start_check, version_of

from .acts import VIEW_CONTACT
from .check_forms import ALL, FIELDS, RowForm, StartForm
from .page import MASKED

PER_PAGE = 30
AT_ONCE = 3
MOST_PRINTED = 20
COLUMNS = ("老同志", "名册上现在的")
PRINTED = ("序号", "姓名", "性别", "出生年月", "类别", "职务（职级）", "电话", "现住址", "居住方式", "改动请写在这里")
TONES = {CheckAnswer.RIGHT: "done", CheckAnswer.CHANGED: "done", CheckAnswer.TOLD: "soon"}


class ProgressFilter(admin.SimpleListFilter):
    """Without a choice: all of them."""

    title, parameter_name = "进度", "state"

    def lookups(self, request, model_admin):
        return [("open", "还没录完"), ("overdue", "逾期没收回"), ("done", "录完了")]

    def queryset(self, request, queryset):
        if self.value() == "done":
            return queryset.filter(finished_on__isnull=False)
        if self.value() == "open":
            return queryset.filter(finished_on__isnull=True)
        if self.value() == "overdue":
            return queryset.filter(paper__state__in=papers.OUT, paper__due_on__lt=timezone.localdate())
        return queryset


@admin.register(UnitCheck)
class UnitCheckAdmin(RecordAdmin):
    add_label = "发起信息核对"
    empty_words = "每年给单位发一次核对表：打印出来请单位核对、盖章，收回后在这里录入改动。"
    list_display = ("unit_name", "year", "code", "progress_words", "paper_words", "due")
    list_display_links = ("unit_name",)
    list_filter = (ProgressFilter, "year")
    search_fields = ("unit__name", "paper__code")
    search_help_text = "单位名称，或核对表上的编码"
    select_related_in_list = select_related_in_record = ("unit", "paper")
    ordering = ("-year", "unit__path", "pk")
    sortable_by = ()
    actions = ("print_ticked",)

    def rows_for(self, user, permission):
        return UnitCheck.objects.filter(unit_id__in=unit_ids_for(user, permission))

    def may_change(self, request, obj):
        """Entered in the grid, never in a form of fields."""
        return False

    def may_enter(self, request, check) -> bool:
        if check.paper and check.paper.state == PaperState.CANCELLED:
            return False
        return check.unit_id in unit_ids_for(request.user, self.right("change"))

    def title_of(self, obj):
        return str(obj)

    # List

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        counted = CheckLine.objects.filter(sheet__in=[row.pk for row in rows]).order_by().values("sheet")
        counts = {
            row["sheet"]: (row["answered"], row["lines"])
            for row in counted.annotate(lines=Count("pk"), answered=Count("pk", filter=~Q(answer="")))
        }
        for row in rows:
            row.counts = counts.get(row.pk, (0, 0))
        changelist.result_list = rows
        return changelist

    @admin.display(description="单位")
    def unit_name(self, obj):
        return obj.unit.name

    @admin.display(description="编码")
    def code(self, obj):
        return format_html("<b>{}</b>", obj.paper.code) if obj.paper else ""

    @admin.display(description="录入")
    def progress_words(self, obj):
        return f"{obj.counts[0]} / {obj.counts[1]} 位"

    @admin.display(description="纸质表")
    def paper_words(self, obj):
        return obj.paper.get_state_display() if obj.paper else ""

    @admin.display(description="应收回")
    def due(self, obj):
        if obj.paper is None or obj.paper.state not in papers.OUT or obj.paper.due_on is None:
            return ""
        late = (timezone.localdate() - obj.paper.due_on).days
        if late > 0:
            return format_html('<span class="tag late">逾期 {} 天</span>', late)
        return f"{obj.paper.due_on.month}月{obj.paper.due_on.day}日"

    @admin.action(description="打印", permissions=["view"])
    def print_ticked(self, request, queryset):
        keys = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True)[:MOST_PRINTED])
        url = reverse(f"{self.admin_site.name}:registry_unitcheck_print_many")
        return HttpResponseRedirect(f"{url}?pk={keys}")

    # Starting

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        asked = request.POST.get("year") or request.GET.get("year", "")
        year = int(asked) if asked.isdecimal() and 2000 <= int(asked[:4]) < 2200 else today.year
        units = self.units_left(request.user, year, today)
        form = StartForm(
            request.POST if request.method == "POST" else None,
            units=units,
            initial={"year": year, "which": ALL},
        )
        if request.method == "POST" and form.is_valid():
            return self.start(request, form.chosen(), form.cleaned_data["year"], today)
        context = {
            "title": "发起信息核对",
            "form": form,
            "left": len(units),
            "back": reverse(f"{self.admin_site.name}:registry_unitcheck_changelist"),
        }
        return self.page(request, "admin/registry/check_start.html", context, status=422 if form.errors else 200)

    def units_left(self, user, year: int, today) -> list[Unit]:
        """Units of the user with living people, not started in that year."""
        begun = set(UnitCheck.objects.filter(year=year).values_list("unit_id", flat=True))
        units = reporting_units(unit_ids_for(user, self.right("add")), terms_on(today))
        return [unit for unit in units if unit.pk not in begun]

    def start(self, request, units: list[Unit], year: int, today):
        if len(units) > AT_ONCE:
            params = {"units": [unit.pk for unit in units], "year": year, "on": today.isoformat()}
            job = start_job(START, f"准备 {len(units)} 个单位的信息核对表", actor=request.user, params=params)
            messages.success(request, "正在准备核对表，做好后在“年度信息核对”里打印。")
            return HttpResponseRedirect(reverse(f"{self.admin_site.name}:common_job_change", args=[job.pk]))
        for unit in units:
            check = start_check(unit, year, actor=request.user, on=today)
        messages.success(request, "核对表已备好，可以打印。")
        if len(units) == 1:
            return HttpResponseRedirect(self.url_of("enter", check))
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:registry_unitcheck_changelist"))

    # Print and grid

    def get_urls(self):
        name = "registry_unitcheck"
        return [
            path("print/", self.staff_view(self.print_many_view), name=f"{name}_print_many"),
            path("<path:object_id>/print/", self.staff_view(self.print_view), name=f"{name}_print"),
            path("<path:object_id>/enter/", self.staff_view(self.enter_view), name=f"{name}_enter"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        check = self.check_of(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        return HttpResponseRedirect(self.url_of("enter", check))

    def history_view(self, request, object_id, extra_context=None):
        """What happens to a sheet happens to its paper."""
        check = self.check_of(request, object_id)
        return HttpResponseRedirect(self.url_of("enter", check))

    def check_of(self, request, object_id) -> UnitCheck:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    def print_view(self, request, object_id):
        check = self.check_of(request, object_id)
        return self.print_checks(request, [check], self.url_of("enter", check))

    def print_many_view(self, request):
        """Several units in one go, each beginning on a page of its own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        back = reverse(f"{self.admin_site.name}:registry_unitcheck_changelist")
        keys = [int(key) for key in request.GET.get("pk", "").split(",") if key.isdecimal() and len(key) < 18]
        rows = self.get_queryset(request).filter(pk__in=keys[:MOST_PRINTED]).select_related("unit", "paper")
        checks = [check for check in rows if check.paper and check.paper.state != PaperState.CANCELLED]
        if not checks:
            messages.error(request, "请先勾选要打印的核对表（作废的不能再打印）。")
            return HttpResponseRedirect(back)
        return self.print_checks(request, checks, back)

    def print_checks(self, request, checks: list[UnitCheck], back: str):
        """A4 on its side; numbers and addresses in full where the user may see them, else the last digits."""
        lines = lines_of(CheckLine.objects.filter(sheet__in=checks))
        seen = self.seen_in_full(request, lines)
        by_check: dict[int, list[dict]] = {}
        for line in lines:
            by_check.setdefault(line.sheet_id, []).append(facts_of(line, line.person_id in seen))
        sheets = [
            {
                "frame": frame_for(
                    request, f"{check.unit.name}离退休干部信息核对表", paper=check.paper, landscape=True,
                    columns=len(PRINTED), order="姓氏笔画", scope=scope_words(check, by_check),
                ),
                "rows": by_check.get(check.pk, []),
            }
            for check in checks
        ]  # fmt: skip
        frame = frame_for(request, KIND, landscape=True, columns=len(PRINTED), back_url=back)
        audit.look(
            "print", actor=request.user, people=[line.person_id for line in lines], fields=["phone", "residence"],
            target=f"registry.unitcheck:{checks[0].pk}", request=request,
        )  # fmt: skip
        return self.page(request, "print/unit_check.html", {"frame": frame, "sheets": sheets, "columns": PRINTED})

    def seen_in_full(self, request, lines: list[CheckLine]) -> set[int]:
        """People whose numbers and address this user may see."""
        if not request.user.has_perm(VIEW_CONTACT):
            return set()
        may = Cadre.objects.visible_to(request.user, VIEW_CONTACT).filter(pk__in=[line.person_id for line in lines])
        return set(may.values_list("pk", flat=True))

    def enter_view(self, request, object_id):
        """The grid, thirty rows a page; what is whole is saved, the rest stays typed with its reason."""
        check, today = self.check_of(request, object_id), timezone.localdate()
        is_post = request.method == "POST"
        may_enter = self.may_enter(request, check)
        if is_post and check.unit_id not in unit_ids_for(request.user, self.right("change")):
            raise PermissionDenied
        page = Paginator(check.lines.order_by("position"), PER_PAGE).get_page(request.GET.get("page"))
        keys = list(page.object_list.values_list("pk", flat=True))
        lines = lines_of(CheckLine.objects.filter(pk__in=keys))
        forms = {line.pk: row_form(line, request.POST if is_post else None) for line in lines}
        status = 200
        if is_post:
            try:
                is_clean = self.save_rows(request, check, [form for form in forms.values() if form], today)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
                is_clean = True
            if is_clean:
                return HttpResponseRedirect(f"{self.url_of('enter', check)}?page={page.number}")
            status = 422
            lines = lines_of(CheckLine.objects.filter(pk__in=keys))
            forms = {line.pk: again(line, forms.get(line.pk)) for line in lines}
        return self.page(
            request, "admin/registry/check_enter.html",
            self.grid_context(request, check, page, lines, forms, may_enter), status=status,
        )  # fmt: skip

    def grid_context(self, request, check, page, lines, forms, may_enter) -> dict:
        seen = self.seen_in_full(request, lines)
        audit.look(
            "open", actor=request.user, people=[line.person_id for line in lines], fields=["unit_check"],
            target=f"registry.unitcheck:{check.pk}", request=request,
        )  # fmt: skip
        answered = check.lines.exclude(answer=CheckAnswer.OPEN).count()
        return {
            "title": str(check),
            "check": check,
            "page": page,
            "answered": answered,
            "total": page.paginator.count,
            "columns": COLUMNS,
            "fields": FIELDS if may_enter else (),
            "rows": [grid_row(line, forms[line.pk] if may_enter else None, line.person_id in seen) for line in lines],
            "may_enter": may_enter and any(forms.values()),
            "print_url": self.url_of("print", check),
            "paper_url": reverse("admin:common_paper_change", args=[check.paper_id])
            if request.user.has_perm("common.view_paper") and check.paper_id else "",
            "back": reverse(f"{self.admin_site.name}:registry_unitcheck_changelist"),
        }  # fmt: skip

    def save_rows(self, request, check, forms: list[RowForm], today) -> bool:
        """Save what is whole; True when nothing was refused."""
        valid = [form for form in forms if form.is_valid()]
        done = enter_answers(check, [form.answer() for form in valid], actor=request.user, on=today)
        for form in valid:
            if sentence := done.refused.get(form.line.pk):
                form.add_error(None, sentence)
        left = sum(bool(form.errors) for form in forms)
        if done.saved:
            messages.success(request, f"录入了 {done.saved} 位。")
        if left:
            messages.error(request, f"有 {left} 位没有录进去，原因写在那一行，改好再存。")
        elif done.is_back:
            messages.success(request, "全部录完，这张核对表已收回。盖章的原件请扫描、归档。")
        elif not done.saved:
            messages.info(request, "没有新录的行。核对过的请勾“无误”或填改动。")
        return not left


def scope_words(check: UnitCheck, rows: dict[int, list]) -> str:
    return f"{check.year}年　{len(rows.get(check.pk, ()))} 位"


def lines_of(rows) -> list[CheckLine]:
    found = rows.select_related("person__cadre", "event", "entered_by").prefetch_related("person__phones")
    return list(found.order_by("sheet__unit__path", "sheet_id", "position"))


def is_gone(line: CheckLine) -> bool:
    return line.person.life_status == LifeStatus.DECEASED or line.person.voided_at is not None


def row_form(line: CheckLine, data) -> RowForm | None:
    if line.answer or is_gone(line):
        return None
    return RowForm(data, line=line, initial={"seen": version_of(line.person.cadre)})


def again(line: CheckLine, sent: RowForm | None) -> RowForm | None:
    """A refused row with what was typed and the version that stands now; a fresh one where it was taken."""
    fresh = row_form(line, None)
    if fresh is None or sent is None or not sent.errors:
        return fresh
    sent.data = sent.data.copy()
    sent.data[sent.add_prefix("seen")] = version_of(line.person.cadre)
    return sent


def facts_of(line: CheckLine, in_full: bool) -> dict:
    """What stands in the registry about one person, as words."""
    person, cadre = line.person, line.person.cadre
    phones = [phone.number if in_full else masked_phone(phone.number) for phone in person.phones.all()]
    residence = person.residence
    return {
        "position": line.position,
        "name": person.name,
        "sex": person.get_sex_display() if person.sex in "12" else "",
        "born": person.birth_date.display() if person.birth_date else "",
        "retire_type": cadre.get_retire_type_display(),
        "post": cadre.former_post,
        "phone": "\n".join(phones),
        "residence": residence if in_full or not residence else MASKED,
        "living": cadre.get_living_display(),
        "gone": "已离世" if person.life_status == LifeStatus.DECEASED else "",
    }


def grid_row(line: CheckLine, form: RowForm | None, in_full: bool) -> dict:
    facts = facts_of(line, in_full)
    note = ""
    if line.answer:
        words = [line.get_answer_display(), line.changed, line.event.get_kind_display() if line.event else ""]
        note = "　".join(filter(None, [*words, f"{line.entered_by} {line.entered_on:%-m月%-d日}录"]))
    elif is_gone(line):
        note = "已不在名册或已离世，不用录"
    about = " ".join(filter(None, (facts["sex"], facts["born"], facts["retire_type"])))
    held = "\n".join(filter(None, (facts["post"], facts["phone"], facts["residence"], facts["living"])))
    return {
        "name": facts["name"],
        "cells": [f"{line.position}　{facts['name']}\n{about}", held or "（空）"],
        "form": form,
        "note": note,
        "tone": TONES.get(CheckAnswer(line.answer), ""),
    }
