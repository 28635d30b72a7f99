"""Where the header of a sheet is, which column means what, and which rows below it are people.

Bureaus put titles above the header, split it over two merged rows, leave the sample row and the notes in, and add
totals. Nothing is moved: rows keep the numbers Excel shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.common.workbook import FileRefused, Sheet, column_letters
from apps.common.workbook.headings import find_header, says_no_record, why_no_record

from .columns import BY_KEY, fold_heading, without_brackets

# The line that the template shows as an example; only exactly this one is left out (all three cells).
SAMPLE = {"name": "张三可", "citizen_id": "440600193602290016", "unit": "三沙市"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A recognised column: `position` counts from 0, `text` is the heading as the file writes it."""

    position: int
    key: str
    text: str

    @property
    def letters(self) -> str:
        return column_letters(self.position + 1)


@dataclass(slots=True)
class Layout:
    """Header rows first..last (Excel numbers), the recognised headings, and the headings nothing was made of."""

    first_header: int
    last_header: int
    headings: list[Heading]
    unknown: list[str] = field(default_factory=list)

    @property
    def at(self) -> dict[str, int]:
        """Column key → position."""
        return {heading.key: heading.position for heading in self.headings}

    def position_of(self, key: str) -> int | None:
        return self.at.get(key)

    def without(self, keys: frozenset[str]) -> list[Heading]:
        """Take columns out; gives those that were there."""
        gone = [heading for heading in self.headings if heading.key in keys]
        self.headings = [heading for heading in self.headings if heading.key not in keys]
        return gone


@dataclass(slots=True)
class DataRows:
    """Rows that are people, by Excel number, and how many of each other sort were passed over."""

    rows: list[tuple[int, list]] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=dict)

    def skip(self, why: str, number: int) -> None:
        self.skipped.setdefault(why, []).append(number)


def find_layout(sheet: Sheet, synonyms: Mapping[str, str]) -> Layout:
    """The header among the first rows: the one or two lines that name most columns, and among them those by which
    people are found: the citizen id, or name and birth date.

    Raises FileRefused with codes `no_header`, `missing_column` or `duplicate_header`.
    """
    header = find_header(sheet.rows, lambda text: _meaning(text, synonyms) if text else "")
    if header is None:
        raise FileRefused("no_header", "没有找到表头。请保留写着“姓名”“身份证号码”等栏目的那一行，或下载模板填写。")
    return _named(header.texts, header.first, header.last, synonyms)


def titles_of(sheet: Sheet, layout: Layout) -> list[str]:
    """What stands above the header and in it, cell by cell: a title right above it may pass for its first line."""
    return [cell for row in sheet.rows[: layout.last_header] for cell in row if isinstance(cell, str) and cell]


def _meaning(text: str, synonyms: Mapping[str, str]) -> str:
    folded = fold_heading(text)
    return synonyms.get(folded) or synonyms.get(without_brackets(folded), "")


def _named(texts: list[str], first: int, last: int, synonyms: Mapping[str, str]) -> Layout:
    headings: list[Heading] = []
    unknown = []
    for position, text in enumerate(texts):
        key = _meaning(text, synonyms)
        if not key:
            if text:
                unknown.append(text)
            continue
        headings.append(Heading(position, key, text))
    _refuse_doubles(headings)
    keys = {heading.key for heading in headings}
    if "citizen_id" not in keys and not {"name", "birth_date"} <= keys:
        raise FileRefused(
            "missing_column",
            f"表头（第 {last} 行）里没有“身份证号码”这一栏，认不出是谁。"
            "请补上；没有证号的，要有“姓名”和“出生日期”两栏。",
        )
    return Layout(first, last, headings, unknown)


def _refuse_doubles(headings: list[Heading]) -> None:
    seen: dict[str, Heading] = {}
    for heading in headings:
        first = seen.setdefault(heading.key, heading)
        if first is not heading and BY_KEY[heading.key].reads != "ignored":
            raise FileRefused(
                "duplicate_header",
                f"{first.letters} 列“{first.text}”和 {heading.letters} 列“{heading.text}”是同一栏。请删去一列再上传。",
            )


def data_rows(sheet: Sheet, layout: Layout) -> DataRows:
    """Rows below the header that are people; blank, sample, note, total and footer rows are passed over."""
    found = DataRows()
    telling = [h.position for h in layout.headings if BY_KEY[h.key].reads != "ignored"]
    name_at, id_at = layout.position_of("name"), layout.position_of("citizen_id")
    unit_at = layout.position_of("unit")
    rows = sheet.rows
    for place in range(layout.last_header, len(rows)):
        row = rows[place]
        width = len(row)
        name = row[name_at] if name_at is not None and name_at < width else None
        citizen_id = row[id_at] if id_at is not None and id_at < width else None
        if citizen_id is not None and (name is not None or (name_at is None and not _is_note(citizen_id))):
            if name == SAMPLE["name"] and unit_at is not None and _is_sample(row, unit_at, citizen_id):
                found.skip("sample", place + 1)
            else:
                found.rows.append((place + 1, row))
            continue
        why = why_no_record(row, telling)
        if why:
            if why != "blank":
                found.skip(why, place + 1)
            continue
        found.rows.append((place + 1, row))
    return found


def _is_note(cell: object) -> bool:
    return isinstance(cell, str) and bool(says_no_record(cell))


def _is_sample(row: list, unit_at: int, citizen_id: object) -> bool:
    unit = row[unit_at] if unit_at < len(row) else None
    return str(citizen_id).strip() == SAMPLE["citizen_id"] and str(unit).strip() == SAMPLE["unit"]


def merged_in_data(sheet: Sheet, layout: Layout, numbers: set[int]) -> dict[int, tuple[int, str]]:
    """Row number → (column position, range) of merged ranges that touch people: their values are a guess."""
    known = {heading.position + 1 for heading in layout.headings if BY_KEY[heading.key].reads != "ignored"}
    touched: dict[int, tuple[int, str]] = {}
    for first_row, first, last_row, last in sheet.merged:
        if first_row <= layout.last_header:
            continue
        columns = [column for column in range(first, last + 1) if column in known]
        if not columns:
            continue
        name = f"{column_letters(first)}{first_row}:{column_letters(last)}{last_row}"
        for number in range(first_row, last_row + 1):
            if number in numbers:
                touched.setdefault(number, (columns[0] - 1, name))
    return touched
