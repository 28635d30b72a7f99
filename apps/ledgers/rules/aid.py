"""困难帮扶: the window, the limits, whose turn it is, who may not decide (domain 2.7, 3.12; rule book 8.40–8.49).

Values in, values out: no rows, no clock. Money in yuan.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.common.names import surname_of
from apps.ledgers.choices.aid import AidAct, AidHelp, AidState, NoticeName
from apps.organisation.rules import RuleValues, rule_kind
from apps.organisation.workdays import WorkCalendar

ZERO = Decimal("0.00")
LEAST, MOST = Decimal(3000), Decimal(5000)
CODES = ("01", "02", "03", "04", "05", "06", "99")
# Given to the families of the dead only.
SURVIVOR_CODES = ("05",)


def day_in(year: int, text: str) -> dt.date:
    """月-日 in a year; 02-29 is the last of February. ValueError with a sentence for what is no day."""
    month, _, day = text.partition("-")
    if not (month.isdecimal() and day.isdecimal()):
        raise ValueError("日期写成 月-日，例如 10-01。")
    try:
        dt.date(2000, int(month), int(day))
    except ValueError:
        raise ValueError(f"没有 {text} 这一天，写成 月-日，例如 10-01。") from None
    try:
        return dt.date(year, int(month), int(day))
    except ValueError:
        return dt.date(year, 2, 28)


@rule_kind(
    "ledgers.aid",
    "困难帮扶",
    labels={
        "opens": "每年几月几日开始申请（月-日）",
        "closes": "申请到几月几日为止（月-日，含当天）",
        "situations": "困难情形（代码表 aid_situation 的代码）",
        "least": "各情形最少多少元（与情形一一对应）",
        "most": "各情形最多多少元（与情形一一对应）",
        "verify_days": "申请后几天内入户核实",
        "needs_stamp": "要单位签字盖章",
        "deciders": "会议至少几人表决（不含回避的）",
        "notice_days": "公示几个工作日",
        "notice_name": "公示单上的姓名",
        "receipt_days": "发放后几天内收回签领",
        "undo_days": "几天内可以撤回上一步",
        "keep_years": "办结后证明材料保留几年",
        "keep_days": "未批准、撤回的证明材料保留几天",
    },
    source="规则手册 8.40、8.41、8.43、8.45、8.46、8.48、8.49；领域资料 3.12（每年 10 月、3000–5000 元、一年一次）",
)
@dataclass(frozen=True)
class AidRules(RuleValues):
    """What the fund gives and how. Raises ValueError with a sentence for what cannot be (rule book 8.40)."""

    opens: str = "10-01"
    closes: str = "10-31"
    situations: tuple[str, ...] = CODES
    least: tuple[Decimal, ...] = (LEAST,) * len(CODES)
    most: tuple[Decimal, ...] = (MOST,) * len(CODES)
    verify_days: int = 10
    needs_stamp: bool = True
    deciders: int = 3
    notice_days: int = 5
    notice_name: NoticeName = NoticeName.FULL
    receipt_days: int = 30
    undo_days: int = 3
    keep_years: int = 5
    keep_days: int = 180

    def __post_init__(self):
        for text in (self.opens, self.closes):
            day_in(2000, text)
        if day_in(2000, self.closes) < day_in(2000, self.opens):
            raise ValueError("申请的截止日不能早于开始日。")
        if not len(self.situations) == len(self.least) == len(self.most) or len(set(self.situations)) != len(
            self.situations
        ):
            raise ValueError("困难情形不能重复，最少、最多金额要和情形一一对应。")
        if any(not ZERO <= low <= high for low, high in zip(self.least, self.most, strict=True)):
            raise ValueError("每种情形的最多金额不能小于最少金额。")
        if not 1 <= self.deciders <= 30 or not 1 <= self.notice_days <= 60:
            raise ValueError("表决人数填 1 到 30，公示填 1 到 60 个工作日。")
        days = (self.verify_days, self.receipt_days, self.undo_days, self.keep_days, self.keep_years)
        if min(days) < 0 or max(days) > 3650:
            raise ValueError("天数、年数填 0 到 3650。")

    def limits(self, codes: Iterable[str]) -> tuple[Decimal, Decimal] | None:
        """(least, most) for somebody in these situations: the widest of them; None where none is in the rules."""
        places = [self.situations.index(code) for code in codes if code in self.situations]
        if not places:
            return None
        return min(self.least[place] for place in places), max(self.most[place] for place in places)


def window(rules: AidRules, year: int) -> tuple[dt.date, dt.date]:
    """First and last day of a year on which one may apply (rule book 8.40)."""
    return day_in(year, rules.opens), day_in(year, rules.closes)


# Steps ------------------------------------------------------------------------------------------------------------

State, Act = AidState, AidAct
UNDECIDED = (State.APPLIED, State.VERIFIED, State.SIGNED, State.REVIEWED)
# States in which an amount is taken from the budget.
COUNTED = (State.DECIDED, State.NOTICED, State.PAID, State.CLOSED)
UNPAID = (*UNDECIDED, State.DECIDED, State.NOTICED)
OPEN = (*UNPAID, State.PAID, State.RETURNED)
OVER = (State.REFUSED, State.WITHDRAWN)
# act → (states it is done in, state it leads to; None: it stays).
MOVES: dict[str, tuple[tuple[str, ...], str | None]] = {
    Act.RESUBMIT: ((State.RETURNED,), State.APPLIED),
    Act.VERIFY: ((State.APPLIED,), State.VERIFIED),
    Act.SIGN: ((State.VERIFIED,), State.SIGNED),
    Act.REVIEW: ((State.SIGNED,), State.REVIEWED),
    Act.DECIDE: ((State.REVIEWED,), State.DECIDED),
    Act.PUT_OFF: ((State.REVIEWED,), None),
    Act.NOTICE: ((State.DECIDED,), State.NOTICED),
    Act.PAY: ((State.NOTICED,), State.PAID),
    Act.RECEIVE: ((State.PAID,), State.CLOSED),
    Act.RETURN: (UNDECIDED, State.RETURNED),
    Act.REFUSE: ((*UNPAID, State.RETURNED), State.REFUSED),
    Act.WITHDRAW: ((*UNPAID, State.RETURNED), State.WITHDRAWN),
    Act.REVISIT: ((State.CLOSED,), None),
}


def may(act: str, state: str, *, needs_stamp: bool = True) -> bool:
    """Whether an act is done in this state; where no stamp is asked for, the review follows the verification."""
    if act == Act.REVIEW and not needs_stamp and state == State.VERIFIED:
        return True
    return state in MOVES[act][0]


# Amounts ----------------------------------------------------------------------------------------------------------


def amount_refusal(amount: Decimal | None, help_kind: str, codes: Collection[str], rules: AidRules) -> str:
    """Why this amount cannot be given; empty where it can. Manpower costs nothing (rule book 8.41)."""
    if help_kind == AidHelp.MANPOWER:
        return "" if not amount else "人力帮扶不发钱，金额填 0。"
    if amount is None or amount <= 0:
        return "金额要大于 0。"
    if help_kind == AidHelp.GOODS:
        return ""
    limits = rules.limits(codes)
    if limits is None:
        return "所选情形现在的规则里没有标准，请先在“规则和文号”里定，或者改选情形。"
    if not limits[0] <= amount <= limits[1]:
        return f"按所选情形，金额在 {limits[0]:f} 到 {limits[1]:f} 元之间。"
    return ""


# Who may not decide -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kin:
    """Somebody near to the applicant: name, relation, phone keys by which an account may be told."""

    name: str
    relation: str = ""
    phone_index: bytes | None = None


def same_name(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split()) != ""


def conflict(name: str, phone_index: bytes | None, kin: Iterable[Kin]) -> str:
    """Why somebody of this name must recuse: his relation to the applicant; empty where nothing is known.

    By name, or by the same telephone; a namesake is asked too and may say that he is none (rule book 8.44)."""
    for one in kin:
        by_phone = phone_index is not None and one.phone_index is not None and bytes(one.phone_index) == phone_index
        if by_phone or same_name(name, one.name):
            return one.relation or "亲属"
    return ""


# Notice -----------------------------------------------------------------------------------------------------------


def notice_end(starts_on: dt.date, rules: AidRules, calendar: WorkCalendar) -> dt.date:
    """The day from which money may be paid: the first after `notice_days` working days, the first day counted in
    (rule book 8.45). Half-open: the notice stands on [starts_on, end)."""
    first = starts_on if calendar.is_workday(starts_on) else calendar.add_workdays(starts_on, 1)
    last = calendar.add_workdays(first, rules.notice_days - 1) if rules.notice_days > 1 else first
    return last + dt.timedelta(days=1)


def notice_name(name: str, rules: AidRules) -> str:
    """As it stands on the public notice (rule book 8.45)."""
    return name if rules.notice_name == NoticeName.FULL else f"{surname_of(name)}某某"
