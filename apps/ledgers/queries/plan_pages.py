"""A sheet laid out on exactly two A4 pages: what fits, and how much is left to the platform."""

from apps.ledgers.choices import Section

from .plan_words import rows_of

SHORT = 15
PHOTO_ROWS = 5
MOST_BASICS, MOST_LINES, MOST_ROWS = 26, 8, 12
LONGEST = {"需求": 60, "办法": 60, "由谁做": 20, "结果": 44}


def pages_of(sheet: dict, *, picture: str = "", version: int = 0) -> dict:
    """The two pages of a sheet for the template: `grid` (rows of (label, text) pairs, the first ones beside the photo,
    long texts on a row of their own), the other sections, and rows of measures with the number of those left out."""
    basics = next((part["lines"] for part in sheet["sections"] if part["key"] == Section.BASICS), [])
    rows = rows_of(sheet)
    return {
        "sheet": sheet,
        "version": version,
        "picture": picture,
        "grid": grid_of([{"label": "姓名", "text": sheet["name"]}, *basics][:MOST_BASICS]),
        "sections": [
            {**part, "lines": part["lines"][:MOST_LINES]} for part in sheet["sections"] if part["key"] != Section.BASICS
        ],
        "rows": [_cut(row) for row in rows[:MOST_ROWS]],
        "left_out": max(len(rows) - MOST_ROWS, 0),
        "blank_rows": range(max(4 - len(rows), 0)),
    }


def grid_of(lines: list[dict]) -> list[list[dict]]:
    """Short texts two on a row, in their order; long ones after them, one on a row."""
    short = [line for line in lines if _width(line["text"]) <= SHORT]
    rows = [short[place : place + 2] for place in range(0, len(short), 2)]
    while len(rows) < PHOTO_ROWS:
        rows.append([])
    for row in rows:
        row += [{"label": "", "text": ""}] * (2 - len(row))
    return [*rows, *([line] for line in lines if _width(line["text"]) > SHORT)]


def _width(text: str) -> float:
    """In Chinese characters: a letter or digit takes half of one."""
    return sum(0.5 if letter.isascii() else 1 for letter in text)


def _cut(row: dict) -> dict:
    """Texts that would not fit their cell, cut with an ellipsis."""
    cut = {name: f"{row[name][: most - 1]}…" if len(row[name]) > most else row[name] for name, most in LONGEST.items()}
    return {**row, **cut}
