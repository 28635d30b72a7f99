"""HTTP Range (RFC 9110, section 14): a player asks for the part of a file that it plays next."""

import re
from collections.abc import Iterator
from typing import BinaryIO

PORTION = 128 * 1024
# One stretch of bytes; several at once are answered with the whole file, which the standard allows.
_ONE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


class OutOfRange(Exception):
    """Nothing of what is asked for lies in the file."""


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """(first, last) bytes, both included, of `Range`; None for the whole file. Raises OutOfRange."""
    found = _ONE.match(header.strip())
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise OutOfRange
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise OutOfRange
    return int(first), min(int(last), size - 1) if last else size - 1


def portions(file: BinaryIO, first: int, length: int) -> Iterator[bytes]:
    """`length` bytes of a file from `first`, in portions; the file is closed at the end, and when nobody listens."""
    with file:
        file.seek(first)
        while length > 0 and (data := file.read(min(PORTION, length))):
            length -= len(data)
            yield data
