"""Reading a list of students: header, rows, and every cell, with a sentence for each that cannot be read.

The header is that of the systems in use (领域资料 4.3 no. 11): 学员卡号, 学员名, 电话号, 身份证号, 原单位名称, 生日,
身份证号后8位, 现住址, 开始日期.
"""

import datetime as dt
import io

from apps.common.partial_date import PartialDate
from apps.common.workbook.writer import write_sheet
from apps.registry.registers.lists import CellReader, Columns, Fault, Line, Lines, read_lines, read_phone, whole_text
from apps.registry.roster.readers import read_citizen_id, read_date, read_day, read_name, read_text
from apps.university.rules.cards import read_number

MOST_ROWS = 3000
COLUMNS = Columns(
    headings={
        "card": ("学员卡号", "卡号", "学员证号"),
        "name": ("学员名", "姓名", "学员姓名"),
        "phone": ("电话号", "电话", "手机", "手机号", "联系电话"),
        "citizen_id": ("身份证号", "身份证号码", "公民身份号码"),
        "unit": ("原单位名称", "原单位", "工作单位"),
        "birth": ("生日", "出生日期", "出生年月"),
        "last8": ("身份证号后8位", "身份证后8位", "身份证号后八位"),
        "address": ("现住址", "住址", "家庭住址"),
        "since": ("开始日期", "入学日期", "建档日期"),
    },
    required=("name",),
    either=("citizen_id", "birth"),
)
LABELS = COLUMNS.labels


def read_students(data: bytes, filename: str, *, today: dt.date) -> Lines:
    """The rows of a list. Raises BusinessError for the file as a whole."""
    return read_lines(data, filename, COLUMNS, _readers(today), most=MOST_ROWS, check=_compare)


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


def _readers(today: dt.date) -> dict[str, CellReader]:
    return {
        "card": _card,
        "name": read_name,
        "phone": read_phone,
        "citizen_id": lambda cell: read_citizen_id(cell, today),
        "unit": lambda cell: read_text(cell, LABELS["unit"], 100),
        "birth": lambda cell: read_date(cell, LABELS["birth"], today),
        "last8": lambda cell: (whole_text(cell).upper(), ()),
        "address": lambda cell: read_text(cell, LABELS["address"], 120),
        "since": lambda cell: read_day(cell, LABELS["since"]),
    }


def _card(cell):
    number = read_number(whole_text(cell))
    return (number, ()) if number else (None, (Fault("卡号应是 3 到 12 位数字或字母。"),))


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
