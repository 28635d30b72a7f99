"""今日待办: what the staff member who signs in should do first."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Case, Count, Exists, IntegerField, Max, Min, OuterRef, Q, QuerySet, When

from apps.common.birthday import LUNAR, full_age, occurrence_pairs
from apps.ledgers.choices import HOSPITAL_KINDS, DutyKind
from apps.ledgers.models import CareAssignment, Duty
from apps.ledgers.rules import DAY, overdue_days
from apps.people.choices import LeapPolicy, LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre, Health

VIEW_TODAY = "ledgers.view_today"
MOST_ROWS = 12
BIRTHDAY_DAYS = 7


@dataclass(frozen=True)
class DueRow:
    """One cadre with open duties: the earliest decides the date, all of them the words."""

    cadre_id: int
    name: str
    category: str
    note: str
    what: str
    due_on: dt.date
    overdue_days: int
    duty_id: int
    is_mine: bool


@dataclass(frozen=True)
class TodayBoard:
    """Figures and first rows within the user's scope on a day; what he cares for himself comes first."""

    on: dt.date
    overdue_people: int = 0
    longest_overdue: int = 0
    due_this_week: int = 0
    done_this_week: int = 0
    in_hospital: int = 0
    not_yet_visited: int = 0
    birthdays: int = 0
    lunar_birthdays: int = 0
    rows: list[DueRow] = field(default_factory=list)
    more_people: int = 0


def today(user, on: dt.date, *, most: int = MOST_ROWS, carers: Collection[int] = ()) -> TodayBoard:
    """The board of one user; people of `carers`, for whom he acts today, count as his own.

    A fixed number of statements, whatever the number of people.
    """
    if not user.has_perm(VIEW_TODAY):
        return TodayBoard(on)
    cadres = Cadre.objects.current().visible_to(user, VIEW_TODAY)
    # Persons are joined from the few rows in question: joined within the scope they cost a million rows each time.
    duties = Duty.objects.filter(cadre__in=cadres.values("pk"), cadre__person__life_status=LifeStatus.LIVING)
    monday, week_end = on - on.weekday() * DAY, on + (6 - on.weekday()) * DAY
    overdue = _open() & Q(due_on__lt=on)
    this_week = Q(due_on__range=(monday, week_end), closed_on__isnull=True)
    figures = duties.filter(overdue | this_week).aggregate(
        overdue_people=Count("cadre", distinct=True, filter=overdue),
        oldest=Min("due_on", filter=overdue),
        due_this_week=Count("pk", filter=this_week),
        done_this_week=Count("pk", filter=this_week & Q(satisfied_by__isnull=False)),
    )
    rows, people = due_rows({user.pk, *carers}, duties, on, until=week_end, most=most)
    birthdays = _birthdays(cadres, on)
    return TodayBoard(
        on=on,
        overdue_people=figures["overdue_people"],
        longest_overdue=overdue_days(figures["oldest"], on) if figures["oldest"] else 0,
        due_this_week=figures["due_this_week"],
        done_this_week=figures["done_this_week"],
        in_hospital=Health.objects.filter(
            in_hospital_since__isnull=False,
            cadre__in=cadres.values("pk"),
            cadre__person__life_status=LifeStatus.LIVING,
        ).count(),
        not_yet_visited=duties.open().filter(kind=DutyKind.HOSPITAL).values("cadre").distinct().count(),
        birthdays=birthdays.total(),
        lunar_birthdays=birthdays[LUNAR],
        rows=rows,
        more_people=max(people - len(rows), 0),
    )


def _open() -> Q:
    return Q(satisfied_by__isnull=True, closed_on__isnull=True)


def due_rows(
    carers: Collection[int], duties: QuerySet[Duty], on: dt.date, *, until: dt.date, most: int
) -> tuple[list[DueRow], int]:
    """(first rows, number of people) of open duties due until a day: people of `carers`, then the most overdue."""
    due = duties.open().filter(due_on__lte=until)
    mine = CareAssignment.objects.open().filter(cadre=OuterRef("cadre"), carer__in=carers)
    first = (
        due.annotate(own=Case(When(Exists(mine), then=0), default=1, output_field=IntegerField()))
        .order_by()
        .values("cadre", "own")
        .annotate(first=Min("due_on"), last=Max("due_on"))
        .order_by("own", "first", "cadre")
    )
    chosen = list(first[:most])
    own = {row["cadre"]: row["own"] == 0 for row in chosen}
    by_cadre: dict[int, list[Duty]] = {pk: [] for pk in own}
    details = due.filter(cadre__in=own).select_related("cadre__person__community", "cadre__managing_unit")
    for duty in details.order_by("due_on", "pk"):
        by_cadre[duty.cadre_id].append(duty)
    people = due.order_by().values("cadre").distinct().count() if len(chosen) == most else len(chosen)
    return [_row(found, on, own[pk]) for pk, found in by_cadre.items() if found], people


def _row(duties: list[Duty], on: dt.date, is_mine: bool) -> DueRow:
    first, cadre = duties[0], duties[0].cadre
    kinds = Counter(duty.words for duty in duties)
    what = "、".join(words if count == 1 else f"{words}（{count} 次）" for words, count in kinds.items())
    hospital = any(duty.kind in HOSPITAL_KINDS for duty in duties)
    return DueRow(
        cadre_id=cadre.pk,
        name=cadre.person.name,
        category=cadre.get_retire_type_display(),
        note=_note(cadre, on, hospital),
        what=what,
        due_on=first.due_on,
        overdue_days=overdue_days(first.due_on, on),
        duty_id=first.pk,
        is_mine=is_mine,
    )


def _note(cadre: Cadre, on: dt.date, in_hospital: bool) -> str:
    person = cadre.person
    age = f"{full_age(person.birth_date.first_day, on)} 岁" if person.birth_date else ""
    where = "正在住院" if in_hospital else cadre.get_living_display()
    unit = cadre.managing_unit.short_name or cadre.managing_unit.name
    return " · ".join(filter(None, (where, age, str(person.community or unit))))


def _birthdays(cadres: QuerySet[Cadre], on: dt.date) -> Counter:
    """People by calendar whose celebrated birthday falls on one of the next seven days, today included."""
    end = on + (BIRTHDAY_DAYS - 1) * DAY
    matching = Q()
    for policy in LeapPolicy.values:
        pairs = {pair[:4] for pair in occurrence_pairs(on, end, leap_policy=policy)}
        one_of = Q()
        for calendar, month, day, leap in sorted(pairs):
            one_of |= Q(birthday_calendar=calendar, birthday_month=month, birthday_day=day, birthday_leap=leap)
        matching |= Q(birthday_leap_policy=policy) & one_of
    people = Person.objects.living().filter(matching, birthday_greeting=True, cadre__in=cadres.values("pk"))
    return Counter(dict(people.order_by().values_list("birthday_calendar").annotate(Count("pk"))))
