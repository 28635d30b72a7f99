"""Reading one cell: what a clerk typed becomes what is stored, or a problem with its remedy.

A reader is `reader(cell) -> (value, problems)`; value None means that nothing is stored. Cells of the same text are
read once (rosters repeat themselves), so readers hold no state but that memory.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from apps.common.birthday import LUNAR, SOLAR, Birthday
from apps.common.citizen_id import CitizenIdError, parse_citizen_id
from apps.common.names import normalise_name
from apps.common.partial_date import PartialDate, read_partial_date
from apps.common.phone import parse_phone, split_phones

from .columns import CALENDAR_WORDS, FLAG_WORDS, NONE_WORDS, OWN_FLAG_WORDS, Column
from .rows import Problem

Reading = tuple[Any, tuple[Problem, ...]]
Reader = Callable[[Any], Reading]
NAME_LONGEST = 60
NOTHING: Reading = (None, ())

_BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b-\u200d\ufeff]")
_FORMULA_STARTS = tuple("=+-@＝＋－＠")
_BANK_NOISE = re.compile(r"[\s\-]")
_NUMBER_OF_LUNAR = {
    **dict(zip("正二三四五六七八九十冬腊", range(1, 13), strict=True)),
    "一": 1, "十一": 11, "十二": 12,
}  # fmt: skip
_ONES = {word: number for number, word in enumerate("一二三四五六七八九十", 1)}
_LUNAR_DAY = re.compile(
    r"(闰?)(十一|十二|[正一二三四五六七八九十冬腊])月(初|十|廿|二十|三十)?([一二三四五六七八九十])?[日号]?"
)
_BETWEEN_WORDS = re.compile(r"[\s、,，;；/|+＋和及]+")
_MONTH_DAY = re.compile(r"(闰?)(?:\d{4}[年./-])?(\d{1,2})[月./-](\d{1,2})[日号]?")


def make_reader(column: Column, *, codes: Mapping[str, str], names: Mapping[str, str], today: dt.date) -> Reader:
    """The reader of a column. `codes` is name → code of its list, `names` its proper names for advice."""
    makers: dict[str, Callable[[], Reader]] = {
        "name": lambda: read_name,
        "text": lambda: _remembering(lambda cell: read_text(cell, column.label, column.longest)),
        "citizen_id": lambda: lambda cell: read_citizen_id(cell, today),
        "date": lambda: _remembering(lambda cell: read_date(cell, column.label, today)),
        "code": lambda: _remembering(lambda cell: read_word(cell, column.label, codes, names)),
        "calendar": lambda: _remembering(lambda cell: read_word(cell, column.label, CALENDAR_WORDS, {})),
        "birthday": lambda: _remembering(read_birthday),
        "phones": lambda: read_phones,
        "unit": lambda: _remembering(lambda cell: read_text(cell, column.label, 100)),
        "bank": lambda: read_bank,
        "number": lambda: _remembering(lambda cell: read_whole_number(cell, column.label, column.longest)),
        "codes": lambda: _remembering(lambda cell: read_words(cell, column.label, codes, names)),
        "level": lambda: _remembering(lambda cell: read_level(cell, column.label, codes, names)),
        "flag": lambda: _remembering(
            lambda cell: read_flag(cell, column.label, FLAG_WORDS | OWN_FLAG_WORDS.get(column.key, {}))
        ),
        "day": lambda: _remembering(lambda cell: read_day(cell, column.label)),
        "community": lambda: _remembering(lambda cell: read_community(cell, codes)),
    }
    return makers[column.reads]()


def _remembering(read: Reader) -> Reader:
    memory: dict[str, Reading] = {}

    def reader(cell: Any) -> Reading:
        if cell.__class__ is not str:
            return read(cell)
        found = memory.get(cell)
        if found is None:
            found = memory[cell] = read(cell)
        return found

    return reader


def plain(cell: object) -> str:
    """Text of a cell on one line; marks that turn or hide characters are taken out."""
    text = str(cell)
    if not text.isascii():
        text = _BIDI.sub("", text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """As words are compared: plain width, no spaces."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def read_name(cell: Any) -> Reading:
    if not isinstance(cell, str):
        return None, (Problem("name", "姓名不是文字，请核对这一行的各列有没有错位。"),)
    if cell.lstrip().startswith(_FORMULA_STARTS):
        return None, (Problem("formula", f"姓名以“{cell.lstrip()[0]}”开头，像是公式，请改成姓名。"),)
    try:
        name = normalise_name(cell)
    except ValueError as error:
        return None, (Problem("name", f"{error}"),)
    if len(name) > NAME_LONGEST:
        return None, (Problem("too_long", f"姓名超过 {NAME_LONGEST} 个字，请核对。"),)
    return name, ()


def read_text(cell: Any, label: str, longest: int) -> Reading:
    text = plain(cell)
    if len(text) > longest:
        return None, (Problem("too_long", f"{label}有 {len(text)} 个字，最多 {longest} 个，请缩短。"),)
    return text or None, ()


def read_citizen_id(cell: Any, today: dt.date) -> Reading:
    """Value: CitizenId. A 15-digit number is read, and refused: a person must look at it (domain 2.1.1)."""
    try:
        citizen = parse_citizen_id(cell, on=today)
    except CitizenIdError as error:
        return None, (Problem(error.code, error.sentence),)
    if citizen.from_15:
        return citizen, (
            Problem("duplicate", "这是 15 位旧证号，要由人核对是不是已登记的同一个人。请对照证件改填 18 位号码。"),
        )
    return citizen, tuple(Problem("age", sentence, refuses=False) for sentence in citizen.warnings)


def read_date(cell: Any, label: str, today: dt.date) -> Reading:
    """Value: storage form of a PartialDate."""
    try:
        read = read_partial_date(cell)
    except ValueError as error:
        return None, (Problem("date", f"{error}"),)
    if read.date.first_day > today:
        return None, (Problem("future", f"{label}写的是{read.date.display()}，晚于今天，请核对。"),)
    return str(read.date), tuple(Problem("date_read", note, refuses=False) for note in read.notes)


def read_word(cell: Any, label: str, codes: Mapping[str, str], names: Mapping[str, str]) -> Reading:
    """A word of a list: its code. An unknown one is refused with the nearest names."""
    text = fold(plain(cell))
    if not text:
        return NOTHING
    code = codes.get(text) or codes.get(text.upper())
    if code is not None:
        return code, ()
    near = get_close_matches(text, names or codes, n=3, cutoff=0.4) or list(dict.fromkeys(names or codes))[:6]
    advice = f"可填：{'、'.join(near)}。" if near else "请核对。"
    return None, (Problem("unknown_value", f"{label}里没有“{text[:20]}”这一项。{advice}"),)


def read_words(cell: Any, label: str, codes: Mapping[str, str], names: Mapping[str, str]) -> Reading:
    """Several words of one list, between commas or marks; 无 means none of them. Value: codes, each once."""
    text = fold(plain(cell))
    if text in NONE_WORDS:
        return [], ()
    whole, _ = read_word(text, label, codes, names)
    if whole is not None:
        return [whole], ()
    found: list[str] = []
    for part in filter(None, _BETWEEN_WORDS.split(plain(cell))):
        code, problems = read_word(part, label, codes, names)
        if problems:
            return None, problems
        if code not in found:
            found.append(code)
    return found or None, ()


def read_level(cell: Any, label: str, codes: Mapping[str, str], names: Mapping[str, str]) -> Reading:
    """A word of a list whose codes are numbers."""
    code, problems = read_word(cell, label, codes, names)
    return None if code is None else int(code), problems


def read_flag(cell: Any, label: str, words: Mapping[str, str]) -> Reading:
    text = fold(plain(cell)).upper()
    if text in words:
        return bool(words[text]), ()
    return None, (Problem("unknown_value", f"{label}看不懂“{text[:20]}”，请写是或否。"),)


def read_day(cell: Any, label: str) -> Reading:
    """Value: an exact day, YYYY-MM-DD; it may lie ahead."""
    try:
        day = read_partial_date(cell).date
    except ValueError as error:
        return None, (Problem("date", f"{error}"),)
    if day.first_day != day.last_day:
        return None, (Problem("date", f"{label}要写到日，例如 2026-05-01。"),)
    return day.first_day.isoformat(), ()


def read_community(cell: Any, communities: Mapping[str, Any]) -> Reading:
    """Value: id of a community, by name or street and name."""
    text = fold(plain(cell))
    found = communities.get(text) or communities.get(text.removesuffix("社区")) or ()
    if len(found) == 1:
        return found[0], ()
    if found:
        return None, (Problem("unknown_value", f"有 {len(found)} 个社区叫“{text[:20]}”，请在前面写上街道名。"),)
    return None, (Problem("unknown_value", f"社区表里没有“{text[:20]}”，请核对名称，或先在社区里登记。"),)


def read_birthday(cell: Any) -> Reading:
    """The day he wishes to celebrate: 农历八月十五, 闰七月初八, 5月2日. Value: (calendar or "", month, day, leap)."""
    if isinstance(cell, dt.date):
        return (SOLAR, cell.month, cell.day, False), ()
    text = fold(plain(cell))
    calendar = ""
    for word, meaning in CALENDAR_WORDS.items():
        if len(word) == 2 and word in text:
            calendar, text = meaning, text.replace(word, "")
    text = text.strip("()（）:：")
    parts = _lunar_words(text) or _figures(text)
    if parts is None:
        return None, (Problem("birthday", "看不懂过生日的日子，请写成 5月2日，或 农历八月十五。"),)
    leap, month, day, is_lunar = parts
    if is_lunar or leap:
        calendar = calendar or LUNAR
    try:
        Birthday(calendar or SOLAR, month, day, leap)
    except ValueError as error:
        return None, (Problem("birthday", f"{error}请核对。"),)
    return (calendar, month, day, leap), ()


def _lunar_words(text: str) -> tuple[bool, int, int, bool] | None:
    match = _LUNAR_DAY.fullmatch(text)
    if not match or not (match[3] or match[4]):
        return None
    tens = {"初": 0, "十": 10, "廿": 20, "二十": 20, "三十": 30}.get(match[3] or "", 0)
    return bool(match[1]), _NUMBER_OF_LUNAR[match[2]], tens + _ONES.get(match[4] or "", 0), True


def _figures(text: str) -> tuple[bool, int, int, bool] | None:
    match = _MONTH_DAY.fullmatch(text)
    return (bool(match[1]), int(match[2]), int(match[3]), False) if match else None


def read_phones(cell: Any) -> Reading:
    """Value: tuple of (kind, digits). What cannot be read is left out with a warning; a phone refuses nobody."""
    numbers: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for part in split_phones(cell):
        try:
            phone = parse_phone(part)
        except ValueError as error:
            problems.append(Problem("phone", f"{error}这个号码没有导入。", refuses=False))
            continue
        if (phone.kind, phone.digits) not in numbers:
            numbers.append((phone.kind, phone.digits))
        problems += [Problem("phone_read", sentence, refuses=False) for sentence in phone.warnings]
    return tuple(numbers) or None, tuple(problems)


def read_bank(cell: Any) -> Reading:
    if isinstance(cell, int | float):
        return None, (
            Problem("excel_number", "银行账号被 Excel 改成了数字，可能丢了末几位。请把该列设为文本后重新填写。"),
        )
    digits = _BANK_NOISE.sub("", unicodedata.normalize("NFKC", str(cell)).strip().lstrip("'"))
    if not re.fullmatch(r"\d{8,30}", digits):
        return None, (Problem("bank", "银行账号应是 8 至 30 位数字，请核对。"),)
    return digits, ()


def read_whole_number(cell: Any, label: str, most: int) -> Reading:
    """`most` 0 means any."""
    try:
        number = int(unicodedata.normalize("NFKC", str(cell)).strip().removesuffix("人").removesuffix("个"))
    except ValueError:
        number = -1
    if not 0 <= number <= (most or 2_000_000_000):
        return None, (Problem("number", f"{label}应是整数" + (f"，不超过 {most}" if most else "") + "，请核对。"),)
    return number, ()


def celebrated(birth: str, calendar: str, lunar_of: Callable) -> tuple[str, int, int, bool] | None:
    """The birthday that follows from an exact birth date; None when the day is not known."""
    if len(birth) != 10:
        return None
    day = PartialDate.parse(birth).first_day
    if calendar == SOLAR:
        return SOLAR, day.month, day.day, False
    try:
        lunar = lunar_of(day)
    except ValueError:
        return None
    return LUNAR, lunar.month, lunar.day, lunar.is_leap
