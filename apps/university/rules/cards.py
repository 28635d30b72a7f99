"""Numbers of student cards: a running number and one check digit, so that one wrong or two swapped digits typed at the
desk find nobody instead of somebody else (rule book 9.31). Pure.
"""

import re
import unicodedata

FIRST = 10_000_000  # so that every number has nine places and none begins with a nought that Excel would eat
FORMAT = re.compile(r"[0-9A-Z]{3,12}")


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10 of a run of digits: finds every single wrong digit and every swap of neighbours (rule book
    9.31)."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def card_number(running: int) -> str:
    """1 → 100000016: eight digits and the check digit. See rule book 9.31."""
    digits = str(FIRST + running)
    return digits + check_digit(digits)


def is_ours(number: str) -> bool:
    """Whether a number could be one of ours: nine digits whose last one is right."""
    return len(number) == 9 and number.isdecimal() and number[0] != "0" and check_digit(number[:-1]) == number[-1]


def read_number(text: str) -> str:
    """A card number as typed or scanned: spaces, dashes, small and full-width letters allowed; empty if it is none."""
    typed = re.sub(r"[\s\-－—]", "", unicodedata.normalize("NFKC", text[:40])).upper()
    return typed if FORMAT.fullmatch(typed) else ""
