"""What is typed or scanned into the one box of the desk, and how long a person found there stays open. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 2000
_ID = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9X](?![0-9A-Z])")
_OLD_ID = re.compile(r"(?<![0-9])[1-9][0-9]{14}(?![0-9A-Z])")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9()（）\-—－ ]{7,20}(?:(?:转|分机)[0-9]{1,6})?")
_NOISE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·•]{2,20}")


class Asked(StrEnum):
    """What a typed text could be."""

    NOTHING = "nothing"
    CITIZEN_ID = "citizen_id"
    NUMBER = "number"
    NAME = "name"
    OTHER = "other"


@dataclass(frozen=True)
class Typed:
    """`text` is the number or word alone, tidied; of an id reader, the id among its lines."""

    asked: Asked
    text: str = ""


def read_typed(raw: str) -> Typed:
    """What stands in the box (rule book 9.45).

    An id reader types name, sex, address and number, one below the other: the 18 digits among them count. A QR code may
    hold an address whose last part is the card number. NUMBER is a phone, a card or a class: the caller asks for each.
    """
    text = _NOISE.sub("", unicodedata.normalize("NFKC", raw[:LONGEST])).strip()
    if not text:
        return Typed(Asked.NOTHING)
    packed = re.sub(r"[ \t'\-]", "", text).upper()
    found = _ID.search(packed) or _OLD_ID.fullmatch(packed)
    if found:
        return Typed(Asked.CITIZEN_ID, found[0])
    link = _LINK.search(text)
    if link:
        text = link[0].split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    text = lines[0] if lines else ""
    if _CHINESE.fullmatch(text):
        return Typed(Asked.NAME, text)
    if _PHONE.fullmatch(text) or re.fullmatch(r"[0-9A-Za-z\- ]{1,20}", text):
        return Typed(Asked.NUMBER, text)
    return Typed(Asked.OTHER, text[:40])
