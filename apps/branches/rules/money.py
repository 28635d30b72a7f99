"""Money of a branch: working funds, allowances of its posts, dues returned (domain 0)."""

from dataclasses import dataclass
from decimal import Decimal

from apps.branches.choices import PostKind
from apps.organisation.rules import RuleValues, rule_kind

NOTHING = Decimal("0.00")


@rule_kind(
    "branches.money",
    "支部经费和补贴",
    labels={
        "secretary": "书记工作补贴（元/月）",
        "deputy": "副书记工作补贴（元/月）",
        "member": "委员工作补贴（元/月）",
        "fund_of_branch": "每个支部工作经费（元/年）",
        "fund_of_member": "每名党员活动经费（元/年）",
        "return_percent": "党费返还比例（%）",
    },
    source="规则手册 7.44",
)
@dataclass(frozen=True)
class MoneyRules(RuleValues):
    """Local amounts; nothing is paid where the bureau has set none."""

    secretary: Decimal = NOTHING
    deputy: Decimal = NOTHING
    member: Decimal = NOTHING
    fund_of_branch: Decimal = NOTHING
    fund_of_member: Decimal = NOTHING
    return_percent: Decimal = NOTHING


def allowance_of(post: str, rules: MoneyRules) -> Decimal:
    """Yuan a month for a post.

    See rule book 7.44.
    """
    amounts: dict[str, Decimal] = {PostKind.SECRETARY: rules.secretary, PostKind.DEPUTY: rules.deputy}
    return amounts.get(post, rules.member)
