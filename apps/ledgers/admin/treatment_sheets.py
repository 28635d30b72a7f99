"""签领表 in the admin: printed with its code, and entered in a grid when the paper is back."""

import datetime as dt

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin import RecordAdmin
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.ledgers.choices.treatments import ReceivedHow
from apps.ledgers.models import TreatmentDue, TreatmentSheet
from apps.ledgers.rules.treatments import period_words
from apps.ledgers.services import treatment_sheets
from apps.ledgers.services.treatments import Receipt

from .tables import Table, print_table

CHANGE = "ledgers.change_treatmentdue"
HEADINGS = ("序号", "姓名", "单位", "数量", "金额（元）", "领取人签名", "代领关系", "领取日期")
LEFT_OPEN = "（不在您的范围内）"


@admin.register(TreatmentSheet)
class TreatmentSheetAdmin(RecordAdmin):
    """A sheet is seen by the staff of its paper's unit and by who printed it; its lines by whom they are visible to."""

    empty_words = "在“待遇发放”里打开一期，点“打印签领表”。"
    list_display = ("code", "what", "scope", "state_words", "entered_on")
    list_display_links = ("code",)
    search_fields = ("paper__code",)
    search_help_text = "签领表上的编码"
    sortable_by = ()
    ordering = ("-pk",)
    select_related_in_list = select_related_in_record = ("paper", "run__item")

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return TreatmentSheet.objects.none()
        return TreatmentSheet.objects.filter(paper__unit_id__in=sorted(user.reach(permission)))

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def title_of(self, obj):
        return f"{self.what(obj)}签领表"

    @admin.display(description="编码")
    def code(self, obj):
        return format_html("<b>{}</b>", obj.paper.code)

    @admin.display(description="哪一期")
    def what(self, obj):
        return f"{obj.run.item} {period_words(obj.run.item.every, obj.run.period_start)}"

    @admin.display(description="状态")
    def state_words(self, obj):
        return "已录完" if obj.entered_on else obj.paper.get_state_display()

    def get_urls(self):
        name = "ledgers_treatmentsheet"
        return [
            path("<path:object_id>/print/", self.staff_view(self.print_view), name=f"{name}_print"),
            path("<path:object_id>/enter/", self.staff_view(self.enter_view), name=f"{name}_enter"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        sheet = self.sheet_at(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        return HttpResponseRedirect(self.url_of("enter", sheet))

    def sheet_at(self, request, object_id) -> TreatmentSheet:
        sheet = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, sheet):
            raise PermissionDenied
        return sheet

    def lines_of(self, request, sheet, permission: str = "ledgers.view_treatmentdue") -> list[TreatmentDue]:
        rows = sheet.dues.filter(voided_at__isnull=True).visible_to(request.user, permission)
        rows = rows.select_related("cadre__person", "unit", "run__item")
        return list(rows.order_by("unit__path", "cadre__order_no", "cadre_id"))

    def print_view(self, request, object_id):
        sheet = self.sheet_at(request, object_id)
        if sheet.paper.state == PaperState.CANCELLED:
            messages.error(request, "这张签领表已经作废，不能再打印。请重新打印一张。")
            return HttpResponseRedirect(self.url_of("enter", sheet))
        rows = self.lines_of(request, sheet)
        table = Table(
            title=self.title_of(sheet), headings=HEADINGS,
            rows=[
                [
                    number, due.cadre.person.name, str(due.unit), treatment_sheets.words_of(due), due.payable,
                    due.receiver or ("本人" if due.received_on else ""), due.relation, due.received_on,
                ]
                for number, due in enumerate(rows, 1)
            ],
            people={due.cadre_id for due in rows}, order="单位、名次", scope=f"{sheet.scope}　{len(rows)} 人",
            sums=("金额（元）",) if any(due.amount is not None for due in rows) else (),
        )  # fmt: skip
        back = self.url_of("enter", sheet)
        return print_table(
            self, request, table, target=f"ledgers.treatmentsheet:{sheet.pk}", back=back, paper=sheet.paper,
            landscape=True, signature="发放人",
        )  # fmt: skip

    def enter_view(self, request, object_id):
        """A line a person: date, who took it, in what relation. Left without a date it says nothing."""
        sheet = self.sheet_at(request, object_id)
        may = request.user.has_perm(CHANGE) and sheet.paper.state != PaperState.CANCELLED
        rows, wrong = self.lines_of(request, sheet), {}
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            wrong = self.save(request, sheet)
            if not wrong:
                return HttpResponseRedirect(self.url_of("enter", sheet))
            rows = self.lines_of(request, sheet)
        context = {
            "title": self.title_of(sheet), "original": sheet, "sheet": sheet, "may": may and sheet.entered_on is None,
            "lines": [self.line(due, request.POST, wrong) for due in rows], "wrong": len(wrong),
            "state": self.state_words(sheet), "today": timezone.localdate(),
            "list_url": reverse("admin:ledgers_treatmentrun_list", args=[sheet.run_id]),
            "print_url": "" if sheet.paper.state == PaperState.CANCELLED else self.url_of("print", sheet),
            "paper_url": reverse("admin:common_paper_change", args=[sheet.paper_id])
            if request.user.has_perm("common.view_paper") else "",
        }  # fmt: skip
        return self.page(request, "admin/ledgers/treatment_sheet.html", context, status=422 if wrong else 200)

    def line(self, due: TreatmentDue, sent, wrong: dict) -> dict:
        typed = {name: sent.get(f"{name}_{due.pk}", "") for name in ("day", "receiver", "relation")}
        return {
            "due": due, "words": treatment_sheets.words_of(due), "typed": typed, "wrong": wrong.get(due.pk, ""),
            "is_open": not due.received_on and not due.stopped_on,
        }  # fmt: skip

    def save(self, request, sheet) -> dict[int, str]:
        """Enter the lines that are whole; sentences by key for the others."""
        today = timezone.localdate()
        lines, wrong = read_grid(request.POST, self.lines_of(request, sheet, CHANGE), today)
        done = 0
        if lines:
            try:
                done = treatment_sheets.enter(lines, actor=request.user, on=today)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
                return {line.due_id: refusal.sentence for line in lines} | wrong
        self.say(request, done, len(wrong))
        if not wrong and "finish" in request.POST:
            treatment_sheets.close_sheet(sheet, actor=request.user, on=today)
            messages.success(request, "这张签领表已经收回。没签的仍在“还没领到”里。")
        return wrong

    def say(self, request, done: int, left: int) -> None:
        if done:
            messages.success(request, f"录入了 {done} 人。")
        if left:
            messages.error(request, f"有 {left} 行没有录进去，原因写在那一行，改好再存。")
        elif not done and "finish" not in request.POST:
            messages.info(request, "没有新录的行。签过字的请填领取日期。")


def read_grid(sent, dues: list[TreatmentDue], on: dt.date) -> tuple[list[treatment_sheets.Line], dict[int, str]]:
    """The lines that are whole, and what is wrong with the others, by key."""
    lines, wrong = [], {}
    for due in dues:
        if due.received_on or due.stopped_on:
            continue
        try:
            receipt = read_line(sent, due, on)
        except BusinessError as refusal:
            wrong[due.pk] = refusal.sentence
        else:
            lines += [treatment_sheets.Line(due.pk, receipt)] if receipt is not None else []
    return lines, wrong


def read_line(sent, due: TreatmentDue, on: dt.date) -> Receipt | None:
    """What was typed of one line; None where no date was. BusinessError says what is wrong."""
    day, receiver = sent.get(f"day_{due.pk}", "").strip(), sent.get(f"receiver_{due.pk}", "").strip()
    relation = sent.get(f"relation_{due.pk}", "").strip()
    if not day:
        if receiver or relation:
            raise BusinessError("请填领取日期。")
        return None
    try:
        received_on = dt.date.fromisoformat(day)
    except ValueError:
        raise BusinessError("看不懂这个日期，请写成 2026-05-01 这样。") from None
    if received_on > on:
        raise BusinessError("领取日期不能晚于今天。")
    if due.issued_on and received_on < due.issued_on:
        raise BusinessError(f"领取日期早于发出日期 {due.issued_on}。")
    if receiver in treatment_sheets.SELF or receiver == due.cadre.person.name:
        receiver = relation = ""
    if receiver and not relation:
        raise BusinessError("别人代领的，请写和老同志的关系。")
    return Receipt(received_on, ReceivedHow.SIGNED, receiver, relation)
