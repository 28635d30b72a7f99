"""Envelope labels on A4 label sheets: which grids there are, how labels fall onto pages, where the postcode stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Chinese postcodes have six digits; in one box with the address they stand first, last, or behind 邮编.
AT_FIRST = r"^\s*(\d{6})(?!\d)[\s,，]*"
BY_NAME = r"[\s,，（(]*(?:邮编|邮政编码)[:：\s]*(\d{6})[）)]?"
AT_LAST = r"[\s,，]+(\d{6})\s*$"
POSTCODE = re.compile(f"{AT_FIRST}|{BY_NAME}|{AT_LAST}")


@dataclass(frozen=True)
class LabelGrid:
    """A kind of label sheet as sold; `key` is the class of static/css/sheet-labels.css that holds its millimetres."""

    key: str
    words: str
    columns: int
    rows: int

    @property
    def places(self) -> int:
        return self.columns * self.rows


GRIDS = {
    grid.key: grid
    for grid in (
        LabelGrid("l3x7", "3 列 7 行（63.5×38.1 毫米）", 3, 7),
        LabelGrid("l2x7", "2 列 7 行（99.1×38.1 毫米）", 2, 7),
        LabelGrid("l3x8", "3 列 8 行（70×37 毫米）", 3, 8),
        LabelGrid("l2x4", "2 列 4 行（99.1×67.7 毫米，大字）", 2, 4),
    )
}
GRID_CHOICES = [(grid.key, grid.words) for grid in GRIDS.values()]


@dataclass(frozen=True)
class Label:
    """One envelope. `address` without its postcode."""

    name: str
    address: str
    postcode: str = ""


def label_for(name: str, address: str) -> Label:
    postcode, rest = split_postcode(address)
    return Label(name, rest, postcode)


def split_postcode(address: str) -> tuple[str, str]:
    """(six digits or nothing, the rest) of an address as people write it."""
    found = POSTCODE.search(address)
    if not found:
        return "", address.strip()
    return next(filter(None, found.groups())), (address[: found.start()] + address[found.end() :]).strip()


def pages_of(labels: Sequence[Label], grid: LabelGrid, *, skip: int = 0) -> list[list[Label | None]]:
    """Labels by page, None for a place left free: the first `skip` of the first page were used before."""
    places: list[Label | None] = [None] * min(max(skip, 0), grid.places - 1) + list(labels)
    return [
        places[start : start + grid.places] + [None] * (grid.places - len(places[start : start + grid.places]))
        for start in range(0, len(places), grid.places)
    ]
