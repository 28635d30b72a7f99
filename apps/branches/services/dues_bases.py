"""Fixing what each member pays: in January for the year, in the year only with a reason (domain 3.2)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import IntegrityError, transaction

from apps.branches.access import Desk, may_fix_dues
from apps.branches.models import DuesBase, DuesYear, Organisation
from apps.branches.queries.dues import dues_of, dues_rules, formal_members, is_dues_off
from apps.branches.rules.capability import Capability, able, refusal
from apps.branches.rules.dues import CENT, LARGEST, MonthState, month_of, monthly_amount, months_of_year, rate_of
from apps.common import audit
from apps.common.errors import BusinessError


@dataclass(frozen=True, slots=True)
class BaseLine:
    """One member's base in yuan, and where it was read from."""

    person_id: int
    base: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """A new base in the course of a year: from which month, and why."""

    starts_on: dt.date
    reason: str


def require_dues(organisation: Organisation, on: dt.date) -> None:
    """Refuse where the kind of organisation takes no dues, where it is dissolved, or where the module is off."""
    if not able(organisation.kind, Capability.DUES):
        raise BusinessError(refusal(organisation.kind, Capability.DUES), code="incapable", field="organisation")
    if is_dues_off(organisation, on):
        raise BusinessError("这里没有使用党费模块。", code="off")


def read_amount(text: str) -> Decimal:
    """Yuan as typed, to the cent; raises BusinessError with what to do."""
    try:
        amount = Decimal(str(text).replace(",", "").replace("，", "").replace("元", "").strip())
    except InvalidOperation:
        raise BusinessError("金额请写数字，例如 4301.50。", code="amount") from None
    if not amount.is_finite() or amount < 0 or amount > LARGEST or amount != amount.quantize(CENT):
        raise BusinessError("金额在 0 到 1000000 元之间，最多两位小数。", code="amount")
    return amount.quantize(CENT)


@transaction.atomic
def fix_bases(
    desk: Desk, lines: Sequence[BaseLine], *, year: int, change: Change | None = None
) -> int:  # fmt: skip
    """Fix the monthly amounts of members for a year, by the rules in force on its 1 January; gives how many changed.

    Before the branch confirmed the year a line replaces the one that stands; afterwards a different base needs
    `change` and holds from its month on. A member who has none yet (a new one) needs no reason. The same lines again
    change nothing. Raises BusinessError.
    """
    if not may_fix_dues(desk):
        raise BusinessError("交纳基数由本支部书记、副书记或组织委员核定。", code="not_officer")
    require_dues(desk.organisation, desk.today)
    if not 2000 <= year <= desk.today.year + 1:
        raise BusinessError("年度不对，请核对。", code="year")
    Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=desk.organisation.pk)
    _require_members(desk, [line.person_id for line in lines])
    january = dt.date(year, 1, 1)
    rules = dues_rules(desk.organisation, january)
    decided = DuesYear.objects.filter(organisation=desk.organisation, year=year, voided_at__isnull=True).exists()
    standing = _standing([line.person_id for line in lines], year)
    changed = [line for line in lines if _differs(standing.get(line.person_id), line)]
    late = [line for line in changed if line.person_id in standing and decided]
    if late and change is None:
        raise BusinessError(
            "今年的标准已经核定，一般一年不变。确要调整，请在这位同志的页面写明从哪个月起和原因。",
            code="decided", field=f"base_{late[0].person_id}",
        )  # fmt: skip
    for line in changed:
        _write(desk, line, standing.get(line.person_id), january, rules, change if line in late else None)
    if changed:
        audit.record(
            "dues.fix", actor=desk.user, people=[line.person_id for line in changed], fields=["base"],
            target=f"branches.organisation:{desk.organisation.pk}",
        )  # fmt: skip
    return len(changed)


def _require_members(desk: Desk, person_ids: list[int]) -> None:
    members = set(formal_members(desk.organisation, desk.today).order_by().values_list("pk", flat=True))
    if set(person_ids) - members:
        raise BusinessError("有人的正式组织关系不在本支部，请在他正式组织关系所在的支部核定。", code="not_member")


def _standing(person_ids: list[int], year: int) -> dict[int, DuesBase]:
    rows = DuesBase.objects.filter(person_id__in=person_ids, year=year, voided_at__isnull=True)
    return {row.person_id: row for row in rows.order_by("starts_on")}


def _differs(row: DuesBase | None, line: BaseLine) -> bool:
    return row is None or Decimal(row.base or "-1") != line.base or row.source != line.source


def _write(desk: Desk, line: BaseLine, row: DuesBase | None, january: dt.date, rules, change: Change | None) -> None:
    starts_on = january
    if change is not None and row is not None:
        starts_on = month_of(change.starts_on)
        if starts_on.year != january.year or starts_on <= row.starts_on or not change.reason.strip():
            raise BusinessError(
                f"请写明原因；新标准从 {row.starts_on.month + 1} 月到 12 月之间的某个月起。",
                code="change",
                field="starts_on",
            )
        row = None
    row = row or DuesBase(person_id=line.person_id, year=january.year, starts_on=starts_on)
    row.organisation, row.source, row.fixed_on = desk.organisation, line.source, desk.today
    row.base, row.rate, row.amount = (
        str(line.base.quantize(CENT)),
        rate_of(line.base, rules),
        monthly_amount(line.base, rules),
    )
    row.reason = change.reason.strip()[:100] if change else row.reason
    row.entered_by, row.by_staff = desk.user, desk.by_staff
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise BusinessError("他这个月起的标准刚由别人定过，请刷新后再看。", code="concurrent") from error


@transaction.atomic
def confirm_year(desk: Desk, *, year: int, decided_on: dt.date) -> DuesYear:
    """The branch meeting has fixed the amounts; from here on a change needs its reason. Twice is once."""
    if not may_fix_dues(desk):
        raise BusinessError("由本支部书记、副书记或组织委员确认。", code="not_officer")
    require_dues(desk.organisation, desk.today)
    if decided_on > desk.today or decided_on < dt.date(year - 1, 12, 1):
        raise BusinessError("请填支部开会定下来的那一天，不能晚于今天。", code="day", field="decided_on")
    Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=desk.organisation.pk)
    found = DuesYear.objects.filter(organisation=desk.organisation, year=year, voided_at__isnull=True).first()
    if found:
        return found
    if missing := unfixed_people(desk.organisation, year, desk.today):
        raise BusinessError(f"还有 {len(missing)} 位没有填交纳基数，填好再确认。", code="missing", field="decided_on")
    row = DuesYear.objects.create(
        organisation=desk.organisation, year=year, decided_on=decided_on, entered_by=desk.user, by_staff=desk.by_staff
    )
    audit.record("dues.confirm_year", actor=desk.user, target=f"branches.duesyear:{row.pk}")
    return row


@transaction.atomic
def publish_year(desk: Desk, *, year: int) -> None:
    """The list of names and amounts was put up; the first day counts."""
    changed = DuesYear.objects.filter(
        organisation=desk.organisation, year=year, voided_at__isnull=True, published_on__isnull=True
    ).update(published_on=desk.today)
    if changed:
        audit.record("dues.publish", actor=desk.user, target=f"branches.organisation:{desk.organisation.pk}")


def unfixed_people(organisation: Organisation, year: int, today: dt.date) -> list[int]:
    """Members of today who owe in the year (not wholly exempt) and have no amount."""
    months = months_of_year(year)
    dues = dues_of([organisation.pk], months[0], months[-1])
    current = set(formal_members(organisation, today).order_by().values_list("pk", flat=True))
    return [
        person for person, months in dues.items()
        if person in current and any(due.state == MonthState.UNFIXED for due in months.values())
    ]  # fmt: skip
