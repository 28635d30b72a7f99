"""电话单: chosen from what is due, printed, and entered in one grid when it is back."""

import datetime as dt
import uuid

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponseRedirect, QueryDict
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.models import User
from apps.common import audit, papers
from apps.common.admin import RecordAdmin
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.ledgers.access import RECORD, acts_for, open_to, possible_carers
from apps.ledgers.board import due_words
from apps.ledgers.choices import CallOutcome
from apps.ledgers.models import CallSheet, CallSheetLine, SafetyCheck
from apps.ledgers.queries.sheets import MINE, MOST_OFFERED, NOBODYS, due_duties, due_people, sheet_rows, whose_duties
from apps.ledgers.services import enter_results, make_sheet
from apps.ledgers.services.sheets import MAY_CALL_AGAIN, MOST_LINES
from apps.people.queries import reach_of
from apps.registry.models import Cadre

from .sheet_forms import CALLS, ChooseForm, LineForm, PickForm

SEE_CONTACT = "people.view_contact"
COLUMNS = ("序号", "老同志", "要办的事")
FIELDS = ("接通情况", "哪天打的", "情况", "需办事项")


class SheetStateFilter(admin.SimpleListFilter):
    """Without a choice: what is still out or not yet entered."""

    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [("overdue", "逾期没收回"), ("entered", "已录入"), ("cancelled", "已作废"), ("all", "全部")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "还没录完"}
        yield from others

    def queryset(self, request, queryset):
        value = self.value()
        if value == "all":
            return queryset
        if value == "cancelled":
            return queryset.filter(paper__state=PaperState.CANCELLED)
        if value == "entered":
            return queryset.filter(entered_at__isnull=False)
        waiting = queryset.filter(entered_at__isnull=True).exclude(paper__state=PaperState.CANCELLED)
        if value == "overdue":
            return waiting.filter(paper__state__in=papers.OUT, paper__due_on__lt=timezone.localdate())
        return waiting


class MySheetFilter(admin.SimpleListFilter):
    title, parameter_name = "谁的", "mine"

    def lookups(self, request, model_admin):
        return [("me", "我打的")]

    def queryset(self, request, queryset):
        return queryset.filter(carer=request.user) if self.value() == "me" else queryset


@admin.register(CallSheet)
class CallSheetAdmin(RecordAdmin):
    """A sheet is seen by who calls, who printed it, and the staff of its paper's unit."""

    add_label = "打印电话单"
    list_display = ("code", "carer", "on_day", "progress_words", "state_words", "due")
    list_display_links = ("code", "carer")
    list_filter = (SheetStateFilter, MySheetFilter)
    select_related_in_list = select_related_in_record = ("paper", "carer")
    search_fields = ("paper__code",)
    search_help_text = "输入电话单上的编码，直接去录入"
    ordering = ("-pk",)
    sortable_by = ()
    empty_words = "选好要打电话的老同志，打印出来，打完在这里录入结果。"

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return CallSheet.objects.none()
        own = Q(carer=user.pk) | Q(made_by=user.pk)
        return CallSheet.objects.filter(own | Q(paper__unit_id__in=user.reach(permission)))

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.has_perm(RECORD)

    def may_change(self, request, obj):
        """Entered in the grid, never in a form of fields."""
        return False

    def may_enter(self, request, sheet) -> bool:
        right = self.right("change")
        return request.user.has_perm(RECORD) and self.rows_for(request.user, right).filter(pk=sheet.pk).exists()

    def title_of(self, obj):
        return f"{obj.carer} {obj.on_day.month}月{obj.on_day.day}日的电话单"

    # List

    def changelist_view(self, request, extra_context=None):
        """A code leads to its grid, whatever the filters say."""
        code = papers.read_code(request.GET.get("q", ""))
        found = self.get_queryset(request).filter(paper__code=code).order_by().first() if code else None
        if found is not None:
            return HttpResponseRedirect(self.url_of("enter", found))
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        counted = (
            CallSheetLine.objects.filter(sheet__in=[row.pk for row in rows]).order_by().values("sheet")
            .annotate(lines=Count("pk"), entered=Count("contact"))
        )  # fmt: skip
        counts = {row["sheet"]: row for row in counted}
        for row in rows:
            row.counts = counts.get(row.pk, {"lines": 0, "entered": 0})
        changelist.result_list = rows
        return changelist

    @admin.display(description="编码")
    def code(self, obj):
        return format_html("<b>{}</b>", obj.paper.code)

    @admin.display(description="录入")
    def progress_words(self, obj):
        return f"{obj.counts['entered']} / {obj.counts['lines']} 位"

    @admin.display(description="状态")
    def state_words(self, obj):
        words, tone = state_of(obj)
        return format_html('<span class="tag {}">{}</span>', tone, words)

    @admin.display(description="应收回")
    def due(self, obj):
        if obj.paper.state not in papers.OUT or obj.paper.due_on is None:
            return ""
        words, tone = due_words(obj.paper.due_on, timezone.localdate())
        return format_html('<span class="tag {}">{}</span>', tone, words)

    # Choosing

    def add_view(self, request, form_url="", extra_context=None):
        """Who is due, to be ticked; sent, it becomes a sheet and goes to the printer."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        on = timezone.localdate()
        chosen = ChooseForm(request.GET, carers=carer_choices(request.user), on=on)
        people = self.people_of_choice(request.user, chosen, on) if chosen.is_valid() else []
        ticked = set(request.POST.getlist("pick"))
        form = PickForm(request.POST if request.method == "POST" else None, initial={"form_key": uuid.uuid4()})
        picked = [person for person in people if str(person.cadre.pk) in ticked]
        if request.method == "POST" and form.is_valid() and chosen.is_valid():
            if "visits" in request.POST and picked:
                return HttpResponseRedirect(visit_list_url(picked, chosen.cleaned_data["order"]))
            try:
                sheet = self.make(request, chosen.cleaned_data, picked, form.cleaned_data, on)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(self.url_of("print", sheet))
        fresh = request.method != "POST"
        context = {
            "title": "打印电话单",
            "chosen": chosen,
            "form": form,
            "rows": [
                {"person": person, "due": due_words(person.due_on, on),
                 "ticked": str(person.cadre.pk) in ticked if not fresh else not person.on_sheet and place < MOST_LINES}
                for place, person in enumerate(people)
            ],
            "more": len(people) == MOST_OFFERED,
            "most": MOST_LINES,
            "query": request.GET.urlencode(),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/sheet_choose.html", context, status=422 if form.errors else 200)

    def people_of_choice(self, user, chosen: ChooseForm, on: dt.date):
        values = chosen.cleaned_data
        scope = Cadre.objects.current().visible_to(user, RECORD)
        duties = due_duties(scope, until=values["until"], on=on, calls_only=values["what"] == CALLS)
        duties = whose_duties(duties, values["whose"], carers=carers_of(user, values["whose"]))
        return due_people(duties, on=on, order=values["order"])

    def make(self, request, values: dict, picked: list, form: dict, on: dt.date) -> CallSheet:
        carer = caller_of(request.user, values["whose"])
        ids = {person.cadre.pk for person in picked}
        outside = ids - open_to(request.user, ids, on=on)
        outside -= open_to(carer, outside, on=on) if carer.pk != request.user.pk else set()
        return make_sheet(
            picked, carer=carer, actor=request.user, on=on, until=values["until"], order=values["order"],
            form_key=form["form_key"], outside=sorted(outside), reason=form["reason"],
        )  # fmt: skip

    # Print and grid

    def get_urls(self):
        pages = [
            path("<path:object_id>/print/", self.staff_view(self.print_view), name="ledgers_callsheet_print"),
            path("<path:object_id>/enter/", self.staff_view(self.enter_view), name="ledgers_callsheet_enter"),
        ]
        return pages + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        sheet = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, sheet) or request.method == "POST":
            raise PermissionDenied
        return HttpResponseRedirect(self.url_of("enter", sheet))

    def history_view(self, request, object_id, extra_context=None):
        """What happens to a sheet happens to its paper."""
        sheet = self.get_object(request, unquote(object_id))
        return HttpResponseRedirect(reverse("admin:common_paper_change", args=[sheet.paper_id]))

    def sheet_of(self, request, object_id) -> CallSheet:
        sheet = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, sheet):
            raise PermissionDenied
        return sheet

    def print_view(self, request, object_id):
        """The A4 sheet, numbers in full for those whom the user may reach; logged before it is made."""
        sheet, on = self.sheet_of(request, object_id), timezone.localdate()
        if sheet.paper.state == PaperState.CANCELLED:
            messages.error(request, "这张电话单已经作废，不能再打印。请重新选人打印一张。")
            return HttpResponseRedirect(self.url_of("enter", sheet))
        rows = sheet_rows(sheet, visible=Cadre.objects.current().visible_to(request.user), on=on)
        shown = [row.line.cadre_id for row in rows if row.settled == ""]
        reach = reach_of(shown, with_phones=reachable(request.user, shown, on), on=on)
        context = {
            "frame": frame_for(
                request, "电话单", paper=sheet.paper, landscape=True, columns=8, signature="打电话的人",
                order=sheet.get_order_display(), back_url=self.url_of("enter", sheet),
                scope=f"{sheet.carer}　{day_words(sheet.on_day)}　{len(rows)} 位　{day_words(sheet.until)}前到期的",
            ),
            "rows": [{"row": row, "reach": reach.get(row.line.cadre_id)} for row in rows],
            "outcomes": [label for _, label in CallOutcome.choices],
        }  # fmt: skip
        audit.look(
            "print", actor=request.user, people=shown, fields=["phone"], target=f"ledgers.callsheet:{sheet.pk}",
            request=request,
        )  # fmt: skip
        return self.page(request, "print/call_sheet.html", context)

    def enter_view(self, request, object_id):
        """The grid: one small form a line; what can be recorded is, the rest stays typed with its reason."""
        sheet, on = self.sheet_of(request, object_id), timezone.localdate()
        may_enter = self.may_enter(request, sheet) and sheet.paper.state != PaperState.CANCELLED
        is_post = request.method == "POST"
        if is_post and not self.may_enter(request, sheet):
            raise PermissionDenied
        visible = Cadre.objects.current().visible_to(request.user)
        rows = sheet_rows(sheet, visible=visible, on=on)
        day = min(sheet.on_day, on)
        forms = {row.line.pk: line_form(row, request.POST if is_post else None, day) for row in rows}
        status = 200
        if is_post:
            try:
                answer = self.save_grid(request, sheet, [form for form in forms.values() if form], on)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
                answer = None
            if answer is None or answer:
                return HttpResponseRedirect(self.url_of("enter", sheet))
            status = 422
            rows, forms = self.after_partial(sheet, visible, forms, day, on)
        context = {
            "title": self.title_of(sheet),
            "original": sheet,
            "sheet": sheet,
            "state": dict(zip(("words", "tone"), state_of(sheet), strict=True)),
            "columns": COLUMNS,
            "fields": FIELDS if may_enter else (),
            "rows": [grid_row(row, forms[row.line.pk] if may_enter else None) for row in rows],
            "may_enter": may_enter and any(forms.values()),
            "print_url": "" if sheet.paper.state == PaperState.CANCELLED else self.url_of("print", sheet),
            "paper_url": reverse("admin:common_paper_change", args=[sheet.paper_id])
            if request.user.has_perm("common.view_paper") else "",
        }  # fmt: skip
        return self.page(request, "admin/ledgers/sheet_enter.html", context, status=status)

    def save_grid(self, request, sheet, forms: list[LineForm], on: dt.date) -> bool:
        """Record the lines that are whole; True when nothing was refused."""
        results = [form.result() for form in forms if form.is_valid()]
        results = [result for result in results if result is not None]
        clean = all(form.is_valid() for form in forms)
        done = enter_results(sheet, results, actor=request.user, on=on, finish=clean and "finish" in request.POST)
        for form in forms:
            if sentence := done.refused.get(form.row.line.pk):
                form.add_error(None, sentence)
        self.warn_of_checks(request, results)
        left = sum(bool(form.errors) for form in forms)
        if done.saved:
            messages.success(request, f"录入了 {done.saved} 位。")
        if left:
            messages.error(request, f"有 {left} 位没有录进去，原因写在那一行，改好再存。")
        elif done.is_back:
            messages.success(request, "这张电话单已经收回，录完了。")
        elif not done.saved:
            messages.info(request, "没有新录的行。打过的请选“接通情况”。")
        return not left

    def warn_of_checks(self, request, results: list) -> None:
        """Who must be visited today because of what was just entered."""
        keys = [result.form_key for result in results]
        raised = SafetyCheck.objects.open().filter(last_call__form_key__in=keys).select_related("cadre__person")
        for check in raised.order_by("pk"):
            name = check.cadre.person.name
            messages.error(request, f"{name}：一天两次没有接通，已发出当日上门核实，请马上安排人去看。")

    def after_partial(self, sheet, visible, forms: dict, day: dt.date, on: dt.date):
        """The rows as they stand now; refused ones keep what was typed."""
        rows = sheet_rows(sheet, visible=visible, on=on)
        kept = {pk: form for pk, form in forms.items() if form is not None and form.errors}
        return rows, {row.line.pk: kept.get(row.line.pk) or line_form(row, None, day) for row in rows}


def state_of(sheet: CallSheet) -> tuple[str, str]:
    """(words, tone): the paper's state, and whether the results were entered."""
    if sheet.entered_at is not None:
        return "已录入", "done"
    if sheet.paper.state == PaperState.RETURNED:
        return "已收回，没录完", "soon"
    return sheet.paper.get_state_display(), ""


def line_form(row, data: QueryDict | None, day: dt.date) -> LineForm | None:
    """The small form of a line; None where nothing is to be entered (any more)."""
    if row.settled or (row.line.standing_contact is not None and row.line.outcome not in MAY_CALL_AGAIN):
        return None
    return LineForm(data, row=row, initial={"happened_on": day, "form_key": row.line.form_key})


def grid_row(row, form: LineForm | None) -> dict:
    person, line = row.person, row.line
    name = person.cadre.person.name if row.settled != "不在您的范围内" else "（不在您的范围内）"
    facts = " ".join(filter(None, (person.sex, f"{person.age} 岁" if person.age is not None else "", person.unit)))
    again = form is not None and line.standing_contact is not None
    return {
        "name": name,
        "cells": [str(line.position), f"{name}\n{facts}" if row.settled != "不在您的范围内" else name, person.what],
        "form": form,
        "note": row.settled or row.before + ("。又打了一次的，可以再录" if again else ""),
        "tone": "done" if line.standing_contact is not None else "",
    }


def carer_choices(user) -> list[tuple[str, str]]:
    """Those he stands in for, then colleagues who care for somebody."""
    away = acts_for(user)
    names = User.objects.filter(pk__in=away).order_by("display_name", "pk") if away else ()
    colleagues = possible_carers(user).filter(load__gt=0).exclude(pk__in=[user.pk, *away])
    return [*((str(one.pk), f"替 {one}") for one in names), *((str(one.pk), str(one)) for one in colleagues)]


def carers_of(user, whose: str) -> list[int]:
    return [user.pk, *acts_for(user)] if whose in (MINE, NOBODYS) else [int(whose)]


def caller_of(user, whose: str) -> User:
    """Who calls: the user himself for his own, for nobody's and for those he stands in for; else the colleague."""
    if whose in (MINE, NOBODYS) or int(whose) in acts_for(user):
        return user
    return User.objects.get(pk=int(whose))


def reachable(user, ids: list[int], on: dt.date) -> set[int]:
    """People whose numbers may stand on a sheet that this user prints; the print is logged with their ids."""
    may = Cadre.objects.current().visible_to(user, SEE_CONTACT) if user.has_perm(SEE_CONTACT) else Cadre.objects.none()
    return open_to(user, ids, on=on) | set(may.filter(pk__in=ids).values_list("pk", flat=True))


def visit_list_url(picked: list, order: str) -> str:
    keys = ",".join(str(person.cadre.pk) for person in picked)
    return f"{reverse('admin:ledgers_duty_visit_list')}?pk={keys}&order={order}"


def day_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
