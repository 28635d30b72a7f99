"""A sheet laid out on exactly two A4 pages: what fits, and how much is left to the platform."""

import math

from apps.ledgers.choices import Section

from .plan_words import rows_of

SHORT = 15
PHOTO_ROWS = 5
MOST_PAIRS, MOST_LONG, LONGEST_LINE = 11, 3, 42
# Of a section, in characters of its lines together; of the words below them.
SECTION_ROOM, SUMMARY_ROOM, WISHES_ROOM = 105, 190, 95
# Of the table on the second page: its height in lines of text, characters in a line of each cell, the longest text.
TABLE_LINES, ROW_EDGE = 48.0, 0.6
CELLS = {"需求": (12, 48), "办法": (12, 48), "由谁做": (8, 18), "结果": (10, 34)}


def pages_of(sheet: dict, *, picture: str = "", version: int = 0) -> dict:
    """The two pages of a sheet for the template: `grid` (rows of (label, text) pairs, the first ones beside the photo,
    long texts on a row of their own), the other sections, and rows of measures with the number of those left out."""
    basics = next((part["lines"] for part in sheet["sections"] if part["key"] == Section.BASICS), [])
    rows = rows_of(sheet)
    fitting = _fitting([_cut(row) for row in rows])
    return {
        "sheet": sheet,
        "version": version,
        "picture": picture,
        "grid": grid_of([{"label": "姓名", "text": sheet["name"]}, *basics]),
        "summary": shortened(sheet.get("summary", ""), SUMMARY_ROOM),
        "wishes": shortened(sheet.get("wishes", ""), WISHES_ROOM),
        "sections": [
            {**part, "lines": _roomy(part["lines"])} for part in sheet["sections"] if part["key"] != Section.BASICS
        ],
        "rows": fitting,
        "left_out": len(rows) - len(fitting),
        "blank_rows": range(max(4 - len(rows), 0)),
    }


def grid_of(lines: list[dict]) -> list[list[dict]]:
    """Short texts two on a row, in their order; long ones after them, one on a row; as many as fit."""
    short = [line for line in lines if _width(line["text"]) <= SHORT][: 2 * MOST_PAIRS]
    rows = [short[place : place + 2] for place in range(0, len(short), 2)]
    while len(rows) < PHOTO_ROWS:
        rows.append([])
    for row in rows:
        row += [{"label": "", "text": ""}] * (2 - len(row))
    long = [{**line, "text": shortened(line["text"], LONGEST_LINE)} for line in lines if _width(line["text"]) > SHORT]
    return [*rows, *([line] for line in long[:MOST_LONG])]


def shortened(text: str, room: int) -> str:
    """The text as far as it fits, with an ellipsis where it was cut; on one line."""
    text = " ".join(text.split())
    return text if _width(text) <= room else f"{text[: room - 1]}…"


def _roomy(lines: list[dict]) -> list[dict]:
    """Lines of a section while there is room for them."""
    found, room = [], float(SECTION_ROOM)
    for line in lines:
        room -= _width(line["label"]) + _width(line["text"]) + 3
        if room < 0:
            break
        found.append(line)
    return found


def _fitting(rows: list[dict]) -> list[dict]:
    """Rows of measures from the first on while the second page has room."""
    found, room = [], TABLE_LINES
    for row in rows:
        said = {
            **row,
            "由谁做": f"{row['由谁做']}／{row['责任人']}",
            "结果": f"{row['情况']}　{row['结果']}　{row['满意度']}",
        }
        room -= max(math.ceil(_width(said[name]) / across) for name, (across, _) in CELLS.items()) + ROW_EDGE
        if room < 0:
            break
        found.append(row)
    return found


def _width(text: str) -> float:
    """In Chinese characters: a letter or digit takes half of one."""
    return sum(0.5 if letter.isascii() else 1 for letter in text)


def _cut(row: dict) -> dict:
    """Texts that would not fit their cell, cut with an ellipsis."""
    return {**row, **{name: shortened(row[name], most) for name, (_, most) in CELLS.items()}}
