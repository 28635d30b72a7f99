"""Members of the desk's organisation as choices of a form."""

import datetime

from apps.branches.access import Desk
from apps.branches.choices import MeetingKind
from apps.branches.queries import assembled, people_at_hand
from apps.people.models import Person


def members_of_desk(desk: Desk, on: datetime.date | None = None) -> list[tuple[int, str]]:
    """(id, name) of the members on a day, today if none is given, in 姓氏笔画 order."""
    rows = assembled(desk.organisation, MeetingKind.PARTY_DAY, on or desk.today)
    return list(rows.values_list("pk", "name"))


def officers_of_desk(desk: Desk) -> list[tuple[int, str]]:
    """(id, name) of those who hold a post today."""
    return list(assembled(desk.organisation, MeetingKind.COMMITTEE, desk.today).values_list("pk", "name"))


def at_hand_for_desk(desk: Desk) -> list[tuple[int, str]]:
    """(id, name) of members and of those in post here or above."""
    rows = Person.objects.filter(pk__in=people_at_hand(desk.organisation, desk.today))
    return list(rows.order_by("name_stroke_key", "pk").values_list("pk", "name"))
