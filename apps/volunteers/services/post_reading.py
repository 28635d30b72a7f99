"""Reading a list of outside posts: the columns of the list that the portal itself gives out, and some more of them by
which a namesake is told apart (rule book 10.56)."""

import datetime as dt
import io
from collections.abc import Iterable
from functools import partial

from apps.common.code_lists import codes_by_name, names_of
from apps.common.partial_date import PartialDate
from apps.common.workbook.writer import write_sheet
from apps.registry.registers.lists import CellReader, Columns, Fault, Line, Lines, read_lines
from apps.registry.roster.columns import FLAG_WORDS
from apps.registry.roster.readers import (
    fold,
    plain,
    read_citizen_id,
    read_date,
    read_day,
    read_flag,
    read_name,
    read_text,
)
from apps.volunteers.choices.posts import PlaceLevel
from apps.volunteers.queries.posts import FIELDS, KINDS

MOST_ROWS = 5000
LIST = Columns(
    headings={
        "name": ("姓名", "老同志", "老同志姓名"),
        "citizen_id": ("身份证号", "身份证号码", "证件号码", "公民身份号码"),
        "birth": ("出生日期", "出生年月", "生日"),
        "kind": ("岗位", "任职岗位", "岗位类型"),
        "duty": ("具体职务", "职务"),
        "body": ("任职单位", "任职单位(组织)", "任职组织"),
        "field": ("作用发挥领域", "领域"),
        "level": ("任职在", "任职层级"),
        "where": ("社区、街巷", "社区", "街巷、小区、村"),
        "starts_on": ("自何日起", "任职日期", "开始日期"),
        "ends_on": ("到何日", "到何日(不含)", "结束日期"),
        "appointed_by": ("聘任单位", "聘任、推选的单位"),
        "document_no": ("聘书、文件号", "聘书号", "文件号"),
        "is_association": ("社会团体兼职", "属于社会团体、基金会、民办非企业单位兼职"),
        "approval_no": ("兼职审批文号", "兼职审批(备案)文号", "审批文号"),
        "approved_on": ("批准日期",),
        "is_paid": ("领取薪酬", "领取薪酬、奖金、津贴"),
        "ignored": ("序号", "状态", "错误原因", "性别", "年龄"),
    },
    required=("name", "kind", "body", "field", "level", "starts_on"),
    either=(),
    passed_over=("ignored",),
)
LABELS = LIST.labels
COLUMNS = tuple(key for key in LIST.headings if key not in LIST.passed_over)
NOTES = (
    "这里导出的名单，改好可以直接传上来；已经登记过的行不会再写一次。",
    "姓名、岗位、任职单位、作用发挥领域、任职在、自何日起必填；岗位、领域写系统里的名称。",
    "姓名要在您管的老干部、登记的志愿者里找得到；有同名的，再填身份证号或出生日期。",
    "日期写到日，例如 2026-03-01；“到何日”那天已经不再担任，没有定任期的空着。",
    "社区写系统里的名称，街巷、小区写在社区后面，空一格，例如 南河街道榕树社区 榕树巷。",
    "属于协会、学会、基金会等兼职的，“社会团体兼职”填 是，审批文号和日期一起填。",
)
FORMULA = tuple("=+@＝＋＠")
NOTHING = ("-", "—", "——", "/", "无")


def read_posts(data: bytes, filename: str, *, today: dt.date) -> Lines:
    """The rows of a list. Raises BusinessError for the file as a whole (rule book 10.56)."""
    check = partial(_compare, today=today)
    return read_lines(data, filename, LIST, _readers(today), most=MOST_ROWS, check=check)


def _compare(line: Line, at: dict[str, int], today: dt.date) -> None:
    """Days in their order; id and birth of one row must agree, and the id leaves as its number."""
    values = line.values
    citizen, birth = values.get("citizen_id"), values.get("birth")
    if citizen is not None:
        values["citizen_id"] = citizen.number
        if birth and PartialDate.parse(birth).compare_to(citizen.birth) not in (0, None):
            line.faults[at["birth"]] = f"和身份证号上的 {citizen.birth:%Y-%m-%d} 不一样，请核对。"
    starts, ends = values.get("starts_on"), values.get("ends_on")
    if starts and ends and ends <= starts:
        line.faults[at["ends_on"]] = "要晚于“自何日起”；这一天已经不再担任。"
    if values.get("approved_on", "") > today.isoformat():
        line.faults[at["approved_on"]] = "日期不能晚于今天。"


def _readers(today: dt.date) -> dict[str, CellReader]:
    days = {key: partial(read_day, label=LABELS[key]) for key in ("starts_on", "ends_on", "approved_on")}
    texts = {key: partial(_text, label=LABELS[key], most=most) for key, most in (
        ("duty", 60), ("body", 100), ("where", 160), ("appointed_by", 100), ("document_no", 80), ("approval_no", 80),
    )}  # fmt: skip
    levels = {fold(part): code for code, label in PlaceLevel.choices for part in (label, *label.split("、"))}
    return {
        **days, **texts, "name": read_name, "citizen_id": lambda cell: read_citizen_id(cell, today),
        "birth": lambda cell: read_date(cell, LABELS["birth"], today),
        "kind": partial(_known, codes=_folded(KINDS), label=LABELS["kind"]),
        "field": partial(_known, codes=_folded(FIELDS), label=LABELS["field"]),
        "level": partial(_known, codes=levels, label=LABELS["level"], names=PlaceLevel.labels),
        "is_association": partial(read_flag, label=LABELS["is_association"], words=FLAG_WORDS),
        "is_paid": partial(read_flag, label=LABELS["is_paid"], words=FLAG_WORDS),
    }  # fmt: skip


def _folded(code_list: str) -> dict[str, str]:
    return {fold(name): code for name, code in codes_by_name(code_list).items()}


def _known(cell, *, codes: dict[str, str], label: str, names: Iterable[str] = ()):
    text = plain(cell)
    if (code := codes.get(fold(text))) is not None:
        return code, ()
    words = f"请写其中一样：{'；'.join(names)}。" if names else "请核对名称，可以下载模板看有哪些。"
    return None, (Fault(f"{label}里没有“{text[:20]}”，{words}"),)


def _text(cell, *, label: str, most: int):
    text = plain(cell)
    if text.startswith(FORMULA):
        return None, (Fault(f"{label}以“{text[0]}”开头，像是公式，请改成文字。"),)
    return (None, ()) if text in NOTHING else read_text(cell, label, most)


def template() -> bytes:
    """The table to fill in, with what to know beside it, and the names that are known."""
    stream = io.BytesIO()
    heads = [LABELS[key] for key in COLUMNS]
    known = (
        ("岗位", "、".join(names_of(KINDS).values())), ("作用发挥领域", "、".join(names_of(FIELDS).values())),
        ("任职在", "；".join(PlaceLevel.labels)),
    )  # fmt: skip
    notes = [(str(number), text) for number, text in enumerate(NOTES, 1)]
    write_sheet(
        stream, "社会任职导入模板", heads, [], sheet_name="社会任职", notes=[*notes, *known],
        text_columns=("身份证号", "聘书、文件号", "兼职审批文号"),
    )  # fmt: skip
    return stream.getvalue()
