"""Money of a branch: its funds and what is spent of them, the allowances of its posts (domain 0)."""

import datetime as dt
import uuid
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from apps.branches.access import Desk, may_decide_above
from apps.branches.choices import PostKind
from apps.branches.models import AllowanceLine, AllowanceList, BranchFund, FundEntry, Organisation, Post
from apps.branches.queries.dues import rules_unit
from apps.branches.rules.dues import add_months, months_apart
from apps.branches.rules.money import MoneyRules, allowance_of
from apps.common import audit, voiding
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values

from .guards import check

ORDER = {kind: place for place, kind in enumerate(PostKind.values)}
LONGEST = 12


def money_rules(organisation: Organisation, on: dt.date) -> MoneyRules:
    """The local amounts in force for an organisation on a day."""
    return rule_values(MoneyRules.rule_key, on=on, unit=rules_unit(organisation))


@transaction.atomic
def set_fund(
    desk: Desk, *, year: int, kind: str, amount: Decimal, received: Decimal, document_no: str
) -> BranchFund:  # fmt: skip
    """Set what a branch may spend in a year and how much of it came; by the organisation above or staff. Again with
    other figures changes them."""
    if not may_decide_above(desk):
        raise BusinessError("经费数额由上级党组织或老干部局下达。", code="not_above")
    Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=desk.organisation.pk)
    fund = BranchFund.objects.filter(
        organisation=desk.organisation, year=year, kind=kind, voided_at__isnull=True
    ).first() or BranchFund(organisation=desk.organisation, year=year, kind=kind)  # fmt: skip
    fund.amount, fund.received, fund.document_no = amount, received, document_no.strip()[:60]
    fund.entered_by, fund.by_staff = desk.user, desk.by_staff
    check(fund)
    fund.save()
    audit.record("money.fund", actor=desk.user, target=f"branches.branchfund:{fund.pk}")
    return fund


@transaction.atomic
def spend(desk: Desk, fund: BranchFund, entry: FundEntry) -> FundEntry:
    """Record money spent of a fund; refused beyond what there is. `public_id` is the form's key: twice is one row."""
    fund = BranchFund.objects.select_for_update(no_key=True, of=("self",)).get(pk=fund.pk)
    if known := FundEntry.objects.filter(public_id=entry.public_id).first():
        return known
    if entry.spent_on > desk.today or entry.spent_on.year != fund.year:
        raise BusinessError(f"日期要在 {fund.year} 年里，不能晚于今天。", code="day", field="spent_on")
    left = fund.amount - spent_of(fund)
    if entry.amount > left:
        raise BusinessError(f"只剩 {left} 元，请核对金额；要追加请报上级。", code="left", field="amount")
    entry.fund, entry.entered_by, entry.by_staff = fund, desk.user, desk.by_staff
    check(entry)
    entry.save()
    audit.record("money.spend", actor=desk.user, target=f"branches.fundentry:{entry.pk}")
    return entry


def spent_of(fund: BranchFund) -> Decimal:
    """What was spent of a fund."""
    total = fund.entries.filter(voided_at__isnull=True).aggregate(total=Sum("amount"))["total"]
    return total or Decimal("0.00")


@transaction.atomic
def void_entry(desk: Desk, entry: FundEntry, *, reason: str) -> None:
    """Take back an entry that was recorded by mistake."""
    voiding.void(entry, reason=reason, actor=desk.user)


@transaction.atomic
def make_allowances(desk: Desk, *, starts_on: dt.date, ends_on: dt.date, key: uuid.UUID) -> AllowanceList:
    """The payment list of the posts of a branch for the months of [starts_on, ends_on), by the rules in force on its
    last day: each holder once, by his highest post, for the months on whose first day he held it. `key` twice is one.
    """
    if not may_decide_above(desk):
        raise BusinessError("工作补贴发放表由上级党组织或老干部局编制。", code="not_above")
    Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=desk.organisation.pk)
    if known := AllowanceList.objects.filter(public_id=key).first():
        return known
    count = months_apart(starts_on, ends_on)
    if not 1 <= count <= LONGEST:
        raise BusinessError("一张表最多 12 个月，止的月份不早于起的月份。", code="months", field="last")
    if AllowanceList.objects.filter(
        organisation=desk.organisation, voided_at__isnull=True, starts_on__lt=ends_on, ends_on__gt=starts_on
    ).exists():
        raise BusinessError("这几个月里已经有一张发放表，请先作废那一张。", code="clash", field="first")
    rules = money_rules(desk.organisation, add_months(ends_on, -1))
    lines = _lines(desk.organisation, [add_months(starts_on, number) for number in range(count)], rules)
    if not lines:
        raise BusinessError(
            "没有要发的补贴：请看看这几个月有没有任职，补贴标准定了没有（规则和文号：支部经费和补贴）。", code="nothing"
        )
    sheet = AllowanceList(
        public_id=key, organisation=desk.organisation, starts_on=starts_on, ends_on=ends_on, entered_by=desk.user,
        by_staff=desk.by_staff,
    )  # fmt: skip
    check(sheet)
    sheet.save()
    AllowanceLine.objects.bulk_create([_with(line, sheet) for line in lines])
    audit.record(
        "money.allowances", actor=desk.user, people=[line.person_id for line in lines],
        target=f"branches.allowancelist:{sheet.pk}",
    )  # fmt: skip
    return sheet


def _with(line: AllowanceLine, sheet: AllowanceList) -> AllowanceLine:
    line.list = sheet
    return line


def _lines(organisation: Organisation, months: list[dt.date], rules: MoneyRules) -> list[AllowanceLine]:
    held_then = Post.objects.filter(organisation=organisation, voided_at__isnull=True, starts_on__lte=months[-1])
    posts = sorted(held_then, key=lambda post: (ORDER[post.kind], post.pk))
    lines: dict[int, AllowanceLine] = {}
    for month in months:
        paid: set[int] = set()
        for post in posts:
            held = post.starts_on <= month and (post.ends_on is None or post.ends_on > month)
            monthly = allowance_of(post.kind, rules)
            if not held or not monthly or post.person_id in paid:
                continue
            paid.add(post.person_id)
            line = lines.setdefault(
                post.person_id,
                AllowanceLine(
                    person_id=post.person_id, post=post.kind, months=0, monthly=monthly, amount=Decimal("0.00")
                ),
            )  # fmt: skip
            line.months += 1
            line.amount += monthly
    return list(lines.values())


@transaction.atomic
def step_allowances(desk: Desk, sheet: AllowanceList, *, step: str, on: dt.date) -> None:
    """Signed by all, or paid out, on a day; each step once, in this order."""
    if on > desk.today or on < sheet.starts_on or (sheet.signed_on and on < sheet.signed_on):
        raise BusinessError("日期不能晚于今天，也不能早于上一步。", code="day", field="on")
    rows = AllowanceList.objects.filter(pk=sheet.pk, voided_at__isnull=True)
    if step == "sign":
        changed = rows.filter(signed_on__isnull=True).update(signed_on=on)
    else:
        changed = rows.filter(signed_on__isnull=False, paid_on__isnull=True).update(paid_on=on)
        if not changed and not sheet.paid_on:
            raise BusinessError("先签字，后发放。请先记签字日期。", code="order", field="on")
    if changed:
        audit.record(f"money.{step}", actor=desk.user, target=f"branches.allowancelist:{sheet.pk}")


@transaction.atomic
def void_allowances(desk: Desk, sheet: AllowanceList, *, reason: str) -> None:
    """Take back a list that was not paid out."""
    sheet = AllowanceList.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    if sheet.paid_on:
        raise BusinessError("已经发放，不能作废。", code="paid")
    if not may_decide_above(desk):
        raise BusinessError("发放表由编制它的上级作废。", code="not_above")
    voiding.void(sheet, reason=reason, actor=desk.user, people=sheet.lines.values_list("person_id", flat=True))
