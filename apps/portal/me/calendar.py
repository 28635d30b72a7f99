"""An old comrade's calendar: birthday, visits that are due, party day and meetings; as a list and as an .ics file."""

import calendar as months
import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.branches.models import Meeting, Organisation
from apps.common.birthday import Birthday, lunar_text, occurrences
from apps.people.models import Person
from apps.registry.models import Cadre

from .promises import AHEAD, WORDS, branch_of, open_duties

DAY = dt.timedelta(days=1)
LINE = 72  # octets of a line of the file, before it is folded (RFC 5545, 3.1: 75)
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, order=True)
class Entry:
    on: dt.date
    title: str
    note: str = ""

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


# The file ---------------------------------------------------------------------------------------------------------


def as_file(entries: Iterable[Entry], *, stamp: dt.datetime) -> str:
    """An iCalendar file (RFC 5545) of whole days. The same entry keeps its uid, so that a second import adds none."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//laoganbu//me//CN", "CALSCALE:GREGORIAN"]
    for entry in entries:
        uid = hashlib.sha256(f"{entry.on}|{entry.title}".encode()).hexdigest()[:24]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}@portal",
            f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.on + DAY:%Y%m%d}",
            f"SUMMARY:{_escaped(entry.title)}",
            *([f"DESCRIPTION:{_escaped(entry.note)}"] if entry.note else []),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return "".join(letter for letter in text.replace("\r", "").replace("\n", r"\n") if letter.isprintable())


def _folded(line: str) -> str:
    """Lines of at most 75 octets, never cut inside a character."""
    parts, current = [], ""
    for letter in line:
        if len((current + letter).encode()) > LINE:
            parts.append(current)
            current = ""
        current += letter
    return "\r\n ".join([*parts, current])
