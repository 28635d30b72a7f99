"""Medicines taken for long: only of whoever agreed that they are written down, and no longer than that."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.models import Medicine
from apps.people.choices import ConsentPurpose
from apps.people.models import Consent
from apps.registry.models import Cadre, Health

WORDING = "健康和用药登记 2026-01"
WITHDRAWN = "本人撤回同意"


@dataclass(frozen=True, kw_only=True)
class MedicineFacts:
    """`name` and `usage` are kept encrypted."""

    name: str
    usage: str = ""
    insured: str = ""
    since: dt.date | None = None


def standing_consent(cadre_id: int) -> Consent | None:
    """His agreement that medicines are written down, if it stands."""
    return Consent.objects.filter(person_id=cadre_id, purpose=ConsentPurpose.HEALTH, withdrawn_at__isnull=True).first()


@transaction.atomic
def agree(cadre: Cadre, *, actor: User) -> Consent:
    """He was told what for and agreed. Again: the same."""
    _locked(cadre)
    consent, made = Consent.objects.get_or_create(
        person_id=cadre.pk, purpose=ConsentPurpose.HEALTH, withdrawn_at=None,
        defaults={"wording": WORDING, "recorded_by": actor},
    )  # fmt: skip
    if made:
        _note("medicine.agree", cadre.pk, actor)
    return consent


@transaction.atomic
def withdraw(cadre: Cadre, *, actor: User) -> int:
    """He takes it back: what was written down is emptied at once, here and in the registry's line of long-term
    medicines. Returns how many rows. Again: nothing."""
    _locked(cadre)
    consent = standing_consent(cadre.pk)
    if consent is None:
        return 0
    consent.withdrawn_at = timezone.now()
    consent.save(update_fields=["withdrawn_at"])
    rows = Medicine.objects.filter(cadre=cadre, voided_at__isnull=True)
    emptied = rows.update(name=None, usage=None, voided_at=timezone.now(), void_reason=WITHDRAWN)
    Health.objects.filter(cadre=cadre).update(medication=None)
    _note("medicine.withdraw", cadre.pk, actor)
    return emptied


@transaction.atomic
def add_medicine(facts: MedicineFacts, *, cadre: Cadre, actor: User, on: dt.date, form_key: uuid.UUID) -> Medicine:
    """Write one down; the same form sent twice is one. Refused without the person's agreement. See rule book 8.16."""
    _locked(cadre)
    standing = Medicine.objects.filter(public_id=form_key, cadre=cadre).first()
    if standing is not None:
        return standing
    consent = standing_consent(cadre.pk)
    if consent is None:
        raise BusinessError("要先问过本人，登记他同意，才能记用药。", code="consent")
    if not facts.name.strip():
        raise BusinessError("请填药名。", code="name", field="name")
    if facts.since and facts.since > on:
        raise BusinessError("开始日期还没有到，请核对。", code="future", field="since")
    row = Medicine(public_id=form_key, cadre=cadre, consent=consent, recorded_by=actor)
    row.name, row.usage = facts.name.strip(), facts.usage.strip()
    row.insured, row.since = facts.insured, facts.since
    row.save()
    _note("medicine.add", cadre.pk, actor)
    return row


@transaction.atomic
def stop_medicine(row: Medicine, *, actor: User, on: dt.date) -> Medicine:
    """He no longer takes it. Again: nothing."""
    standing = Medicine.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if standing.stopped_on is None and standing.voided_at is None:
        standing.stopped_on = max(on, standing.since or on)
        standing.save(update_fields=["stopped_on"])
        _note("medicine.stop", standing.cadre_id, actor)
    return standing


def _locked(cadre: Cadre) -> None:
    Cadre.objects.select_for_update(of=("self",)).get(pk=cadre.pk)


def _note(action: str, cadre_id: int, actor: User) -> None:
    audit.record(action, actor=actor, people=[cadre_id], fields=["medication"], target=f"registry.cadre:{cadre_id}")
