"""A campaign from its making to its closing: standards, approval within the budget, and back again."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.insert_select import execute
from apps.ledgers.choices.campaigns import CampaignState, Category
from apps.ledgers.models import Campaign, CampaignStandard
from apps.ledgers.queries.campaigns import Totals, left_over, totals
from apps.ledgers.rules.campaigns import GreetingStandards, festival_name, standards_of
from apps.organisation.models import Unit
from apps.organisation.queries import rule_values


@dataclass(frozen=True, kw_only=True)
class CampaignFacts:
    """What the form of a campaign says; days included, yuan."""

    unit: Unit
    kind: str
    name: str
    starts_on: dt.date
    last_day: dt.date
    budget: Decimal
    festival_on: dt.date | None = None
    note: str = ""


@transaction.atomic
def make_campaign(facts: CampaignFacts, *, actor: User, form_key: uuid.UUID) -> Campaign:
    """A campaign with the standards of the rule set in force on its first day; the same form sent twice is one.

    See rule book 8.22.
    """
    standing = Campaign.objects.filter(public_id=form_key).first()
    if standing is not None:
        return standing
    check_name(facts)
    campaign = Campaign(public_id=form_key, made_by=actor, **vars(facts))
    campaign.name = campaign.name.strip()
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        raise BusinessError("这个单位已经有同名的慰问，请换个名称，或者去接着办那一个。", field="name") from error
    rules = rule_values(GreetingStandards.rule_key, on=facts.starts_on, unit=facts.unit)
    CampaignStandard.objects.bulk_create(
        CampaignStandard(campaign=campaign, **vars(one)) for one in standards_of(rules)
    )  # fmt: skip
    note(campaign, "campaign.make", actor)
    return campaign


def check_name(facts: CampaignFacts) -> None:
    """A festival's campaign bears the name that its duties carry, else its visits would not settle them."""
    name = festival_name(facts.kind, facts.festival_on or facts.last_day)
    if name and facts.name.strip() != name:
        raise BusinessError(f"这个节日的名称写成“{name}”，走访才能办结这一年的节日慰问。", code="name", field="name")


def locked(campaign: Campaign, *states: str) -> Campaign:
    """The campaign as it stands, locked. Refuses one that is in none of `states`."""
    found = Campaign.objects.select_for_update(of=("self",)).select_related("unit").get(pk=campaign.pk)
    if found.voided_at is not None:
        raise BusinessError("这次慰问已经作废。", code="state")
    if states and found.state not in states:
        raise BusinessError(WHY_NOT[CampaignState(found.state)], code="state")
    return found


WHY_NOT = {
    CampaignState.DRAFT: "这次慰问还没有核定，请先核定名单和金额。",
    CampaignState.APPROVED: "这次慰问已经核定。要改名单以外的内容，请先退回修改。",
    CampaignState.CLOSED: "这次慰问已经结账。要改，请先重新打开。",
}

FOLLOW_STANDARD = """
UPDATE ledgers_visittarget t SET money = s.money, gift = s.gift, gift_value = s.gift_value
  FROM ledgers_campaignstandard s
 WHERE s.campaign_id = %(campaign)s AND t.campaign_id = s.campaign_id AND t.category = s.category
   AND NOT t.own_amount AND t.state <> 'removed'
   AND (t.money, t.gift, t.gift_value) IS DISTINCT FROM (s.money, s.gift, s.gift_value)
"""


def follow_standards(campaign: Campaign) -> int:
    """Give everybody on the list what the standard of his category says now, save where it was set for him alone."""
    return execute(FOLLOW_STANDARD, {"campaign": campaign.pk})


@transaction.atomic
def change_standards(campaign: Campaign, lines: Mapping[str, tuple[Decimal, str, Decimal]], *, actor: User) -> int:
    """New (money, gift, its value) by category; the list follows. Only before approval. Returns how many changed."""
    campaign = locked(campaign, CampaignState.DRAFT)
    for category, (money, gift, value) in lines.items():
        if money < 0 or value < 0:
            raise BusinessError("金额不能是负数。", field="money")
        CampaignStandard.objects.update_or_create(
            campaign=campaign, category=Category(category), defaults={"money": money, "gift": gift, "gift_value": value}
        )
    note(campaign, "campaign.standard", actor)
    return follow_standards(campaign)


# Approval and closing ---------------------------------------------------------------------------------------------


def refuse_over_budget(campaign: Campaign, sums: Totals) -> None:
    """Nothing is printed or approved that the budget does not cover (rule book 8.23)."""
    over = sums.over(campaign.budget)
    if over > 0:
        raise BusinessError(
            f"慰问金 {sums.money:,.2f} 元，慰问品折价 {sums.gifts:,.2f} 元，合计 {sums.planned:,.2f} 元，"
            f"超出预算 {over:,.2f} 元。请减人、调低标准，或者先追加预算。",
            code="over_budget",
        )


@transaction.atomic
def approve_campaign(campaign: Campaign, *, actor: User, on: dt.date) -> Campaign:
    """Fix list and amounts. Refuses an empty list, a total over the budget, and sources that do not add up to it.

    See rule book 8.23.
    """
    campaign = locked(campaign)
    if campaign.state == CampaignState.APPROVED:
        return campaign
    if campaign.state == CampaignState.CLOSED:
        raise BusinessError(WHY_NOT[CampaignState.CLOSED], code="state")
    sums = totals(campaign)
    if not sums.people:
        raise BusinessError("名单是空的，请先选人。", code="empty")
    sources = campaign.sources.aggregate(sum=Sum("amount"))["sum"]
    if sources is not None and sources != campaign.budget:
        raise BusinessError(
            f"各项资金来源合计 {sources:,.2f} 元，和预算 {campaign.budget:,.2f} 元不一致，请先改成一样。",
            code="sources",
        )
    refuse_over_budget(campaign, sums)
    campaign.state, campaign.approved_on, campaign.approved_by = CampaignState.APPROVED, on, actor
    campaign.save(update_fields=["state", "approved_on", "approved_by"])
    note(campaign, "campaign.approve", actor)
    return campaign


@transaction.atomic
def send_back(campaign: Campaign, *, actor: User, reason: str) -> Campaign:
    """From approved back to choosing. Refused once somebody was visited."""
    campaign = locked(campaign, CampaignState.APPROVED)
    if not reason.strip():
        raise BusinessError("请写明为什么退回修改。", code="reason", field="reason")
    if totals(campaign).stops_done:
        raise BusinessError("已经有人去看过了，不能退回修改。可以在名单里单独增减。", code="begun")
    campaign.state, campaign.approved_on, campaign.approved_by = CampaignState.DRAFT, None, None
    campaign.save(update_fields=["state", "approved_on", "approved_by"])
    note(campaign, "campaign.send_back", actor, reason)
    return campaign


@transaction.atomic
def close_campaign(campaign: Campaign, *, actor: User, on: dt.date) -> Campaign:
    """Settle up: every door has a result, every envelope not handed over is back. The totals of this moment are kept.

    See rule book 8.26.
    """
    campaign = locked(campaign, CampaignState.APPROVED)
    sums = totals(campaign)
    if sums.stops_done < sums.stops:
        raise BusinessError(f"还有 {sums.stops - sums.stops_done} 户没有录结果，录完再结账。", code="results")
    if sums.unclaimed_people:
        raise BusinessError(
            f"还有 {sums.unclaimed_people} 份没有送到（{sums.unclaimed_money:,.2f} 元），"
            "请先登记退回，或者改成已经领取。",
            code="unclaimed",
        )
    campaign.state, campaign.closed_on = CampaignState.CLOSED, on
    campaign.closing = {
        "people": sums.people, "stops": sums.stops, "given_people": sums.given_people,
        "given_money": str(sums.given_money), "given_gifts": str(sums.given_gifts),
        "returned_people": sums.returned_people, "returned_money": str(sums.returned_money), "struck": sums.struck,
        "budget": str(campaign.budget), "left": str(left_over(campaign, sums)), "by": str(actor),
    }  # fmt: skip
    campaign.save(update_fields=["state", "closed_on", "closing"])
    note(campaign, "campaign.close", actor)
    return campaign


@transaction.atomic
def reopen_campaign(campaign: Campaign, *, actor: User, reason: str) -> Campaign:
    """Undo the closing; its totals are reckoned anew at the next one."""
    campaign = locked(campaign, CampaignState.CLOSED)
    if not reason.strip():
        raise BusinessError("请写明为什么重新打开。", code="reason", field="reason")
    campaign.state, campaign.closed_on, campaign.closing = CampaignState.APPROVED, None, {}
    campaign.save(update_fields=["state", "closed_on", "closing"])
    note(campaign, "campaign.reopen", actor, reason)
    return campaign


def note(campaign: Campaign, action: str, actor: User, reason: str = "", people=()) -> None:
    """An audit entry about a campaign."""
    audit.record(action, actor=actor, people=people, reason=reason, target=f"ledgers.campaign:{campaign.pk}")
