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

HEADINGS_FILE = Path(__file__).parent.parent / "data" / "roster_headings.csv"
PERSON, CADRE, PHONE, EXTRA, NOWHERE = "person", "cadre", "phone", "extra", ""


def _read_headings() -> dict[str, tuple[str, ...]]:
    """Column key → its label, then the other words for it."""
    with HEADINGS_FILE.open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle))
    return {line["column"]: (line["label"], *filter(None, line["also"].split("|"))) for line in lines}


HEADINGS = _read_headings()


@dataclass(frozen=True, slots=True)
class Column:
    """`reads` names the reader of `readers.py`; `field` is the attribute of `table` that keeps the value.

    `mask` says how a value is shown to people: id, phone, bank, address, or as it is (empty).
    """

    key: str
    reads: str
    table: str = NOWHERE
    field: str = ""
    source: str = ""
    longest: int = 0
    mask: str = ""
    can_clear: bool = True

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
    Column("residence", "text", PERSON, "residence", longest=200, mask="address"),
    Column("registered_address", "text", PERSON, "registered_address", longest=200, mask="address"),
    Column("marital", "code", CADRE, "marital", "marital"),
    Column("order_no", "number", CADRE, "order_no"),
    Column("bank_account", "bank", CADRE, "bank_account", mask="bank"),
    Column("interests", "text", CADRE, "interests", longest=200),
    Column("note", "text", CADRE, "note", longest=500),
    Column("carer", "text", EXTRA, "carer", longest=60),
    Column("branch", "text", EXTRA, "branch", longest=100),
)
BY_KEY = {column.key: column for column in COLUMNS}
REQUIRED = ("name", "citizen_id")
CLEAR = "清空"

CALENDAR_WORDS = {
    "阳历": "solar", "公历": "solar", "新历": "solar", "阳": "solar",
    "农历": "lunar", "阴历": "lunar", "旧历": "lunar", "农": "lunar", "阴": "lunar",
}  # fmt: skip

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
