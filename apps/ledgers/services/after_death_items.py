"""The list of the notice sheet, begun from the shipped one."""

import datetime as dt

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.models import AfterDeathItem
from apps.ledgers.rules.aftermath import DEFAULT_LINES
from apps.organisation.models import Unit

STEP = 10


@transaction.atomic
def start_from_shipped(unit: Unit | None, *, actor, on: dt.date) -> int:
    """Copy the shipped lines for a unit (None: the whole city) from a day on; returns how many. Refused where it has
    a list already."""
    if AfterDeathItem.objects.on(on).filter(unit=unit).exists():
        raise BusinessError("这里已经有自己的清单，请直接改。", code="known", field="unit")
    rows = [
        AfterDeathItem(
            unit=unit,
            position=STEP * place,
            title=line.title,
            materials=line.materials,
            place=line.place,
            deadline=line.deadline,
            starts_on=on,
        )  # fmt: skip
        for place, line in enumerate(DEFAULT_LINES, 1)
    ]
    AfterDeathItem.objects.bulk_create(rows, ignore_conflicts=True)
    audit.record("add", actor=actor, target=f"ledgers.afterdeathitem:{unit.pk if unit else 'city'}")
    return len(rows)
