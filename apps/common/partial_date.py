"""Dates that people know only to the year or the month.

A cadre's file says "1938年5月"; writing 1938-05-01 for it would invent a day, and an invented day decides
matters (1949-09-30 against 1949-10-01 decides 离休). So a date keeps the precision it was given with.

`PartialDate` sorts by its storage form: a year comes before its months, a month before its days.
No clock is read here.
"""

import datetime as dt
import functools
import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from functools import total_ordering

MIN_YEAR, MAX_YEAR = 1800, 2199
# A year written with two digits is 19xx from here on; below it, 1905 and 2005 cannot be told apart.
TWO_DIGIT_YEAR_FROM = 30
REPUBLIC_OFFSET = 1911
# Excel day numbers are taken in this range only: 1904-01-01 to 2064-04-08; smaller ones collide with years.
SERIAL_MIN, SERIAL_MAX = 1462, 60000
_EXCEL_EPOCH = dt.date(1899, 12, 30)

ADVICE = "请写成 1938-05-01、1938-05 或 1938"


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date known to the year, month or day; `str()` is its storage form `YYYY[-MM[-DD]]` (rule book 1.5)."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not MIN_YEAR <= self.year <= MAX_YEAR:
            raise ValueError(f"年份 {self.year} 不在 {MIN_YEAR} 至 {MAX_YEAR} 之间。")
        if self.month is None:
            if self.day is not None:
                raise ValueError("有日没有月，日期不完整。")
            return
        if not 1 <= self.month <= 12:
            raise ValueError(f"没有 {self.month} 月。")
        if self.day is not None and not 1 <= self.day <= monthrange(self.year, self.month)[1]:
            raise ValueError(f"{self.year}年{self.month}月没有 {self.day} 日。")

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return self._sort_key() < other._sort_key()

    def _sort_key(self) -> tuple[int, int, int]:
        return self.year, self.month or 0, self.day or 0

    @property
    def is_exact(self) -> bool:
        return self.day is not None

    @property
    def first_day(self) -> dt.date:
        """The earliest day it can mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> dt.date:
        """The latest day it can mean (inclusive)."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or monthrange(self.year, month)[1])

    def compare_to(self, other: dt.date) -> int | None:
        """-1 surely before, 1 surely after, 0 the same day, None when its precision leaves it open."""
        if self.last_day < other:
            return -1
        if self.first_day > other:
            return 1
        return 0 if self.is_exact else None

    def display(self) -> str:
        """The form on screens and in papers: 1938年, 1938年5月, 1938年5月1日."""
        text = f"{self.year}年"
        if self.month is not None:
            text += f"{self.month}月"
        if self.day is not None:
            text += f"{self.day}日"
        return text

    @classmethod
    def of(cls, day: dt.date) -> "PartialDate":
        return cls(day.year, day.month, day.day)

    @classmethod
    def parse(cls, value: object) -> "PartialDate":
        """Read what people and spreadsheets write; see `read_partial_date`, whose notes are dropped here."""
        return read_partial_date(value).date


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as understood, and the Chinese sentences on what had to be interpreted."""

    date: PartialDate
    notes: tuple[str, ...] = ()


def read_partial_date(value: object) -> ReadDate:
    """Read text, a date, or a number of a spreadsheet cell, keeping the precision given.

    Accepted: 1938; 1938-05; 1938.05; 1938/5/1; 1938年5月1日; 193805; 19380501; 一九三八年五月; 民国27年5月;
    49年10月 (two digits from 30 on are 19xx); a month or day of 00 means unknown; an Excel day number.
    Raises ValueError with a Chinese sentence for everything else. Nothing is guessed: 5/1/1938, 05年3月 and
    the number 1938.1 (January, or October with its zero lost) are refused.
    """
    if isinstance(value, PartialDate):
        return ReadDate(value)
    if isinstance(value, dt.date):
        return ReadDate(PartialDate(value.year, value.month, value.day))
    if isinstance(value, bool) or value is None:
        raise ValueError(f"这不是日期，{ADVICE}。")
    if isinstance(value, int | float):
        return _read_number(value)
    if isinstance(value, str):
        return _read_text(value)
    raise ValueError(f"这不是日期，{ADVICE}。")


def _read_number(value: int | float) -> ReadDate:
    if value != value or value in (float("inf"), float("-inf")) or value < 0:
        raise ValueError(f"数字 {value} 不是日期，{ADVICE}。")
    whole = int(value)
    if whole != value:
        if MIN_YEAR <= whole <= MAX_YEAR:
            return _read_year_dot_month(value)
        if SERIAL_MIN <= whole <= SERIAL_MAX:
            return _read_serial(whole)
        raise ValueError(f"数字 {value} 不是日期，{ADVICE}。")
    if MIN_YEAR <= whole <= MAX_YEAR:
        return ReadDate(PartialDate(whole))
    if SERIAL_MIN <= whole <= SERIAL_MAX:
        return _read_serial(whole)
    digits = str(whole)
    if len(digits) in (6, 8):
        return _read_digits(digits)
    raise ValueError(f"数字 {whole} 不是日期，{ADVICE}。")


def _read_serial(days: int) -> ReadDate:
    date = PartialDate.of(_EXCEL_EPOCH + dt.timedelta(days=days))
    return ReadDate(date, (f"单元格是数字 {days}，按 Excel 日期读作{date.display()}。",))


def _read_year_dot_month(value: float) -> ReadDate:
    """1938.05 typed into a numeric cell. One decimal has lost a zero or has not: refused."""
    year, _, decimals = f"{value:.10f}".rstrip("0").partition(".")
    if len(decimals) != 2:
        raise ValueError(f"数字 {value} 分不清是 1 月还是 10 月，请把该格设为文本，写成 {year}-10。")
    return ReadDate(PartialDate(int(year), int(decimals)))


_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_SEPARATED = re.compile(r"(\d{4}|\d{2})(?:([-./年])(?:(\d{1,2})(?:([-./月])(?:(\d{1,2})[日号]?)?)?)?)?")
_REPUBLIC = re.compile(r"民国(\d{1,3}|元)年(.*)")
_TIME_TAIL = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_DIGIT = "[〇○零一二三四五六七八九]"
_CHINESE_DATE = re.compile(
    rf"({_DIGIT}{{4}}|{_DIGIT}{{2}})年(?:([一二三四五六七八九十]{{1,3}})月(?:([一二三四五六七八九十廿]{{1,3}})[日号]?)?)?"
)
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_MARKS = str.maketrans({"，": ".", "、": ".", "。": ".", ",": ".", "·": ".", "－": "-", "—": "-", "–": "-",
                        "―": "-", "−": "-", "\\": "/"})  # fmt: skip


@functools.lru_cache(maxsize=65536)
def _read_text(text: str) -> ReadDate:
    iso = _ISO.fullmatch(text)
    if iso:
        return ReadDate(_build(*iso.groups()))
    cleaned = _clean(text)
    if not cleaned:
        raise ValueError(f"日期是空的，{ADVICE}。")
    if "农历" in cleaned or "阴历" in cleaned or "闰" in cleaned:
        raise ValueError("这一栏要填公历日期；农历生日请填在“过生日历法”一栏。")
    republic = _REPUBLIC.fullmatch(cleaned)
    if republic:
        return _read_republic(*republic.groups())
    if cleaned.isdigit() and len(cleaned) in (5, 6, 8):
        return _read_digits(cleaned) if len(cleaned) != 5 else _read_number(int(cleaned))
    chinese = _CHINESE_DATE.fullmatch(cleaned)
    if chinese:
        cleaned = _chinese_to_digits(*chinese.groups())
    match = _SEPARATED.fullmatch(cleaned)
    if not match or not _separators_agree(match[2], match[4]):
        raise ValueError(f"看不懂日期“{text.strip()[:20]}”，{ADVICE}。")
    year, notes = _full_year(match[1], text)
    if match[2] == "." and match[3] == "1" and match[5] is None:
        notes += (f"“{text.strip()}”按 {year} 年 1 月读入，如果是 10 月请改正。",)
    return ReadDate(_build(year, match[3], match[5]), notes)


def _clean(text: str) -> str:
    """Full-width to plain, time of day off, spaces and a leading apostrophe out, separators made alike."""
    plain = _TIME_TAIL.sub("", unicodedata.normalize("NFKC", text).strip().lstrip("'’‘"))
    return re.sub(r"[\s\u200b\ufeff]", "", plain).translate(_MARKS).rstrip(".-/")


def _separators_agree(first: str | None, second: str | None) -> bool:
    """1938年5月1日, 1938-5-1, 1938.5.1 or 1938/5/1, not a mixture that could hide another order."""
    return second is None or (first == "年") == (second == "月")


def _read_digits(digits: str) -> ReadDate:
    if len(digits) == 6 and not MIN_YEAR <= int(digits[:4]) <= MAX_YEAR:
        raise ValueError(f"看不懂日期“{digits}”，{ADVICE}。")
    return ReadDate(_build(digits[:4], digits[4:6], digits[6:8] or None))


def _read_republic(year: str, rest: str) -> ReadDate:
    """民国27年 = 1938. Taken, with a note, because old files write it."""
    western = REPUBLIC_OFFSET + (1 if year == "元" else int(year))
    date = _read_text(f"{western}年{rest}").date
    return ReadDate(date, (f"民国{year}年换算为 {western} 年。",))


def _chinese_to_digits(year: str, month: str | None, day: str | None) -> str:
    text = year.translate(_CHINESE_DIGITS) + "年"
    if month:
        text += f"{_chinese_number(month)}月"
    if day:
        text += f"{_chinese_number(day)}日"
    return text


def _chinese_number(text: str) -> int:
    """一 to 三十一, 廿一 included."""
    tens, ten, ones = text.replace("廿", "二十").partition("十")
    if not ten:
        return int(tens.translate(_CHINESE_DIGITS))
    return int(tens.translate(_CHINESE_DIGITS) or 1) * 10 + int(ones.translate(_CHINESE_DIGITS) or 0)


def _full_year(year: str, text: str) -> tuple[str, tuple[str, ...]]:
    if len(year) == 4:
        return year, ()
    if int(year) < TWO_DIGIT_YEAR_FROM:
        raise ValueError(f"“{text.strip()[:20]}”的年份只有两位，可能是 19{year} 或 20{year}，请写四位。")
    return f"19{year}", (f"年份“{year}”按 19{year} 年读入。",)


def _build(year: str, month: str | None, day: str | None) -> PartialDate:
    """Month 00 or day 00, as old systems export them, mean unknown."""
    month_number = int(month) if month else 0
    day_number = int(day) if day else 0
    return PartialDate(int(year), month_number or None, day_number or None)
