"""What the desk should do about dues, in sentences (settings.DESK_DUE)."""

import datetime as dt

from django.db import connection

from apps.branches.access import Desk
from apps.branches.desk import address
from apps.branches.due import Due
from apps.branches.models import DuesYear
from apps.branches.rules.dues import add_months, month_of
from apps.people.models import Person

from .dues import behind, dues_rules, is_dues_off, takes_dues, totals_of

USUAL_DAY = 25


def dues_due(desk: Desk) -> list[Due]:
    """The amounts of the year in January; this month's dues from its fixed day on; members some months behind, in
    neutral words. Nothing where no dues are taken or the module is off."""
    if not takes_dues(desk.organisation) or is_dues_off(desk.organisation, desk.today):
        return []
    month = month_of(desk.today)
    now = totals_of([desk.organisation.pk], month, month).get(desk.organisation.pk)
    if now is None:
        return []
    years = DuesYear.objects.filter(organisation=desk.organisation, year=month.year, voided_at__isnull=True)
    if not years.exists():
        words = f"{month.year} 年每人每月交多少党费还没有确认。"
        return [
            Due(max(desk.today, dt.date(month.year, 1, 31)), words, (("去核定", address(desk, "branches:dues_year")),))
        ]
    found = []
    day = month.replace(day=min(desk.organisation.party_day or USUAL_DAY, 28))
    if now.open_people and desk.today >= day - dt.timedelta(days=7):
        words = f"{month.month} 月党费还有 {now.open_people} 位没有记。"
        found.append(
            Due(add_months(month, 1) - dt.timedelta(days=1), words, (("记党费", address(desk, "branches:dues_month")),))
        )
    return found + _behind(desk, month)


def _behind(desk: Desk, month: dt.date) -> list[Due]:
    least = min(dues_rules(desk.organisation, desk.today).alert_months, default=0)
    if not least:
        return []
    rows = behind([desk.organisation.pk], add_months(month, -1), range(least, 13))
    with connection.cursor() as cursor:
        cursor.execute(rows.sql, rows.params)
        months = {person: count for _, person, count in cursor.fetchall()}
    people = Person.objects.filter(pk__in=months).only("pk", "public_id", "name").order_by("name_stroke_key", "pk")
    return [
        Due(
            desk.today + dt.timedelta(days=7),
            f"有 {months[one.pk]} 个月没记党费，请联系看看是不是不方便，可以由家属代交或补交。",
            (("去看", address(desk, "branches:dues_member", one.public_id)),),
            who=one.name,
        )
        for one in people
    ]
