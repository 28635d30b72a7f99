"""What the home page says of monthly reports: to a liaison which of his are open, to clerks which are missing."""

import datetime as dt
from contextlib import suppress

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse
from redis import RedisError

from apps.accounts.access import unit_ids_for

from .models import UnitReport
from .reporting import months
from .reporting.standing import FILL, MANAGE, liaison_unit_ids, missing_reports, open_reports, reporting_units, terms_on

MOST_ROWS = 6
KEPT_SECONDS = 300


def sees_reports(user) -> bool:
    return user.has_perm(MANAGE) or user.has_perm(FILL)


def latest_change() -> QuerySet:
    """When a report last changed: one row, none without reports. For `read_together`."""
    return UnitReport.objects.order_by("-updated_at").values_list("updated_at", flat=True)[:1]


def report_board(user, on: dt.date, changed: dt.datetime | None) -> dict:
    """`figures` for those who ask for reports, `todo` for those who send them; nothing for others.

    Kept for five minutes as long as no report changes (`changed`, of `latest_change`): the home page is opened all
    day, the figure rarely moves.
    """
    if not sees_reports(user):
        return {}
    key = f"report_board:{user.pk}:{on}:{changed.timestamp() if changed else 0}"
    with suppress(RedisError):
        if (found := cache.get(key)) is not None:
            return found
    found = _board(user, on)
    with suppress(RedisError):
        cache.set(key, found, KEPT_SECONDS)
    return found


def _board(user, on: dt.date) -> dict:
    own = liaison_unit_ids(user)
    managed = unit_ids_for(user, MANAGE)
    if not own and not managed:
        return {}
    terms = terms_on(on)
    units = reporting_units(own | managed, terms)
    found: dict = {}
    if managed:
        found["figures"] = [_figure([unit for unit in units if unit.pk in managed], terms)]
    if own and user.has_perm(FILL):
        found["todo"] = _todo([unit for unit in units if unit.pk in own], terms)
    return found


def _figure(units, terms) -> dict:
    missing = missing_reports(units, terms)
    behind: dict[int, int] = {}
    for unit, _ in missing:
        behind[unit.pk] = behind.get(unit.pk, 0) + 1
    return {
        "label": "未报变动的单位", "value": len(behind),
        "note": f"最多欠 {max(behind.values())} 个月" if behind else f"应报 {len(units)} 个",
        "tone": "late" if behind else "",
        "url": reverse("admin:registry_unitreport_changelist") + _state_of(missing),
    }  # fmt: skip


def _state_of(missing) -> str:
    return f"?month={missing[-1][1]:%Y-%m}&state=missing" if missing else ""


def _todo(units, terms) -> list[dict]:
    rows = []
    for unit, month in open_reports(units, terms)[:MOST_ROWS]:
        due = terms.due_on(unit.pk, month)
        late = (terms.today - due).days
        url = reverse("admin:registry_unitreport_unit", args=[unit.pk]) + f"?month={month:%Y-%m}"
        rows.append(
            {
                "who": unit.name, "who_url": url, "who_note": "", "kind": "",
                "what": f"报{months.month_words(month, terms.today)}变动，没有变动也要报",
                "due": f"逾期 {late} 天" if late > 0 else f"{due.month}月{due.day}日",
                "tone": "late" if late > 0 else "", "actions": [{"label": "去报", "url": url}],
            }
        )  # fmt: skip
    return rows
