"""What members of a branch are owed now, in sentences, for the home of its workbench (settings.DESK_DUE)."""

import datetime as dt
import functools
import operator

from django.db.models import Q, QuerySet

from apps.branches.access import Desk, people_at
from apps.branches.desk import address
from apps.branches.due import SOON, Due
from apps.common.birthday import Birthday, celebrated_age, occurrence_pairs, occurrences
from apps.ledgers.choices import DutyKind, Means, Method
from apps.ledgers.models import Duty, SafetyCheck
from apps.people.choices import LeapPolicy, LifeStatus
from apps.people.models import Person

MOST, MOST_BIRTHDAYS = 15, 40
BIRTHDAY_COLUMNS = (
    "pk", "public_id", "name", "birth_date", "birthday_calendar", "birthday_month", "birthday_day", "birthday_leap",
    "birthday_leap_policy",
)  # fmt: skip
CALLS = (DutyKind.VETERAN_CALL, DutyKind.RISK_CONTACT, DutyKind.FOCUS_CONTACT)
SENTENCES = {
    DutyKind.VETERAN_CALL: "该打个电话问候了。",
    DutyKind.VETERAN_VISIT: "该上门看看了。",
    DutyKind.VETERAN_TALK: "该谈谈心了。",
    DutyKind.FOCUS_CONTACT: "该联系一下了。",
    DutyKind.RISK_CONTACT: "这个星期该联系一下了。",
    DutyKind.RISK_VISIT: "这个月该上门看看了。",
    DutyKind.AWAY_VISIT: "住在外地，该去看看了。",
    DutyKind.SPRING: "春节慰问还没有去。",
    DutyKind.PARTY_DAY: "七一慰问还没有去。",
    DutyKind.NATIONAL_DAY: "国庆慰问还没有去。",
    DutyKind.DOUBLE_NINTH: "重阳慰问还没有去。",
    DutyKind.HOSPITAL: "{month}月{day}日住院，该去看看。",
    DutyKind.HOSPITAL_STAY: "还在住院，该再去看看。",
    DutyKind.DISCHARGE: "{month}月{day}日出院，一周内该去看看。",
}
OF_MEANS = {Means.CALL: "该打个电话问候了。", Means.LETTER: "该写封信问候了。"}


def duties_due(desk: Desk) -> list[Due]:
    """Visits and calls owed to members, overdue or due within a week; the visit that only the bureau may make is not
    the branch's. The most urgent of each member."""
    rows = (
        Duty.objects.open()
        .filter(
            cadre__in=others_at(desk).values("pk"),
            cadre__person__life_status=LifeStatus.LIVING,
            due_on__lte=desk.today + SOON,
        )
        .exclude(kind=DutyKind.RISK_BUREAU)
        .select_related("cadre__person")
        .order_by("due_on", "pk")
    )
    first: dict[int, Duty] = {}
    for duty in rows[: MOST * 4]:
        if len(first) < MOST:
            first.setdefault(duty.cadre_id, duty)
    return [_duty_line(desk, duty) for duty in first.values()]


def lines_of(desk: Desk, person: Person) -> list[Due]:
    """What is owed to one member now."""
    rows = Duty.objects.open().filter(cadre=person.pk, due_on__lte=desk.today + SOON, period_start__lte=desk.today)
    rows = rows.exclude(kind=DutyKind.RISK_BUREAU).filter(cadre__person__life_status=LifeStatus.LIVING)
    return [_duty_line(desk, duty) for duty in rows.select_related("cadre__person").order_by("due_on", "pk")]


def others_at(desk: Desk) -> QuerySet[Person]:
    """Members without the one who sits at the desk: nobody visits himself."""
    people = people_at(desk)
    return people.exclude(pk=desk.post.person_id) if desk.post else people


def _duty_line(desk: Desk, duty: Duty) -> Due:
    person = duty.cadre.person
    day = duty.period_start
    words = OF_MEANS.get(duty.means) or SENTENCES[duty.kind].format(month=day.month, day=day.day)
    page = address(desk, "ledgers:visit", person.public_id)
    call = f"{page}?method={Method.PHONE}&duty={duty.pk}"
    seen = f"{page}?duty={duty.pk}"
    by_phone = duty.means == Means.CALL or (duty.kind in CALLS and duty.means != Means.VISIT)
    acts = (("打电话", call), ("已看望", seen)) if by_phone else (("已看望", seen), ("打电话", call))
    return Due(duty.due_on, words, acts if page else (), who=person.name)


def checks_due(desk: Desk) -> list[Due]:
    """Members who live alone and did not answer: somebody goes today."""
    rows = SafetyCheck.objects.open().filter(cadre__in=people_at(desk).values("pk")).select_related("cadre__person")
    rows = rows.filter(cadre__person__life_status=LifeStatus.LIVING)
    found = []
    for check in rows[:MOST]:
        page = address(desk, "ledgers:visit", check.cadre.person.public_id)
        acts = (("已见到本人", page),) if page else ()
        words = "几次打电话没有人接，请今天就去家里看看。"
        found.append(Due(check.raised_on, words, acts, who=check.cadre.person.name))
    return found


def birthdays_due(desk: Desk) -> list[Due]:
    """Members' birthdays from today to a week on, as each wants his celebrated."""
    found = []
    for person, day, age in birthdays_of(desk, desk.today, desk.today + SOON - dt.timedelta(days=1)):
        page = address(desk, "ledgers:member", person.public_id)
        words = f"{age} 岁生日" if age else "生日"
        words += f"（{birthday_of(person).display()}）。"
        found.append(Due(day, words, (("打电话祝贺", page),) if page else (), person.name, on_the_day=True))
    return found


def birthdays_of(desk: Desk, start: dt.date, end: dt.date) -> list[tuple[Person, dt.date, int | None]]:
    """(member, day, age celebrated or None) of living members who want to be greeted, in the order of days."""
    rows = others_at(desk).filter(_may_fall(start, end), life_status=LifeStatus.LIVING, birthday_greeting=True)
    found = []
    for person in rows.only(*BIRTHDAY_COLUMNS).order_by("name_sort_key", "pk")[:MOST_BIRTHDAYS]:
        birthday = birthday_of(person)
        for day in occurrences(birthday, start, end, leap_policy=person.birthday_leap_policy):
            known = person.birth_date is not None and person.birth_date.is_exact
            age = celebrated_age(birthday, person.birth_date.first_day, day) if known else None
            found.append((person, day, age))
    return sorted(found, key=lambda row: row[1])


def birthday_of(person: Person) -> Birthday:
    """As he wants it celebrated; only for people who have one."""
    return Birthday(person.birthday_calendar, person.birthday_month, person.birthday_day, person.birthday_leap)


def _may_fall(start: dt.date, end: dt.date) -> Q:
    """Columns of the few birthdays that can fall in the window."""
    values = {
        pair[:4] for policy in LeapPolicy.values for pair in occurrence_pairs(start, end, leap_policy=policy)
    }  # fmt: skip
    names = ("birthday_calendar", "birthday_month", "birthday_day", "birthday_leap")
    return functools.reduce(operator.or_, (Q(**dict(zip(names, value, strict=True))) for value in sorted(values)))
