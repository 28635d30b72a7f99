"""今日待办: what the staff member who signs in should do first."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Case, Count, Exists, IntegerField, Max, Min, OuterRef, Q, QuerySet, Value, When

from apps.common.birthday import LUNAR, full_age, occurrence_pairs
from apps.common.together import read_together
from apps.ledgers.choices import HOSPITAL_KINDS, DutyKind
from apps.ledgers.models import CareAssignment, Duty
from apps.ledgers.rules import DAY, overdue_days
from apps.people.choices import LeapPolicy, LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre, Health

VIEW_TODAY = "ledgers.view_today"
MOST_ROWS = 12
BIRTHDAY_DAYS = 7
FIGURES = ("overdue_people", "due_this_week", "done_this_week", "waiting")


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
    """The board of one user; people of `carers`, for whom he acts today, count as his own. Two statements, whatever
    the number of people."""
    rows = read_together(board_parts(user, on, most=most, carers=carers))
    return board_from(rows, read_together({"details": board_details(rows, on)})["details"], on)


def board_parts(user, on: dt.date, *, most: int = MOST_ROWS, carers: Collection[int] = ()) -> dict[str, QuerySet]:
    """Figures and first people of the board, for `read_together`; nothing for those who do not see it."""
    if not user.has_perm(VIEW_TODAY):
        return {}
    cadres = Cadre.objects.current().visible_to(user, VIEW_TODAY)
    # Persons are joined from the few rows in question: joined within the scope they cost a million rows each time.
    duties = Duty.objects.filter(cadre__in=cadres.values("pk"), cadre__person__life_status=LifeStatus.LIVING)
    in_hospital = Health.objects.filter(
        in_hospital_since__isnull=False, cadre__in=cadres.values("pk"), cadre__person__life_status=LifeStatus.LIVING
    )
    return {
        "figures": _figures(duties, on),
        "first": _first({user.pk, *carers}, duties, on)[:most],
        "in_hospital": _counted(in_hospital, Count("pk")),
        "not_visited": _counted(duties.open().filter(kind=DutyKind.HOSPITAL), Count("cadre", distinct=True)),
        "birthdays": _birthdays(cadres, on),
    }


def board_details(rows: dict[str, list], on: dt.date) -> QuerySet[Duty]:
    """Duties of the people whom `board_parts` found first."""
    people = [row["cadre"] for row in rows.get("first", ())]
    due = Duty.objects.open().filter(due_on__lte=_week_end(on), cadre__in=people)
    return due.select_related("cadre__person__community", "cadre__managing_unit").order_by("due_on", "pk")


def board_from(rows: dict[str, list], details: list[Duty], on: dt.date) -> TodayBoard:
    """The board from what was read."""
    if not rows:
        return TodayBoard(on)
    figures = next(iter(rows["figures"]), None) or dict.fromkeys((*FIGURES, "oldest"), 0)
    birthdays = Counter(dict(rows["birthdays"]))
    own = {row["cadre"]: row["own"] == 0 for row in rows["first"]}
    by_cadre: dict[int, list[Duty]] = {pk: [] for pk in own}
    for duty in details:
        by_cadre[duty.cadre_id].append(duty)
    shown = [_row(found, on, own[pk]) for pk, found in by_cadre.items() if found]
    return TodayBoard(
        on=on,
        overdue_people=figures["overdue_people"],
        longest_overdue=overdue_days(figures["oldest"], on) if figures["oldest"] else 0,
        due_this_week=figures["due_this_week"],
        done_this_week=figures["done_this_week"],
        in_hospital=sum(rows["in_hospital"]),
        not_yet_visited=sum(rows["not_visited"]),
        birthdays=birthdays.total(),
        lunar_birthdays=birthdays[LUNAR],
        rows=shown,
        more_people=max(figures["waiting"] - len(shown), 0),
    )


def _week_end(on: dt.date) -> dt.date:
    return on + (6 - on.weekday()) * DAY


def _counted(rows: QuerySet, count: Count) -> QuerySet:
    """One number, or no row where there is nothing to count."""
    return rows.order_by().values(one=Value(1)).annotate(number=count).values_list("number", flat=True)


def _figures(duties: QuerySet[Duty], on: dt.date) -> QuerySet:
    still_open = Q(satisfied_by__isnull=True, closed_on__isnull=True)
    overdue = still_open & Q(due_on__lt=on)
    this_week = Q(due_on__range=(on - on.weekday() * DAY, _week_end(on)), closed_on__isnull=True)
    return (
        duties.filter(overdue | this_week)
        .order_by()
        .values(one=Value(1))
        .annotate(
            overdue_people=Count("cadre", distinct=True, filter=overdue),
            oldest=Min("due_on", filter=overdue),
            due_this_week=Count("pk", filter=this_week),
            done_this_week=Count("pk", filter=this_week & Q(satisfied_by__isnull=False)),
            waiting=Count("cadre", distinct=True, filter=still_open),
        )
    )


def _first(carers: Collection[int], duties: QuerySet[Duty], on: dt.date) -> QuerySet:
    """Who is due this week: people of `carers`, then the most overdue."""
    mine = CareAssignment.objects.open().filter(cadre=OuterRef("cadre"), carer__in=carers)
    return (
        duties.open()
        .filter(due_on__lte=_week_end(on))
        .annotate(own=Case(When(Exists(mine), then=0), default=1, output_field=IntegerField()))
        .order_by()
        .values("cadre", "own")
        .annotate(first=Min("due_on"), last=Max("due_on"))
        .order_by("own", "first", "cadre")
    )


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


def _birthdays(cadres: QuerySet[Cadre], on: dt.date) -> QuerySet:
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
    return people.order_by().values_list("birthday_calendar").annotate(Count("pk"))
