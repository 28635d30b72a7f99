"""What the page of one person shows: groups of (label, value), and which values are masked for whom.

All rows are loaded here, before the look is logged; the template asks the database nothing.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from apps.common import change_log
from apps.common.citizen_id import masked_citizen_id
from apps.common.phone import dial_link, masked_phone, readable_phone
from apps.people.models import Person, Phone, Whereabouts
from apps.people.queries import away_words
from apps.registry.choices import RevolutionPeriod
from apps.registry.forms import CODE_LISTS
from apps.registry.models import Cadre, Health
from apps.registry.wording import age_of

MASKED = "******"


@dataclass(frozen=True)
class Row:
    """One line. `hidden` names the field to reveal where the value is masked; `revealed` marks what was just asked;
    `phone` is what a tap dials."""

    label: str
    value: str
    hidden: str = ""
    revealed: bool = False
    phone: str = ""


@dataclass
class Section:
    """A card of the page. `is_aside` puts it into the narrow column."""

    key: str
    title: str
    rows: list[Row] = field(default_factory=list)
    links: list[dict] = field(default_factory=list)
    is_aside: bool = False

    @property
    def filled(self) -> list[Row]:
        return [row for row in self.rows if row.value]

    @property
    def missing(self) -> list[str]:
        """Labels of what nobody has entered yet, told in one line."""
        return [row.label for row in self.rows if not row.value]


BASICS = (
    "former_name", "sex", "ethnicity", "native_place", "political_status",
)  # fmt: skip
WORK = (
    "work_start", "retired_on", "joined_party_on", "full_member_on", "party_age_from", "former_post", "unit_nature",
    "staff_category", "professional_title", "education", "managed_level", "org_area", "order_no",
)  # fmt: skip
STANDING = (
    "retire_type", "managing_unit", "counting_unit", "leader_rank", "grade_rank", "treatment", "treatment_document",
    "medical_treatment",
)  # fmt: skip
FAMILY = (
    "marital", "living", "children_count", "special_difficulties", "wishes", "interests", "note",
)  # fmt: skip
REACH = ("reach_by", "reach_answers", "reach_hours", "reach_through", "reach_note", "dialect")
HEALTH_FIELDS = (
    "condition", "ability", "ability_scale", "ability_score", "assessed_on", "seriously_ill", "frequent_illness",
    "in_hospital_since", "hospital", "green_card", "green_card_until",
)  # fmt: skip


def said(row, name: str) -> str:
    """A field's value in words, empty where there is none."""
    item = row._meta.get_field(name)
    value = getattr(row, item.attname)
    if value in (None, "", []):
        return ""
    if item.is_relation:
        return str(getattr(row, name))
    if isinstance(value, datetime.date):
        return f"{value:%Y-%m-%d}"
    return change_log.shown(item, value, CODE_LISTS, {})


def rows_of(row, names) -> list[Row]:
    return [Row(str(row._meta.get_field(name).verbose_name), said(row, name)) for name in names]


def flags_of(row, names) -> list[str]:
    """Words of the yes/no fields that are set."""
    return [str(row._meta.get_field(name).verbose_name) for name in names if getattr(row, name)]


def headline(cadre: Cadre) -> str:
    """离休 · 93 岁 · 男"""
    age = age_of(cadre.person, timezone.localdate())
    sex = cadre.person.get_sex_display() if cadre.person.sex in "12" else ""
    return " · ".join(filter(None, (cadre.get_retire_type_display(), f"{age} 岁" if age is not None else "", sex)))


def sealed_row(label: str, row, name: str, *, in_full: bool, may_reveal: bool, revealed: dict, key: str = "") -> Row:
    """A line of an encrypted text: in full, masked with a way to ask, or masked for good."""
    key = key or name
    if key in revealed:
        return Row(label, revealed[key] or "", revealed=True)
    if not row.__dict__.get(name):
        return Row(label, "")
    if in_full:
        return Row(label, getattr(row, name))
    return Row(label, MASKED, hidden=key if may_reveal else "")


def citizen_id_row(person: Person, *, may_reveal: bool, revealed: dict) -> Row:
    if "citizen_id" in revealed:
        return Row("身份证号", revealed["citizen_id"], revealed=True)
    if person.citizen_id_index is None:
        return Row("身份证号", "")
    # Every number is shown by its last two places only; the clear text is not touched for it where not needed.
    return Row("身份证号", masked_citizen_id(person.citizen_id), hidden="citizen_id" if may_reveal else "")


def phone_rows(phones: Iterable[Phone], *, in_full: bool, may_reveal: bool, revealed: dict) -> list[Row]:
    rows = []
    for phone in phones:
        label = f"{phone.get_kind_display()}{f'（{phone.whose}）' if phone.whose else ''}"
        key = f"phone.{phone.pk}"
        if key in revealed or in_full:
            rows.append(Row(label, readable_phone(phone.number), "", key in revealed, dial_link(phone.number)))
        else:
            rows.append(Row(label, masked_phone(phone.number), hidden=key if may_reveal else ""))
    return rows


def away_rows(away: Whereabouts | None, *, in_full: bool) -> list[Row]:
    """Where he is if not at home today, and his number there."""
    if away is None:
        return []
    rows = [Row("眼下", away_words(away))]
    if in_full:
        rows.append(Row("那里的地址", away.place))
    phone = away.phone or ""
    shown = readable_phone(phone) if in_full else masked_phone(phone)
    return [*rows, Row("那里的电话", shown, phone=dial_link(phone) if in_full else "")]


def period_words(cadre: Cadre, period) -> str:
    return str(RevolutionPeriod(period).label) if period else ""


def health_section(health: Health | None, *, revealed: dict) -> Section:
    section = Section("health", "健康")
    if health is None:
        return section
    section.rows = rows_of(health, HEALTH_FIELDS)
    for name, label in (("chronic", "病史"), ("medication", "长期用药")):
        section.rows.append(sealed_row(label, health, name, in_full=True, may_reveal=False, revealed=revealed))
    return section


def coded(name: str, value: str) -> str:
    """A past value in the words of the field it stood in."""
    return change_log.shown(Cadre._meta.get_field(name), value, CODE_LISTS, {})
