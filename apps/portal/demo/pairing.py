"""Pairing of the demo city: a leader with his five, one more than the rule allows, and a hand-over with its list."""

import datetime as dt

from django.db import transaction

from apps.accounts.models import User
from apps.ledgers.models import CareAssignment
from apps.ledgers.services.assignments import assign_carers
from apps.registry.models import Cadre

DAY = dt.timedelta(days=1)
OF_A_LEADER = 5


@transaction.atomic
def write_pairing(staff: dict[str, User], *, on: dt.date) -> None:
    """Through the services: five focus people without anybody go to a leader, and one carer hands over to another."""
    head = staff["kezhang"]
    nobody = Cadre.objects.living().filter(care_tier__is_focus=True).exclude(care_assignments__isnull=False)
    chosen = list(nobody.order_by("pk").values_list("pk", flat=True)[:OF_A_LEADER])
    if chosen:
        assign_carers(
            Cadre.objects.filter(pk__in=chosen), carers=[staff["juzhang"]], actor=head, on=on - 60 * DAY
        )  # fmt: skip
    held = CareAssignment.objects.open().primary().filter(carer=staff["fuwu1"]).order_by("pk").first()
    if held is not None:
        assign_carers(
            Cadre.objects.filter(pk=held.cadre_id), carers=[staff["fuwu2"]], actor=head, on=on - 7 * DAY,
            override_reason="赵一鸣调到综合科，暂由一人负责", handover_note="听力不好，去之前先打座机；女儿每周六来。",
        )  # fmt: skip
