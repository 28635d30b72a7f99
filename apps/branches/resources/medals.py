"""光荣在党50年人员名册 in its usual columns (domain 4.3 table 9)."""

import datetime as dt
from collections.abc import Iterable

from apps.branches.models import MedalCandidate
from apps.common.citizen_id import masked_citizen_id

COLUMNS = ("序号", "姓名", "性别", "出生", "身份证", "入党时间", "转正时间", "党龄", "支部", "备注")
ORDER = "党组织、姓氏笔画"


def title_of(year: int) -> str:
    return f"{year}年“光荣在党50年”人员名册"


def register_rows(rows: Iterable[MedalCandidate], day: dt.date) -> list[list]:
    """A line a candidate; party age in full years on the day of the year. No digit of the id but the last two."""
    found = []
    for number, row in enumerate(rows, 1):
        person, cadre = row.person, row.person.cadre
        found.append([
            number, person.name, person.get_sex_display(), str(person.birth_date or ""),
            masked_citizen_id(person.citizen_id or ""), str(cadre.joined_party_on or ""),
            str(cadre.full_member_on or ""), row.age_on(day), row.organisation.short_name or row.organisation.name,
            note_of(row),
        ])  # fmt: skip
    return found


def note_of(row: MedalCandidate) -> str:
    if row.delivered_on:
        return f"{row.delivered_on:%Y-%m-%d} {row.get_form_display()}"
    return row.why if row.state == "doubtful" else ""
