"""Whether somebody fits a shift: his papers, his age, what he does then, how much he wants to do a week."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import F, Sum

from apps.common.partial_date import PartialDate
from apps.people.models import Person
from apps.signups.models import Offering
from apps.signups.queries import clashes
from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.models import Shift, Turn, Volunteer
from apps.volunteers.rules.placing import Asker, refusal, too_much

from .volunteers import may_serve, weekly_limits

NOT_REGISTERED = "请先登记成为志愿者。打电话或者到队里都能登记。"
WEEK = dt.timedelta(days=7)
COUNTED = (TurnState.EXPECTED, TurnState.CAME)


def refusals(offering: Offering, persons: Iterable[int], on: dt.date) -> Mapping[int, str]:
    """Who may not have a place in this shift, each with the sentence for him (rule book 10.10). Papers must hold on the
    day of the shift. However many people: one query each for the shift, papers, births and times."""
    ids = list(persons)
    if not ids:
        return {}
    shift = Shift.objects.select_related("project").get(offering=offering)
    registered = set(Volunteer.objects.filter(pk__in=ids).values_list("pk", flat=True))
    papers = may_serve(registered, max(shift.on, on))
    busy = clashes(offering, ids)
    births = dict(Person.objects.filter(pk__in=ids).values_list("pk", "birth_date"))
    age_to = shift.project.age_to if shift.project else None
    found = {}
    for pk in ids:
        if pk not in registered:
            found[pk] = NOT_REGISTERED
            continue
        birth = PartialDate.parse(births[pk]) if births.get(pk) else None
        found[pk] = refusal(
            Asker(birth, papers.get(pk, "").replace("他", "您", 1), busy.get(pk, "")), shift.on, age_to, on
        )
    return {pk: sentence for pk, sentence in found.items() if sentence}


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Its Monday and the next, half-open."""
    monday = day - dt.timedelta(days=day.isoweekday() - 1)
    return monday, monday + WEEK


def planned_minutes(volunteers: Iterable[int], day: dt.date) -> dict[int, int]:
    """Volunteer id → minutes of his turns in the week of a day, without those given up; who has none is left out."""
    first, until = week_of(day)
    rows = Turn.objects.current().filter(
        volunteer__in=list(volunteers), state__in=COUNTED, shift__on__gte=first, shift__on__lt=until
    )
    return dict(rows.values_list("volunteer").annotate(total=Sum(F("shift__ends") - F("shift__starts"))))


def beyond_wish(shift: Shift, volunteers: Iterable[int]) -> dict[int, str]:
    """Volunteer id → what is said before he takes this shift too, where it is more than he wants to do a week; nobody
    is refused for it (量力而行, rule book 10.10)."""
    limits = weekly_limits(volunteers, shift.on)
    own = set(Volunteer.objects.filter(pk__in=limits, weekly_minutes__isnull=False).values_list("pk", flat=True))
    planned = planned_minutes(limits, shift.on)
    more = shift.ends - shift.starts
    said = {pk: too_much(limit, planned.get(pk, 0), more, own=pk in own) for pk, limit in limits.items()}
    return {pk: sentence for pk, sentence in said.items() if sentence}


def left(offering: Offering, persons: Iterable[int], on: dt.date) -> Mapping[int, int]:
    """How many more shifts as long as this fit into that week: by his own word, else the gentle measure of his age."""
    shift = Shift.objects.get(offering=offering)
    limits = weekly_limits(persons, shift.on)
    planned = planned_minutes(limits, shift.on)
    length = shift.ends - shift.starts
    return {pk: max(0, (limit - planned.get(pk, 0)) // length) for pk, limit in limits.items()}
