"""What two entries of one person may say differently, and which of it can be chosen when they are merged.

A fact is a group of columns that stand or fall together. Units, ranks and treatments of a cadre are not chosen here:
they follow from spans and documents (registry.services.standing).
"""

from dataclasses import dataclass

from django.db.models import Model

from apps.people.models import Person
from apps.registry.models import Cadre

PERSON, CADRE = "person", "cadre"
NAME_KEYS = ("name_pinyin", "name_initials", "name_sort_key", "name_stroke_key", "search_grams")
CITIZEN_KEYS = ("citizen_id_index", "citizen_id_last4", "citizen_id_historic")
BIRTHDAY = (
    "birthday_calendar", "birthday_month", "birthday_day", "birthday_leap", "birthday_leap_policy",
    "birthday_greeting",
)  # fmt: skip
REACH = (
    "reach_by", "reach_note", "reach_through", "reach_answers", "reach_hours", "hard_of_hearing", "poor_sight",
    "dialect",
)  # fmt: skip
# Columns that are no fact of their own: keys, life (must agree beforehand), the record's own.
NOT_CHOSEN = {
    PERSON: {
        "id", "version", "created_at", "updated_at", "public_id", "voided_at", "void_reason", "life_status", "died_on",
        "mourned_until",
    },
    CADRE: {
        "person", "version", "created_at", "updated_at", "voided_at", "retire_type", "retire_type_since",
        "managing_unit", "managing_since", "counting_unit", "counting_since", "leader_rank", "leader_rank_since",
        "grade_rank", "grade_rank_since", "rank_unmapped", "treatment", "treatment_since", "treatment_document",
        "medical_treatment", "imported_batch",
    },
}  # fmt: skip
SEALED = {"citizen_id", "residence", "registered_address", "bank_account", "pension", "hold_reason"}


@dataclass(frozen=True)
class Fact:
    """`key` is kept with the merge; the first of `columns` is what is shown."""

    key: str
    label: str
    row: str
    columns: tuple[str, ...]

    @property
    def shown(self) -> str:
        return self.columns[0]

    @property
    def is_sealed(self) -> bool:
        return self.shown in SEALED


GROUPS = {
    PERSON: (
        ("姓名", ("name", "former_name", *NAME_KEYS)),
        ("身份证号", ("citizen_id", *CITIZEN_KEYS)),
        ("出生日期（档案认定）", ("birth_date", "birth_note")),
        ("过生日", BIRTHDAY),
        ("现居住地址", ("residence", "residence_division", "community")),
        ("怎样联系", REACH),
    ),
    CADRE: (("公开活动须先请示", ("on_hold", "hold_reason")),),
}
MODELS: dict[str, type[Model]] = {PERSON: Person, CADRE: Cadre}


def _facts() -> tuple[Fact, ...]:
    found: list[Fact] = []
    for row, model in MODELS.items():
        groups = GROUPS[row]
        grouped = {name for _, columns in groups for name in columns}
        found += [Fact(f"{row}.{columns[0]}", label, row, columns) for label, columns in groups]
        for field in model._meta.concrete_fields:
            if field.name not in grouped and field.name not in NOT_CHOSEN[row]:
                found.append(Fact(f"{row}.{field.name}", str(field.verbose_name), row, (field.name,)))
    return tuple(found)


FACTS = _facts()
BY_KEY = {fact.key: fact for fact in FACTS}
