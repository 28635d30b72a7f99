"""The staff side as one site: its home page is composed here, above every room it reads from."""

import datetime as dt
from contextlib import suppress

from django.core.cache import cache
from django.urls import path, reverse
from django.utils import timezone
from redis import RedisError

from apps.accounts.staff_site import StaffAccessSite
from apps.ledgers.board import today_context
from apps.messaging.queries import deliveries_by_day
from apps.organisation.queries import missing_years
from apps.registry.board import latest_change, report_board, sees_reports
from apps.reminders.queries.figures import heartbeat
from apps.reports.views import headcount_page
from apps.university.board import figures_of, works_here
from apps.volunteers import board as volunteering

SEES_RUNS = "reminders.view_run"
SEES_WORK = "ledgers.view_today"
KEPT_SECONDS = 60


class StaffSite(StaffAccessSite):
    site_header = "老干部服务平台"
    site_title = "工作人员"
    index_title = "今日待办"

    def get_urls(self):
        return [path("headcount/", self.admin_view(headcount_page), name="headcount"), *super().get_urls()]

    def get_app_list(self, request, app_label=None):
        """Only for the page of one app: the menu is the portal's own, and Django would ask the rights on every model
        for the list it puts into the context of every page."""
        return super().get_app_list(request, app_label) if app_label else []

    def index(self, request, extra_context=None):
        return super().index(request, {**(extra_context or {}), "today": home_context(request)})


def home_context(request) -> dict:
    """What templates/admin/index.html shows: the work of the day, and whether the reminders run. Ten statements with
    those of signing in; what is the same for everybody is kept for a minute."""
    user, now = request.user, timezone.now()
    today = timezone.localdate(now)
    runs, works = user.has_perm(SEES_RUNS), user.has_perm(SEES_WORK)
    stamp = {"reports": latest_change()} if sees_reports(user) else {}
    context = today_context(request, today, stamp | volunteering.counts_of(user, now))
    figures = context.get("figures", []) if works else []
    if not works:
        context = {"checks": context["checks"], "more": context["more"]}
    more = context.pop("more")
    changed = next(iter(more.get("reports", [])), None)
    reports = report_board(user, today, changed) if stamp else {}
    context["todo"] = [*reports.get("todo", []), *context.get("todo", [])]
    context["figures"] = [*figures, *reports.get("figures", []), *figures_of(user, now)]
    context["figures"] += volunteering.figures_of(user, more)
    context["studies"] = reverse("admin:university_desk") if works_here(user) else ""
    if runs or works:
        machine = machine_state(now)
        beat = machine["beat"]
        if runs:
            context["missing_years"] = machine["missing_years"]
            context["figures"].append(sent_figure(machine["sent"]))
        # What waits to be handed out is for those who run it; that nothing runs at all is for everybody.
        if beat.tone == "late" or (beat.tone != "done" and runs):
            url = reverse("admin:reminder_days") if runs else ""
            context["health"] = {"tone": beat.tone, "title": beat.title, "text": beat.text, "url": url}
    return context


def machine_state(now: dt.datetime) -> dict:
    """Heartbeat, years without a notice on holidays, today's deliveries: the same for everybody, kept for a minute."""
    key = f"machine_state:{timezone.localdate(now)}"
    with suppress(RedisError):
        if (kept := cache.get(key)) is not None:
            return kept
    today = timezone.localdate(now)
    rows = deliveries_by_day(today, today)
    found = {
        "beat": heartbeat(now),
        "missing_years": missing_years(today),
        "sent": {key: sum(row[key] for row in rows) for key in ("sent", "unknown", "failed")},
    }
    with suppress(RedisError):
        cache.set(key, found, KEPT_SECONDS)
    return found


def sent_figure(sent: dict) -> dict:
    """The figure of today's deliveries over all channels."""
    labels = (("结果不明", sent["unknown"]), ("没有送到", sent["failed"]))
    return {
        "label": "今天提醒已送达", "value": sent["sent"], "url": reverse("admin:reminder_days"),
        "note": "　".join(f"{label} {count}" for label, count in labels if count),
        "tone": "late" if sent["unknown"] or sent["failed"] else "",
    }  # fmt: skip
