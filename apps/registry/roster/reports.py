"""The refused rows as a small workbook: the file's own header block, marked cells, a column of reasons."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

from apps.common.workbook import Sheet
from apps.common.workbook.writer import MarkedPage, write_marked

from .layout import Layout
from .rows import KEYS_A_SHEET

ONLY_NAME = "需要修改的行"

Faults = Mapping[int, Mapping[int, str]]


def refused_workbook(sheets: Sequence[tuple[Sheet, Layout, str]], faults: Faults) -> bytes:
    """Rows named in `faults` (row key → column position → reason), to be mended and uploaded again: a sheet for each
    one that has some, in the order in which they were read. The third value is the unit a sheet is about; it becomes
    its name, so that it is known again."""
    pages = []
    for part, (sheet, layout, unit) in enumerate(sheets):
        wanted = sorted(key for key in faults if key // KEYS_A_SHEET == part)
        if wanted:
            pages.append(_page(sheet, layout, unit, {key % KEYS_A_SHEET: faults[key] for key in wanted}))
    if len(pages) == 1 and not pages[0].name:
        pages[0] = replace(pages[0], name=ONLY_NAME)
    stream = io.BytesIO()
    write_marked(stream, pages)
    return stream.getvalue()


def _page(sheet: Sheet, layout: Layout, unit: str, faults: Mapping[int, Mapping[int, str]]) -> MarkedPage:
    ignored = {heading.position for heading in layout.headings if heading.key == "reasons"}
    head = [_without(line, ignored) for line in sheet.rows[: layout.last_header]]
    merged = [corners for corners in sheet.merged if corners[2] <= layout.last_header]
    rows = [
        (_without(sheet.rows[number - 1], ignored), faults[number])
        for number in sorted(faults)
        if number <= len(sheet.rows)
    ]
    return MarkedPage(unit or sheet.name, head, rows, merged)


def _without(line: list, positions: set[int]) -> list:
    """A report that comes back loses its old column of reasons."""
    return [None if place in positions else cell for place, cell in enumerate(line)] if positions else line
