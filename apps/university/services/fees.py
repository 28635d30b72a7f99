"""What a student owes for a class: the only place that reckons a fee (rule book 9.33)."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from apps.organisation.queries import rule_values
from apps.university.models import ClassGroup, Student
from apps.university.rules.fees import FeeRules, fee_of


def rules_for(class_group: ClassGroup, on: dt.date) -> FeeRules:
    """Discounts of the unit that answers for the school, as they stand on a day."""
    return rule_values(FeeRules.rule_key, on=on, unit=class_group.school.unit)


def fee_for(class_group: ClassGroup, student: Student, on: dt.date) -> tuple[Decimal, str]:
    """(yuan owed, the discount in words; empty for the full fee) of one student for one class on a day."""
    return fees_for_many(class_group, [student], on)[student.pk]


def fees_for_many(class_group: ClassGroup, students: Iterable[Student], on: dt.date) -> dict[int, tuple[Decimal, str]]:
    """student (person) id → `fee_for`: the rules are read once for however many (rule book 9.33)."""
    rules = rules_for(class_group, on)
    return {
        student.pk: fee_of(class_group.fee, student.kind, class_group.monitor_id == student.pk, rules)
        for student in students
    }
