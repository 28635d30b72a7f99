"""What reminders ask the ledger: which duties fall due in a window. Querysets, never lists (design 2)."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat

from apps.ledgers.choices import DutyKind
from apps.ledgers.models import Duty
from apps.people.choices import LifeStatus

SUBJECT_PREFIX = "duty:"
COLUMNS = ("subject_key", "occasion_date", "cadre_id")


def duties_due_between(start: dt.date, end: dt.date, *, kinds: Iterable[DutyKind] | None = None) -> QuerySet:
    """Open duties of the living due in [start, end], both included, as rows (subject_key, occasion_date, cadre_id).

    `subject_key` is `duty:<id>`; `kinds` narrows to some duty kinds. Overdue ones are those due before today.
    """
    rows = Duty.objects.open().filter(
        due_on__range=(start, end), cadre__voided_at__isnull=True, cadre__person__life_status=LifeStatus.LIVING
    )
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return (
        rows.annotate(
            subject_key=Concat(Value(SUBJECT_PREFIX), Cast("pk", CharField()), output_field=CharField()),
            occasion_date=F("due_on"),
        )
        .order_by()
        .values_list(*COLUMNS)
    )


def duty_ids(subject_keys: Iterable[str]) -> list[int]:
    """Ids out of `duty:<id>` keys; others are left out."""
    return [int(key[len(SUBJECT_PREFIX) :]) for key in subject_keys if key.startswith(SUBJECT_PREFIX)]
