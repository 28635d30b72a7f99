"""Recording what members paid: a month, months behind or ahead, or of their own free will (domain 3.2)."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.branches.access import Desk
from apps.branches.choices import DuesKind, DuesMethod
from apps.branches.models import DuesPayment, Organisation
from apps.branches.queries.dues import dues_of, dues_rules, formal_members
from apps.branches.rules.dues import (
    ZERO,
    Due,
    DuesRules,
    MonthState,
    goes_to_centre,
    kind_of,
    months_apart,
    needs_approval,
    too_far_ahead,
)
from apps.common import audit, voiding
from apps.common.errors import BusinessError

from .dues_bases import require_dues

CONCURRENT = "刚有人记过同一个月的党费，请刷新后再看。"


@dataclass(frozen=True, slots=True)
class HandOver:
    """One member paid for some months. `amount` None takes what is open; `payer` is who came for him."""

    person_id: int
    months: tuple[dt.date, ...]
    amount: Decimal | None = None
    method: str = DuesMethod.CASH
    payer: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """The consent of the organisation above to a back-payment beyond the limit."""

    on: dt.date
    document: str


class Refused(BusinessError):
    """One member's hand-over cannot be taken; the others of the form stand."""

    def __init__(self, person_id: int, sentence: str, *, code: str = "refused", field: str | None = None):
        super().__init__(sentence, code=code, field=field)
        self.person_id = person_id


@transaction.atomic
def take_dues(
    desk: Desk, hand_overs: Sequence[HandOver], *, paid_on: dt.date, key: uuid.UUID, approval: Approval | None = None
) -> list[DuesPayment]:
    """Record a form of payments, one row a member and month, one receipt number a member.

    All or nothing: raises Refused naming the member. `key` is the form's: sent twice, the rows that stand come back.
    The amount must be what is open of the months: less is an exemption, more is a voluntary payment.
    """
    require_dues(desk.organisation, desk.today)
    _require_day(paid_on, desk.today)
    _lock(desk.organisation)
    known = list(DuesPayment.objects.filter(public_id__in=_keys(key, hand_overs)).order_by("pk"))
    if known:
        return known
    if not hand_overs:
        return []
    rules = dues_rules(desk.organisation, paid_on)
    standing = _standing(desk, hand_overs, paid_on)
    parts = _parts(hand_overs)
    receipt = _next_receipt(desk.organisation, paid_on.year)
    rows = []
    for number, one in enumerate(hand_overs):
        dues = _checked(one, standing.get(one.person_id), paid_on, rules, approval)
        for month in one.months:
            rows.append(
                DuesPayment(
                    public_id=_key(key, one.person_id, month), organisation=desk.organisation, person_id=one.person_id,
                    month=month, kind=_kind(month, paid_on, parts.get((one.person_id, month), 0)),
                    part=parts.get((one.person_id, month), 0), due=dues[month].due, paid=dues[month].open,
                    paid_on=paid_on, method=one.method, payer_name=one.payer.strip()[:40],
                    receipt_year=paid_on.year, receipt_no=receipt + number, entered_by=desk.user,
                    by_staff=desk.by_staff,
                    **({"approved_on": approval.on, "approval": approval.document.strip()[:60]} if approval else {}),
                )
            )  # fmt: skip
    return _insert(desk, rows)


def _kind(month: dt.date, paid_on: dt.date, part: int) -> str:
    """What is paid on top of a first payment makes up for a raised amount."""
    return DuesKind.BACK if part else kind_of(month, paid_on)


def _insert(desk: Desk, rows: list[DuesPayment]) -> list[DuesPayment]:
    try:
        with transaction.atomic():
            DuesPayment.objects.bulk_create(rows)
    except IntegrityError as error:
        raise BusinessError(CONCURRENT, code="concurrent") from error
    audit.record(
        "dues.take", actor=desk.user, people=sorted({row.person_id for row in rows}),
        target=f"branches.organisation:{desk.organisation.pk}",
    )  # fmt: skip
    return rows


def _key(key: uuid.UUID, person_id: int, month: dt.date) -> uuid.UUID:
    return uuid.uuid5(key, f"{person_id}:{month}")


def _keys(key: uuid.UUID, hand_overs: Iterable[HandOver]) -> list[uuid.UUID]:
    return [_key(key, one.person_id, month) for one in hand_overs for month in one.months]


def _require_day(paid_on: dt.date, today: dt.date) -> None:
    if paid_on > today:
        raise BusinessError("交纳日期不能晚于今天。", code="future", field="paid_on")
    if months_apart(paid_on, today) > 24:
        raise BusinessError("交纳日期太早了，请核对年份。", code="past", field="paid_on")


def _lock(organisation: Organisation) -> None:
    """One form of a branch at a time: receipt numbers and open amounts hold until it is written."""
    Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=organisation.pk)


def _next_receipt(organisation: Organisation, year: int) -> int:
    rows = DuesPayment.objects.filter(organisation=organisation, receipt_year=year)
    return (rows.aggregate(last=Max("receipt_no"))["last"] or 0) + 1


def _standing(desk: Desk, hand_overs: Sequence[HandOver], paid_on: dt.date) -> dict[int, dict[dt.date, Due]]:
    """What the members owe here for the months asked; those of no formal relation here are missing."""
    months = sorted({month for one in hand_overs for month in one.months})
    members = set(formal_members(desk.organisation, desk.today).order_by().values_list("pk", flat=True))
    members |= set(formal_members(desk.organisation, paid_on).order_by().values_list("pk", flat=True))
    wanted = {one.person_id for one in hand_overs} & members
    dues = dues_of([desk.organisation.pk], months[0], months[-1]) if months else {}
    return {person: dues.get(person, {}) for person in wanted}


def _parts(hand_overs: Sequence[HandOver]) -> dict[tuple[int, dt.date], int]:
    """The number of the next payment of a month, by person and month."""
    rows = DuesPayment.objects.filter(
        person_id__in=[one.person_id for one in hand_overs],
        month__in={month for one in hand_overs for month in one.months},
        voided_at__isnull=True,
    ).exclude(kind=DuesKind.VOLUNTARY)
    last = rows.order_by().values("person_id", "month").annotate(last=Max("part"))
    return {(row["person_id"], row["month"]): row["last"] + 1 for row in last}


def _checked(
    one: HandOver, owed: dict[dt.date, Due] | None, paid_on: dt.date, rules: DuesRules, approval: Approval | None
) -> dict[dt.date, Due]:
    """What he owes by month; raises Refused with the first thing that stands against the hand-over."""
    dues = owed or {}
    wrong = _who_and_how(one, owed) or _months(one, dues) or _limits(one, paid_on, rules, approval)
    if wrong is None and one.amount is not None:
        expected = sum((dues[month].open for month in one.months), ZERO)
        if one.amount != expected:
            wrong = (
                "amount", "amount",
                f"应交 {expected} 元，填的是 {one.amount} 元。要少交请先办减免；多出的部分是自愿交纳，请另记一笔。",
            )  # fmt: skip
    if wrong is not None:
        code, field, sentence = wrong
        raise Refused(one.person_id, sentence, code=code, field=field)
    return dues


def _who_and_how(one: HandOver, dues: dict[dt.date, Due] | None) -> tuple[str, str | None, str] | None:
    """(code, field, sentence) of what is wrong; None when all is well. So are the two below."""
    if dues is None:
        return "not_member", None, "他的正式组织关系不在本支部，请在他正式组织关系所在的支部登记。"
    if not one.months:
        return "months", "months", "请选交哪几个月。"
    if one.method == DuesMethod.RELATIVE and not one.payer.strip():
        return "payer", "payer", "亲属代交请写代交人姓名。"
    return None


def _months(one: HandOver, dues: dict[dt.date, Due]) -> tuple[str, str | None, str] | None:
    for month in one.months:
        words, due = f"{month.year} 年 {month.month} 月", dues.get(month)
        if due is None:
            return "elsewhere", "months", f"{words}他的正式组织关系不在本支部，这个月不由本支部收。"
        if due.state == MonthState.UNFIXED:
            return "unfixed", "months", f"{words}的标准还没有核定，请先核定。"
        if due.state == MonthState.EXEMPT:
            return "exempt", "months", f"{words}是免交月份，不用交。"
        if not due.open:
            return "paid", "months", f"{words}已经交过。"
    return None


def _limits(
    one: HandOver, paid_on: dt.date, rules: DuesRules, approval: Approval | None
) -> tuple[str, str | None, str] | None:
    if too_far_ahead(one.months, paid_on, rules):
        return "ahead", "months", f"预交最多 {rules.ahead_months} 个月。"
    if approval is None and needs_approval(one.months, paid_on, rules):
        return (
            "back", "approved_on", f"补交超过 {rules.back_months} 个月，要先报上级党组织同意，再填批准日期和文件。"
        )  # fmt: skip
    return None


@dataclass(frozen=True, slots=True)
class Gift:
    """A voluntary payment beside the monthly dues."""

    person_id: int
    amount: Decimal
    method: str = DuesMethod.CASH
    payer: str = ""
    bio: str = ""


@transaction.atomic
def take_voluntary(desk: Desk, gift: Gift, *, paid_on: dt.date, key: uuid.UUID) -> DuesPayment:
    """Record what a member gave of his own free will: no month is paid by it. From the rules' amount on it is marked to
    be forwarded in full, with his short bio. `key` twice is one row."""
    require_dues(desk.organisation, desk.today)
    _require_day(paid_on, desk.today)
    _lock(desk.organisation)
    if known := DuesPayment.objects.filter(public_id=key).first():
        return known
    if not formal_members(desk.organisation, desk.today).filter(pk=gift.person_id).exists():
        raise BusinessError("他的正式组织关系不在本支部。", code="not_member", field="person")
    if gift.amount <= 0:
        raise BusinessError("金额要大于 0。", code="amount", field="amount")
    central = goes_to_centre(gift.amount, dues_rules(desk.organisation, paid_on))
    if central and not gift.bio.strip():
        raise BusinessError("这一笔要全额上缴中央，请写他的简要情况（随款上报）。", code="bio", field="bio")
    row = DuesPayment(
        public_id=key, organisation=desk.organisation, person_id=gift.person_id, month=paid_on.replace(day=1),
        kind=DuesKind.VOLUNTARY, due=ZERO, paid=gift.amount, paid_on=paid_on, method=gift.method,
        payer_name=gift.payer.strip()[:40], receipt_year=paid_on.year,
        receipt_no=_next_receipt(desk.organisation, paid_on.year), to_centre=central, bio=gift.bio.strip()[:300],
        entered_by=desk.user, by_staff=desk.by_staff,
    )  # fmt: skip
    return _insert(desk, [row])[0]


@transaction.atomic
def forward_gift(desk: Desk, payment: DuesPayment, *, on: dt.date) -> None:
    """A voluntary payment was forwarded to the organisation above on a day; the first day counts."""
    if on > desk.today or on < payment.paid_on:
        raise BusinessError("上缴日期在收到那天和今天之间。", code="day", field="on")
    changed = DuesPayment.objects.filter(
        pk=payment.pk, kind=DuesKind.VOLUNTARY, forwarded_on__isnull=True, voided_at__isnull=True
    ).update(forwarded_on=on)
    if changed:
        audit.record(
            "dues.forward", actor=desk.user, people=[payment.person_id], target=f"branches.duespayment:{payment.pk}"
        )


@transaction.atomic
def void_payment(desk: Desk, payment: DuesPayment, *, reason: str) -> None:
    """Take back a payment that was recorded by mistake, with its reason; void already, it stays so."""
    _lock(desk.organisation)
    voiding.void(payment, reason=reason, actor=desk.user, people=[payment.person_id])
