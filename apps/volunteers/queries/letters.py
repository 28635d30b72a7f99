"""Letters of thanks: to each his own, of what he did himself (rule book 10.76)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet, Sum

from apps.common.code_lists import names_of
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.people.queries import mourning_among
from apps.registry.models import Cadre
from apps.registry.wording import called
from apps.volunteers.choices.letters import LetterKind
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import ServiceRecord, Volunteer
from apps.volunteers.rules.letters import VolunteerLetters, filled
from apps.volunteers.rules.times import length_words

SERVICES_NAMED = 4


@dataclass(frozen=True)
class Occasion:
    """What is thanked for: the service of a `year`, or the anniversary of his joining that falls into it, of one
    `month` if given."""

    kind: str
    year: int
    month: int | None = None

    @property
    def label(self) -> str:
        month = f"{self.month}月" if self.month else ""
        return f"{self.year}年{month}{LetterKind(self.kind).label}"


@dataclass(frozen=True)
class Letter:
    volunteer: Volunteer
    to: str
    paragraphs: tuple[str, ...]
    on: dt.date


@dataclass
class Letters:
    """`letters` in the order asked for; `mourning`: how many get none because somebody in their household died;
    `unserved`: how many did nothing in that year or have no anniversary in it."""

    letters: list[Letter] = field(default_factory=list)
    mourning: int = 0
    unserved: int = 0


@dataclass
class _Done:
    count: int = 0
    minutes: int = 0
    services: list[str] = field(default_factory=list)


def letters_for(volunteers: Iterable[Volunteer], occasion: Occasion, on: dt.date) -> Letters:
    """Volunteers come with person and unit. Who died gets none, nor who left before his anniversary. Confirmed service
    alone. Four queries for any number, and one of the rules for each unit. See rule book 10.76."""
    rows = [row for row in volunteers if row.person.life_status == LifeStatus.LIVING]
    ids = [row.pk for row in rows]
    cadres = set(Cadre.objects.filter(pk__in=ids, voided_at__isnull=True).values_list("pk", flat=True))
    mourning, done = mourning_among(ids, on), _done(ids, occasion, on)
    rules: dict[int, VolunteerLetters] = {}
    found = Letters()
    for row in rows:
        if not _is_due(row, done[row.pk], occasion):
            found.unserved += 1
        elif row.pk in mourning:
            found.mourning += 1
        else:
            if row.unit_id not in rules:
                rules[row.unit_id] = rule_values(VolunteerLetters.rule_key, on=on, unit=row.unit)
            words = _paragraphs(row, done[row.pk], occasion, rules[row.unit_id])
            found.letters.append(Letter(row, called(row.person.name, is_cadre=row.pk in cadres), words, on))
    return found


def years_served(volunteer: Volunteer) -> list[int]:
    """Years in which he has confirmed service, the latest first."""
    return [day.year for day in _confirmed([volunteer.pk]).dates("on", "year", order="DESC")]


def _confirmed(ids: list[int]) -> QuerySet[ServiceRecord]:
    return ServiceRecord.objects.current().filter(volunteer__in=ids, state=RecordState.CONFIRMED)


def _done(ids: list[int], occasion: Occasion, on: dt.date) -> dict[int, _Done]:
    """Volunteer id → what he did: in the year, for an anniversary until today."""
    rows = _confirmed(ids).filter(on__lte=on)
    if occasion.kind == LetterKind.YEAR:
        rows = rows.filter(on__gte=dt.date(occasion.year, 1, 1), on__lt=dt.date(occasion.year + 1, 1, 1))
    names = names_of("volunteer_service")
    found: dict[int, _Done] = defaultdict(_Done)
    sums = rows.order_by().values_list("volunteer", "service").annotate(Count("pk"), total=Sum("minutes"))
    for volunteer, service, count, minutes in sums.order_by("volunteer", "-total", "service"):
        one = found[volunteer]
        one.count, one.minutes = one.count + count, one.minutes + minutes
        one.services.append(names.get(service, service))
    return found


def _is_due(row: Volunteer, done: _Done, occasion: Occasion) -> bool:
    if occasion.kind == LetterKind.YEAR:
        return done.count > 0
    in_month = occasion.month in (None, row.joined_on.month)
    return row.left_on is None and row.joined_on.year < occasion.year and in_month


def _paragraphs(row: Volunteer, done: _Done, occasion: Occasion, rules: VolunteerLetters) -> tuple[str, ...]:
    services = "、".join(done.services[:SERVICES_NAMED]) + ("等" if len(done.services) > SERVICES_NAMED else "")
    joined = row.joined_on
    values = {
        "年份": str(occasion.year), "次数": str(done.count), "时长": length_words(done.minutes), "服务": services,
        "加入": f"{joined.year}年{joined.month}月{joined.day}日", "年数": str(occasion.year - joined.year),
    }  # fmt: skip
    if occasion.kind == LetterKind.YEAR:
        first = filled(rules.year, values)
    else:
        first = filled(rules.anniversary, values) + (filled(rules.served, values) if done.count else "")
    return (first, rules.thanks, rules.easy, rules.wish)
