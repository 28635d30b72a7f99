"""The staff side as one site: its home page is composed here, above every room it reads from."""

from django.urls import path, reverse
from django.utils import timezone

from apps.accounts.staff_site import StaffAccessSite
from apps.ledgers.board import check_rows, today_context
from apps.messaging.queries import deliveries_by_day
from apps.organisation.queries import missing_years
from apps.registry.board import report_board
from apps.reminders.queries.figures import heartbeat
from apps.reports.views import headcount_page

SEES_RUNS = "reminders.view_run"
SEES_WORK = "ledgers.view_today"


class StaffSite(StaffAccessSite):
    site_header = "老干部服务平台"
    site_title = "工作人员"
    index_title = "今日待办"

    def get_urls(self):
        return [path("headcount/", self.admin_view(headcount_page), name="headcount"), *super().get_urls()]

    def index(self, request, extra_context=None):
        return super().index(request, {**(extra_context or {}), "today": home_context(request)})


def home_context(request) -> dict:
    """What templates/admin/index.html shows: the work of the day, and whether the reminders run."""
    context = today_context(request) if request.user.has_perm(SEES_WORK) else {}
    context["checks"] = check_rows(request.user, timezone.now())
    if request.user.has_perm(SEES_RUNS):
        context["missing_years"] = missing_years(timezone.localdate())
    for part, rows in report_board(request.user, timezone.localdate()).items():
        context[part] = [*context.get(part, []), *rows] if part == "figures" else [*rows, *context.get(part, [])]
    if request.user.has_perm(SEES_RUNS):
        context["figures"] = [*context.get("figures", []), sent_today()]
    if request.user.has_perm(SEES_RUNS) or request.user.has_perm(SEES_WORK):
        beat = heartbeat(timezone.now())
        # What waits to be handed out is for those who run it; that nothing runs at all is for everybody.
        if beat.tone == "late" or (beat.tone != "done" and request.user.has_perm(SEES_RUNS)):
            url = reverse("admin:reminder_days") if request.user.has_perm(SEES_RUNS) else ""
            context["health"] = {"tone": beat.tone, "title": beat.title, "text": beat.text, "url": url}
    return context


def sent_today() -> dict:
    """The figure of today's deliveries over all channels."""
    today = timezone.localdate()
    rows = deliveries_by_day(today, today)
    sent, unknown, failed = (sum(row[key] for row in rows) for key in ("sent", "unknown", "failed"))
    notes = [f"{label} {count}" for label, count in (("结果不明", unknown), ("没有送到", failed)) if count]
    return {
        "label": "今天提醒已送达", "value": sent, "note": "　".join(notes), "url": reverse("admin:reminder_days"),
        "tone": "late" if unknown or failed else "",
    }  # fmt: skip
