"""Staff pages of records beside the stock ones: pages of facts, one-form acts, lists out.

A record's page is made of blocks; acts are one form each (`admin/registry/act.html`); lists leave as a page to print
or as a workbook.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from . import audit
from .admin_base import EDIT, SAFE_METHODS, RecordAdmin
from .errors import BusinessError
from .printing import frame_for
from .workbook.writer import write_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRIVATE = {"Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff"}
MOST_ON_PAPER = 2000
BLOCKS = "admin/record_page.html"
MOST_IN_WORKBOOK = 50_000


@dataclass
class Block:
    """A card of a record's page: pairs of name and text, or a table whose cells are text or (text, address)."""

    title: str
    facts: list[tuple[str, object]] = field(default_factory=list)
    columns: Sequence[str] = ()
    rows: list[list] = field(default_factory=list)
    links: list[dict] = field(default_factory=list)
    empty: str = ""


class MorePages:
    """Pages of an admin beside the stock ones, and links above its list."""

    def plain_url(self, act: str, *args) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{act}", args=args)

    def extra_pages(self) -> Iterable[tuple[str, str, object]]:
        """(name, route, view) of further pages."""
        return ()

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        pages = [path(route, self.staff_view(view), name=f"{name}_{act}") for act, route, view in self.extra_pages()]
        return [*pages, *super().get_urls()]

    def list_tools(self, request) -> list[dict]:
        return []

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"list_tools": self.list_tools(request), **(extra_context or {})})


class PageRecordAdmin(MorePages, RecordAdmin):
    """Records with a page of their own. `unit_of(obj)` names the unit that a new one falls to, `elsewhere` says what is
    wrong where that is not one's own."""

    voidable = True
    sortable_by = ()
    has_page = False
    elsewhere = "这条记录不在您的管理范围内。"

    def unit_of(self, obj):
        return obj.unit_id

    def write(self, request, obj, form, change):
        self.require_unit(request, obj, change)
        obj.save()

    def require_unit(self, request, obj, change: bool) -> None:
        """BusinessError where the record would fall outside the units on which the user may write."""
        if self.unit_of(obj) not in request.user.reach(self.right("change" if change else "add")):
            raise BusinessError(self.elsewhere, code="out_of_reach")

    # List

    def filtered_rows(self, request):
        """What the list shows, all pages of it: as many as go on paper, or into a workbook (`as=xlsx`)."""
        asked = request.GET.copy()
        most = MOST_IN_WORKBOOK if asked.pop("as", [""])[-1] == "xlsx" else MOST_ON_PAPER
        request.GET = asked
        return self.get_changelist_instance(request).queryset[:most]

    def query_of(self, request) -> str:
        asked = request.GET.copy()
        asked.pop("p", None)
        return f"&{asked.urlencode()}" if asked else ""

    # One record

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if self.has_page and request.method in SAFE_METHODS and EDIT not in request.GET:
            if not self.has_view_permission(request):
                raise PermissionDenied
            request.reading_record = True
            return self.read_page(request, self.get_object(request, unquote(object_id)))
        return super().change_view(request, object_id, form_url, extra_context)

    def read_page(self, request, obj):
        people = self.people_of(obj)
        context = {
            "title": self.title_of(obj), "original": obj, "list_url": self.plain_url("changelist"),
            "list_words": self.opts.verbose_name, "tools": self.record_tools(request, obj), "tags": self.tags(obj),
            "blocks": list(self.blocks(request, obj)), "figures": self.figures(request, obj),
        }  # fmt: skip
        if people:
            audit.look("open", actor=request.user, people=people, target=self._target(obj), request=request)
        return self.page(request, BLOCKS, context)

    def blocks(self, request, obj) -> Iterable[Block]:
        return ()

    def figures(self, request, obj) -> list[dict]:
        return []

    def tags(self, obj) -> list[tuple[str, str]]:
        return [("已作废", "late")] if obj.voided_at else []

    def readable(self, request, object_id):
        """The record, for a page that only shows: 404 outside the view scope."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    def actable(self, request, object_id):
        """The record, for an act on it: 404 outside the view scope, 403 without the right or when voided."""
        obj = self.changeable_object(request, object_id)
        if obj.voided_at:
            raise PermissionDenied
        return obj

    def named(self, obj) -> str:
        """Which record it is, in the title of an act."""
        return self.title_of(obj)

    def one_act(self, request, obj, form, *, title: str, perform, done: str, lead: str = "", button: str = "保存",
                buttons=(), template: str = "admin/registry/act.html", **more):  # fmt: skip
        """Show `form`, and `perform(values)` what it says; a refusal is shown at its field. `more`: for `template`."""
        if request.method == "POST" and form.is_valid():
            try:
                words = perform(form.cleaned_data)
            except (BusinessError, ValidationError) as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, words if isinstance(words, str) else done)
                return HttpResponseRedirect(self.url_of("change", obj))
        context = {
            "title": f"{title}：{self.named(obj)}", "original": obj, "form": form, "media": form.media, "lead": lead,
            "back": self.url_of("change", obj), "buttons": [("save", button), *buttons],
            "list_url": self.plain_url("changelist"), "list_words": self.opts.verbose_name, **more,
        }  # fmt: skip
        return self.page(request, template, context, status=422 if form.errors else 200)


class TemplateRecordAdmin(MorePages, RecordAdmin):
    """Records shown by a template of their own (`record_page`, filled by `facts_of`), with acts behind one form each.
    What they refer to is offered from the user's own units."""

    sortable_by = ()
    record_page = ""  # template of its page to read; BLOCKS where `blocks` is enough; empty: the stock form, read-only

    def related_rows(self, model, request):
        rows = model._default_manager.all()
        if not hasattr(rows, "visible_to"):
            return super().related_rows(model, request)
        right = f"{model._meta.app_label}.view_{model._meta.model_name}"
        return rows.visible_to(request.user, right).filter(voided_at__isnull=True)

    def list_url(self, page: str = "changelist", query: str = "") -> str:
        address = self.plain_url(page)
        return f"{address}?{query}" if query else address

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The page of a record, where it has one of its own, until it is asked to be changed."""
        if self.record_page and request.method in SAFE_METHODS and EDIT not in request.GET:
            return self.shown_record(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def shown_record(self, request, object_id):
        obj = self.viewable(request, object_id)
        request.reading_record = True
        context = {
            "title": self.title_of(obj), "original": obj, "tools": self.record_tools(request, obj),
            "may_change": self.may_change(request, obj) and not obj.voided_at, "list_url": self.list_url(),
            "list_words": self.opts.verbose_name, **self.facts_of(request, obj),
        }  # fmt: skip
        return self.page(request, self.record_page, context)

    def facts_of(self, request, obj) -> dict:
        """What the template of its page asks for; of BLOCKS the tags, figures and blocks."""
        if self.record_page != BLOCKS:
            return {}
        if people := self.people_of(obj):
            self.look(request, people, obj)
        return {
            "tags": [("已作废", "late")] if obj.voided_at else self.tags(obj), "figures": self.figures(request, obj),
            "blocks": list(self.blocks(request, obj)),
        }  # fmt: skip

    def tags(self, obj) -> list[tuple[str, str]]:
        return []

    def figures(self, request, obj) -> list[dict]:
        return []

    def blocks(self, request, obj) -> Iterable[Block]:
        return ()

    def viewable(self, request, object_id):
        """404 for strangers, as for what is not there."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, str(object_id))

    def allowed(self, request, right: str) -> None:
        if not request.user.has_perm(right):
            raise PermissionDenied

    def look(self, request, people, obj, action: str = "open") -> None:
        """Names of people are about to be shown."""
        if people := sorted(set(people)):
            audit.look(action, actor=request.user, people=people, target=self._target(obj), request=request)

    def act(
        self, request, obj, form, *, title: str, sentence: str, button: str, done, perform, template="admin/act.html",
        **more,
    ):  # fmt: skip
        """One act on one record behind a form of its own; `done`: the message, a text or made from what came back."""
        back = more.pop("back", None) or self.url_of("change", obj)
        if request.method == "POST" and form.is_valid():
            try:
                result = perform(form.cleaned_data)
            except (BusinessError, ValidationError) as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, done(result) if callable(done) else done)
                return HttpResponseRedirect(back)
        context = {
            "title": title, "original": obj, "form": form, "sentence": sentence, "button": button, "media": form.media,
            "back": back, **more,
        }  # fmt: skip
        return self.page(request, template, context, status=422 if form.errors else 200)


def refuse(form, refusal: BusinessError | ValidationError) -> None:
    """A refusal of a service, or of a constraint, where it belongs."""
    if isinstance(refusal, BusinessError):
        form.refuse(refusal)
    else:
        form.add_error(None, ValidationError("".join(refusal.messages)))


def send_workbook(request, title: str, columns, rows, *, target: str, people=(), notes=()) -> HttpResponse:
    """A list as .xlsx; the entry is committed before a byte leaves."""
    audit.look("export", actor=request.user, people=sorted(set(people)), reason=title, target=target, request=request)
    stream = io.BytesIO()
    taken = [("导出人", str(request.user)), ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}")]
    write_sheet(stream, title, columns, rows, notes=[*taken, *notes])
    return file_answer(stream.getvalue(), f"{title}.xlsx")


def file_answer(data: bytes, filename: str, content_type: str = XLSX, *, as_attachment: bool = True) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type, headers=PRIVATE)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment, filename)
    return response


def send_print(admin, request, title: str, columns, rows, *, back: str, order: str = "", scope: str = "",
               target: str = "", people=(), recall: bool = False, landscape: bool = True, stamp: bool = False,
               footer: str = ""):  # fmt: skip
    """A list as a page to print, A4."""
    audit.look("print", actor=request.user, people=sorted(set(people)), reason=title, target=target, request=request)
    frame = frame_for(
        request, title, columns=len(columns), order=order, scope=scope, landscape=landscape, back_url=back,
        recall=recall, stamp=stamp,
    )  # fmt: skip
    sheet = {"columns": columns, "rows": rows, "facts": (), "tall": False, "footer": footer}
    return admin.page(request, "print/branch_table.html", {"frame": frame, "sheet": sheet})


def day(value) -> str:
    """A date as people read it: 2026年11月8日; nothing without one. Workbooks take the date itself."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def moment(value) -> str:
    """A point in time, in local time: 2026年11月8日 09:00; nothing without one."""
    return f"{day(timezone.localtime(value))} {timezone.localtime(value):%H:%M}" if value else ""


def posted(request):
    """What was sent; None for a page that is only opened."""
    return request.POST if request.method == "POST" else None
