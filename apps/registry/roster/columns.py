"""The columns a roster may have: what each is called, how its cells are read, where its value goes.

The synonyms of `data/roster_headings.csv` are what the portal ships; the table `RosterColumn` holds them for the
bureau to add its own.
Headings are compared in a folded form (`fold_heading`), so width, spaces, line breaks and brackets do not matter.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEADINGS_FILE = Path(__file__).parent.parent / "data" / "roster_headings.csv"
PERSON, CADRE, HEALTH, PHONE, EXTRA, NOWHERE = "person", "cadre", "health", "phone", "extra", ""
VIEW_HEALTH = "registry.view_health"


def _read_headings() -> dict[str, tuple[str, ...]]:
    """Column key → its label, then the other words for it."""
    with HEADINGS_FILE.open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle))
    return {line["column"]: (line["label"], *filter(None, line["also"].split("|"))) for line in lines}


HEADINGS = _read_headings()


WITHOUT_TEXT = frozenset({"date", "day", "number", "level", "community", "birthday", "calendar", "unit"})


@dataclass(frozen=True, slots=True)
class Column:
    """`reads` names the reader of `readers.py`; `field` is the attribute of `table` that keeps the value.

    `mask` says how a value is shown to people: id, phone, bank, address, or as it is (empty). `sealed` values are
    encrypted. `right` is what a clerk needs beside the right to import; without it the column is not read.
    """

    key: str
    reads: str
    table: str = NOWHERE
    field: str = ""
    source: str = ""
    longest: int = 0
    mask: str = ""
    can_clear: bool = True
    sealed: bool = False
    right: str = ""

    @property
    def place(self) -> str:
        return f"{self.table}.{self.field}"

    @property
    def empty(self) -> Any:
        """What the attribute holds when there is nothing."""
        if self.sealed:
            return None
        return {"flag": False, "codes": []}.get(self.reads, None if self.reads in WITHOUT_TEXT else "")

    @property
    def label(self) -> str:
        return HEADINGS[self.key][0]

    @property
    def aliases(self) -> tuple[str, ...]:
        return HEADINGS[self.key][1:]


COLUMNS = (
    Column("serial", "ignored"),
    Column("reasons", "ignored"),
    Column("name", "name", PERSON, "name", can_clear=False),
    Column("former_name", "text", PERSON, "former_name", longest=60),
    Column("citizen_id", "citizen_id", PERSON, "citizen_id", mask="id", can_clear=False),
    Column("sex", "code", PERSON, "sex", "sex", can_clear=False),
    Column("birth_date", "date", PERSON, "birth_date", can_clear=False),
    Column("birthday_calendar", "calendar", PERSON, "birthday_calendar"),
    Column("birthday", "birthday", PERSON, "birthday"),
    Column("ethnicity", "code", PERSON, "ethnicity", "ethnicity"),
    Column("native_place", "text", PERSON, "native_place", longest=60),
    Column("political_status", "code", PERSON, "political_status", "political_status"),
    Column("joined_party_on", "date", CADRE, "joined_party_on"),
    Column("full_member_on", "date", CADRE, "full_member_on"),
    Column("education", "code", CADRE, "education", "education"),
    Column("professional_title", "text", CADRE, "professional_title", longest=60),
    Column("mobile", "phones", PHONE, "mobile", mask="phone"),
    Column("landline", "phones", PHONE, "landline", mask="phone"),
    Column("staff_category", "code", CADRE, "staff_category", "staff_category"),
    Column("unit", "unit", CADRE, "managing_unit_id", can_clear=False),
    Column("post", "text", CADRE, "former_post", longest=200),
    Column("org_area", "code", CADRE, "org_area", "org_area"),
    Column("retire_type", "code", CADRE, "retire_type", "retire_type", can_clear=False),
    Column("retired_on", "date", CADRE, "retired_on"),
    Column("work_start", "date", CADRE, "work_start"),
    Column("living", "code", CADRE, "living", "living"),
    Column("residence", "text", PERSON, "residence", longest=200, mask="address", sealed=True),
    Column("registered_address", "text", PERSON, "registered_address", longest=200, mask="address", sealed=True),
    Column("marital", "code", CADRE, "marital", "marital"),
    Column("order_no", "number", CADRE, "order_no"),
    Column("bank_account", "bank", CADRE, "bank_account", mask="bank", sealed=True),
    Column("pension", "text", CADRE, "pension", longest=40, mask="bank", sealed=True),
    Column("interests", "text", CADRE, "interests", longest=200),
    Column("note", "text", CADRE, "note", longest=500),
    Column("carer", "text", EXTRA, "carer", longest=60),
    Column("branch", "text", EXTRA, "branch", longest=100),
    Column("reach_by", "code", PERSON, "reach_by", "reach_by", can_clear=False),
    Column("reach_answers", "text", PERSON, "reach_answers", longest=40),
    Column("reach_hours", "text", PERSON, "reach_hours", longest=40),
    Column("reach_through", "text", PERSON, "reach_through", longest=60),
    Column("reach_note", "text", PERSON, "reach_note", longest=120),
    Column("hard_of_hearing", "flag", PERSON, "hard_of_hearing"),
    Column("poor_sight", "flag", PERSON, "poor_sight"),
    Column("dialect", "text", PERSON, "dialect", longest=30),
    Column("community", "community", PERSON, "community_id"),
    Column("children_count", "number", CADRE, "children_count", longest=30),
    Column("special_difficulties", "codes", CADRE, "special_difficulties", "special_difficulty"),
    Column("wishes", "codes", CADRE, "wishes", "service_need"),
    Column("managed_level", "code", CADRE, "managed_level", "managed_level"),
    Column("unit_nature", "code", CADRE, "unit_nature", "unit_nature"),
    Column("leader_rank", "code", CADRE, "leader_rank", "leader_rank"),
    Column("grade_rank", "code", CADRE, "grade_rank", "grade_rank"),
    Column("treatment", "code", CADRE, "treatment", "leader_rank"),
    Column("treatment_document", "text", CADRE, "treatment_document", longest=80),
    Column("medical_treatment", "code", CADRE, "medical_treatment", "leader_rank"),
    Column("in_beijing", "flag", CADRE, "in_beijing"),
    Column("party_age_from", "date", CADRE, "party_age_from"),
    Column("condition", "code", HEALTH, "condition", "health", right=VIEW_HEALTH),
    Column("ability", "level", HEALTH, "ability", "ability", right=VIEW_HEALTH),
    Column("ability_scale", "text", HEALTH, "ability_scale", longest=40, right=VIEW_HEALTH),
    Column("ability_score", "number", HEALTH, "ability_score", longest=1000, right=VIEW_HEALTH),
    Column("assessed_on", "day", HEALTH, "assessed_on", right=VIEW_HEALTH),
    Column("seriously_ill", "flag", HEALTH, "seriously_ill", right=VIEW_HEALTH),
    Column("frequent_illness", "flag", HEALTH, "frequent_illness", right=VIEW_HEALTH),
    Column("chronic", "text", HEALTH, "chronic", longest=500, mask="bank", sealed=True, right=VIEW_HEALTH),
    Column("medication", "text", HEALTH, "medication", longest=500, mask="bank", sealed=True, right=VIEW_HEALTH),
    Column("green_card", "text", HEALTH, "green_card", longest=40, right=VIEW_HEALTH),
    Column("green_card_until", "day", HEALTH, "green_card_until", right=VIEW_HEALTH),
)
BY_KEY = {column.key: column for column in COLUMNS}
SEALED = frozenset(column.place for column in COLUMNS if column.sealed)
# What an attribute holds when there is nothing.
EMPTY = {column.place: column.empty for column in COLUMNS if column.table in (PERSON, CADRE, HEALTH)} | {
    "person.birthday_month": None,
    "person.birthday_day": None,
    "person.birthday_leap": False,
    "cadre.rank_unmapped": False,
    "person.citizen_id": None,
}
CLEAR = "清空"
# A whole cell that says that there is none of what has several values.
NONE_WORDS = frozenset({"无", "没有", "暂无", "否"})

CALENDAR_WORDS = {
    "阳历": "solar", "公历": "solar", "新历": "solar", "阳": "solar",
    "农历": "lunar", "阴历": "lunar", "旧历": "lunar", "农": "lunar", "阴": "lunar",
}  # fmt: skip

YES, NO = "yes", ""
FLAG_WORDS = {
    **dict.fromkeys(("是", "有", "对", "√", "✓", "✔", "1", "Y", "YES", "TRUE"), YES),
    **dict.fromkeys(("否", "无", "没有", "不是", "×", "✗", "0", "N", "NO", "FALSE"), NO),
}
_GOOD = dict.fromkeys(("好", "良好", "正常", "尚可", "较好", "一般", "无障碍"), NO)
_BAD = dict.fromkeys(("不好", "差", "较差", "很差", "弱", "下降", "有障碍", "障碍", "残疾"), YES)
# Beside 是 and 否, what rosters write in a column of this name.
OWN_FLAG_WORDS = {
    "hard_of_hearing": _GOOD
    | _BAD
    | dict.fromkeys(("听不清", "听力不好", "听力差", "听力下降", "重听", "耳背", "耳聋", "聋", "失聪"), YES),
    "poor_sight": _GOOD
    | _BAD
    | dict.fromkeys(("看不清", "视力不好", "视力差", "视力下降", "弱视", "失明", "盲", "白内障"), YES),
}

_BRACKETS = re.compile(r"[\(\[【〔].*?[\)\]】〕]")
_NOISE = re.compile(r"[\s*:：。、_\u200b\ufeff]+")


def fold_heading(text: object) -> str:
    """Heading as compared: plain width, capital letters, no spaces or marks; brackets kept."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(text))).upper()


def without_brackets(folded: str) -> str:
    """The same without what stands in brackets: 出生日期(档案认定) is 出生日期."""
    return _BRACKETS.sub("", folded)


def shipped_synonyms() -> dict[str, str]:
    """Folded heading → column key, as shipped."""
    return synonyms((column.key, HEADINGS[column.key]) for column in COLUMNS)


def synonyms(rows) -> dict[str, str]:
    """Folded heading → column key, of (key, names) pairs; the first to claim a name has it."""
    found: dict[str, str] = {}
    for key, names in rows:
        for name in names:
            if folded := fold_heading(name):
                found.setdefault(folded, key)
    return found
