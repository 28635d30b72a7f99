"""Reading a table of a register: header, rows, and every cell, with a sentence for each that cannot be read."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apps.common.code_lists import codes_by_name, names_of
from apps.common.partial_date import PartialDate
from apps.common.phone import parse_phone
from apps.common.secrecy import SENTENCE, marks_in
from apps.common.secrecy_words import current_words
from apps.common.workbook import FileRefused, Sheet
from apps.common.workbook.headings import find_header, why_no_record
from apps.registry.roster.columns import CLEAR, fold_heading, without_brackets
from apps.registry.roster.layout import Heading, Layout
from apps.registry.roster.readers import (
    fold,
    plain,
    read_citizen_id,
    read_date,
    read_name,
    read_text,
    read_whole_number,
    read_word,
)

from .tables import CATEGORY_WORDS, Table, TableColumn, meaning

MOST_ROWS = 5000
LARGEST_ORDER = 999_999
Reading = tuple[Any, str]


@dataclass(slots=True)
class Line:
    """A row of the file. `values` holds what was typed by key, `cleared` the keys to erase, `faults` column → why."""

    number: int
    cells: list
    values: dict[str, Any] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Lines:
    sheet: Sheet
    layout: Layout
    rows: list[Line]


def read_lines(sheets: list[Sheet], filename: str, table: Table, *, today: dt.date) -> Lines:
    """The rows of the first visible sheet that has the header of `table`. Raises FileRefused for the whole file, also
    for one that is marked as secret in its name or above its rows; a marked cell refuses its row."""
    for sheet in sheets:
        if not sheet.is_hidden and (layout := layout_of(sheet, table)) is not None:
            above = [cell for row in sheet.rows[: layout.last_header] for cell in row]
            for text in (filename, sheet.name, *above):
                if sentence := marked(text):
                    raise FileRefused("secret", sentence)
            return Lines(sheet, layout, _rows(sheet, layout, table, today))
    labels = "、".join(f"“{table.by_key[key].label}”" for key in table.required)
    raise FileRefused("no_header", f"没有找到表头。请保留写着{labels}等栏目的那一行，或下载模板填写。")


def marked(text: object) -> str:
    """The sentence for a text with marks of secrets; empty without."""
    if not isinstance(text, str):
        return ""
    marks = marks_in(text, current_words())
    return SENTENCE.format(marks="、".join(marks)) if marks else ""


def layout_of(sheet: Sheet, table: Table) -> Layout | None:
    """Where the header stands and what it names; FileRefused for a column that is missing or there twice."""
    means = meaning(table)

    def named(text: str) -> str:
        return means(text) or means(without_brackets(fold_heading(text)))

    header = find_header(sheet.rows, named)
    if header is None:
        return None
    headings = [Heading(place, key, text) for place, text in enumerate(header.texts) if (key := named(text))]
    headings = _category_by_another_name(sheet, header.last, headings)
    seen: dict[str, Heading] = {}
    for heading in headings:
        first = seen.setdefault(heading.key, heading)
        if first is not heading and table.by_key[heading.key].reads != "ignored":
            raise FileRefused(
                "duplicate_header",
                f"{first.letters} 列“{first.text}”和 {heading.letters} 列“{heading.text}”是同一栏。请删去一列再上传。",
            )
    missing = [table.by_key[key].label for key in table.required if key not in seen]
    if missing:
        raise FileRefused(
            "missing_column",
            f"表头（第 {header.last} 行）里没有{'、'.join(f'“{name}”' for name in missing)}这一栏。请补上。",
        )
    unknown = [text for text in header.texts if text and not named(text)]
    return Layout(header.first, header.last, headings, unknown)


def _category_by_another_name(sheet: Sheet, last: int, headings: list[Heading]) -> list[Heading]:
    """Many tables call 专职/兼职 simply 人员类别: the words below tell which of the two it is."""
    if any(heading.key == "category" for heading in headings):
        return headings
    return [
        replace(heading, key="category")
        if heading.key == "staff_category"
        and any(heading.position < len(row) and row[heading.position] in CATEGORY_WORDS for row in sheet.rows[last:])
        else heading
        for heading in headings
    ]


def _rows(sheet: Sheet, layout: Layout, table: Table, today: dt.date) -> list[Line]:
    columns = table.by_key
    telling = [h.position for h in layout.headings if columns[h.key].reads != "ignored"]
    readers = [(h.position, columns[h.key], reader_of(columns[h.key], today)) for h in layout.headings]
    rows = []
    for place in range(layout.last_header, len(sheet.rows)):
        cells = sheet.rows[place]
        if why_no_record(cells, telling):
            continue
        line = Line(place + 1, cells)
        for position, column, read in readers:
            _read_cell(line, position, column, read)
        line.faults |= {place: sentence for place, cell in enumerate(cells) if (sentence := marked(cell))}
        if not _is_sample(line, table):
            rows.append(line)
    if len(rows) > MOST_ROWS:
        raise FileRefused("too_many_rows", f"这张表超过 {MOST_ROWS:,} 行，请分成几个文件上传。")
    if not rows:
        raise FileRefused("empty", "表头下面没有内容。请填好再上传。")
    _check_required(rows, layout, table)
    return rows


def _read_cell(line: Line, position: int, column: TableColumn, read: Callable[[Any], Reading] | None) -> None:
    cell = line.cells[position] if position < len(line.cells) else None
    if read is None or cell is None or not str(cell).strip():
        return
    if isinstance(cell, str) and cell.strip() == CLEAR:
        if column.can_clear:
            line.cleared.append(column.key)
        else:
            line.faults[position] = f"{column.label}不能清空，请填写正确的值。"
        return
    value, fault = read(cell)
    if fault:
        line.faults[position] = fault
    elif value not in (None, ""):
        line.values[column.key] = value


def _check_required(rows: list[Line], layout: Layout, table: Table) -> None:
    for line in rows:
        for key in table.required:
            position = layout.position_of(key)
            if key not in line.values and position not in line.faults:
                line.faults[position] = f"{table.by_key[key].label}是空的，请补上。"


def _is_sample(line: Line, table: Table) -> bool:
    return all(line.values.get(key) == table.sample[key] for key in ("name", "unit"))


def reader_of(column: TableColumn, today: dt.date) -> Callable[[Any], Reading] | None:
    """cell → (value as JSON keeps it, why not); None for a column that is not read."""
    codes: Mapping[str, str] = column.words
    names: Mapping[str, str] = {word: word for word in column.words}
    if column.source:
        codes = {fold(name): code for name, code in codes_by_name(column.source).items()}
        names = {name: code for code, name in names_of(column.source).items()}
    readers: dict[str, Callable[[Any], Reading]] = {
        "name": lambda cell: _first(read_name(cell)),
        "text": lambda cell: _first(read_text(cell, column.label, column.longest)),
        "unit": lambda cell: _first(read_text(cell, column.label, 100)),
        "code": lambda cell: _first(read_word(cell, column.label, codes, names)),
        "word": lambda cell: _first(read_word(cell, column.label, codes, names)),
        "date": lambda cell: _first(read_date(cell, column.label, today)),
        "day": lambda cell: read_day(cell, column.label),
        "citizen_id": lambda cell: _id(cell, today),
        "phone": read_mobile,
        "phone_text": lambda cell: _first(read_text(_plain_number(cell), column.label, column.longest)),
        "number": lambda cell: _first(read_whole_number(cell, column.label, LARGEST_ORDER)),
    }
    return readers.get(column.reads)


def _first(reading) -> Reading:
    """A reader's value, and its first refusal; warnings are left to the roster."""
    value, problems = reading
    return value, next((problem.sentence for problem in problems if problem.refuses), "")


def _id(cell: Any, today: dt.date) -> Reading:
    citizen, fault = _first(read_citizen_id(cell, today))
    return (citizen.number if citizen is not None and not fault else None), fault


def _plain_number(cell: Any) -> Any:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def read_day(cell: Any, label: str) -> Reading:
    """A day; a month counts from its first. Days to come are fine: an appointment may begin next week."""
    try:
        return f"{PartialDate.parse(cell).first_day:%Y-%m-%d}", ""
    except ValueError as error:
        return None, f"{label}：{error}"


def read_mobile(cell: Any) -> Reading:
    try:
        return parse_phone(plain(_plain_number(cell))).digits, ""
    except ValueError as error:
        return None, str(error)
