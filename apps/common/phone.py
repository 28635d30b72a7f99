"""Phone numbers of mainland China as rosters hold them.

Many seniors have only a landline, and Excel drops the zero of its area code. A number is stored as bare
digits with the area code (075782280001), an extension beside it. The numbering rules are those of the
2010 numbering plan: mobiles are 11 digits from 13 to 19; area codes are 010, 02x or 03xx to 09xx with
seven or eight digits behind.
"""

import re
import unicodedata
from dataclasses import dataclass

MOBILE, LANDLINE = "mobile", "landline"

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:010|02\d|0[3-9]\d{2})[2-9]\d{6,7}")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_SERVICE = re.compile(r"(?:400|800)\d{7}")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|#|x)\s*(\d{1,6})$", re.IGNORECASE)
_HYPHEN_EXTENSION = re.compile(r"^(.*\d{7,}\D*|.*\d{3,4}-\d{7,8})-(\d{1,6})$")
_COUNTRY = re.compile(r"^(?:\+|00)86|^86(?=1[3-9]\d{9}$)")
_SEPARATORS = re.compile(r"[/;；,，、\n|]+|\s{2,}")
_NOISE = re.compile(r"[\s()（）.\-‐-―·'’‘\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """`digits` is what is stored and looked up; `warnings` are Chinese sentences for whoever checks."""

    digits: str
    kind: str
    extension: str = ""
    warnings: tuple[str, ...] = ()


def parse_phone(value: object) -> PhoneNumber:
    """Read one number from text or from a number cell. Raises ValueError with a Chinese sentence.

    A number cell of 11 digits beginning with 1 is a mobile; one of 9 to 11 digits may have lost the zero
    of an area code: it is put back, with a warning. The caller of a roster turns a refusal of a phone into
    a warning of the row; a phone alone never refuses a person.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError("电话号码是空的。")
    if isinstance(value, int | float):
        return _parse_numeric(value)
    text = unicodedata.normalize("NFKC", str(value)).strip()
    text, extension = _split_extension(text)
    digits = _COUNTRY.sub("", _NOISE.sub("", text))
    if not digits:
        raise ValueError("电话号码是空的。")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("电话号码里有数字以外的字，请只填号码，说明写到备注栏。")
    return _classify(digits, extension)


def split_phones(value: object) -> list[object]:
    """The numbers of a cell that holds several (13800000000/0757-82280001), unread; a number cell is one."""
    if not isinstance(value, str):
        return [] if value is None else [value]
    parts = _SEPARATORS.split(unicodedata.normalize("NFKC", value.strip()).replace("\r", "\n"))
    return [part.strip() for part in parts if part.strip()]


def masked_phone(digits: str) -> str:
    """138****1234; a landline shows its area code and last four. Empty stays empty."""
    if not digits:
        return ""
    shown = 3 if len(digits) >= 11 else max(len(digits) - 8, 0)
    if digits.startswith("0"):
        shown = _area_length(digits)
    return digits[:shown] + "****" + digits[-4:]


def readable_phone(number: str) -> str:
    """A stored number as people read it: 138 0000 1234, 0757-82280001, 0757-82280001转12. Unknown forms stay."""
    digits, mark, extension = number.partition("转")
    if _MOBILE.fullmatch(digits):
        digits = f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    elif _LANDLINE.fullmatch(digits):
        area = _area_length(digits)
        digits = f"{digits[:area]}-{digits[area:]}"
    return digits + mark + extension


def dial_link(number: str) -> str:
    """A stored number as a `tel:` address dials it; an extension follows after a pause. Empty when it holds none."""
    digits, _, extension = number.partition("转")
    digits = re.sub(r"\D", "", digits)
    return f"{digits},{extension}" if digits and extension.isdigit() else digits


def _parse_numeric(value: int | float) -> PhoneNumber:
    if value != value or value in (float("inf"), float("-inf")) or value != int(value) or value <= 0:
        raise ValueError("电话号码不是整数，请把该格设为文本后重新填写。")
    digits = str(int(value))
    if len(digits) == 11 and digits[0] == "1":
        warnings = () if _MOBILE.fullmatch(digits) else ("手机号码的号段少见，请核对。",)
        return PhoneNumber(digits, MOBILE, warnings=warnings)
    if 9 <= len(digits) <= 11 and _LANDLINE.fullmatch("0" + digits):
        return PhoneNumber("0" + digits, LANDLINE, warnings=("数字格式丢了区号前面的 0，已补上，请核对。",))
    return _classify(digits, "")


def _classify(digits: str, extension: str) -> PhoneNumber:
    if _MOBILE.fullmatch(digits):
        return PhoneNumber(digits, MOBILE, extension)
    if _LANDLINE.fullmatch(digits):
        return PhoneNumber(digits, LANDLINE, extension)
    if _LOCAL.fullmatch(digits):
        return PhoneNumber(digits, LANDLINE, extension, ("固定电话没有区号，请补上。",))
    if _SERVICE.fullmatch(digits):
        return PhoneNumber(digits, LANDLINE, extension, ("这是单位服务电话，请核对是否本人的号码。",))
    if len(digits) in (10, 11) and digits[0] != "1" and _LANDLINE.fullmatch("0" + digits):
        return PhoneNumber("0" + digits, LANDLINE, extension, ("区号前面少了 0，已补上，请核对。",))
    if digits[0] == "1" and len(digits) != 11:
        raise ValueError(f"手机号码应是 11 位，这里是 {len(digits)} 位。")
    raise ValueError("看不出是手机号码还是带区号的固定电话，请核对。")


def _split_extension(text: str) -> tuple[str, str]:
    match = _EXTENSION.search(text)
    if match:
        return text[: match.start()], match[1]
    match = _HYPHEN_EXTENSION.match(text)
    if match and len(re.sub(r"\D", "", match[1])) >= 10:
        return match[1], match[2]
    return text, ""


def _area_length(digits: str) -> int:
    return 3 if digits[1] in "12" else 4
