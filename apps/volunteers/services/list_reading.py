"""Reading a list of volunteers: header, rows, and every cell, with a sentence for each that cannot be read.

The columns are those of registers in use (领域资料 4.3 no. 12) and of the national system's export.
"""

import datetime as dt
import io
import re
from functools import partial

from apps.common.code_lists import codes_by_name
from apps.common.partial_date import PartialDate
from apps.common.workbook.writer import write_sheet
from apps.registry.registers.lists import CellReader, Columns, Line, Lines, read_lines, read_phone, whole_text
from apps.registry.roster.readers import plain, read_citizen_id, read_date, read_day, read_name, read_text

MOST_ROWS = 2000
LIST = Columns(
    headings={
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
    },
    required=("name",),
    either=("citizen_id", "birth"),
    passed_over=("ignored",),
)
LABELS = LIST.labels
COLUMNS = tuple(key for key in LIST.headings if key not in LIST.passed_over)
SPLIT = re.compile(r"[、,，;；/\s|]+")
NOTES = (
    "姓名必填；身份证号、出生日期至少填一样，才认得出是哪一位。",
    "专长、服务意向写系统里的名称，几项之间用“、”隔开；认不出的词会记在专长说明里。",
    "队名要和系统里的一样；空着就只登记、不加入队。",
    "空着的格子不改系统里的内容；表里没有的人不会被删去。",
    "承诺书、身体状况说明填签字的日期，例如 2026-03-01。",
)


def read_list(data: bytes, filename: str, *, today: dt.date) -> Lines:
    """The rows of a list. Raises BusinessError for the file as a whole."""
    check = partial(_compare, today=today)
    return read_lines(data, filename, LIST, _readers(today), most=MOST_ROWS, check=check)


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


def _readers(today: dt.date) -> dict[str, CellReader]:
    days = {key: _day_reader(LABELS[key]) for key in ("joined", "willing", "health")}
    texts = {key: _text_reader(LABELS[key], most) for key, most in (
        ("team", 60), ("strengths", 120), ("contact_name", 60),
    )}  # fmt: skip
    return {
        **days, **texts, "name": read_name, "citizen_id": lambda cell: read_citizen_id(cell, today),
        "birth": lambda cell: read_date(cell, LABELS["birth"], today), "phone": read_phone, "contact_phone": read_phone,
        "skills": _codes_of("volunteer_skill"), "wishes": _codes_of("volunteer_service"),
        "national_no": lambda cell: (whole_text(cell)[:30], ()),
    }  # fmt: skip


def _day_reader(label: str) -> CellReader:
    return lambda cell: read_day(cell, label)


def _text_reader(label: str, most: int) -> CellReader:
    return lambda cell: read_text(cell, label, most)


def _codes_of(code_list: str) -> CellReader:
    """Known codes and the words that are none, both in the order written."""

    def reader(cell):
        codes, words = codes_by_name(code_list), [word for word in SPLIT.split(plain(cell)) if word]
        known = list(dict.fromkeys(codes[word] for word in words if word in codes))
        return {"codes": known, "words": [word[:20] for word in words if word not in codes]}, ()

    return reader


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
