"""Reporting on a 当日上门核实: what was found becomes a contact, which ends the check for everybody."""

import datetime as dt
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.ledgers.choices import CallOutcome, CheckResult, Method
from apps.ledgers.models import SafetyCheck

from .checks import CheckReport, close_check
from .contacts import ContactFacts, record_contact

# How he was found, as a contact; a death is no contact.
METHODS = {
    CheckResult.SEEN: (Method.HOME, ""),
    CheckResult.HELPED: (Method.HOME, ""),
    CheckResult.SPOKEN: (Method.PHONE, CallOutcome.ANSWERED),
    CheckResult.AWAY: (Method.PHONE, CallOutcome.FAMILY),
}
WORDS = "当日上门核实："


@transaction.atomic
def report_check(check: SafetyCheck, report: CheckReport, *, actor: User, on: dt.date) -> SafetyCheck:
    """Record what was found and end the check; reported meanwhile by somebody else, it stays as that one said.

    Refuses a day before the check was raised or after `on`, and people whom `actor` may not record for. A death is
    reported besides, as a life event.
    """
    check = SafetyCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    if check.closed_at is not None:
        return check
    result = CheckResult(report.result)
    if report.happened_on < check.raised_on:
        raise BusinessError("见到本人要在发出核实以后。", code="early", field="happened_on")
    if result == CheckResult.HELPED and not report.note.strip():
        raise BusinessError("请写明送到哪里、找了谁。", code="note", field="note")
    contact = None
    if result in METHODS:
        method, outcome = METHODS[result]
        facts = ContactFacts(
            happened_on=report.happened_on, method=method, outcome=outcome, by=report.by,
            summary=f"{WORDS}{result.label}。{report.note}".strip(),
        )  # fmt: skip
        contact = record_contact(facts, persons=[check.cadre_id], form_key=uuid.uuid4(), actor=actor, on=on)
    # The contact may have ended it already, in words that say less.
    SafetyCheck.objects.filter(pk=check.pk, closed_at__isnull=False).update(result=result, note=report.note[:300])
    return close_check(check, result=result, actor=actor, contact=contact, note=report.note)
