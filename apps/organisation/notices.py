"""Reading the yearly notice on holidays, as rows or as its own sentences. Values in, values out."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .choices import DayKind
from .workdays import DAY

LONGEST = 15
KINDS = {
    "放假": DayKind.OFF, "休": DayKind.OFF, "休息": DayKind.OFF, "放假调休": DayKind.OFF, "off": DayKind.OFF,
    "上班": DayKind.WORK, "班": DayKind.WORK, "调休上班": DayKind.WORK, "上班调休": DayKind.WORK,
    "上班(调休)": DayKind.WORK, "work": DayKind.WORK,
}  # fmt: skip
DATE = r"(?:(?P<y{0}>\d{{4}})\s*[年\-/.])?\s*(?P<m{0}>\d{{1,2}})\s*[月\-/.]\s*(?P<d{0}>\d{{1,2}})\s*日?"
# 2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）
ONE = re.compile(DATE.format(1))
SPAN = re.compile(
    DATE.format(1) + r"(?:\([^)]*\))?\s*(?:至|到|—|–|~|-)\s*"
    r"(?:(?:(?P<y2>\d{4})\s*[年\-/.])?\s*(?P<m2>\d{1,2})\s*[月\-/.])?\s*(?P<d2>\d{1,2})\s*日?"
)
HEADING = re.compile(r"^[一二三四五六七八九十]+、\s*(?P<name>[^:：]{2,20})[:：](?P<rest>.*)$")
SPLIT = re.compile(r"[\t,，|]+|\s{1,}")
PLAIN = str.maketrans({"（": "(", "）": ")", "：": ":", "　": " "})
HEADER_WORDS = {"日期", "时间", "day", "date"}


@dataclass(frozen=True, order=True)
class NoticeDay:
    day: dt.date
    kind: str
    name: str = ""


@dataclass(frozen=True)
class Reading:
    """Days in order, each once; `errors` are sentences that name the line. With errors nothing is to be written."""

    days: tuple[NoticeDay, ...] = ()
    errors: tuple[str, ...] = ()


def read_notice(text: str, *, year: int) -> Reading:
    """Days out of pasted rows (日期 安排 节日; a span such as 2026-02-15至2026-02-23 is allowed) or out of the notice's
    own sentences (二、春节：2月15日至23日放假调休……2月14日上班。). A date without a year is in `year`."""
    found: dict[dt.date, NoticeDay] = {}
    errors = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.translate(PLAIN).strip()
        if not line or SPLIT.split(line)[0].lower() in HEADER_WORDS:
            continue
        try:
            for entry in _days_of(line, year):
                before = found.setdefault(entry.day, entry)
                if before.kind != entry.kind:
                    raise ValueError(f"{entry.day} 既写放假又写上班")
        except ValueError as error:
            errors.append(f"第 {number} 行：{error}。")
    if not found and not errors:
        errors.append("没有读到任何日期。每行写日期、安排（放假或上班）、节日，或者把通知原文整段贴进来。")
    return Reading(tuple(sorted(found.values())), tuple(errors))


def _days_of(line: str, year: int) -> Iterator[NoticeDay]:
    heading = HEADING.match(line)
    if heading:
        yield from _sentences(heading["name"], heading["rest"], year)
    elif ONE.match(line):
        yield from _row(line, year)
    # Other lines of a notice (title, addressee, signature) say nothing about days.
    elif "放假" in line and ONE.search(line):
        raise ValueError("看不懂这一行，请写成“日期 安排 节日”")


def _sentences(name: str, rest: str, year: int) -> Iterator[NoticeDay]:
    for sentence in filter(None, re.split(r"[。;；]", rest)):
        if "上班" in sentence:
            for found in ONE.finditer(sentence):
                yield NoticeDay(_date(found, "1", year), DayKind.WORK, name)
        elif "放假" in sentence:
            yield from (NoticeDay(day, DayKind.OFF, name) for day in _off_days(sentence, year))


def _off_days(sentence: str, year: int) -> Iterator[dt.date]:
    span = SPAN.search(sentence)
    single = ONE.search(sentence)
    if span:
        yield from _between(span, year)
    elif single:
        yield _date(single, "1", year)
    else:
        raise ValueError("没有写放假的日期")


def _row(line: str, year: int) -> Iterator[NoticeDay]:
    span = SPAN.match(line)
    end = span.end() if span and _looks_whole(line, span.end()) else ONE.match(line).end()
    parts = [part for part in SPLIT.split(line[end:].strip(" \t,，|")) if part]
    kind = KINDS.get(parts[0].lower()) if parts else None
    if kind is None:
        raise ValueError("安排要写“放假”或“上班”")
    days = _between(span, year) if span and end == span.end() else [_date(ONE.match(line), "1", year)]
    for day in days:
        yield NoticeDay(day, kind, parts[1][:30] if len(parts) > 1 else "")


def _looks_whole(line: str, end: int) -> bool:
    return end == len(line) or not line[end].isdigit()


def _between(found: re.Match, year: int) -> list[dt.date]:
    start = _date(found, "1", year)
    month = int(found["m2"] or start.month)
    end = _made(int(found["y2"] or start.year + (month < start.month)), month, int(found["d2"]))
    if not 0 <= (end - start).days < LONGEST:
        raise ValueError(f"从 {start} 到 {end} 不像一个假期")
    return [start + number * DAY for number in range((end - start).days + 1)]


def _date(found: re.Match, which: str, year: int) -> dt.date:
    return _made(int(found[f"y{which}"] or year), int(found[f"m{which}"]), int(found[f"d{which}"]))


def _made(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise ValueError(f"没有 {year}年{month}月{day}日 这一天") from error


def as_rows(days: Iterable[NoticeDay]) -> str:
    """The days as lines that `read_notice` takes."""
    return "\n".join(f"{entry.day}\t{DayKind(entry.kind).label}\t{entry.name}".rstrip() for entry in days)
