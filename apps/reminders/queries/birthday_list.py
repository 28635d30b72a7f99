"""下月生日名单: the birthdays of a month among one's own people, in a named order."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from apps.ledgers.access import open_to
from apps.ledgers.models import CareTier
from apps.registry.models import Cadre
from apps.registry.orders import ORDERS

from .birthdays import Celebration, celebrations

SEES = "registry.view_cadre"
BY_DAY = "day"
ORDER_WORDS = {BY_DAY: "生日先后", **{key: order.words for key, order in ORDERS.items()}}
A_DAY = 400  # more in one day no list shows


@dataclass(frozen=True)
class ListRow:
    """One birthday. `is_focus`: he has reminders of his own beside this list. `mourns`: his household is
    left in peace that day."""

    day: dt.date
    cadre: Cadre
    age: int | None
    birthday: str
    is_focus: bool
    mourns: bool = False


def birthday_list(
    user, first: dt.date, *, mine: bool, order: str, today: dt.date, permission: str = SEES
) -> list[ListRow]:
    """Birthdays from `first` to the end of its month among people whom `user` may see, or, with `mine`, for whom he
    answers (or stands in). `order`: a key of ORDER_WORDS. A fixed number of statements."""
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    found = celebrations(user, first, last, most_a_day=A_DAY, today=today, permission=permission)
    ids = {row.person_id for row in found}
    if mine:
        ids = open_to(user, ids)
    focus = set(
        CareTier.objects.filter(Q(is_focus=True) | Q(high_risk=True), cadre__in=ids, voided_at__isnull=True)
        .values_list("cadre_id", flat=True)
    )  # fmt: skip
    cadres = Cadre.objects.filter(pk__in=ids).select_related("person__community", "managing_unit")
    ranked = {cadre.pk: (place, cadre) for place, cadre in enumerate(cadres.order_by(*_keys(order)))}
    rows = [row for row in found if row.person_id in ranked]
    rows.sort(key=lambda row: _place(row, ranked[row.person_id][0], order))
    return [
        ListRow(row.day, ranked[row.person_id][1], row.age, row.birthday, row.person_id in focus, row.mourns)
        for row in rows
    ]


def _keys(order: str) -> tuple:
    return ORDERS[order].by if order in ORDERS else ("person__name_stroke_key", "pk")


def _place(row: Celebration, place: int, order: str) -> tuple:
    return (row.day, place) if order == BY_DAY else (place, row.day)
