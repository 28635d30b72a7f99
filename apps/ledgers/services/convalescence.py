"""疗养: invited, answered, waiting in the order of asking; never more than the quota."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.secrecy_words import refuse_marks
from apps.ledgers.choices.treatments import PlaceState
from apps.ledgers.models import ConvalescenceBatch, ConvalescencePlace
from apps.registry.models import Cadre

HOLDING = (PlaceState.ACCEPTED, PlaceState.WENT, PlaceState.ABSENT)


@dataclass(frozen=True)
class Answer:
    """What an invited person says; `reason` where he does not go."""

    state: str
    reason: str = ""
    companion: str = ""
    companion_relation: str = ""
    emergency_contact: str = ""
    health_checked: bool = False


@transaction.atomic
def invite(batch: ConvalescenceBatch, cadres, *, actor, on: dt.date) -> int:
    """Put living people (a queryset of Cadre) on a batch's list; who is on it stays as he is. How many are new."""
    if batch.ends_on < on:
        raise BusinessError("这一批已经结束，不能再邀请。", code="over")
    ids = list(cadres.living().values_list("pk", flat=True)[:500])
    if not ids:
        raise BusinessError("请先勾选要邀请的人。", code="nobody")
    rows = [ConvalescencePlace(batch=batch, cadre_id=pk, invited_on=on, recorded_by=actor) for pk in ids]
    before = ConvalescencePlace.objects.filter(batch=batch, cadre__in=ids, voided_at__isnull=True).count()
    ConvalescencePlace.objects.bulk_create(rows, ignore_conflicts=True)
    audit.record("convalescence.invite", actor=actor, people=ids, target=_target(batch.pk))
    return len(ids) - before


def _target(batch_id: int) -> str:
    return f"ledgers.convalescencebatch:{batch_id}"


@transaction.atomic
def answer(place: ConvalescencePlace, said: Answer, *, actor, on: dt.date) -> ConvalescencePlace:
    """Accepted while there are places, else waiting; refused with a reason. A place given up goes to nobody by
    itself: the staff ask the next who waits (`next_waiting`). Twice is as once. See rule book 8.34.

    Raises BusinessError for an answer that a batch or a place cannot take.
    """
    place = ConvalescencePlace.objects.select_for_update(of=("self",)).select_related("batch").get(pk=place.pk)
    _check(place, said, on)
    held, wants = place.state in HOLDING, said.state in HOLDING
    state = said.state
    if wants and not held and not _take(place.batch_id):
        if said.state != PlaceState.ACCEPTED:
            raise BusinessError("名额已满，没有他的名额。", code="full")
        state = PlaceState.WAITING
    if held and not wants:
        ConvalescenceBatch.objects.filter(pk=place.batch_id).update(taken=F("taken") - 1)
    if state == PlaceState.WAITING and place.waiting_since is None:
        place.waiting_since = timezone.now()
    if state in (PlaceState.REFUSED, PlaceState.INVITED):
        place.waiting_since = None
    place.state, place.answered_on, place.recorded_by = state, on, actor
    place.reason = said.reason.strip()[:200] if state in (PlaceState.REFUSED, PlaceState.ABSENT) else ""
    if said.state == PlaceState.ACCEPTED:
        place.companion, place.companion_relation = said.companion.strip()[:30], said.companion_relation.strip()[:20]
        place.emergency_contact = said.emergency_contact.strip()[:30]
        place.health_checked_on = on if said.health_checked else place.health_checked_on
    place.save()
    audit.record("convalescence.answer", actor=actor, people=[place.cadre_id], target=_target(place.batch_id))
    return place


def _check(place: ConvalescencePlace, said: Answer, on: dt.date) -> None:
    for text in (said.reason, said.companion, said.companion_relation, said.emergency_contact):
        refuse_marks(text)
    if said.state not in PlaceState.values or said.state == PlaceState.INVITED:
        raise BusinessError("请选择怎么答复的。", code="state", field="state")
    if place.closed_by_event_id:
        raise BusinessError("这位老同志已经离世，不能再改。", code="died")
    if said.state in (PlaceState.WENT, PlaceState.ABSENT) and on < place.batch.starts_on:
        raise BusinessError("还没有出发，不能登记去过没有。", code="early", field="state")
    if said.state == PlaceState.REFUSED and not said.reason.strip():
        raise BusinessError("不参加的，请写原因。", code="reason", field="reason")
    unchecked = not said.health_checked and place.health_checked_on is None
    if said.state == PlaceState.ACCEPTED and place.batch.health_note and unchecked:
        raise BusinessError(
            f"请先核对身体条件：{place.batch.health_note}。核对过的打勾。", code="health", field="health_checked"
        )
    if said.companion.strip() and not said.companion_relation.strip():
        raise BusinessError("请写陪同人和他的关系。", code="relation", field="companion_relation")


def _take(batch_id: int) -> bool:
    """A place, if one is free: the database decides the last."""
    free = ConvalescenceBatch.objects.filter(pk=batch_id, voided_at__isnull=True, taken__lt=F("quota"))
    return bool(free.update(taken=F("taken") + 1))


def next_waiting(batch: ConvalescenceBatch) -> ConvalescencePlace | None:
    """Who has waited longest."""
    rows = batch.places.filter(state=PlaceState.WAITING, voided_at__isnull=True).select_related("cadre__person")
    return rows.order_by("waiting_since", "pk").first()


def went_lately(ids: Collection[int], *, since: dt.date) -> dict[int, ConvalescencePlace]:
    """Of these people, those who went on or after a day, with the last time: one statement."""
    rows = ConvalescencePlace.objects.filter(
        cadre__in=ids, state=PlaceState.WENT, batch__starts_on__gte=since, voided_at__isnull=True
    )
    return {row.cadre_id: row for row in rows.select_related("batch").order_by("batch__starts_on", "pk")}


def who_went(since: dt.date):
    """Cadres who went on or after a day, as a subquery."""
    rows = ConvalescencePlace.objects.filter(state=PlaceState.WENT, batch__starts_on__gte=since, voided_at__isnull=True)
    return Cadre.objects.filter(pk__in=rows.values("cadre"))
