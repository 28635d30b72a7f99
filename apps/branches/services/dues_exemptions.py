"""Reduced dues or none: decided by the branch, approved above (domain 3.2)."""

import datetime as dt

from django.db import transaction

from apps.branches.access import Desk, may_decide_above
from apps.branches.choices import ExemptionKind
from apps.branches.models import DuesExemption
from apps.branches.queries.dues import formal_members
from apps.common import audit, voiding
from apps.common.errors import BusinessError
from apps.people.models import Person

from .dues_bases import require_dues
from .guards import check

LONGEST = 12


@transaction.atomic
def ask_exemption(desk: Desk, exemption: DuesExemption) -> DuesExemption:
    """Hand in what the branch decided; it counts once approved. `public_id` is the form's key: twice is one row."""
    require_dues(desk.organisation, desk.today)
    if known := DuesExemption.objects.filter(public_id=exemption.public_id).first():
        return known
    exemption.organisation, exemption.entered_by, exemption.by_staff = desk.organisation, desk.user, desk.by_staff
    if not formal_members(desk.organisation, desk.today).filter(pk=exemption.person_id).exists():
        raise BusinessError("他的正式组织关系不在本支部。", code="not_member", field="person")
    if exemption.decided_on > desk.today:
        raise BusinessError("支部决议日期不能晚于今天。", code="future", field="decided_on")
    if exemption.kind == ExemptionKind.ZERO:
        exemption.amount = None
    months = (exemption.ends_on.year - exemption.starts_on.year) * 12 + exemption.ends_on.month
    if months - exemption.starts_on.month > LONGEST:
        raise BusinessError("一次最多 12 个月，到期再议。", code="long", field="last")
    Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=exemption.person_id)
    clash = DuesExemption.objects.filter(
        person_id=exemption.person_id, voided_at__isnull=True, starts_on__lt=exemption.ends_on,
        ends_on__gt=exemption.starts_on,
    )  # fmt: skip
    if clash.exists():
        raise BusinessError("这几个月里他已经有一条减免，请先作废那一条。", code="clash", field="first")
    check(exemption)
    exemption.save()
    _note("dues.ask_exemption", desk, exemption)
    return exemption


@transaction.atomic
def approve_exemption(desk: Desk, exemption: DuesExemption, *, on: dt.date) -> None:
    """The organisation above agrees; from here on the months count as exempt. Approved already, it stays so."""
    _require_above(desk)
    if on > desk.today or on < exemption.decided_on:
        raise BusinessError("批准日期在支部决议和今天之间。", code="day", field="on")
    changed = DuesExemption.objects.filter(
        pk=exemption.pk, approved_on__isnull=True, voided_at__isnull=True
    ).update(approved_on=on, approved_by=desk.user)  # fmt: skip
    if changed:
        _note("dues.approve_exemption", desk, exemption)


@transaction.atomic
def drop_exemption(desk: Desk, exemption: DuesExemption, *, reason: str) -> None:
    """Take back an exemption: the branch its own proposal, the organisation above also an approved one."""
    exemption = DuesExemption.objects.select_for_update(of=("self",)).get(pk=exemption.pk)
    if exemption.approved_on:
        _require_above(desk)
    voiding.void(exemption, reason=reason, actor=desk.user, people=[exemption.person_id])


def _require_above(desk: Desk) -> None:
    if not may_decide_above(desk):
        raise BusinessError("减免要由上级党组织或老干部局批准，本支部不能自己批。", code="not_above")


def _note(action: str, desk: Desk, exemption: DuesExemption) -> None:
    audit.record(action, actor=desk.user, people=[exemption.person_id], target=f"branches.duesexemption:{exemption.pk}")
