"""How long a text is, counted as operators charge it.

3GPP TS 23.038 (alphabets) and TS 23.040 section 9.2.3.24 (joined parts): a part carries 140 octets. Chinese goes as
UCS-2, two octets a unit: 70 units alone, 67 in each of several parts, whose header takes six octets. Characters
outside the basic plane are two units and are never cut in two. A text of nothing but characters of the GSM alphabet
goes as septets: 160 alone, 153 in parts; ^ { } \\ [ ~ ] | take two. The signature 【】 counts like any other text, and
because it is Chinese the second case is rare.
"""

from collections.abc import Iterable
from dataclasses import dataclass

UCS2_ALONE, UCS2_JOINED = 70, 67
GSM_ALONE, GSM_JOINED = 160, 153
GSM_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 @$_!\"#%&'()*+,-./:;<=>?\n\r")
GSM_DOUBLE = frozenset("^{}\\[~]|")


@dataclass(frozen=True)
class SmsLength:
    """`units` of the alphabet used, the `parts` that are charged, and how many units still fit into the last one."""

    units: int
    parts: int
    left: int
    is_ucs2: bool

    @property
    def words(self) -> str:
        return f"{self.units} 字，按 {self.parts} 条计费" if self.parts > 1 else f"{self.units} 字，1 条"


def sms_length(text: str) -> SmsLength:
    """Count a whole text, signature included. An empty text has no part (rule book 5.7)."""
    is_ucs2 = not set(text) <= GSM_PLAIN | GSM_DOUBLE
    sizes = [_units(character, is_ucs2) for character in text]
    alone, joined = (UCS2_ALONE, UCS2_JOINED) if is_ucs2 else (GSM_ALONE, GSM_JOINED)
    units = sum(sizes)
    if units <= alone:
        return SmsLength(units, min(units, 1), alone - units, is_ucs2)
    parts, used = _packed(sizes, joined)
    return SmsLength(units, parts, joined - used, is_ucs2)


def _units(character: str, is_ucs2: bool) -> int:
    if is_ucs2:
        return 2 if ord(character) > 0xFFFF else 1
    return 2 if character in GSM_DOUBLE else 1


def _packed(sizes: Iterable[int], room: int) -> tuple[int, int]:
    """(parts, units used of the last one), no character divided between two parts."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts, used
