"""Pages of the monthly change reports: which units have reported, one unit's month, the newly retired who wait."""

import datetime as dt

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.accounts.access import community_ids_for, unit_ids_for
from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.organisation.models import Community, Unit
from apps.registry.choices import LifeEventState, NewcomerState, ReportLineKind
from apps.registry.models import ReportLine, UnitReport
from apps.registry.reporting import months, reminding
from apps.registry.reporting.standing import (
    FILL,
    LIAISON,
    MANAGE,
    VIEW,
    Standing,
    liaison_unit_ids,
    standings,
    terms_on,
    units_for,
)
from apps.registry.services import reports

from .acts import VIEW_HEALTH
from .newcomers import ADD_CADRE, waiting_newcomers
from .report_forms import LineForm, WhyForm
from .report_rows import STATES, figures_of, filtered, sent_words, state_of, undoable, what_changed

PER_PAGE = 50
ACTS = ("add", "withdraw", "no_change", "undo", "send", "return")
FEW = 8  # units that are looked through without a filter
EVENT_TONES = {
    LifeEventState.REPORTED: "soon", LifeEventState.CONFIRMED: "done", LifeEventState.REJECTED: "",
    LifeEventState.UNDONE: "",
}  # fmt: skip
NEWCOMER_TONES = {NewcomerState.WAITING: "soon", NewcomerState.ADDED: "done", NewcomerState.REJECTED: ""}


def month_asked(request) -> dt.date | None:
    """The month in the address, None without one; 404 for nonsense."""
    text = request.POST.get("month") or request.GET.get("month", "")
    if not text:
        return None
    try:
        month = dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month, not a moment
    except ValueError as error:
        raise Http404 from error
    if not 2000 <= month.year < 2200:
        raise Http404
    return month


@admin.register(UnitReport)
class UnitReportAdmin(RecordAdmin):
    """The list shows units, for those who have not reported have no row of their own."""

    def rows_for(self, user, permission):
        return UnitReport.objects.filter(unit_id__in=unit_ids_for(user, permission)).select_related("unit")

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def get_urls(self):
        name = "registry_unitreport"
        return [
            path("unit/<int:unit_id>/", self.staff_view(self.unit_view), name=f"{name}_unit"),
            path("newcomers/", self.staff_view(self.newcomers_view), name=f"{name}_newcomers"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        report = self.get_object(request, object_id)
        return HttpResponseRedirect(self.unit_url(report.unit_id, report.month))

    def unit_url(self, unit_id: int, month: dt.date, kind: str = "") -> str:
        url = reverse(f"{self.admin_site.name}:registry_unitreport_unit", args=[unit_id])
        return f"{url}?month={month:%Y-%m}{f'&kind={kind}#line' if kind else ''}"

    # Which units have reported

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        terms = terms_on(timezone.localdate())
        month = month_asked(request) or terms.open_month()
        if request.method == "POST":
            return self.act_in_list(request, terms, month)
        rows = standings(units_for(request.user, VIEW, terms), month, terms)
        shown = filtered(rows, request.GET.get("state", ""), request.GET.get("q", "").strip(), terms.today)
        page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
        managed = unit_ids_for(request.user, MANAGE)
        filled = unit_ids_for(request.user, FILL)
        own = liaison_unit_ids(request.user)
        query = request.GET.copy()
        query.pop("page", None)
        context = {
            "title": "每月变动报告",
            "month": f"{month:%Y-%m}",
            "month_words": f"{month.year}年{month.month}月",
            "previous": f"{months.shifted(month, -1):%Y-%m}",
            "next": f"{months.shifted(month, 1):%Y-%m}" if month < months.month_of(terms.today) else "",
            "state": request.GET.get("state", ""),
            "states": STATES,
            "q": request.GET.get("q", ""),
            "figures": figures_of(rows, terms.today),
            "is_long": len(rows) > FEW,
            "page": page,
            "query": query.urlencode(),
            "rows": self.list_rows(page.object_list, month, terms, {MANAGE: managed, FILL: filled, LIAISON: own}),
            "missing": sum(bool(row.missing) for row in rows if row.unit_id in managed),
            "communities": _communities_of(request.user),
            "newcomers": waiting_newcomers(request.user).count() if request.user.has_perm(ADD_CADRE) else 0,
            "owed_before": not terms.first_report and not any(rules.first_month for rules, _ in terms.groups),
        }
        return self.page(request, "admin/registry/unit_reports.html", context)

    def list_rows(self, rows: list[Standing], month, terms, reach: dict[str, set[int]]) -> list[dict]:
        keys = [row.report.pk for row in rows if row.report]
        valid = Q(lines__voided_at__isnull=True)
        counts = dict(
            UnitReport.objects.filter(pk__in=keys).annotate(n=Count("lines", filter=valid)).values_list("pk", "n")
        )
        shown = []
        for row in rows:
            number = counts.get(row.report.pk, 0) if row.report else 0
            opens = months.opens_on(month, terms.rules_of(row.unit_id))
            words, tone = state_of(row, number, terms.today)
            is_liaison = row.unit_id in reach[LIAISON] & reach[FILL]
            is_over = month < months.month_of(terms.today)
            shown.append(
                {
                    "unit_id": row.unit_id,
                    "name": row.name,
                    "url": self.unit_url(row.unit_id, month),
                    "words": words,
                    "tone": tone,
                    "what": what_changed(row, number),
                    "sent": sent_words(row.report, terms.today) if row.is_sent else "",
                    "due": f"{row.due_on.month}月{row.due_on.day}日",
                    "missing": "、".join(months.month_words(owed, terms.today) for owed in row.missing),
                    "missing_count": len(row.missing),
                    "may_say_none": is_liaison and not row.is_sent and not number and terms.today >= opens,
                    "may_undo": row.unit_id in reach[FILL] and undoable(row.report, terms.today),
                    "fill": _fill_words(row, reach) if row.unit_id in reach[FILL] else "",
                    "may_ask": row.unit_id in reach[MANAGE] and not row.is_sent and is_over,
                }
            )
        return shown

    def act_in_list(self, request, terms, month):
        act = request.POST.get("act")
        back = HttpResponseRedirect(f"?{request.GET.urlencode()}" if request.GET else request.path)
        if act == "ask_all":
            self.ask_all(request, terms)
            return back
        unit = self.unit_of(request, request.POST.get("unit", ""))
        right = MANAGE if act == "ask" else FILL
        if unit.pk not in unit_ids_for(request.user, right):
            raise PermissionDenied
        try:
            messages.success(request, self.do(request, act, unit, month, terms))
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        return back

    def do(self, request, act: str | None, unit: Unit, month: dt.date, terms) -> str:
        """One act of a button; gives the sentence that says it is done. 404 for an act that is none."""
        common = {"actor": request.user, "terms": terms}
        words = f"{unit.name}{month.month}月"
        if act == "no_change":
            reports.report_no_change(unit, month, **common)
            return f"{words}已报无变动。报错了今天可以撤回。"
        if act == "undo":
            reports.undo_no_change(unit, month, **common)
            return f"已撤回，{words}又是未报。"
        if act == "send":
            reports.send_report(unit, month, **common)
            return f"{words}的变动已报送。"
        if act == "return":
            reports.return_report(unit, month, reason=WhyForm(request.POST).sentence(), **common)
            return f"已退回，{words}要重新报送。"
        if act == "ask":
            told = reminding.ask_for_report(unit, month, now=timezone.now(), **common)
            return f"已提醒{unit.name}的联络员（{len(told)} 人）。"
        raise Http404

    def ask_all(self, request, terms) -> None:
        if not request.user.has_perm(MANAGE):
            raise PermissionDenied
        asked, nobody = reminding.ask_for_all(actor=request.user, terms=terms, now=timezone.now())
        if asked:
            messages.success(request, f"已提醒联络员，共 {asked} 份报告。同一天再按不会重复提醒。")
        if nobody:
            messages.warning(request, f"有 {nobody} 个单位没有联络员账号，请直接打电话。")
        if not asked and not nobody:
            messages.info(request, "没有逾期未报的单位。")

    def unit_of(self, request, key: str) -> Unit:
        """A unit in the user's view; the same 404 for a foreign and a missing one."""
        number = int(key) if str(key).isdecimal() and len(str(key)) < 19 else 0
        if number not in unit_ids_for(request.user, VIEW):
            raise Http404
        return Unit.objects.get(pk=number)

    # One unit's month

    def unit_view(self, request, unit_id: int):
        if not self.has_view_permission(request):
            raise PermissionDenied
        unit = self.unit_of(request, str(unit_id))
        terms = terms_on(timezone.localdate())
        month = month_asked(request) or terms.open_month()
        may_fill = unit.pk in unit_ids_for(request.user, FILL)
        kind = request.POST.get("kind") or request.GET.get("kind", "")
        form = None
        if kind in ReportLineKind.values and may_fill:
            data = request.POST if request.POST.get("act") == "add" else None
            form = LineForm(data, user=request.user, unit=unit, kind=kind)
        if request.method == "POST":
            done = self.act_on_unit(request, unit, month, terms, form, may_fill)
            if done is not None:
                return done
        return self.unit_page(request, unit, month, terms, form, may_fill)

    def act_on_unit(self, request, unit, month, terms, form, may_fill):
        """The answer after an act; None where the form is to be shown again."""
        act = request.POST.get("act")
        if act not in ACTS and may_fill:
            return None
        if not (may_fill or act == "return") or (act == "return" and unit.pk not in unit_ids_for(request.user, MANAGE)):
            raise PermissionDenied
        try:
            if act == "add":
                if form is None or not form.is_valid():
                    return None
                line = reports.add_line(unit, month, form.told(), actor=request.user, terms=terms)
                messages.success(request, f"已报：{line}。经办人核实后生效。")
            elif act == "withdraw":
                line = self.line_of(request, unit, month)
                reports.withdraw_line(line, actor=request.user, terms=terms)
                messages.success(request, "已撤回这一条。")
            else:
                messages.success(request, self.do(request, act, unit, month, terms))
        except BusinessError as refusal:
            if act == "add":
                form.refuse(refusal)
                return None
            messages.error(request, refusal.sentence)
        return HttpResponseRedirect(self.unit_url(unit.pk, month))

    def line_of(self, request, unit, month) -> ReportLine:
        key = request.POST.get("line", "")
        number = int(key) if key.isdecimal() and len(key) < 19 else 0
        line = ReportLine.objects.filter(pk=number, report__unit=unit, report__month=month).first()
        if line is None:
            raise Http404
        return line

    def unit_page(self, request, unit, month, terms, form, may_fill):
        row = standings([unit], month, terms)[0]
        lines = self.lines_of(request, row.report, unit)
        words, tone = state_of(row, len(lines), terms.today)
        opens = months.opens_on(month, terms.rules_of(unit.pk))
        this_month = months.month_of(terms.today)
        context = {
            "title": f"{unit.name}　{month.year}年{month.month}月变动",
            "unit": unit,
            "month": f"{month:%Y-%m}",
            "month_words": f"{month.month}月",
            "standing": row,
            "words": words,
            "tone": tone,
            "sent": sent_words(row.report, terms.today) if row.is_sent else "",
            "due": f"{row.due_on.month}月{row.due_on.day}日",
            "opens": "" if terms.today >= opens else f"{opens.month}月{opens.day}日",
            "lines": lines,
            "form": form,
            "kind_words": ReportLineKind(form.kind).label if form else "",
            "kinds": [(label, self.unit_url(unit.pk, month, key)) for key, label in ReportLineKind.choices],
            "may_fill": may_fill and month <= this_month,
            "may_say_none": may_fill and not row.is_sent and not lines and terms.today >= opens,
            "may_undo": may_fill and undoable(row.report, terms.today),
            "may_return": row.is_sent and unit.pk in unit_ids_for(request.user, MANAGE),
            "for_him": may_fill and unit.pk not in liaison_unit_ids(request.user),
            "why": WhyForm(),
            "others": [
                {"url": self.unit_url(unit.pk, other), "text": months.month_words(other, terms.today)}
                for other in row.missing
                if other != month
            ],
            "this_month": self.unit_url(unit.pk, this_month) if month != this_month else "",
            "back": reverse(f"{self.admin_site.name}:registry_unitreport_changelist") + f"?month={month:%Y-%m}",
        }
        return self.page(
            request, "admin/registry/unit_report.html", context, status=422 if form and form.errors else 200
        )

    def lines_of(self, request, report: UnitReport | None, unit: Unit) -> list[dict]:
        """Lines that stand. What was told in words shows to whoever told it, and to those who may see health."""
        if report is None:
            return []
        rows = list(
            report.lines.filter(voided_at__isnull=True).select_related("person", "event", "told_by").order_by("pk")
        )
        sees_words = unit.pk in unit_ids_for(request.user, VIEW_HEALTH)
        people = [line.person_id for line in rows if line.person_id]
        if people:
            audit.record(
                "open", actor=request.user, people=people, fields=["unit_report"],
                target=f"registry.unitreport:{report.pk}", request=request,
            )  # fmt: skip
        shown = []
        for line in rows:
            if line.event_id:
                state, tone = line.event.get_state_display(), EVENT_TONES[LifeEventState(line.event.state)]
                url = reverse(f"{self.admin_site.name}:registry_lifeevent_change", args=[line.event_id])
                is_open = line.event.state == LifeEventState.REPORTED or not line.is_first_word
            else:
                state, tone = line.get_state_display(), NEWCOMER_TONES[NewcomerState(line.state)]
                url, is_open = "", line.state != NewcomerState.ADDED
            shown.append(
                {
                    "pk": line.pk,
                    "name": line.name or line.person.name,
                    "kind": line.get_kind_display(),
                    "when": line.happened_on.display(),
                    "detail": (line.detail or "") if sees_words or line.told_by_id == request.user.pk else "",
                    "note": line.decision_note,
                    "state": state,
                    "tone": tone,
                    "url": url,
                    "told_by": str(line.told_by or ""),
                    "may_withdraw": is_open,
                }
            )
        return shown

    # The newly retired

    def newcomers_view(self, request):
        """Reported as newly retired and not decided: add him to the registry, or say why not."""
        if not request.user.has_perm(ADD_CADRE):
            raise PermissionDenied
        rows = waiting_newcomers(request.user)
        error, failed = "", 0
        if request.method == "POST":
            key = request.POST.get("line", "")
            line = rows.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
            if line is None:
                raise Http404
            try:
                reports.reject_newcomer(line, reason=WhyForm(request.POST).sentence(), actor=request.user)
            except BusinessError as refusal:
                error, failed = refusal.sentence, line.pk
            else:
                messages.success(request, f"{line.name}：已记为不登记。")
                return HttpResponseRedirect(request.path)
        page = Paginator(rows.order_by("pk"), PER_PAGE).get_page(request.GET.get("page"))
        add = reverse(f"{self.admin_site.name}:registry_cadre_add")
        context = {
            "title": "新退休待登记",
            "page": page,
            "rows": [{"line": line, "add_url": f"{add}?line={line.pk}"} for line in page.object_list],
            "error": error,
            "failed": failed,
        }
        return self.page(request, "admin/registry/newcomers.html", context, status=422 if error else 200)


def _fill_words(row: Standing, reach: dict[str, set[int]]) -> str:
    own = row.unit_id in reach[LIAISON]
    if row.is_sent:
        return "补报变动" if own else "代补报"
    return "报变动" if own else "代报"


def _communities_of(user) -> str:
    ids = community_ids_for(user, VIEW)
    return "、".join(str(row) for row in Community.objects.filter(pk__in=ids)) if ids else ""
