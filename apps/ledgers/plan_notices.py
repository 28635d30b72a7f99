"""What the clock owes to colleagues about plans: promises and replies that fall due, needs that nobody took up.

Keys name the occasion and look back some days, so that a missed tick loses nothing and one that comes twice tells
nobody twice. One digest an owner; texts hold counts only.
"""

import datetime as dt

from django.db.models import Exists, Max, OuterRef, QuerySet

from apps.accounts.access import stand_ins
from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage
from apps.organisation.queries import rule_values, work_calendar
from apps.people.choices import LifeStatus

from .models import Measure, Need
from .notices import MEASURE_DUE, MEASURE_LATE, NEED_BARE, NEED_RECALL, NEED_REPLY, NEED_REPLY_LATE
from .queries import responsible_for_cadres
from .rules.needs import NeedRules, recall_day

LOOK_BACK = dt.timedelta(days=60)
AHEAD = dt.timedelta(days=3)
DAY = dt.timedelta(days=1)
SERVED = {"cadre__voided_at__isnull": True, "cadre__person__life_status__in": (LifeStatus.LIVING, LifeStatus.LOST)}


def measures_due_between(start: dt.date, end: dt.date) -> QuerySet[Measure]:
    """Open promises to living people due in [start, end], both included."""
    served = {f"need__{name}": value for name, value in SERVED.items()}
    return Measure.objects.open().filter(due_on__range=(start, end), need__voided_at__isnull=True, **served)


def replies_due_between(start: dt.date, end: dt.date) -> QuerySet[Need]:
    """Open needs of living people whose reply is due in [start, end], both included, and not given."""
    return Need.objects.open().filter(replied_on__isnull=True, reply_by__range=(start, end), **SERVED)


def needs_without_measure(start: dt.date, end: dt.date) -> QuerySet[Need]:
    """Open needs found in [start, end], both included, for which nothing is promised."""
    kept = Measure.objects.standing().filter(need=OuterRef("pk"), dropped_on__isnull=True)
    return Need.objects.open().filter(found_on__range=(start, end), **SERVED).exclude(Exists(kept))


def needs_to_call_back(start: dt.date) -> QuerySet[Need]:
    """Open needs all of whose promises were done, the last on `start` or later; annotated with `done_last`."""
    kept = Measure.objects.standing().filter(need=OuterRef("pk"), dropped_on__isnull=True)
    rows = Need.objects.open().filter(Exists(kept), **SERVED).exclude(Exists(kept.filter(done_on__isnull=True)))
    return rows.annotate(done_last=Max("measures__done_on")).filter(done_last__gte=start)


def plan_messages(today: dt.date) -> list[NewMessage]:
    """Each occasion once, to the owner of a promise, to who answers for the person of a need, or to who stands in."""
    return [*_of_measures(today), *_of_needs(today)]


def _of_measures(today: dt.date) -> list[NewMessage]:
    due = measures_due_between(today - LOOK_BACK, today + AHEAD).order_by("pk").values_list("pk", "owner_id", "due_on")
    rows = list(due)
    acting = stand_ins({owner for _, owner, _ in rows}, on=today) if rows else {}
    messages = []
    for pk, owner, due_on in rows:
        template = MEASURE_LATE if due_on < today else MEASURE_DUE
        messages.append(_message(f"measure:{pk}:{template}:{due_on}", template, acting.get(owner, owner)))
    return messages


def _of_needs(today: dt.date) -> list[NewMessage]:
    """(need, template, day of the occasion), then one statement for who answers."""
    found: list[tuple[int, int, int, str, dt.date]] = []
    columns = ("pk", "cadre_id", "cadre__managing_unit_id")
    for pk, cadre, unit, day in replies_due_between(today - LOOK_BACK, today + DAY).values_list(*columns, "reply_by"):
        found.append((pk, cadre, unit, NEED_REPLY_LATE if day < today else NEED_REPLY, day))
    rules, calendar = rule_values(NeedRules.rule_key, on=today), work_calendar()
    for pk, cadre, unit, day in needs_to_call_back(today - LOOK_BACK).values_list(*columns, "done_last"):
        if today > recall_day(day, rules, calendar):
            found.append((pk, cadre, unit, NEED_RECALL, day))
    bare = needs_without_measure(today - LOOK_BACK, today - AHEAD).filter(replied_on__isnull=False)
    for pk, cadre, unit, day in bare.values_list(*columns, "found_on"):
        found.append((pk, cadre, unit, NEED_BARE, day))
    if not found:
        return []
    whose = responsible_for_cadres({cadre: unit for _, cadre, unit, _, _ in found}, on=today)
    return [
        _message(f"need:{pk}:{template}:{day}", template, whose[cadre])
        for pk, cadre, _, template, day in sorted(found)
        if whose[cadre]
    ]


def _message(key: str, template: str, user_id: int) -> NewMessage:
    return NewMessage(key=key, delivery_class=DeliveryClass.DIGEST, template=template, user_id=user_id)
