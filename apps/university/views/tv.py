"""电视课表: a week to read and to print."""

import datetime as dt
import re

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.university.models import Programme
from apps.university.rules.when import WEEKDAYS

DAY = dt.timedelta(days=1)
WEEK = 7 * DAY


@login_not_required
@require_safe
def tv(request):
    """The week of `?on=`, this one without; other weeks only where there is something."""
    today = timezone.localdate()
    monday = _asked_day(request.GET.get("on", ""), today)
    monday -= monday.weekday() * DAY
    rows = Programme.objects.current().order_by("on", "starts", "channel", "pk")
    days: dict[dt.date, list[Programme]] = {}
    for row in rows.filter(on__gte=monday, on__lt=monday + WEEK)[:500]:
        days.setdefault(row.on, []).append(row)
    context = {
        "days": [
            {"on": day, "weekday": f"星期{WEEKDAYS[day.weekday()]}", "rows": found, "is_today": day == today}
            for day, found in days.items()
        ],
        "monday": monday, "sunday": monday + 6 * DAY, "is_this_week": monday <= today < monday + WEEK,
        "before": monday - WEEK if rows.filter(on__lt=monday).exists() else None,
        "after": monday + WEEK if rows.filter(on__gte=monday + WEEK).exists() else None,
    }  # fmt: skip
    return render(request, "university/air/tv.html", context)


def _asked_day(text: str, today: dt.date) -> dt.date:
    if not re.fullmatch(r"20\d\d-\d\d-\d\d", text):
        return today
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return today
