"""Dues of the demo city: the branch of the demo secretary with about fifty members and a year of payments, a few more
branches, exemptions, a large gift, funds and an allowance list."""

import datetime as dt
import uuid
from decimal import Decimal

from apps.accounts.models import User
from apps.branches.access import Desk
from apps.branches.choices import DuesMethod, FundKind, Level
from apps.branches.models import DuesExemption, DuesYear, FundEntry, Membership, Organisation, Post
from apps.branches.queries.dues import dues_of, formal_members
from apps.branches.rules.capability import Capability, kinds_without
from apps.branches.rules.dues import MonthState, add_months, month_of
from apps.branches.services import money
from apps.branches.services.dues import Gift, HandOver, take_dues, take_voluntary
from apps.branches.services.dues_bases import BaseLine, confirm_year, fix_bases, publish_year
from apps.branches.services.dues_exemptions import approve_exemption, ask_exemption
from apps.organisation.models import RuleSet, Unit

MEMBERS = 50
BRANCHES = 4
KEY = uuid.UUID("5d0f6a5e-1f0f-4a52-8d4e-3b1f0d7a2c10")
SPENT = (("主题党日租车", "680"), ("学习资料", "235.50"), ("送学上门材料", "128"))
METHODS = (DuesMethod.CASH, DuesMethod.CASH, DuesMethod.TRANSFER, DuesMethod.CODE, DuesMethod.RELATIVE)


def fill_branch(*, on: dt.date) -> None:
    """Let the demo secretary's branch have about fifty members, since long ago, before anything is written about it."""
    post = Post.objects.filter(user__username="shuji").select_related("organisation").first()
    if post is None:
        return
    missing = MEMBERS - formal_members(post.organisation, on).count()
    if missing <= 0:
        return
    links = Membership.objects.current(on).filter(link="formal").exclude(organisation=post.organisation)
    spare = links.filter(person__accounts__isnull=True, person__posts__isnull=True).order_by("-pk")[:missing]
    Membership.objects.filter(pk__in=[link.pk for link in spare]).update(organisation=post.organisation)


def write_dues(units: dict[str, Unit], staff: dict[str, User], *, on: dt.date) -> None:
    """Dues since last January at the secretary's branch and a few others; needs `write_others`."""
    post = Post.objects.filter(user__username="shuji").select_related("organisation", "user").first()
    if post is None or DuesYear.objects.exists():
        return
    RuleSet.objects.create(
        kind="branches.money", effective_from=dt.date(2024, 1, 1), document_no="云老〔2023〕31号（演示）",
        values={"secretary": "300", "deputy": "200", "member": "150", "fund_of_branch": "2000", "fund_of_member": "100",
                "return_percent": "50"},
    )  # fmt: skip
    desk = Desk(post.organisation, post.user, on, post)
    for number in range(2):
        _year(Desk(post.organisation, post.user, on, post), on.year - 1 + number, on, gaps=number == 1)
    clerk = Desk(post.organisation, staff["jingban"], on, None)
    _exempt(desk, clerk, on)
    _give(desk, on)
    _money(desk, clerk, on)
    others = Organisation.objects.exclude(kind__in=kinds_without(Capability.DUES)).exclude(pk=post.organisation_id)
    for organisation in others.filter(level__in=[Level.BRANCH, Level.GENERAL]).order_by("pk")[:BRANCHES]:
        _year(Desk(organisation, staff["jingban"], on, None), on.year, on, gaps=False)


def _base(person_id: int, year: int) -> Decimal:
    """A believable pension, some at and around the bracket's limit."""
    return Decimal(3200 + person_id * 137 % 4600 + (year - 2024) * 120) + Decimal(person_id % 10) / 10


def _year(desk: Desk, year: int, on: dt.date, *, gaps: bool) -> None:
    """Fix a year, confirm and publish it, and take its months; with `gaps` a few members are behind."""
    january = dt.date(year, 1, 1)
    people = list(formal_members(desk.organisation, on))
    fix_bases(desk, [BaseLine(one.pk, _base(one.pk, year), "pay_slip") for one in people], year=year)
    dues = dues_of([desk.organisation.pk], january, dt.date(year, 12, 1))
    if not dues:
        return
    confirm_year(desk, year=year, decided_on=min(dt.date(year, 1, 12), on))
    publish_year(desk, year=year)
    last = min(dt.date(year, 12, 1), add_months(month_of(on), -1))
    month = january
    while month <= last:
        behind = last if not gaps else add_months(last, -2)
        payers = [
            one for place, one in enumerate(people)
            if month in dues.get(one.pk, {}) and dues[one.pk][month].state == MonthState.OPEN
            and not (gaps and place % 17 == 3 and month >= behind)
        ]  # fmt: skip
        hand_overs = [_hand_over(one, month) for one in payers]
        paid_on = min(month.replace(day=desk.organisation.party_day or 25), on)
        key = uuid.uuid5(KEY, f"{desk.organisation.pk}:{month}")
        take_dues(Desk(desk.organisation, desk.user, max(on, paid_on), desk.post), hand_overs, paid_on=paid_on, key=key)
        month = add_months(month, 1)


def _hand_over(person, month: dt.date) -> HandOver:
    method = METHODS[person.pk % len(METHODS)]
    payer = f"{person.name}的女儿" if method == DuesMethod.RELATIVE else ""
    return HandOver(person.pk, (month,), None, method, payer)


def _exempt(desk: Desk, clerk: Desk, on: dt.date) -> None:
    people = list(formal_members(desk.organisation, on)[:7])
    month = month_of(on)
    for place, kind, amount in ((5, "zero", None), (6, "reduced", Decimal(2))):
        row = ask_exemption(desk, DuesExemption(
            public_id=uuid.uuid5(KEY, f"exempt:{place}"), person=people[place], kind=kind, amount=amount,
            starts_on=month, ends_on=add_months(month, 6), reason="hardship", decided_on=on,
        ))  # fmt: skip
        if kind == "zero":
            approve_exemption(clerk, row, on=on)


def _give(desk: Desk, on: dt.date) -> None:
    giver = formal_members(desk.organisation, on)[1]
    gift = Gift(giver.pk, Decimal(10000), bio="1951年参加工作，1953年入党，离休前在教育系统工作。")
    take_voluntary(desk, gift, paid_on=on, key=uuid.uuid5(KEY, "gift"))


def _money(desk: Desk, clerk: Desk, on: dt.date) -> None:
    fund = money.set_fund(
        clerk, year=on.year, kind=FundKind.WORK, amount=Decimal(7000), received=Decimal(3500),
        document_no="云老〔2023〕31号（演示）",
    )  # fmt: skip
    money.set_fund(
        clerk,
        year=on.year,
        kind=FundKind.RETURNED,
        amount=Decimal(4200),
        received=Decimal(4200),
        document_no="上年党费返还",
    )
    for number, (purpose, amount) in enumerate(
        (("主题党日租车", "680"), ("学习资料", "235.50"), ("送学上门材料", "128"))
    ):
        entry = FundEntry(
            public_id=uuid.uuid5(KEY, f"entry:{number}"), spent_on=on, amount=Decimal(amount), purpose=purpose,
            document_no=f"0{number + 1}号", handled_by="组织委员",
        )  # fmt: skip
        money.spend(desk, fund, entry)
    first = add_months(month_of(on), -((on.month - 1) % 3 + 3))
    starts_on = max(first, dt.date(on.year, 1, 1))
    money.make_allowances(
        clerk, starts_on=starts_on, ends_on=add_months(starts_on, 3), key=uuid.uuid5(KEY, "allowance")
    )
