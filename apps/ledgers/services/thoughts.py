"""思想动态 and 心理疏导, kept encrypted and read only behind their own right."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError, StaleVersion
from apps.ledgers.models import Thought
from apps.registry.models import Cadre


@dataclass(frozen=True, kw_only=True)
class ThoughtFacts:
    kind: str
    happened_on: dt.date
    method: str
    counsellor: str
    content: str
    advice: str = ""
    follow_up_on: dt.date | None = None


@transaction.atomic
def record_thought(facts: ThoughtFacts, *, cadre: Cadre, actor: User, on: dt.date, form_key: uuid.UUID) -> Thought:
    """Write one down; the same form sent twice is one. See rule book 8.19."""
    Cadre.objects.select_for_update(of=("self",)).get(pk=cadre.pk)
    standing = Thought.objects.filter(public_id=form_key, cadre=cadre).first()
    if standing is not None:
        return standing
    row = Thought(public_id=form_key, cadre=cadre, recorded_by=actor)
    _fill(row, facts, on)
    row.save()
    _note("thought.record", row, actor)
    return row


@transaction.atomic
def change_thought(row: Thought, facts: ThoughtFacts, *, actor: User, on: dt.date, version: int) -> Thought:
    """Mend it; StaleVersion if somebody saved since `version`."""
    standing = Thought.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if standing.version != version:
        raise StaleVersion
    _fill(standing, facts, on)
    standing.save()
    _note("thought.change", standing, actor)
    return standing


@transaction.atomic
def follow_up(row: Thought, *, actor: User, on: dt.date) -> Thought:
    """It was asked after again. Twice is once."""
    standing = Thought.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if standing.followed_up_on is None:
        standing.followed_up_on = on
        standing.save(update_fields=["followed_up_on"])
        _note("thought.follow_up", standing, actor)
    return standing


def _fill(row: Thought, facts: ThoughtFacts, on: dt.date) -> None:
    if facts.happened_on > on:
        raise BusinessError("日期还没有到，请核对。", code="future", field="happened_on")
    if not facts.content.strip():
        raise BusinessError("请写了解到的情况。", code="content", field="content_text")
    if facts.follow_up_on and facts.follow_up_on < facts.happened_on:
        raise BusinessError("再了解的日期不能早于这一次。", code="order", field="follow_up_on")
    row.kind, row.happened_on, row.method = facts.kind, facts.happened_on, facts.method
    row.counsellor, row.follow_up_on = facts.counsellor.strip(), facts.follow_up_on
    row.content, row.advice = facts.content.strip(), facts.advice.strip()


def _note(action: str, row: Thought, actor: User) -> None:
    audit.record(action, actor=actor, people=[row.cadre_id], fields=["thoughts"], target=f"ledgers.thought:{row.pk}")
