"""An old comrade's calendar: birthday, visits that are due, party day, meetings and lessons; as a list and as an .ics
file. Volunteering: `service_days`."""

import calendar as months
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from apps.branches.models import Meeting, Organisation
from apps.common.birthday import Birthday, lunar_text, occurrences
from apps.common.icalendar import Event, calendar_text
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.university.choices.schools import SessionState
from apps.university.models import Student
from apps.university.queries.lessons import lessons, of_student
from apps.university.rules.lessons import ZONE, moment_at, span_words

from .promises import AHEAD, WORDS, branch_of, open_duties

DAY = dt.timedelta(days=1)
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, order=True)
class Entry:
    on: dt.date
    title: str
    note: str = ""
    starts_at: dt.datetime | None = field(default=None, compare=False)
    ends_at: dt.datetime | None = field(default=None, compare=False)
    key: str = field(default="", compare=False)

    @property
    def day_words(self) -> str:
        return f"{self.on.day}日（星期{WEEKDAYS[self.on.weekday()]}）"


@dataclass(frozen=True)
class Month:
    title: str
    entries: tuple[Entry, ...]


def entries_of(person: Person, cadre: Cadre | None, on: dt.date, *, whom: str = "您") -> list[Entry]:
    """What lies in the coming four months, today included, in order. `whom`: how the reader is told of him."""
    end = on + AHEAD
    found = _birthdays(person, on, end)
    if cadre is not None:
        found += [
            Entry(duty.due_on, f"这天以前：{WORDS[duty.kind][0]}")
            for duty in open_duties(cadre, on)
            if on <= duty.due_on <= end
        ]
        organisation = branch_of(cadre.pk, on)
        if organisation is not None:
            found += _of_branch(organisation, on, end)
    return sorted(replace(entry, title=entry.title.replace("您", whom)) for entry in found)


def lessons_of(person: Person, on: dt.date) -> list[Entry]:
    """His lessons of the same months, at whatever school; those called off say so."""
    student = Student.objects.current().filter(pk=person.pk).first()
    if student is None:
        return []
    start = moment_at(on, dt.time())
    rows = lessons().filter(of_student(student), starts_at__gte=start, starts_at__lt=start + AHEAD + DAY)
    return [_lesson(row) for row in rows]


def _lesson(row) -> Entry:
    is_off = row.state == SessionState.CANCELLED
    where = f"，{row.room.campus} {row.room}" if row.room_id else ""
    return Entry(
        on=row.starts_at.astimezone(ZONE).date(), title=f"{'停课：' if is_off else ''}{row.class_group}",
        note=f"{span_words(row.starts_at, row.ends_at)}{where}{f'（{row.reason}）' if row.reason else ''}",
        starts_at=row.starts_at, ends_at=row.ends_at, key=f"lesson:{row.public_id}",
    )  # fmt: skip


def by_month(entries: Iterable[Entry]) -> list[Month]:
    grouped: dict[tuple[int, int], list[Entry]] = {}
    for entry in entries:
        grouped.setdefault((entry.on.year, entry.on.month), []).append(entry)
    return [Month(f"{year}年{month}月", tuple(rows)) for (year, month), rows in grouped.items()]


def _birthdays(person: Person, on: dt.date, end: dt.date) -> list[Entry]:
    if not person.birthday_calendar or not person.birthday_month or not person.birthday_day:
        return []
    birthday = Birthday(
        person.birthday_calendar, person.birthday_month, person.birthday_day, bool(person.birthday_leap)
    )
    days = occurrences(birthday, on, end, leap_policy=person.birthday_leap_policy)
    note = "农历" if person.birthday_calendar == "lunar" else ""
    return [Entry(day, "您的生日", f"{note}{lunar_text(day)}" if note else "") for day in days]


def _of_branch(organisation: Organisation, on: dt.date, end: dt.date) -> list[Entry]:
    """Party days, and meetings that are set for days to come; a meeting on the party day is the party day."""
    where = organisation.venue
    held = Meeting.objects.filter(organisation=organisation, held_on__range=(on, end), voided_at__isnull=True)
    found = [Entry(meeting.held_on, f"支部{meeting.get_kind_display()}", where) for meeting in held.order_by("held_on")]
    taken = {entry.on for entry in found}
    day = on.replace(day=1)
    while organisation.party_day and day <= end:
        last = months.monthrange(day.year, day.month)[1]
        party_day = day.replace(day=min(organisation.party_day, last))
        if on <= party_day <= end and party_day not in taken:
            found.append(Entry(party_day, "支部主题党日", where))
        day = day.replace(day=last) + DAY
    return found


def as_file(entries: Iterable[Entry], *, stamp: dt.datetime) -> str:
    """An iCalendar file. A whole day, or, of a lesson, its hours."""
    return calendar_text(
        [
            Event(key=entry.key, title=entry.title, note=entry.note, starts_at=entry.starts_at, ends_at=entry.ends_at)
            if entry.starts_at
            else Event(key=f"{entry.on}|{entry.title}", title=entry.title, note=entry.note, on=entry.on)
            for entry in entries
        ],
        stamp=stamp,
    )
