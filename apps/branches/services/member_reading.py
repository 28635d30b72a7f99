"""Reading a list of members: its columns, and what a cell of each may hold."""

import datetime as dt
import io
from collections.abc import Collection

from apps.branches.choices import Link, PostKind
from apps.common.workbook.writer import write_sheet
from apps.registry.registers.lists import CellReader, Columns, Fault, Lines, read_lines
from apps.registry.roster.readers import fold, plain, read_citizen_id, read_date, read_day, read_name, read_text

COLUMNS = Columns(
    headings={
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
    },
    required=("name", "branch"),
    either=("citizen_id", "birth"),
)
LABELS = COLUMNS.labels
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


def read_members(data: bytes, filename: str, *, today: dt.date) -> Lines:
    """The rows of a list. Raises BusinessError for the file as a whole."""
    return read_lines(data, filename, COLUMNS, _readers(today))


def _readers(today: dt.date) -> dict[str, CellReader]:
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


def _word(words: dict, label: str, nothing: Collection[str] = ()) -> CellReader:
    def read_one(cell):
        text = fold(plain(cell))
        if text in nothing:
            return None, ()
        if text in words:
            return words[text], ()
        known = "、".join(dict.fromkeys(words))
        return None, (Fault(f"{label}里没有“{text[:20]}”这一项。可填：{known}。"),)

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
