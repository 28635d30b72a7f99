"""电视课表 as stations print it, pasted from a table: line by line a programme, or a sentence why not."""

import datetime as dt
import re
from dataclasses import dataclass

HEADINGS = {
    "日期": "on", "时间": "starts", "播出时间": "starts", "频道": "channel", "节目": "title", "内容": "title",
    "课程": "title", "名称": "title", "重播": "replays", "重播时间": "replays",
}  # fmt: skip
USUAL = ("on", "starts", "channel", "title", "replays")
MOST_LINES = 500
LONGEST = {"channel": 40, "title": 80, "replays": 80}
_DATE = re.compile(r"(?:(\d{4})\s*[-./年])?\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?!\d)")
_TIME = re.compile(r"(上午|下午|晚上|晚|早上)?\s*(\d{1,2})\s*[:：点时]\s*(\d{1,2})?")


@dataclass(frozen=True)
class Line:
    """One pasted line: a programme, or `problem`."""

    number: int
    channel: str = ""
    on: dt.date | None = None
    starts: int = 0
    title: str = ""
    replays: str = ""
    problem: str = ""

    @property
    def clock(self) -> str:
        return f"{self.starts // 60}:{self.starts % 60:02d}"


def read_programmes(text: str, *, channel: str, today: dt.date) -> list[Line]:
    """Lines of a pasted table. Cells are parted by tabs, else by two spaces or more, else by commas; a line of headings
    says their order, otherwise date, time, channel, programme, replays. An empty date or channel is that of the line
    above, the first channel `channel`. A date without a year is the one nearest to `today`.

    Raises ValueError for far too many lines.
    """
    rows = [(number, cells) for number, cells in _cells(text) if any(cells)]
    if len(rows) > MOST_LINES:
        raise ValueError(f"一次最多 {MOST_LINES} 行，请分几次。")
    order: tuple[str, ...] = USUAL if not channel else tuple(name for name in USUAL if name != "channel")
    found: list[Line] = []
    last = {"on": "", "channel": channel}
    for number, cells in rows:
        named = tuple(HEADINGS.get(cell.replace(" ", ""), "") for cell in cells)
        if "title" in named and ("starts" in named or "on" in named):
            order = named
            continue
        values = dict(zip(order, cells, strict=False))
        for name in last:
            values[name] = last[name] = values.get(name) or last[name]
        found.append(_line(number, values, today))
    return found


def _cells(text: str) -> list[tuple[int, list[str]]]:
    rows = []
    for number, line in enumerate(text.replace("\r", "").split("\n"), 1):
        parted = line.split("\t") if "\t" in line else re.split(r"\s{2,}|[，,]", line.strip())
        rows.append((number, [" ".join(cell.split()) for cell in parted]))
    return rows


def _line(number: int, values: dict[str, str], today: dt.date) -> Line:
    title, channel = values.get("title", ""), values.get("channel", "")
    day, starts = _day(values.get("on", ""), today), _minutes(values.get("starts", ""))
    problems = [
        "没有看懂日期" if day is None else "",
        "没有看懂时间" if starts is None else "",
        "没有节目" if not title else "",
        "没有频道" if not channel else "",
        *(f"“{values[name][:10]}……”太长" for name, most in LONGEST.items() if len(values.get(name, "")) > most),
    ]
    if problem := "、".join(filter(None, problems)):
        return Line(number, channel[:40], day, starts or 0, title[:80], problem=problem)
    return Line(number, channel, day, starts or 0, title, values.get("replays", ""))


def _day(text: str, today: dt.date) -> dt.date | None:
    found = _DATE.search(text)
    if not found:
        return None
    year, month, day = found.groups()
    years = [int(year)] if year else [today.year, today.year + 1, today.year - 1]
    days = [date for one in years if (date := _date(one, int(month), int(day)))]
    return min(days, key=lambda date: abs(date - today), default=None)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _minutes(text: str) -> int | None:
    """9:30, 9点30, 下午3点 as minutes since midnight."""
    found = _TIME.search(text)
    if not found:
        return None
    half, hour, minute = found[1], int(found[2]), int(found[3] or 0)
    if half in ("下午", "晚上", "晚") and hour < 12:
        hour += 12
    return hour * 60 + minute if hour < 24 and minute < 60 else None
