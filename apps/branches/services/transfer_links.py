"""The formal link of one who is transferred: closed and opened in one go, put back exactly; ended by a death."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from apps.branches.choices import TransferAct, TransferKind, TransferState
from apps.branches.models import FloatingStay, Membership, Organisation, Transfer, TransferStep
from apps.common.errors import BusinessError
from apps.registry.models import LifeEvent

from .memberships import close_membership, join_organisation, leave_organisation


def formal_link(person_id: int, organisation_id: int) -> Membership | None:
    """The open formal link, locked, if it is with this organisation."""
    return (
        Membership.objects.select_for_update(of=("self",))
        .filter(
            person_id=person_id, organisation_id=organisation_id, link="formal", ends_on__isnull=True,
            voided_at__isnull=True,
        )
        .first()
    )  # fmt: skip


def change_branch(row: Transfer, *, on: dt.date, actor) -> None:
    """From `on` he belongs to the new branch and no longer to the old one; what was closed is kept on the transfer.

    A secondary link with the new branch becomes the formal one, and his stay as a floating member ends.
    """
    if row.from_organisation_id is not None:
        left = row.left = formal_link(row.person_id, row.from_organisation_id)
        if left is None:
            raise BusinessError("他的正式组织关系已不在转出的支部，请撤回这件转接，查清后重办。", code="not_there")
        if row.kind == TransferKind.OUT:
            leave_organisation(left, on=on, actor=actor, reason=f"转往{row.outside_name}"[:60])
    if row.to_organisation is not None:
        _close_secondary(row, row.to_organisation, on)
        row.joined = join_organisation(
            row.person, row.to_organisation, on=on, actor=actor, reason=f"转接，介绍信{row.letter_no}"[:60]
        )
    for stay in FloatingStay.objects.select_for_update(of=("self",)).filter(
        person_id=row.person_id, ends_on__isnull=True, voided_at__isnull=True
    ):
        stay.ends_on, stay.ended_by = max(on, stay.starts_on), row
        stay.save(update_fields=["ends_on", "ended_by"])


def _close_secondary(row: Transfer, organisation: Organisation, on: dt.date) -> None:
    secondary = (
        Membership.objects.select_for_update(of=("self",))
        .filter(person_id=row.person_id, organisation=organisation, ends_on__isnull=True,
                voided_at__isnull=True)
        .exclude(link="formal")
        .first()
    )  # fmt: skip
    if secondary is not None:
        close_membership(secondary, max(on, secondary.starts_on), "正式组织关系转入")
        row.secondary = secondary


def put_back(row: Transfer) -> None:
    """Undo `change_branch` on the very rows; refused where something else has happened to them since."""
    joined = row.joined_id and Membership.objects.select_for_update(of=("self",)).get(pk=row.joined_id)
    left = row.left_id and Membership.objects.select_for_update(of=("self",)).get(pk=row.left_id)
    if (joined and (joined.ends_on or joined.voided_at)) or (left and (left.ends_on is None or left.voided_at)):
        raise BusinessError("接收以后他的组织关系又有变动，不能撤销。", code="changed_later")
    if joined:
        joined.voided_at, joined.void_reason = timezone.now(), "撤销接收"
        joined.save(update_fields=["voided_at", "void_reason"])
    reopened = [left] if left else []
    if row.secondary_id:
        reopened.append(Membership.objects.select_for_update(of=("self",)).get(pk=row.secondary_id))
    try:
        with transaction.atomic():
            for membership in reopened:
                membership.ends_on, membership.reason_out = None, ""
                membership.save(update_fields=["ends_on", "reason_out"])
            FloatingStay.objects.filter(ended_by=row).update(ends_on=None, ended_by=None)
    except IntegrityError as error:
        raise BusinessError("接收以后他的组织关系又有变动，不能撤销。", code="changed_later") from error


def end_by_death(event: LifeEvent, on: dt.date) -> None:
    """Open transfers of the dead end, and his stay as a floating member; what waits for a receipt goes on, since he had
    moved."""
    rows = list(Transfer.objects.open().select_for_update(of=("self",)).filter(person_id=event.person_id))
    for row in rows:
        row.state_before_event, row.state, row.closed_by_event = row.state, TransferState.ENDED, event
        row.save(update_fields=["state_before_event", "state", "closed_by_event"])
        TransferStep.objects.create(transfer=row, act=TransferAct.END, on=on)
    FloatingStay.objects.filter(person_id=event.person_id, ends_on__isnull=True, voided_at__isnull=True).update(
        ends_on=Greatest(F("starts_on"), on), closed_by_event=event
    )


def reopen_after_death(event: LifeEvent, on: dt.date) -> None:
    """The death is undone: exactly these go on where they stood."""
    ended = Transfer.objects.filter(closed_by_event=event)
    steps = [TransferStep(transfer=row, act=TransferAct.REOPEN, on=on) for row in ended]
    TransferStep.objects.bulk_create(steps)
    FloatingStay.objects.filter(closed_by_event=event).update(ends_on=None, closed_by_event=None)
    ended.update(state=F("state_before_event"), closed_by_event=None, state_before_event="", updated_at=Now())
