"""Care confirmed by who received it, his family, the community, or by staff on the telephone: what the time bank
credits rests on it and on nothing else."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Sum

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import PersonAccount
from apps.signups.services.locking import lock_persons
from apps.volunteers.choices.requests import ConfirmedAs, ProposalState, RequestState
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import CareConfirmation, ServiceRecord, ServiceRequest
from apps.volunteers.rules.times import length_words

from . import paying
from .proposals import lock, target_of
from .requests import FORM_USED


@transaction.atomic
def confirm_care(
    record: ServiceRecord,
    minutes: int,
    *,
    confirmed_as: str,
    actor: User | None,
    now: dt.datetime,
    form_key: uuid.UUID,
    satisfied: bool | None = None,
    words: str = "",
) -> CareConfirmation:
    """Say that a service was done, and for how many minutes: at most as many as were entered. Credits the volunteer
    where it is care; with the last one the request is confirmed and what was held for it is settled. The same form
    again gives the row it made. Raises BusinessError: confirmed by somebody else, by the volunteer himself, refused,
    more minutes than entered. See rule book 10.27."""
    lock_persons({record.volunteer_id, record.receiver_id} - {None})
    request = lock(record.request) if record.request is not None else None
    row = ServiceRecord.objects.select_for_update(of=("self",)).select_related("volunteer").get(pk=record.pk)
    known = CareConfirmation.objects.filter(record=row).first()
    if known is not None:
        if known.public_id == form_key:
            return known
        raise BusinessError(f"已经确认过了：{length_words(known.minutes)}。", code="again")
    if CareConfirmation.objects.filter(public_id=form_key).exists():
        raise BusinessError(FORM_USED, code="form_used")
    _check(row, minutes, actor)
    made = CareConfirmation.objects.create(
        public_id=form_key, record=row, confirmed_as=ConfirmedAs(confirmed_as), minutes=minutes, satisfied=satisfied,
        words=words.strip()[:200], confirmed_by=actor, confirmed_at=now,
    )  # fmt: skip
    audit.record(
        "help.confirm", actor=actor, people=[one for one in (row.receiver_id, row.volunteer_id) if one],
        target=target_of(request) if request else f"volunteers.servicerecord:{row.pk}", fields=[made.confirmed_as],
    )  # fmt: skip
    paying.credit(made, actor=actor, now=now)
    if request is not None:
        _follow(request, actor, now)
    return made


def _check(row: ServiceRecord, minutes: int, actor: User | None) -> None:
    if row.voided_at is not None or row.state == RecordState.REFUSED:
        raise BusinessError("这条服务记录已经不算数，不用确认。", code="state")
    if row.receiver_id is None:
        raise BusinessError("这条记录没有写服务对象，不能确认。", code="receiver")
    if actor is not None and PersonAccount.objects.filter(person=row.volunteer_id, user=actor, is_proxy=False).exists():
        raise BusinessError("服务的人自己不能确认，请受助的同志、家属或者社区确认。", code="own")
    if minutes < 1:
        raise BusinessError("时长要大于 0 分钟。没有来过的，请选“没有来”。", code="minutes", field="minutes")
    if minutes > row.minutes:
        raise BusinessError(
            f"志愿者登记的是{length_words(row.minutes)}，不能比它长。真的更长，请打电话告诉我们。",
            code="minutes", field="minutes",
        )  # fmt: skip


def _follow(request: ServiceRequest, actor: User | None, now: dt.datetime) -> None:
    """CONFIRMED once nothing of it waits any more."""
    entered = ServiceRecord.objects.current().filter(request=request).exclude(state=RecordState.REFUSED)
    if request.state != RequestState.DONE or entered.filter(confirmation__isnull=True).exists():
        return
    agreed = request.proposals.current().filter(state=ProposalState.ACCEPTED)
    if agreed.exclude(volunteer__in=entered.values("volunteer")).exists():
        return
    total = entered.aggregate(total=Sum("confirmation__minutes"))["total"] or 0
    request.state, request.ended_at, request.doubt = RequestState.CONFIRMED, now, ""
    request.save(update_fields=["state", "ended_at", "doubt"])
    paying.settle(request, total, actor=actor, now=now)
