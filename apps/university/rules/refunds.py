"""How much of a fee goes back (rule book 9.35, 9.36). Values in, values out: no rows, no clock. Money in yuan."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apps.organisation.rules import RuleValues, rule_kind
from apps.university.choices.money import IN_FULL, SPECIAL, RefundAct, RefundCause, RefundState

from .fees import plain

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


@rule_kind(
    "university.refunds",
    "老年大学退费",
    labels={
        "sessions": "已上课不超过几次（从少到多，0 是开课以前）",
        "shares": "对应退百分之几（比上一项多一个，最后一个是再往后）",
        "special_shares": "离世、重病、移居的退百分之几（同上）",
        "only_special": "只有离世、重病、移居才退",
        "handling": "手续费（元）",
        "undo_days": "几天内可以撤回上一步",
    },
    source="规则手册 9.35、9.36；领域资料 3.10（开课前 100%、8 次以内 80%、15 次以内 50%、以后不退，取自一所学校）",
)
@dataclass(frozen=True)
class RefundRules(RuleValues):
    """The table of refunds: `shares[i]` percent up to and with `sessions[i]` lessons held, the last one beyond.

    See rule book 9.35.
    """

    sessions: tuple[int, ...] = (0, 8, 15)
    shares: tuple[int, ...] = (100, 80, 50, 0)
    special_shares: tuple[int, ...] = (100, 100, 80, 50)
    only_special: bool = False
    handling: Decimal = ZERO
    undo_days: int = 3

    def __post_init__(self):
        steps = len(self.sessions)
        if not steps or list(self.sessions) != sorted(set(self.sessions)) or self.sessions[0] < 0:
            raise ValueError("次数要从少到多，不能重复。")
        for shares in (self.shares, self.special_shares):
            if len(shares) != steps + 1:
                raise ValueError(f"次数有 {steps} 项，退百分之几要填 {steps + 1} 项。")
            if list(shares) != sorted(shares, reverse=True) or not 0 <= shares[-1] <= shares[0] <= 100:
                raise ValueError("退百分之几填 0 到 100，课上得越多退得越少。")
        if self.handling < 0 or not 0 <= self.undo_days <= 60:
            raise ValueError("手续费不能是负数，撤回期限填 0 到 60 天。")


@dataclass(frozen=True)
class Reckoned:
    """What goes back, and how it came to that. `refusal`: why nothing does."""

    amount: Decimal
    share: int
    handling: Decimal
    words: str
    refusal: str = ""


def share_of(held: int, rules: RefundRules, *, special: bool = False) -> int:
    """Percent of the fee that goes back after `held` lessons: 8 → 80, 9 → 50, 16 → 0. See rule book 9.35."""
    shares = rules.special_shares if special else rules.shares
    place = next((index for index, most in enumerate(rules.sessions) if held <= most), len(rules.sessions))
    return shares[place]


def refund_of(paid: Decimal, owed: Decimal, held: int, cause: str, rules: RefundRules) -> Reckoned:
    """The refund of somebody who paid `paid` (net of what went back already) after `held` lessons of his class.

    `owed`: what he keeps owing, where the class goes on (换课差额、多缴). Never more than `paid`, never below 0; a
    class that the school cancelled gives all of it back, always. See rule book 9.35.
    """
    if cause in IN_FULL:
        is_off = cause == RefundCause.CLASS_OFF
        back = paid if is_off else max(ZERO, paid - owed)
        words = f"学校取消开班，已缴 {paid} 元全退" if is_off else f"已缴 {paid} 元，应缴 {owed} 元，退差额"
        return Reckoned(back, 100, ZERO, words, "" if back else "没有多缴，不用退。")
    special = cause in SPECIAL
    share = share_of(held, rules, special=special)
    if rules.only_special and not special:
        return Reckoned(ZERO, 0, ZERO, "", "按本校规定，只有离世、重病、移居外地的可以退费。")
    before = (paid * share / 100).quantize(CENT, ROUND_HALF_UP)
    handling = min(rules.handling, before)
    words = f"{how_far(held)}，已缴 {paid} 元，退 {share}%"
    words += f"，扣手续费 {plain(handling)} 元" if handling else ""
    refusal = "" if before - handling > 0 else f"{how_far(held)}，按规定不退费。"
    return Reckoned(before - handling, share, handling, words, refusal)


def how_far(held: int) -> str:
    return f"已上 {held} 次课" if held else "还没开课"


# Steps ------------------------------------------------------------------------------------------------------------

State, Act = RefundState, RefundAct
# act → (states it is done in, state it leads to).
MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    Act.SIGN: ((State.APPLIED,), State.SIGNED),
    Act.SEND: ((State.SIGNED,), State.SENT),
    Act.PAY: ((State.SENT,), State.PAID),
    Act.REFUSE: ((State.APPLIED, State.SIGNED), State.REFUSED),
    Act.WITHDRAW: ((State.APPLIED, State.SIGNED), State.WITHDRAWN),
}


def may(act: str, state: str) -> bool:
    """Whether an act is the turn of a refund in this state. See rule book 9.36."""
    return act in MOVES and state in MOVES[act][0]
