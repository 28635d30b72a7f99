"""iCalendar files (RFC 5545): whole days, or moments in UTC. The same event keeps its uid, so that a second import adds
none."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

DAY = dt.timedelta(days=1)
LINE = 72  # octets of a line before it is folded (RFC 5545, 3.1: 75)


@dataclass(frozen=True, kw_only=True)
class Event:
    """`on` for a whole day, or `starts_at` and `ends_at`. `key` tells events apart; `sequence` rises when one moved.
    `cancelled`: shown struck out where it stood."""

    key: str
    title: str
    on: dt.date | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    note: str = ""
    place: str = ""
    sequence: int = 0
    cancelled: bool = False


def calendar_text(events: Iterable[Event], *, stamp: dt.datetime, name: str = "") -> str:
    """The file's text; `stamp` is when it was made."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//laoganbu//me//CN", "CALSCALE:GREGORIAN"]
    if name:
        lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_escaped(name)}"]
    for event in events:
        lines += _event(event, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(event: Event, stamp: dt.datetime) -> list[str]:
    uid = hashlib.sha256(event.key.encode()).hexdigest()[:24]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@portal",
        f"DTSTAMP:{_utc(stamp)}",
        *_when(event),
        f"SUMMARY:{_escaped(event.title)}",
        *([f"LOCATION:{_escaped(event.place)}"] if event.place else []),
        *([f"DESCRIPTION:{_escaped(event.note)}"] if event.note else []),
        *([f"SEQUENCE:{event.sequence}"] if event.sequence else []),
        *(["STATUS:CANCELLED"] if event.cancelled else []),
        "END:VEVENT",
    ]


def _when(event: Event) -> list[str]:
    if event.on is not None:
        return [f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}", f"DTEND;VALUE=DATE:{event.on + DAY:%Y%m%d}"]
    if event.starts_at is None or event.ends_at is None:
        raise ValueError("an event has a day or two moments")
    return [f"DTSTART:{_utc(event.starts_at)}", f"DTEND:{_utc(event.ends_at)}"]


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


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
