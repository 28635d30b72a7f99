"""What a class costs whom (rule book 9.33). Values in, values out: no rows, no clock. Money in yuan."""

from dataclasses import dataclass
from decimal import Decimal

from apps.organisation.rules import RuleValues, rule_kind
from apps.university.choices.students import StudentKind

ZERO = Decimal("0.00")
MOST_FEE = Decimal(100_000)


@rule_kind(
    "university.fees",
    "老年大学学费优惠和缴费期限",
    labels={
        "veteran_fee": "离休干部每门课收多少元（空着：不优惠）",
        "monitor_off": "班长减多少元",
        "pay_days": "录取后几天内缴费（含最后一天）",
    },
    source="规则手册 9.33、9.34；领域资料 3.10（离休 100 元、班长减 300 元，取自一所学校，各地不同）",
)
@dataclass(frozen=True)
class FeeRules(RuleValues):
    """Discounts, and how long to pay. Of several discounts the best one counts, never their sum.

    See rule book 9.33 and 9.34.
    """

    veteran_fee: Decimal | None = Decimal(100)
    monitor_off: Decimal = Decimal(300)
    pay_days: int = 7

    def __post_init__(self):
        if self.veteran_fee is not None and not ZERO <= self.veteran_fee <= MOST_FEE:
            raise ValueError("离休干部的学费填 0 到 100000 元。")
        if not ZERO <= self.monitor_off <= MOST_FEE:
            raise ValueError("班长减免填 0 到 100000 元。")
        if not 0 <= self.pay_days <= 180:
            raise ValueError("缴费期限填 0 到 180 天。")


def fee_of(full: Decimal, kind: str, is_monitor: bool, rules: FeeRules) -> tuple[Decimal, str]:
    """(what he owes, the discount in words; empty where he pays in full). Never more than `full`, never below 0.

    See rule book 9.33.
    """
    best, words = full, ""
    if kind == StudentKind.SUBSIDISED and rules.veteran_fee is not None and rules.veteran_fee < best:
        best, words = rules.veteran_fee, f"离休干部，每门{plain(rules.veteran_fee)}元"
    reduced = max(ZERO, full - rules.monitor_off)
    if is_monitor and reduced < best:
        best, words = reduced, f"班长，减{plain(rules.monitor_off)}元"
    return best.quantize(Decimal("0.01")), words


def plain(amount: Decimal) -> str:
    """100.00 → 100, 21.50 → 21.50: yuan as people write them."""
    return str(int(amount)) if amount == int(amount) else f"{amount:.2f}"
