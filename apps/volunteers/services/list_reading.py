"""Reading a list of volunteers: header, rows, and every cell, with a sentence for each that cannot be read.

The columns are those of registers in use (领域资料 4.3 no. 12) and of the national system's export.
"""

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from apps.common.code_lists import codes_by_name
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.common.workbook import FileRefused, Limits, Sheet, read
from apps.common.workbook.headings import Header, find_header, why_no_record
from apps.common.workbook.writer import MarkedPage, write_marked, write_sheet
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

MOST_ROWS = 2000
LIMITS = Limits(file_size=5 * 1024 * 1024, rows=MOST_ROWS + 20, columns=60, cpu_seconds=20, wall_seconds=40)
HEADINGS = {
    "name": ("姓名", "志愿者姓名", "队员姓名"),
    "citizen_id": ("身份证号", "身份证号码", "证件号码", "公民身份号码"),
    "birth": ("出生日期", "出生年月", "生日"),
    "phone": ("手机", "手机号", "手机号码", "电话", "联系电话", "联系方式"),
    "team": ("志愿服务队", "队", "所在队", "队名", "志愿服务组织", "所属志愿队伍"),
    "skills": ("专长", "特长", "技能", "服务技能", "专业技能"),
    "strengths": ("专长说明", "职称", "备注"),
    "wishes": ("服务意向", "愿意做的服务", "服务类别", "意向服务类型"),
    "national_no": ("志愿者编号", "全国志愿服务系统编号", "志愿者证号"),
    "joined": ("登记日期", "注册时间", "注册日期", "加入时间"),
    "willing": ("承诺书日期", "自愿服务承诺书"),
    "health": ("身体状况说明日期", "身体状况说明", "健康说明"),
    "contact_name": ("紧急联系人", "紧急联系人姓名"),
    "contact_phone": ("紧急联系人电话", "紧急联系电话"),
    "ignored": ("序号", "错误原因", "性别", "年龄"),
}
LABELS = {key: names[0] for key, names in HEADINGS.items()}
MEANS = {name: key for key, names in HEADINGS.items() for name in names}
COLUMNS = tuple(key for key in HEADINGS if key != "ignored")
SPLIT = re.compile(r"[、,，;；/\s|]+")
NOTES = (
    "姓名必填；身份证号、出生日期至少填一样，才认得出是哪一位。",
    "专长、服务意向写系统里的名称，几项之间用“、”隔开；认不出的词会记在专长说明里。",
    "队名要和系统里的一样；空着就只登记、不加入队。",
    "空着的格子不改系统里的内容；表里没有的人不会被删去。",
    "承诺书、身体状况说明填签字的日期，例如 2026-03-01。",
)


@dataclass(slots=True)
class Line:
    """A row of the file: `values` as plain text or lists by key, `faults` column (from 0) → why."""

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

    @property
    def unknown(self) -> list[str]:
        return [text for text in self.header.texts if text and not means(text)]


def means(text: str) -> str:
    """The column that a heading names; empty for others."""
    return MEANS.get(fold(text), "")


def read_list(data: bytes, filename: str, *, today: dt.date) -> Lines:
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
            lines = Lines(sheet, header, at, _rows(sheet, header, at, today))
            if not lines.rows:
                raise BusinessError("表里没有一行可以读的内容。", code="empty", field="file")
            if len(lines.rows) > MOST_ROWS:
                raise BusinessError(f"一次最多 {MOST_ROWS} 行，请分成几个文件上传。", code="many", field="file")
            return lines
    raise BusinessError("没有找到表头。请保留写着“姓名”的那一行，或下载模板填写。", code="no_header", field="file")


def _places(header: Header) -> dict[str, int]:
    at: dict[str, int] = {}
    for place, text in enumerate(header.texts):
        key = means(text)
        if key in at and key != "ignored":
            raise BusinessError(f"“{LABELS[key]}”写了两列，请删去一列再上传。", code="duplicate_header", field="file")
        if key and key != "ignored":
            at[key] = place
    if "name" not in at:
        raise BusinessError("表头里没有“姓名”这一栏，请补上。", code="missing_column", field="file")
    if not {"citizen_id", "birth"} & at.keys():
        raise BusinessError("表头里要有“身份证号”或“出生日期”，才认得出是哪一位。", code="missing_column", field="file")
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
        _compare(line, at, today)
        rows.append(line)
    return rows


def _read_cell(line: Line, key: str, place: int, reader: Callable) -> None:
    cell = line.cells[place] if place < len(line.cells) else None
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if key == "name":
            line.faults[place] = "没有填姓名。"
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


def _compare(line: Line, at: dict[str, int], today: dt.date) -> None:
    """Id and birth of one row must agree, and days must not be to come; the id leaves as its number."""
    values = line.values
    citizen, birth = values.get("citizen_id"), values.get("birth")
    if citizen is None and birth is None and not line.faults:
        line.faults[at["name"]] = "身份证号和出生日期至少填一样。"
    if citizen is not None:
        values["citizen_id"] = citizen.number
        if birth and PartialDate.parse(birth).compare_to(citizen.birth) not in (0, None):
            line.faults[at["birth"]] = f"和身份证号上的 {citizen.birth:%Y-%m-%d} 不一样，请核对。"
        values["birth"], values["sex"] = birth or str(PartialDate.of(citizen.birth)), citizen.sex
    for key in ("joined", "willing", "health"):
        if key in values and values[key] > today.isoformat():
            line.faults[at[key]] = "日期不能晚于今天。"


@dataclass(frozen=True)
class _Problem:
    sentence: str
    refuses: bool = True


def _readers(today: dt.date) -> dict[str, Callable]:
    days = {key: _day_reader(LABELS[key]) for key in ("joined", "willing", "health")}
    texts = {key: _text_reader(LABELS[key], most) for key, most in (
        ("team", 60), ("strengths", 120), ("contact_name", 60),
    )}  # fmt: skip
    return {
        **days, **texts, "name": read_name, "citizen_id": lambda cell: read_citizen_id(cell, today),
        "birth": lambda cell: read_date(cell, LABELS["birth"], today), "phone": _phone, "contact_phone": _phone,
        "skills": _codes_of("volunteer_skill"), "wishes": _codes_of("volunteer_service"),
        "national_no": lambda cell: (plain(cell).replace(" ", "")[:30], ()),
    }  # fmt: skip


def _day_reader(label: str) -> Callable:
    return lambda cell: read_day(cell, label)


def _text_reader(label: str, most: int) -> Callable:
    return lambda cell: read_text(cell, label, most)


def _codes_of(code_list: str) -> Callable:
    """Known codes and the words that are none, both in the order written."""

    def reader(cell):
        codes, words = codes_by_name(code_list), [word for word in SPLIT.split(plain(cell)) if word]
        known = list(dict.fromkeys(codes[word] for word in words if word in codes))
        return {"codes": known, "words": [word[:20] for word in words if word not in codes]}, ()

    return reader


def _phone(cell):
    """The digits of the first number; one that cannot be read refuses the row, because he is reached by it."""
    value, problems = read_phones(cell)
    if value is None:
        words = "".join(problem.sentence for problem in problems).replace("这个号码没有导入。", "")
        return None, (_Problem(words or "看不懂这个号码。"),)
    return value[0][1], ()


def template() -> bytes:
    """The table to fill in, with what to know beside it."""
    stream = io.BytesIO()
    heads = [LABELS[key] for key in COLUMNS]
    notes = [(str(number), text) for number, text in enumerate(NOTES, 1)]
    write_sheet(
        stream, "志愿者名单导入模板", heads, [], sheet_name="志愿者名单", notes=notes,
        text_columns=("身份证号", "手机", "志愿者编号", "紧急联系人电话"),
    )  # fmt: skip
    return stream.getvalue()


def refused_rows(lines: Lines, refused: list[Line]) -> bytes:
    """The rows that were refused, under their header, with the reasons."""
    stream = io.BytesIO()
    merged = [one for one in lines.sheet.merged if one[2] <= lines.header.last]
    rows = [(line.cells, line.faults) for line in refused]
    write_marked(stream, [MarkedPage(lines.sheet.name, lines.sheet.rows[: lines.header.last], rows, merged)])
    return stream.getvalue()
