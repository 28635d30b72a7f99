"""From a need or a measure of the ledger to a request for help: one at a time, and the measure keeps the way to it."""

import datetime as dt
import uuid
from dataclasses import replace

from django.db import transaction

from apps.accounts.models import User
from apps.common import audit
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.ledgers.models import Measure, Need
from apps.ledgers.queries.measure_help import is_asked
from apps.signups.services.locking import lock_persons
from apps.volunteers.choices.requests import AskedAs
from apps.volunteers.models import ServiceRequest
from apps.volunteers.services.requests import RequestFacts, ask

from .need_checks import MeasureFacts
from .needs import add_measure

PROVIDER = "志愿者"


@transaction.atomic
def ask_for_need(
    need: Need, facts: RequestFacts, *, actor: User, on: dt.date, now: dt.datetime, form_key: uuid.UUID
) -> ServiceRequest:
    """Promise volunteers for an open need and ask for them, in one: the measure is due on the day of the help, its
    owner is whoever answers for the person. The same form again gives the request it made. Raises BusinessError as
    `add_measure` and `ask_volunteers` do. See rule book 10.29."""
    what = f"请志愿者：{names_of('volunteer_service').get(facts.service, '帮忙')}"
    promised = MeasureFacts(what=what, provider=PROVIDER, due_on=max(facts.on, on))
    measure = add_measure(need, promised, actor=actor, on=on, form_key=form_key)
    asked_as = AskedAs.CARER if measure.owner_id == actor.pk else AskedAs.STAFF
    return ask_volunteers(measure, replace(facts, asked_as=asked_as), actor=actor, now=now, form_key=form_key)


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
