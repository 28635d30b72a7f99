"""送学上门 and study outside meetings."""

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction

from apps.branches.access import Desk
from apps.branches.choices import DeliveryForm, MeetingKind, StudyForm
from apps.branches.models import HomeDelivery, StudyRecord
from apps.branches.queries import assembled, people_at_hand
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.voiding import void

from .guards import check, require_standing
from .meetings import rules_for

MOST_HOURS = Decimal("24")


@dataclass(frozen=True, kw_only=True)
class DeliveryFacts:
    """What the form about one 送学 says. Without an open promise, `key` names the new record and `person` is served."""

    delivered_on: datetime.date
    form: str = DeliveryForm.VISIT
    content: str = ""
    wishes: str = ""
    deliverer: int | None = None
    key: uuid.UUID | None = None
    person: int | None = None


@transaction.atomic
def deliver(desk: Desk, facts: DeliveryFacts, *, delivery: HomeDelivery | None = None) -> HomeDelivery:
    """Record that a meeting, or study beside the meetings, was brought to a member.

    With `delivery` its promise is kept; said again, the record takes what is said now. Without one a record of its
    own is made, once for each key. Refuses days to come, days before the meeting, and people who are no members.
    """
    if facts.delivered_on > desk.today:
        raise BusinessError("送学日期不能晚于今天。", code="future", field="delivered_on")
    if facts.form not in DeliveryForm:
        raise BusinessError("请选择送学方式。", code="form", field="form")
    if facts.deliverer and facts.deliverer not in people_at_hand(desk.organisation, facts.delivered_on):
        raise BusinessError("谁去送，要从本支部的党员和班子成员里选。", code="deliverer", field="deliverer")
    row = _promised(desk, delivery) if delivery else _new(desk, facts)
    if row.meeting and facts.delivered_on < row.meeting.held_on:
        raise BusinessError(f"送学日期早于那次会（{row.meeting.held_on}）。", code="order", field="delivered_on")
    if row.pk and delivery is None:
        return row
    row.delivered_on, row.form, row.deliverer_id = facts.delivered_on, facts.form, facts.deliverer
    row.content, row.wishes = facts.content.strip(), facts.wishes.strip()
    row.entered_by, row.by_staff = desk.user, desk.by_staff
    check(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return HomeDelivery.objects.get(public_id=row.public_id)
    _note("record_delivery", desk, "branches.homedelivery", row.pk, [row.person_id])
    return row


def _promised(desk: Desk, delivery: HomeDelivery) -> HomeDelivery:
    rows = HomeDelivery.objects.select_for_update(of=("self",)).select_related("meeting")
    row = rows.get(pk=delivery.pk, organisation=desk.organisation)
    if row.voided_at:
        raise BusinessError("这次送学已经取消。请回到送学列表看一看。", code="voided")
    return row


def _new(desk: Desk, facts: DeliveryFacts) -> HomeDelivery:
    if facts.key is None:
        raise ValueError("a delivery without promise needs a key")
    if found := HomeDelivery.objects.select_related("meeting").filter(public_id=facts.key).first():
        if found.organisation_id != desk.organisation.pk:
            raise BusinessError("这张表已经用过。请回到工作台重新打开。", code="foreign_key")
        return found
    if facts.person is None:
        raise BusinessError("请选给谁送学。", code="missing", field="person")
    require_members(desk, [facts.person], facts.delivered_on, field="person")
    return HomeDelivery(
        public_id=facts.key, organisation=desk.organisation, person_id=facts.person, due_on=facts.delivered_on
    )


@transaction.atomic
def take_back_delivery(desk: Desk, delivery: HomeDelivery) -> HomeDelivery:
    """Undo: what was recorded for a promise is open again; a record of its own is voided."""
    row = _promised(desk, delivery)
    if row.meeting_id is None:
        void(row, reason="登记错了，撤回", actor=desk.user, people=[row.person_id])
        return row
    if row.delivered_on:
        row.delivered_on, row.content, row.wishes, row.deliverer = None, "", "", None
        row.save(update_fields=["delivered_on", "content", "wishes", "deliverer"])
        _note("take_back_delivery", desk, "branches.homedelivery", row.pk, [row.person_id])
    return row


@dataclass(frozen=True, kw_only=True)
class StudyFacts:
    """What the form about study says: one theme, some members, each of whom gets a record of his own."""

    key: uuid.UUID
    people: Collection[int]
    studied_on: datetime.date
    theme: str
    form: str = StudyForm.ALONE
    hours: Decimal | None = None


@transaction.atomic
def record_study(desk: Desk, facts: StudyFacts) -> list[StudyRecord]:
    """Write what members studied outside a meeting, a row for each; the same key again writes nothing.

    Refuses days to come, days longer ago than the rules allow, and people who are no members.
    """
    if facts.studied_on > desk.today:
        raise BusinessError("学习日期不能晚于今天。", code="future", field="studied_on")
    months = rules_for(desk.organisation, desk.today).study_months
    if (desk.today.year - facts.studied_on.year) * 12 + desk.today.month - facts.studied_on.month > months:
        raise BusinessError(f"只能补记 {months} 个月之内的学习。请核对日期。", code="early", field="studied_on")
    if not facts.theme.strip():
        raise BusinessError("请写明学了什么。", code="theme", field="theme")
    if facts.form not in StudyForm:
        raise BusinessError("请选择学习形式。", code="form", field="form")
    if facts.hours is not None and not 0 < facts.hours <= MOST_HOURS:
        raise BusinessError("学时填 0.5 到 24，或者空着。", code="hours", field="hours")
    if not facts.people:
        raise BusinessError("请勾选学习的党员。", code="people", field="people")
    require_standing(desk.organisation, facts.studied_on)
    require_members(desk, facts.people, facts.studied_on, field="people")
    rows = [
        StudyRecord(
            public_id=uuid.uuid5(facts.key, str(pk)), organisation=desk.organisation, person_id=pk,
            studied_on=facts.studied_on, theme=facts.theme.strip()[:120], form=facts.form, hours=facts.hours,
            entered_by=desk.user, by_staff=desk.by_staff,
        )
        for pk in sorted(set(facts.people))
    ]  # fmt: skip
    StudyRecord.objects.bulk_create(rows, ignore_conflicts=True)
    written = list(StudyRecord.objects.filter(public_id__in=[row.public_id for row in rows]))
    _note("record_study", desk, "branches.organisation", desk.organisation.pk, [row.person_id for row in written])
    return written


@transaction.atomic
def take_back_study(desk: Desk, study: StudyRecord) -> None:
    """Void a record of study; void already: nothing happens."""
    rows = StudyRecord.objects.select_for_update(of=("self",))
    row = rows.get(pk=study.pk, organisation=desk.organisation)
    void(row, reason="登记错了，撤回", actor=desk.user, people=[row.person_id])


def require_members(desk: Desk, people: Collection[int], on: datetime.date, *, field: str) -> None:
    """Refuse people who do not belong to the desk's organisation on a day."""
    members = set(assembled(desk.organisation, MeetingKind.PARTY_DAY, on).order_by().values_list("pk", flat=True))
    if set(people) - members:
        raise BusinessError("有人那天不是本支部的党员，请重新选择。", code="strangers", field=field)


def _note(action: str, desk: Desk, model: str, pk: int, people: list[int]) -> None:
    reason = "代录" if desk.by_staff else ""
    audit.record(action, actor=desk.user, people=people, reason=reason, target=f"{model}:{pk}")
