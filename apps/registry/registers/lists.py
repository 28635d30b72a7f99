"""Lists of people with columns of their own: header, rows, and every cell, with a sentence for each that cannot be
read. Who brings a list says its columns and how each is read; registers with fixed tables are read by `sheets`."""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from apps.common.errors import BusinessError
from apps.common.workbook import FileRefused, Limits, Sheet, read
from apps.common.workbook.headings import Header, find_header, why_no_record
from apps.common.workbook.writer import MarkedPage, write_marked
from apps.registry.roster.readers import fold, plain, read_phones

from .sheets import marked

MOST_ROWS = 5000
# Besides its rows a list has a title, a header and notes.
LIMITS = Limits(file_size=5 * 1024 * 1024, rows=MOST_ROWS + 20, columns=60, cpu_seconds=20, wall_seconds=40)
_REQUIRED_MARKS = ("（必填）", "(必填)")


@dataclass(frozen=True)
class Fault:
    """Why a cell refuses its row."""

    sentence: str
    refuses: bool = True


# cell → (value or None, what is wrong with it); as those of the roster.
CellReader = Callable[[Any], tuple[Any, Iterable]]


@dataclass(frozen=True)
class Columns:
    """The columns of a list. `headings`: key → the names in use, the proper one first. `required` keys must stand in
    the header and be filled in each row; of `either` at least one column must stand in the header; `passed_over` are
    known and not read."""

    headings: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    either: tuple[str, ...]
    passed_over: tuple[str, ...] = ()

    @cached_property
    def labels(self) -> dict[str, str]:
        return {key: names[0] for key, names in self.headings.items()}

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {name: key for key, names in self.headings.items() for name in names}

    def means(self, text: str) -> str:
        """The column that a heading names; empty for others."""
        name = fold(text)
        for mark in _REQUIRED_MARKS:
            name = name.replace(mark, "")
        return self._keys.get(name, "")


@dataclass(slots=True)
class Line:
    """A row of the file: `values` by key, `faults` column (from 0) → why."""

    number: int
    cells: list
    values: dict = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Lines:
    """`at` is the place of each column; `unknown` the headings that name none."""

    sheet: Sheet
    header: Header
    at: dict[str, int]
    unknown: list[str]
    rows: list[Line]


def visible_sheets(data: bytes, filename: str, limits: Limits = LIMITS) -> list[Sheet]:
    """The sheets of a file that are not hidden. BusinessError for one that cannot be read or is marked as secret."""
    try:
        sheets = [sheet for sheet in read(data, filename, limits) if not sheet.is_hidden]
    except FileRefused as refusal:
        raise BusinessError(refusal.sentence, code=refusal.code, field="file") from refusal
    if sentence := marked(filename):
        raise BusinessError(sentence, code="secret", field="file")
    return sheets


def read_lines(
    data: bytes,
    filename: str,
    columns: Columns,
    readers: Mapping[str, CellReader],
    *,
    most: int = MOST_ROWS,
    check: Callable[[Line, dict[str, int]], None] = lambda line, at: None,
) -> Lines:
    """The rows of the first visible sheet that has the header; `check` compares the cells of a row.

    BusinessError for the file as a whole: no header, a column missing or there twice, no row, more than `most`.
    """
    for sheet in visible_sheets(data, filename):
        header = find_header(sheet.rows, columns.means)
        if header is None:
            continue
        at = _places(header, columns)
        rows = _rows(sheet, header, at, columns, readers)
        if not rows:
            raise BusinessError("表里没有一行可以读的内容。", code="empty", field="file")
        if len(rows) > most:
            raise BusinessError(f"一次最多 {most} 行，请分成几个文件上传。", code="many", field="file")
        for line in rows:
            check(line, at)
        unknown = [text for text in header.texts if text and not columns.means(text)]
        return Lines(sheet, header, at, unknown, rows)
    wanted = "".join(f"“{columns.labels[key]}”" for key in columns.required)
    raise BusinessError(f"没有找到表头。请保留写着{wanted}的那一行，或下载模板填写。", code="no_header", field="file")


def _places(header: Header, columns: Columns) -> dict[str, int]:
    at: dict[str, int] = {}
    for place, text in enumerate(header.texts):
        key = columns.means(text)
        if not key or key in columns.passed_over:
            continue
        if key in at:
            raise BusinessError(
                f"“{columns.labels[key]}”写了两列，请删去一列再上传。", code="duplicate_header", field="file"
            )
        at[key] = place
    missing = [columns.labels[key] for key in columns.required if key not in at]
    if columns.either and not at.keys() & set(columns.either):
        missing.append("或".join(columns.labels[key] for key in columns.either))
    if missing:
        words = "、".join(f"“{name}”" for name in missing)
        raise BusinessError(f"表头里没有{words}这一栏，请补上。", code="missing_column", field="file")
    return at


def _rows(sheet: Sheet, header: Header, at: dict[str, int], columns: Columns, readers) -> list[Line]:
    rows = []
    for number, cells in enumerate(sheet.rows[header.last :], header.last + 1):
        if why_no_record(cells, at.values()):
            continue
        line = Line(number, cells)
        for key, place in at.items():
            _read_cell(line, key, place, columns, readers[key])
        rows.append(line)
    return rows


def _read_cell(line: Line, key: str, place: int, columns: Columns, reader: CellReader) -> None:
    cell = line.cells[place] if place < len(line.cells) else None
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if key in columns.required:
            line.faults[place] = f"没有填{columns.labels[key]}。"
        return
    if sentence := marked(cell):
        line.faults[place] = sentence
        return
    value, problems = reader(cell)
    refusing = [problem.sentence for problem in problems if problem.refuses]
    if refusing:
        line.faults[place] = "".join(refusing)
    elif value is not None:
        line.values[key] = value


def read_phone(cell: Any) -> tuple[Any, Iterable]:
    """The digits of the first number; one that cannot be read refuses the row, because he is reached by it."""
    value, problems = read_phones(cell)
    if value is None:
        words = "".join(problem.sentence for problem in problems).replace("这个号码没有导入。", "")
        return None, (Fault(words or "看不懂这个号码。"),)
    return value[0][1], ()


def whole_text(cell: Any) -> str:
    """Text of a cell without spaces; a whole number without its .0."""
    return plain(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).replace(" ", "")


def refused_rows(lines: Lines, refused: Iterable[Line]) -> bytes:
    """A workbook of the rows that were refused, under their header, with the reasons."""
    stream = io.BytesIO()
    sheet, last = lines.sheet, lines.header.last
    merged = [area for area in sheet.merged if area[2] <= last]
    rows = [(line.cells, line.faults) for line in refused]
    write_marked(stream, [MarkedPage(sheet.name, sheet.rows[:last], rows, merged)])
    return stream.getvalue()
