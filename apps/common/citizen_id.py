"""The citizen identification number (公民身份号码, GB 11643-1999).

18 digits: region (6), birth date (8), sequence (3, odd for men), check digit (ISO 7064 MOD 11-2).
First-generation numbers have 15: no century and no check digit; they are read and marked, so that the
caller can put them before a person instead of merging by itself.

Region codes of long-abolished counties stay valid, so only the province is refused here. The clock is the
caller's (`on`). Nothing is ever repaired: a number that Excel has rounded is refused.
"""

import datetime as dt
import operator
import re
import unicodedata
from dataclasses import dataclass

MALE, FEMALE = "1", "2"  # GB/T 2261.1
OLDEST_PLAUSIBLE = 120

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
# First two digits, GB/T 2260: six regions, Taiwan, and 81 to 83 of residence permits.
PROVINCES = frozenset(
    f"{region}{province}"
    for region, provinces in zip("123456", ("12345", "123", "1234567", "123456", "01234", "12345"), strict=True)
    for province in provinces
) | {"71", "81", "82", "83"}
# Sequences 996 to 999 of 15-digit numbers were kept for people born before 1900.
_BORN_BEFORE_1900 = frozenset({"996", "997", "998", "999"})

_WELL_FORMED = re.compile(r"[0-9]{17}[0-9X]")
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}")
_NOISE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff'`\u2018\u2019-]")


class CitizenIdError(ValueError):
    """A number that cannot be taken. `code` is for machines, `sentence` for the person who mends it.

    Codes: empty, excel_number, length, characters, region, birth_date, future, check_digit.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class CitizenId:
    """A checked number. `number` always has 18 characters; `from_15` says that the card had 15.

    `sex` is a code of GB/T 2261.1 ("1" male, "2" female); `region` the six digits of the first register.
    `warnings` are Chinese sentences that a person must look at before the number is trusted.
    """

    number: str
    birth: dt.date
    sex: str
    region: str
    from_15: bool = False
    warnings: tuple[str, ...] = ()


def parse_citizen_id(text: object, *, on: dt.date) -> CitizenId:
    """Check one number as typed. `on` is today: it bounds the birth date and the plausible age.

    Full-width digits, spaces, invisible marks, a leading apostrophe, hyphens and a small x are tidied.
    A number cell of a spreadsheet is refused with code `excel_number`, even when it looks whole.

    See rule book 1.1, 1.2.
    """
    if isinstance(text, str) and _WELL_FORMED.fullmatch(text):
        return _parse_18(text, on)
    if text is None or text == "":
        raise CitizenIdError("empty", "身份证号是空的。")
    if looks_numeric_damage(text):
        raise CitizenIdError("excel_number", "身份证号被 Excel 数字格式改掉了末几位，请把该列设为文本后重新填写。")
    number = tidy_citizen_id(str(text))
    if len(number) == 15:
        return _parse_15(number, on)
    if len(number) != 18:
        raise CitizenIdError("length", f"身份证号应是 18 位，这里是 {len(number)} 位。")
    if not (number[:17].isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        raise CitizenIdError("characters", "身份证号只能是数字，最后一位可以是 X。")
    return _parse_18(number, on)


def tidy_citizen_id(text: str) -> str:
    """The characters of the number alone, in capitals; no check is made."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_digit(first_17: str) -> str:
    """The 18th character for seventeen digits."""
    total = sum(map(operator.mul, map(int, first_17), _WEIGHTS))
    return _CHECK_DIGITS[total % 11]


def looks_numeric_damage(text: object) -> bool:
    """Whether a spreadsheet has made a number of it: a number type, or text such as 4.40600193602290E+17.

    See rule book 1.3.
    """
    if isinstance(text, int | float):
        return True
    return isinstance(text, str) and _EXPONENT.fullmatch(tidy_citizen_id(text)) is not None


def masked_citizen_id(number: str) -> str:
    """The one masked form used everywhere: only the last two characters show. Empty stays empty."""
    return "*" * 16 + number[-2:] if number else ""


def _parse_18(number: str, on: dt.date) -> CitizenId:
    birth = _birth_of(number[:6], number[6:14], on)
    if check_digit(number[:17]) != number[17]:
        if number.endswith("000"):
            raise CitizenIdError("excel_number", "身份证号末三位是 000，像是被 Excel 数字格式改过，请按证件重新填写。")
        raise CitizenIdError("check_digit", "身份证号最后一位校验不对，请对照证件核对。")
    return CitizenId(number, birth, _sex_of(number[16]), number[:6], warnings=_age_warnings(birth, on))


def _parse_15(number: str, on: dt.date) -> CitizenId:
    if not (number.isascii() and number.isdigit()):
        raise CitizenIdError("characters", "15 位身份证号只能是数字。")
    birth = _birth_of(number[:6], "19" + number[6:12], on)
    first_17 = number[:6] + "19" + number[6:]
    warnings: tuple[str, ...] = ("这是 15 位的旧证号，已算出 18 位号码，请人工核对。",)
    if number[12:] in _BORN_BEFORE_1900:
        warnings += (f"顺序码 {number[12:]} 曾留给 1900 年以前出生的人，出生年份请人工核对。",)
    return CitizenId(
        first_17 + check_digit(first_17),
        birth,
        _sex_of(number[14]),
        number[:6],
        from_15=True,
        warnings=warnings + _age_warnings(birth, on),
    )


def _birth_of(region: str, digits: str, on: dt.date) -> dt.date:
    if region[:2] not in PROVINCES:
        raise CitizenIdError("region", f"身份证号开头的 {region[:2]} 不是任何省份的代码。")
    try:
        birth = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise CitizenIdError("birth_date", "身份证号里的出生日期不存在，请对照证件核对。") from None
    if birth > on:
        raise CitizenIdError("future", "身份证号里的出生日期晚于今天，请对照证件核对。")
    return birth


def _sex_of(digit: str) -> str:
    return MALE if int(digit) % 2 else FEMALE


def _age_warnings(birth: dt.date, on: dt.date) -> tuple[str, ...]:
    age = on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
    if age <= OLDEST_PLAUSIBLE:
        return ()
    return (f"按身份证号已 {age} 岁，超过 {OLDEST_PLAUSIBLE} 岁，请核对。",)
