"""The refused rows as a small workbook: the file's own header block, marked cells, a column of reasons."""

import io
from collections.abc import Mapping

from apps.common.workbook import Sheet
from apps.common.workbook.writer import write_marked

from .layout import Layout

Faults = Mapping[int, Mapping[int, str]]


def refused_workbook(sheet: Sheet, layout: Layout, faults: Faults) -> bytes:
    """Rows named in `faults` (row → column position → reason), to be mended and uploaded again."""
    head = [list(line) for line in sheet.rows[: layout.last_header]]
    ignored = {heading.position for heading in layout.headings if heading.key == "reasons"}
    merged = [corners for corners in sheet.merged if corners[2] <= layout.last_header]
    rows = [
        (_without(sheet.rows[number - 1], ignored), faults[number])
        for number in sorted(faults)
        if number <= len(sheet.rows)
    ]
    stream = io.BytesIO()
    write_marked(stream, [_without(line, ignored) for line in head], rows, merged=merged)
    return stream.getvalue()


def _without(line: list, positions: set[int]) -> list:
    """A report that comes back loses its old column of reasons."""
    return [None if place in positions else cell for place, cell in enumerate(line)] if positions else line
