"""Staff pages of elections: whose term ends, whose election waits for whom. The steps are taken on the desk's pages."""

import datetime as dt
import io

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode

from apps.branches.access import organisations_open_to
from apps.branches.choices import ElectionState, Turn
from apps.branches.models import Election
from apps.branches.queries.elections import NARROWED, narrowed, with_elections
from apps.branches.rules.election_steps import CLOSED, WAITING_FOR_SUPERIOR, turn_of
from apps.branches.rules.sizes import BranchRules, months_after
from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.workbook.writer import write_sheet
from apps.organisation.queries import rule_values

from .memberships import OrganisationFilter

VIEW, ENTER = "branches.view_election", "branches.enter_for_branch"
COLUMNS = ["党组织", "任期届满日", "届满情况", "换届办到哪一步", "等谁", "从哪天起等"]
PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TurnFilter(admin.SimpleListFilter):
    title = "等谁办"
    parameter_name = "turn"

    def lookups(self, request, model_admin):
        return Turn.choices

    def queryset(self, request, queryset):
        if self.value() == Turn.SUPERIOR:
            return queryset.filter(state__in=WAITING_FOR_SUPERIOR)
        if self.value() == Turn.NOBODY:
            return queryset.filter(state__in=CLOSED)
        if self.value() == Turn.BRANCH:
            return queryset.exclude(state__in=[*CLOSED, *WAITING_FOR_SUPERIOR])
        return queryset


@admin.register(Election)
class ElectionAdmin(RecordAdmin):
    """Every election in the user's units, to read; votes and names stand on the desk's pages."""

    list_display = ["organisation", "state", "turn", "planned_on", "waiting_since", "by_staff"]
    list_filter = [OrganisationFilter, TurnFilter, "state"]
    select_related_in_list = ("organisation",)
    select_related_in_record = ("organisation",)
    ordering = ["-planned_on", "-id"]
    fields = [
        "organisation", "state", "waiting_since", "term_ended_on", "seats", "planned_on", "place", "request_document",
        "consent_document", "report_document", "reply_document", "by_staff",
    ]  # fmt: skip
    readonly_fields = ["by_staff"]

    def rows_for(self, user, permission):
        return Election.objects.filter(organisation__in=organisations_open_to(user, permission).values("pk"))

    @admin.display(description="等谁办")
    def turn(self, election):
        return turn_of(election.state).label

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if organisations_open_to(request.user, ENTER).filter(pk=obj.organisation_id).exists():
            url = reverse("branches:election_page", args=[obj.organisation.public_id, obj.public_id])
            tools.insert(0, {"label": "办理换届", "url": url, "main": True})
        return tools

    def get_urls(self):
        return [path("due/", self.staff_view(self.due_view), name="branches_election_due"), *super().get_urls()]

    def due_view(self, request):
        """Organisations by the end of their term, with where their election stands; three queries for any number."""
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        today = timezone.localdate()
        until = _until(today)
        wanted, q = request.GET.get("narrow", ""), request.GET.get("q", "").strip()[:60]
        rows = narrowed(
            with_elections(organisations_open_to(request.user, VIEW)), wanted, today=today, notice_until=until
        )
        if q:
            rows = rows.filter(name__icontains=q)
        if "export" in request.GET:
            return self._sheet(request, rows, today, until)
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        enterable = set(
            organisations_open_to(request.user, ENTER)
            .filter(pk__in=[row.pk for row in page])
            .values_list("pk", flat=True)
        )
        query = urlencode({"narrow": wanted, "q": q})
        context = {
            "title": "换届到期一览",
            "rows": [_line(row, today, until, row.pk in enterable) for row in page],
            "page": page,
            "query": query,
            "narrow": wanted,
            "q": q,
            "choices": [("", "全部"), *NARROWED.items()],
            "export_url": f"?{query}&export=1",
        }
        return self.page(request, "admin/branches/elections_due.html", context)

    def _sheet(self, request, rows, today, until):
        """Organisations only: nobody is named, so it is made at once."""
        audit.look("export", actor=request.user, target="branches.election:due", request=request)
        stream = io.BytesIO()
        lines = (
            [
                line["name"], line["ends"], line["words"], line["state"], line["turn"], line["since"],
            ]
            for line in (_line(row, today, until, False) for row in rows.iterator(chunk_size=500))
        )  # fmt: skip
        write_sheet(stream, f"{today}换届到期一览", COLUMNS, lines, notes=[("排列", "任期届满日先后")])
        response = HttpResponse(stream.getvalue(), content_type=XLSX)
        response.headers["Content-Disposition"] = content_disposition_header(True, f"换届到期一览 {today}.xlsx")
        return response


def _until(today: dt.date) -> dt.date:
    """The last end of a term that is to be prepared for today."""
    return months_after(today, rule_values(BranchRules.rule_key, on=today).notice_months)


def _line(row, today: dt.date, until: dt.date, may_enter: bool) -> dict:
    ends, state = row.term_ends_on, row.election_state
    words, tone = _ends(ends, today, until)
    waits = Turn.SUPERIOR if row.asks_shift else turn_of(state) if state else None
    return {
        "name": row.name,
        "ends": ends,
        "words": words,
        "tone": tone,
        "state": ElectionState(state).label if state else "没有启动",
        "shift": row.asks_shift,
        "turn": waits.label if waits else "",
        "since": row.waiting_since,
        "url": reverse("branches:election", args=[row.public_id]) if may_enter else "",
    }


def _ends(ends: dt.date | None, today: dt.date, until: dt.date) -> tuple[str, str]:
    if ends is None:
        return "没有登记", ""
    days = (ends - today).days
    if days < 0:
        return f"逾期 {-days} 天", "late"
    return f"还有 {days} 天", "soon" if ends <= until else ""
