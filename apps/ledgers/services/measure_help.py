"""From a measure of the ledger to a request for help: one at a time, and the measure keeps the way to it."""

import datetime as dt
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.models import Measure
from apps.ledgers.queries.measure_help import is_asked
from apps.signups.services.locking import lock_persons
from apps.volunteers.models import ServiceRequest
from apps.volunteers.services.requests import RequestFacts, ask


@transaction.atomic
def ask_volunteers(
    measure: Measure, facts: RequestFacts, *, actor: User, now: dt.datetime, form_key: uuid.UUID
) -> ServiceRequest:
    """Ask for it; the same form again gives the request it made. Raises BusinessError: it is over, one is under way
    already, or what `ask` refuses. See rule book 10.29."""
    lock_persons([facts.receiver.pk])
    rows = Measure.objects.select_for_update(of=("self",)).select_related("request", "need__cadre")
    row = rows.get(pk=measure.pk)
    if row.need.cadre_id != facts.receiver.pk:
        raise ValueError("the measure is another person's")
    if row.request is not None and row.request.public_id == form_key:
        return row.request
    if row.done_on or row.dropped_on or row.voided_at or row.need.closed_on:
        raise BusinessError("这项办法已经了结，不用再请志愿者。", code="over")
    if is_asked(row):
        raise BusinessError("这项办法已经在请志愿者，不用再请。", code="again")
    made = ask(facts, actor=actor, now=now, form_key=form_key)
    row.request = made
    row.save(update_fields=["request"])
    audit.record(
        "measure.help", actor=actor, people=[facts.receiver.pk], target=f"ledgers.measure:{row.pk}",
    )  # fmt: skip
    return made
