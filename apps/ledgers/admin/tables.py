"""Lists of the ledger to hand out: the filtered list on A4 or as a workbook, logged before it leaves."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.capital_amount import capital_amount
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.common.voiding import check_reason
from apps.common.workbook.writer import write_sheet
from apps.ledgers.forms.treatments import PurposeForm
from apps.registry.models import Cadre
from apps.registry.queries import find_people

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_PRINTED = 2000
MOST = 20_000


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows ready to be handed out. `sums`: headings whose numbers are added up, in yuan where the heading says so."""

    title: str
    headings: Sequence[str]
    rows: list[Sequence]
    people: set[int]
    order: str = ""
    scope: str = ""
    sums: tuple[str, ...] = ()

    @property
    def totals(self) -> dict[str, Decimal]:
        places = {name: list(self.headings).index(name) for name in self.sums}
        return {
            name: sum((Decimal(row[place]) for row in self.rows if row[place] not in (None, "")), Decimal("0.00"))
            for name, place in places.items()
        }

    def total_words(self) -> list[tuple[str, Decimal, str]]:
        return [
            (name, total, capital_amount(total) if total >= 0 else "")
            if "元" in name
            else (name, total.to_integral_value(), "")
            for name, total in self.totals.items()
        ]


def print_table(model_admin, request, table: Table, *, target: str, back: str, **frame):
    """The sheet; the look is logged before it is made."""
    audit.look("print", actor=request.user, people=table.people, reason=table.title, target=target, request=request)
    values = {"stamp": True, "signature": "制表人", "landscape": len(table.headings) > 8, **frame}
    context = {
        "frame": frame_for(
            request, table.title, order=table.order, scope=table.scope, columns=len(table.headings), back_url=back,
            **values,
        ),
        "table": table,
    }  # fmt: skip
    return model_admin.page(request, "print/table.html", context)


def send_table(request, table: Table, *, target: str, reason: str) -> FileResponse:
    """The workbook; the look is logged before it leaves."""
    audit.look("export", actor=request.user, people=table.people, reason=reason, target=target, request=request)
    now = timezone.localtime()
    notes = [
        ("范围", table.scope), ("导出人", str(request.user)), ("导出时间", f"{now:%Y-%m-%d %H:%M}"), ("用途", reason),
        *((f"{name}合计", f"{total}　{words}") for name, total, words in table.total_words()),
        ("提醒", "含个人信息，按用途使用，用完删除。"),
    ]  # fmt: skip
    stream = io.BytesIO()
    write_sheet(stream, table.title, table.headings, table.rows, notes=notes, sheet_name=table.title)
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=f"{table.title}{now:%Y%m%d}.xlsx", content_type=XLSX)


class InUseFilter(admin.SimpleListFilter):
    """Without a choice: what stands; voided records on request."""

    title, parameter_name = "记录", "voided"

    def lookups(self, request, model_admin):
        return [("1", "已作废的")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "在用的"}, *rest]

    def queryset(self, request, queryset):
        return queryset.filter(voided_at__isnull=self.value() != "1")


class TableOut:
    """Mixed into an admin: its filtered list printed and exported. `columns`: pairs of heading and the name of a method
    or field; `sums`: headings that are added up."""

    columns: tuple[tuple[str, str], ...] = ()
    sums: tuple[str, ...] = ()
    table_order = ""
    table_frame: dict = {}  # what its printed sheet has otherwise than others

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("print/", self.staff_view(self.print_view), name=f"{name}_print_list"),
            path("export/", self.staff_view(self.export_view), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def list_url(self, page: str = "changelist") -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}")

    def list_tools(self, request) -> list[dict]:
        query = request.GET.urlencode()
        return [
            {"label": "打印", "url": f"{self.list_url('print_list')}?{query}"},
            {"label": "导出", "url": f"{self.list_url('export')}?{query}"},
        ]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"list_tools": self.list_tools(request), **(extra_context or {})})

    def table_of(self, request, most: int) -> Table:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request)
        rows = list(rows.select_related(*self.select_related_in_list)[: most + 1])
        if len(rows) > most:
            raise BusinessError(f"一次最多 {most:,} 行，请先用筛选缩小范围。", code="too_many")
        if not rows:
            raise BusinessError("这个范围里没有记录。", code="empty")
        rows = self.prepared(request, rows)
        return Table(
            title=self.table_title(request), headings=["序号", *(heading for heading, _ in self.columns)],
            rows=[
                [number, *(self.cell(row, name) for _, name in self.columns)] for number, row in enumerate(rows, 1)
            ],
            people={person for row in rows for person in self.people_of(row)}, order=self.table_order,
            scope=f"{len(rows)} 行", sums=self.sums,
        )  # fmt: skip

    def table_title(self, request) -> str:
        return str(self.opts.verbose_name_plural)

    def prepared(self, request, rows: list) -> list:
        """Rows with what their cells need, loaded for all at once."""
        return rows

    def cell(self, row, name: str):
        shown = getattr(self, name, None) if not name.startswith("get_") and name != "title" else None
        value = shown(row) if callable(shown) and hasattr(type(self), name) else _value(row, name)
        if isinstance(value, bool):
            return "是" if value else ""
        return str(value) if hasattr(value, "pk") else "" if value is None else value

    def print_view(self, request):
        try:
            table = self.table_of(request, MOST_PRINTED)
        except BusinessError as refusal:
            return self.to_list(request, refusal)
        back = f"{self.list_url()}?{request.GET.urlencode()}"
        return print_table(self, request, table, target=self.opts.label_lower, back=back, **self.table_frame)

    def to_list(self, request, refusal: BusinessError):
        messages.error(request, refusal.sentence)
        return HttpResponseRedirect(f"{self.list_url()}?{request.GET.urlencode()}")

    def export_view(self, request):
        try:
            table = self.table_of(request, MOST)
        except BusinessError as refusal:
            return self.to_list(request, refusal)
        form = PurposeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                reason = check_reason(form.cleaned_data["reason"])
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return send_table(request, table, target=self.opts.label_lower, reason=reason)
        context = {
            "title": f"导出{self.opts.verbose_name_plural}", "form": form, "button": "导出 Excel 表格",
            "back": f"{self.list_url()}?{request.GET.urlencode()}",
            "sentence": f"范围和先后与刚才的列表相同，共 {len(table.rows)} 行。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)


def _value(row, name: str):
    display = getattr(row, f"get_{name}_display", None)
    if display is not None:
        return display()
    for part in name.split("."):
        row = getattr(row, part)
    return row


class OfCadreAdmin(TableOut, RecordAdmin):
    """Records that hang on a cadre: searched by name, written only for people in reach."""

    voidable = True
    search_fields = ("cadre__pk",)
    search_help_text = "姓名或拼音"
    sortable_by = ()
    select_related_in_list = ("cadre__person", "cadre__managing_unit")
    select_related_in_record = ("cadre__person", "cadre__managing_unit")

    def get_search_results(self, request, queryset, search_term):
        """By name or reading; a number is not answered here, because it would stand in the address."""
        if not search_term.strip():
            return queryset, False
        asked, people = find_people(search_term)
        if asked.is_number:
            return queryset.none(), False
        return queryset.filter(cadre__in=people.order_by().values("pk")), False

    def people_of(self, obj) -> list[int]:
        return [obj.cadre_id]

    def title_of(self, obj) -> str:
        return f"{obj.cadre.person.name}：{obj}"

    def write(self, request, obj, form, change) -> None:
        self.require_reach(request, obj, change)
        self.keep(request, obj, form, change)

    def require_reach(self, request, obj, change: bool) -> None:
        right = self.right("change" if change else "add")
        if not Cadre.objects.current().visible_to(request.user, right).filter(pk=obj.cadre_id).exists():
            raise BusinessError("他不在您的管理范围内。", code="out_of_reach", field="cadre")

    def keep(self, request, obj, form, change) -> None:
        obj.save()

    # Columns that such lists share

    def name(self, obj) -> str:
        return obj.cadre.person.name

    name.short_description = "老同志"

    def unit_name(self, obj) -> str:
        return str(obj.cadre.managing_unit)

    unit_name.short_description = "管理单位"

    def link(self, obj):
        url = reverse("admin:registry_cadre_change", args=[obj.cadre_id])
        return format_html('<a href="{}">{}</a>', url, obj.cadre.person.name)

    link.short_description = "老同志"


def day_words(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def ids_of(texts: Iterable[str]) -> list[int]:
    """The keys among what a form sent; nonsense is left out."""
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 18]
