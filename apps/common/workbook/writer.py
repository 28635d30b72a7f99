"""Spreadsheets that we hand out: .xlsx by default, CSV where asked for.

Whatever a person typed is written as text and can never run as a formula: in .xlsx every string is a string
cell, with the quote prefix where it begins like a formula; in CSV such text gets a leading apostrophe.
Numbers stay numbers (a negative amount is no formula), dates become date cells, and whole numbers longer
than Excel's 15 digits become text. Row by row, so memory does not grow with the number of rows.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

_FORMULA = re.compile(r"""^[\s"'\u2018\u2019\u201c\u201d\ufeff\u200b]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]""")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EXACT_DIGITS = 15
_WIDEST = 40


def looks_like_formula(text: str) -> bool:
    """Begins, after spaces and quotes, with = + - @ in plain or full width, or with a tab or a line end."""
    return _FORMULA.match(text) is not None


def write_sheet(
    stream: IO[bytes],
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    text_columns: Collection[str] = (),
    sheet_name: str = "",
    notes: Sequence[tuple[str, str]] = (),
    tmpdir: str | None = None,
) -> int:
    """Write one sheet as .xlsx into `stream` and give the number of rows written.

    `notes` make a second sheet 说明 of names and texts: who took the list out, when, for what.

    A non-empty `title` takes the first row; then the header, frozen and filterable. `text_columns` are names
    of the header whose values are written as text whatever their type (ids, phones, bank accounts). None is an
    empty cell. `rows` may be a generator. Rows wait in a temporary file in `tmpdir`, in clear, until closed.
    """
    book = xlsxwriter.Workbook(stream, {"constant_memory": True, "tmpdir": tmpdir, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(safe_sheet_name(sheet_name or title or "Sheet1"))
    pen = _Pen(book, sheet)
    place = 0
    if title:
        sheet.set_row(0, 28)
        pen.merged(0, 0, 0, len(header) - 1, title, "title")
        place = 1
    texts = [name in text_columns for name in header]
    _set_widths(sheet, header, pen)
    for column, name in enumerate(header):
        pen.text(place, column, str(name), "head")
    sheet.freeze_panes(place + 1, 0)
    count = 0
    for count, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            pen.cell(place + count, column, value, texts[column])
    if count:
        sheet.autofilter(place, 0, place + count, len(header) - 1)
    if notes:
        _write_notes(book, notes, pen)
    book.close()
    return count


def _write_notes(book: xlsxwriter.Workbook, notes: Sequence[tuple[str, str]], pen: "_Pen") -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 80)
    for row, (name, text) in enumerate(notes):
        sheet.write_string(row, 0, name, pen.style("head"))
        style = "quoted" if looks_like_formula(text) else "text"
        sheet.write_string(row, 1, _CONTROL.sub("", text), pen.style(style))


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """`head` are the lines above the data as they were read, `merged` their ranges (from 1, as `Sheet` has them).
    Each row comes with its faults: column (from 0) to reason."""

    name: str
    head: Sequence[Sequence[Any]]
    rows: Sequence[tuple[Sequence[Any], Mapping[int, str]]]
    merged: Sequence[tuple[int, int, int, int]] = ()


def write_marked(stream: IO[bytes], pages: Iterable[MarkedPage], *, reason_heading: str = "错误原因") -> int:
    """The rows of an upload that were refused, under their own header blocks, ready to be mended and sent again.

    Faulty cells are marked, and all reasons stand in one more column at the end, a column that the import ignores.
    Gives the number of rows.
    """
    # Not row by row: a header cell merged over two rows would close the first of them before it is complete.
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    taken: set[str] = set()
    count = sum([_write_page(book, page, _free_name(page.name, taken), reason_heading) for page in pages])
    book.close()
    return count


def _free_name(name: str, taken: set[str]) -> str:
    """A sheet's name that no other has; Excel does not tell capital letters apart."""
    whole = safe_sheet_name(name)
    free, number = whole, 2
    while free.lower() in taken:
        ending = f"（{number}）"
        free, number = whole[: 31 - len(ending)] + ending, number + 1
    taken.add(free.lower())
    return free


def _write_page(book: xlsxwriter.Workbook, page: MarkedPage, name: str, reason_heading: str) -> int:
    head = page.head
    width = max([len(line) for line in head] + [0])
    sheet = book.add_worksheet(name)
    pen = _Pen(book, sheet)
    sheet.set_column(0, max(width - 1, 0), 14, pen.style("text"))
    sheet.set_column(width, width, 50)
    corners = {(first_row - 1, first - 1): (last_row - 1, last - 1) for first_row, first, last_row, last in page.merged}
    for place, line in enumerate(head):
        for column, value in enumerate(line):
            if (place, column) in corners and corners[place, column][0] < len(head):
                pen.merged(place, column, *corners[place, column], "" if value is None else str(value), "head")
            elif value is not None:
                pen.text(place, column, str(value), "head")
    if head:
        pen.text(len(head) - 1, width, reason_heading, "head")
        sheet.freeze_panes(len(head), 0)
    for count, (row, faults) in enumerate(page.rows):
        place = len(head) + count
        for column, value in enumerate(row):
            pen.cell(place, column, value, is_text=False, is_marked=column in faults)
        for column in faults:
            if column >= len(row):
                pen.text(place, column, "", "marked")
        pen.text(place, width, "；".join(dict.fromkeys(faults.values())), "reason")
    return len(page.rows)


def write_csv(stream: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """UTF-8 with a byte order mark, so that Excel reads it rightly. Gives the number of rows."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([csv_cell(name) for name in header])
    count = 0
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
        count += 1
    text.detach()
    return count


def csv_cell(value: Any) -> Any:
    """Text that a spreadsheet could take for a formula gets an apostrophe; numbers stay as they are."""
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    text = _CONTROL.sub("", str(value))
    return f"'{text}" if looks_like_formula(text) else text


def safe_sheet_name(name: str) -> str:
    """At most 31 characters, without those Excel forbids."""
    return re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '")[:31].strip(" '") or "Sheet1"


class _Pen:
    """Writes one cell at a time with the formats of the house."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        self._sheet = sheet
        wrapped = {"text_wrap": True, "valign": "vcenter"}
        head = {"bold": True, "bg_color": "#F1ECE4", "border": 1, "border_color": "#BFB8AD", **wrapped}
        marked = {"bg_color": "#FBE3D6", "border": 1, "border_color": "#9E1B1E"}
        looks: dict[str, dict[str, Any]] = {
            "title": {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"},
            "head": head,
            "text": {"num_format": "@"},
            "quoted": {"num_format": "@", "quote_prefix": True},
            "date": {"num_format": "yyyy-mm-dd"},
            "moment": {"num_format": "yyyy-mm-dd hh:mm"},
            "marked": {"num_format": "@", **marked},
            "marked_quoted": {"num_format": "@", "quote_prefix": True, **marked},
            "marked_number": marked,
            "marked_date": {"num_format": "yyyy-mm-dd", **marked},
            "reason": {"font_color": "#9E1B1E", **wrapped},
        }
        self._styles = {name: book.add_format(look) for name, look in looks.items()}

    def style(self, name: str) -> Format:
        return self._styles[name]

    def text(self, row: int, column: int, text: str, style: str) -> None:
        text = _CONTROL.sub("", text)
        if style in ("text", "marked") and looks_like_formula(text):
            style = "quoted" if style == "text" else "marked_quoted"
        if text:
            self._sheet.write_string(row, column, text, self._styles[style])
        else:
            self._sheet.write_blank(row, column, None, self._styles[style])

    def merged(self, row: int, column: int, last_row: int, last_column: int, text: str, style: str) -> None:
        if (row, column) == (last_row, last_column):
            self.text(row, column, text, style)
            return
        self._sheet.merge_range(row, column, last_row, last_column, "", self._styles[style])
        self._sheet.write_string(row, column, _CONTROL.sub("", text), self._styles[style])

    def cell(self, row: int, column: int, value: Any, is_text: bool, is_marked: bool = False) -> None:
        if value is None or value == "":
            if is_marked:
                self.text(row, column, "", "marked")
        elif isinstance(value, dt.date) and not is_text:
            has_time = isinstance(value, dt.datetime)
            style = "marked_date" if is_marked else "moment" if has_time else "date"
            moment = value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value
            self._sheet.write_datetime(row, column, moment, self._styles[style])
        elif _is_number(value) and not is_text:
            self._sheet.write_number(row, column, value, self._styles["marked_number"] if is_marked else None)
        else:
            self.text(row, column, str(value), "marked" if is_marked else "text")


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    if isinstance(value, int):
        return abs(value) < 10**_EXACT_DIGITS
    return Decimal(value).is_finite()


def _set_widths(sheet: Worksheet, header: Sequence[str], pen: _Pen) -> None:
    for column, name in enumerate(header):
        sheet.set_column(column, column, min(max(len(str(name)) * 2 + 4, 10), _WIDEST), pen.style("text"))
