"""Reading a list of members: header, rows, and every cell, with a sentence for each that cannot be read."""

import datetime as dt
import io
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from apps.branches.choices import Link, PostKind
from apps.common.errors import BusinessError
from apps.common.workbook import FileRefused, Limits, Sheet, read
from apps.common.workbook.headings import Header, find_header, why_no_record
from apps.common.workbook.writer import write_sheet
from apps.registry.registers.sheets import marked
from apps.registry.roster.readers import fold, plain, read_citizen_id, read_date, read_day, read_name, read_text

LIMITS = Limits(file_size=5 * 1024 * 1024, rows=5000, columns=60, cpu_seconds=20, wall_seconds=40)
HEADINGS = {
    "name": ("姓名", "党员姓名"),
    "citizen_id": ("身份证号", "身份证号码", "公民身份号码", "公民身份证号码"),
    "birth": ("出生日期", "出生年月"),
    "branch": ("党支部", "所在党支部", "所在支部", "支部", "党组织", "所属党组织", "所在党组织"),
    "group": ("党小组", "小组"),
    "link": ("组织关系", "组织关系类型"),
    "since": ("转入日期", "转入时间", "到支部时间", "进入支部日期"),
    "joined": ("入党时间", "入党日期"),
    "full": ("转正时间", "转正日期"),
    "post": ("党内职务", "支部职务", "职务"),
}
LABELS = {key: names[0] for key, names in HEADINGS.items()}
MEANS = {name: key for key, names in HEADINGS.items() for name in names}
TEMPLATE = (
    "序号",
    "姓名",
    "身份证号",
    "出生日期",
    "党支部",
    "党小组",
    "组织关系",
    "转入日期",
    "入党时间",
    "转正时间",
    "党内职务",
)
LINK_WORDS = {
    "正式": Link.FORMAL, "正式组织关系": Link.FORMAL, "功能型": Link.FUNCTIONAL, "功能性": Link.FUNCTIONAL,
    "临时": Link.TEMPORARY, "流动": Link.FLOATING,
}  # fmt: skip
POST_WORDS = {kind.label: kind for kind in PostKind} | {"支部书记": PostKind.SECRETARY, "支部副书记": PostKind.DEPUTY}
NO_POST = {"", "无", "党员", "-", "—", "/"}


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
    return MEANS.get(fold(text).replace("（必填）", "").replace("(必填)", ""), "")


def read_members(data: bytes, filename: str, *, today: dt.date) -> Lines:
    """The rows of the first visible sheet with the header. Raises BusinessError for the file as a whole."""
    try:
        sheets = [sheet for sheet in read(data, filename, LIMITS) if not sheet.is_hidden]
    except FileRefused as refusal:
        raise BusinessError(refusal.sentence, code=refusal.code, field="file") from refusal
    if sentence := marked(filename):
        raise BusinessError(sentence, code="secret", field="file")
    for sheet in sheets:
        header = find_header(sheet.rows, means)
        if header is None:
            continue
        at = _places(header)
        return Lines(sheet, header, at, _rows(sheet, header, at, today))
    raise BusinessError(
        "没有找到表头。请保留写着“姓名”“党支部”的那一行，或下载模板填写。", code="no_header", field="file"
    )


def _places(header: Header) -> dict[str, int]:
    at: dict[str, int] = {}
    for place, text in enumerate(header.texts):
        key = means(text)
        if key in at:
            raise BusinessError(f"“{LABELS[key]}”写了两列，请删去一列再上传。", code="duplicate_header", field="file")
        if key:
            at[key] = place
    missing = [LABELS[key] for key in ("name", "branch") if key not in at]
    if not {"citizen_id", "birth"} & at.keys():
        missing.append("身份证号（或出生日期）")
    if missing:
        words = "、".join(f"“{name}”" for name in missing)
        raise BusinessError(f"表头里没有{words}这一栏，请补上。", code="missing_column", field="file")
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
        rows.append(line)
    return rows


def _read_cell(line: Line, key: str, place: int, reader: Callable) -> None:
    cell = line.cells[place] if place < len(line.cells) else None
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if key in ("name", "branch"):
            line.faults[place] = f"没有填{LABELS[key]}。"
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


def _readers(today: dt.date) -> dict[str, Callable]:
    return {
        "name": read_name,
        "citizen_id": lambda cell: read_citizen_id(cell, today),
        "birth": lambda cell: read_date(cell, LABELS["birth"], today),
        "branch": lambda cell: read_text(cell, LABELS["branch"], 120),
        "group": lambda cell: read_text(cell, LABELS["group"], 120),
        "link": _word(LINK_WORDS, LABELS["link"]),
        "since": lambda cell: read_day(cell, LABELS["since"]),
        "joined": lambda cell: read_date(cell, LABELS["joined"], today),
        "full": lambda cell: read_date(cell, LABELS["full"], today),
        "post": _word(POST_WORDS, LABELS["post"], nothing=NO_POST),
    }


@dataclass(frozen=True)
class _Problem:
    sentence: str
    refuses: bool = True


def _word(words: dict, label: str, nothing: Collection[str] = ()) -> Callable:
    def read_one(cell):
        text = fold(plain(cell))
        if text in nothing:
            return None, ()
        if text in words:
            return words[text], ()
        known = "、".join(dict.fromkeys(words))
        return None, (_Problem(f"{label}里没有“{text[:20]}”这一项。可填：{known}。"),)

    return read_one


def template() -> bytes:
    """The table to fill in, with a line that explains."""
    stream = io.BytesIO()
    notes = [
        ("姓名、党支部", "必填。党支部写全称或简称，要和“党组织”里的一样。"),
        ("身份证号、出生日期", "至少填一样，用来认出是哪一位；人要先在“老干部”里登记。"),
        ("组织关系", "不填就按支部的类型：正式支部是正式组织关系，功能型支部是功能型。"),
        ("转入日期", "写到日，例如 2026-05-01；不填就按上传时写的日期。"),
        ("党内职务", "书记、副书记、组织委员、宣传委员、纪检委员、委员；没有就空着。"),
        ("正式组织关系在别的支部的", "不能用这张表改，请办组织关系转接。"),
    ]
    write_sheet(stream, "党员名单导入模板", TEMPLATE, [], sheet_name="党员名单", notes=notes)
    return stream.getvalue()
