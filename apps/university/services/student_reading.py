"""Reading a list of students: header, rows, and every cell, with a sentence for each that cannot be read.

The header is that of the systems in use (领域资料 4.3 no. 11): 学员卡号, 学员名, 电话号, 身份证号, 原单位名称, 生日,
身份证号后8位, 现住址, 开始日期.
"""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, field

from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.common.workbook import FileRefused, Limits, Sheet, read
from apps.common.workbook.headings import Header, find_header, why_no_record
from apps.common.workbook.writer import write_sheet
from apps.registry.registers.sheets import marked
from apps.registry.roster.readers import (
    fold,
    plain,
    read_citizen_id,
    read_date,
    read_day,
    read_name,
    read_phones,
    read_text,
)
from apps.university.rules.cards import read_number

MOST_ROWS = 3000
LIMITS = Limits(file_size=5 * 1024 * 1024, rows=MOST_ROWS + 20, columns=60, cpu_seconds=20, wall_seconds=40)
HEADINGS = {
    "card": ("学员卡号", "卡号", "学员证号"),
    "name": ("学员名", "姓名", "学员姓名"),
    "phone": ("电话号", "电话", "手机", "手机号", "联系电话"),
    "citizen_id": ("身份证号", "身份证号码", "公民身份号码"),
    "unit": ("原单位名称", "原单位", "工作单位"),
    "birth": ("生日", "出生日期", "出生年月"),
    "last8": ("身份证号后8位", "身份证后8位", "身份证号后八位"),
    "address": ("现住址", "住址", "家庭住址"),
    "since": ("开始日期", "入学日期", "建档日期"),
}
LABELS = {key: names[0] for key, names in HEADINGS.items()}
MEANS = {name: key for key, names in HEADINGS.items() for name in names}


@dataclass(slots=True)
class Line:
    """A row of the file: `values` by key, `faults` column (from 0) → why."""

    number: int
    cells: list
    values: dict = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Lines:
    sheet: Sheet
    header: Header
    at: dict[str, int]
    rows: list[Line]


def means(text: str) -> str:
    """The column that a heading names; empty for others."""
    return MEANS.get(fold(text), "")


def read_students(data: bytes, filename: str, *, today: dt.date) -> Lines:
    """The rows of the first visible sheet with the header. Raises BusinessError for the file as a whole."""
    try:
        sheets = [sheet for sheet in read(data, filename, LIMITS) if not sheet.is_hidden]
    except FileRefused as refusal:
        raise BusinessError(refusal.sentence, code=refusal.code, field="file") from refusal
    if sentence := marked(filename):
        raise BusinessError(sentence, code="secret", field="file")
    for sheet in sheets:
        header = find_header(sheet.rows, means)
        if header is not None:
            at = _places(header)
            return Lines(sheet, header, at, _rows(sheet, header, at, today))
    raise BusinessError("没有找到表头。请保留写着“学员名”的那一行，或下载模板填写。", code="no_header", field="file")


def _places(header: Header) -> dict[str, int]:
    at: dict[str, int] = {}
    for place, text in enumerate(header.texts):
        key = means(text)
        if key in at:
            raise BusinessError(f"“{LABELS[key]}”写了两列，请删去一列再上传。", code="duplicate_header", field="file")
        if key:
            at[key] = place
    if "name" not in at:
        raise BusinessError("表头里没有“学员名”这一栏，请补上。", code="missing_column", field="file")
    if not {"citizen_id", "birth"} & at.keys():
        raise BusinessError("表头里要有“身份证号”或“生日”，才认得出是哪一位。", code="missing_column", field="file")
    return at


def _rows(sheet: Sheet, header: Header, at: dict[str, int], today: dt.date) -> list[Line]:
    readers = _readers(today)
    rows = []
    for number, cells in enumerate(sheet.rows[header.last :], header.last + 1):
        if why_no_record(cells, at.values()):
            continue
        line = Line(number, cells)
        for key, place in at.items():
            _read_cell(line, key, place, readers[key])
        _compare(line, at)
        rows.append(line)
    return rows


def _read_cell(line: Line, key: str, place: int, reader: Callable) -> None:
    cell = line.cells[place] if place < len(line.cells) else None
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if key == "name":
            line.faults[place] = "没有填学员名。"
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


def _compare(line: Line, at: dict[str, int]) -> None:
    """The citizen id, its last eight places and the birthday of one row must agree."""
    values = line.values
    citizen = values.get("citizen_id")
    if citizen is None:
        if not line.faults and "birth" not in values:
            line.faults[at["name"]] = "身份证号和生日至少填一样。"
        return
    if values.get("last8") and not citizen.number.endswith(values["last8"]):
        line.faults[at["last8"]] = "和身份证号的最后 8 位不一样，请核对。"
    birth = values.get("birth")
    if birth and PartialDate.parse(birth).compare_to(citizen.birth) not in (0, None):
        line.faults[at["birth"]] = f"和身份证号上的 {citizen.birth:%Y-%m-%d} 不一样，请核对。"


@dataclass(frozen=True)
class _Problem:
    sentence: str
    refuses: bool = True


def _readers(today: dt.date) -> dict[str, Callable]:
    return {
        "card": _card,
        "name": read_name,
        "phone": _phone,
        "citizen_id": lambda cell: read_citizen_id(cell, today),
        "unit": lambda cell: read_text(cell, LABELS["unit"], 100),
        "birth": lambda cell: read_date(cell, LABELS["birth"], today),
        "last8": lambda cell: (_whole(cell).upper(), ()),
        "address": lambda cell: read_text(cell, LABELS["address"], 120),
        "since": lambda cell: read_day(cell, LABELS["since"]),
    }


def _whole(cell) -> str:
    """Text of a cell; a whole number without its .0."""
    return plain(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).replace(" ", "")


def _card(cell):
    number = read_number(_whole(cell))
    return (number, ()) if number else (None, (_Problem("卡号应是 3 到 12 位数字或字母。"),))


def _phone(cell):
    """The digits of the first number; one that cannot be read refuses the row, because he is reached by it."""
    value, problems = read_phones(cell)
    if value is None:
        words = "".join(problem.sentence for problem in problems).replace("这个号码没有导入。", "")
        return None, (_Problem(words or "看不懂这个电话号。"),)
    return value[0][1], ()


def template() -> bytes:
    """The table to fill in, with a line that explains."""
    stream = io.BytesIO()
    notes = [
        ("学员名", "必填。"),
        ("身份证号、生日", "至少填一样；身份证号一列请设为文本。"),
        ("学员卡号", "原来发过卡的照填，旧卡照用；空着就发新号。"),
        ("身份证号后8位", "可以不填；填了会和身份证号核对。"),
        ("开始日期", "第一次入学的日期，例如 2019-03-01；可以不填。"),
    ]
    heads = [
        LABELS[key] for key in ("card", "name", "phone", "citizen_id", "unit", "birth", "last8", "address", "since")
    ]
    write_sheet(stream, "学员名单导入模板", heads, [], sheet_name="学员名单", notes=notes,
                text_columns=("学员卡号", "电话号", "身份证号", "身份证号后8位"))  # fmt: skip
    return stream.getvalue()
