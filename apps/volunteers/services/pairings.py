"""Surrogate parents: paired, in touch, ended. Alone writes SurrogatePairing and PairingContact (rule book 10.65)."""

import datetime as dt
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.voiding import check_reason
from apps.signups.services.locking import lock_persons
from apps.volunteers.models import PairingContact, SurrogatePairing
from apps.volunteers.queries.volunteers import may_serve
from apps.volunteers.rules.talks import child_refusal, plain

TEXTS = ("school", "grade")


@transaction.atomic
def pair(row: SurrogatePairing, *, notes: str = "", actor: User | None, on: dt.date) -> SurrogatePairing:
    """A new pairing, or one that is changed. Raises BusinessError where a number could name a child, where the guardian
    had not agreed before, where the volunteer may be given nothing. See rule book 10.65."""
    lock_persons([row.volunteer_id])
    for name in TEXTS:
        setattr(row, name, plain(getattr(row, name)))
        _refuse_numbers(getattr(row, name), name)
    _refuse_numbers(notes, "notes")
    if row.starts_on > on:
        raise BusinessError("结对日期不能晚于今天。", code="future", field="starts_on")
    if row.consent_on > row.starts_on:
        raise BusinessError("监护人同意在先，结对在后：同意日期不能晚于结对日期。", code="consent", field="consent_on")
    is_new = row._state.adding
    if is_new and (sentence := may_serve([row.volunteer_id], on).get(row.volunteer_id)):
        raise BusinessError(sentence, code="barred", field="volunteer")
    if notes.strip():
        row.notes = "" if notes.strip() == "清空" else notes.strip()
    row.save()
    _note("pairing.make" if is_new else "pairing.change", row, actor)
    return row


@transaction.atomic
def touch(
    pairing: SurrogatePairing, words: str, *, on: dt.date, form_key: uuid.UUID, actor: User, today: dt.date
) -> PairingContact:
    """What the two did on a day. The same form again is one contact. Raises BusinessError for a day outside the pairing
    or to come, and for numbers. See rule book 10.65."""
    row = _locked(pairing)
    if (known := PairingContact.objects.filter(public_id=form_key).first()) is not None:
        return known
    words = plain(words)
    if not words:
        raise BusinessError("请写做了什么。", code="empty", field="words")
    _refuse_numbers(words, "words")
    if on > today:
        raise BusinessError("日期不能晚于今天。", code="future", field="on")
    if on < row.starts_on or (row.ends_on is not None and on >= row.ends_on):
        raise BusinessError("这一天他们没有结对，请核对日期。", code="order", field="on")
    made = PairingContact.objects.create(public_id=form_key, pairing=row, on=on, words=words[:300], entered_by=actor)
    _note("pairing.contact", row, actor)
    return made


@transaction.atomic
def end(pairing: SurrogatePairing, *, on: dt.date, reason: str, actor: User, today: dt.date) -> SurrogatePairing:
    """It ended on a day. Ended already it stays."""
    reason = check_reason(reason)[:120]
    row = _locked(pairing)
    if row.ends_on is not None:
        return row
    if not row.starts_on < on <= today:
        raise BusinessError("结束日期要晚于结对日期，不晚于今天。", code="order", field="on")
    row.ends_on, row.end_reason = on, reason
    row.save(update_fields=["ends_on", "end_reason"])
    _note("pairing.end", row, actor, reason=reason)
    return row


def _refuse_numbers(text: str, name: str) -> None:
    if sentence := child_refusal(text):
        raise BusinessError(sentence, code="numbers", field=name)


def _locked(pairing: SurrogatePairing) -> SurrogatePairing:
    row = SurrogatePairing.objects.select_for_update(of=("self",)).get(pk=pairing.pk)
    if row.voided_at is not None:
        raise BusinessError("这条结对已经作废。", code="void")
    return row


def _note(action: str, row: SurrogatePairing, actor: User | None, **more) -> None:
    target = f"volunteers.surrogatepairing:{row.pk}"
    audit.record(action, actor=actor, people=[row.volunteer_id], target=target, **more)
