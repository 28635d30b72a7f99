"""Elections of a committee: who counts, how many must come, how many stand, who is elected (domain 0, 3.1).

Numbers in, findings out: no rows, no clock. People are any hashable keys, so that no name is needed here.
"""

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from apps.branches.choices import ShiftKind
from apps.organisation.rules import RuleValues, rule_kind

from .sizes import BranchRules, latest_end, months_after

Key = TypeVar("Key", bound=Hashable)
MOST = 9_999  # what a count sheet may say at most; larger numbers are slips of the keyboard


@rule_kind(
    "elections",
    "换届选举",
    labels={
        "quorum_parts": "到会人数占应到人数：分子",
        "quorum_whole": "到会人数占应到人数：分母",
        "quorum_inclusive": "正好达到这个比例就有效（“不少于”；不勾是旧规定“超过”）",
        "surplus_percent": "候选人应多于应选名额百分之几",
        "surplus_single": "只选一名（不设支委会）时也要差额",
        "waiting_days": "上级几天没有答复就提醒",
    },
    source="规则手册 7.60 至 7.66；《中国共产党基层组织选举工作条例》（2020）；domain 0, 3.1",
)
@dataclass(frozen=True)
class ElectionRules(RuleValues):
    """Numbers of the election regulation; sizes of a branch's own committee stand with the branch limits.

    See rule book 7.60, 7.61, 7.62, 7.63, 7.64.
    """

    quorum_parts: int = 4
    quorum_whole: int = 5
    quorum_inclusive: bool = True
    surplus_percent: int = 20
    surplus_single: bool = False
    waiting_days: int = 7

    def __post_init__(self) -> None:
        if not 0 < self.quorum_parts <= self.quorum_whole:
            raise ValueError("到会比例要大于 0，不超过 1。")
        if not self.quorum_inclusive and self.quorum_parts == self.quorum_whole:
            raise ValueError("“超过全部”永远达不到，请改成“不少于”。")
        if not 0 <= self.surplus_percent <= 100:
            raise ValueError("差额比例应在 0 到 100 之间。")
        if self.waiting_days < 1:
            raise ValueError("提醒天数至少 1。")


@dataclass(frozen=True)
class Quorum:
    """`voters` have the right to vote; `excluded` of them are not counted; `needed` of the rest must come."""

    voters: int
    excluded: int
    needed: int
    formula: str

    @property
    def counted(self) -> int:
        return self.voters - self.excluded

    def reached(self, present: int) -> bool:
        return self.counted > 0 and present >= self.needed


def quorum(voters: int, excluded: int, rules: ElectionRules) -> Quorum:
    """How many must be present. Raises ValueError for numbers that cannot be.

    40 entitled and 6 excluded: 28; nobody excluded: 32; by the older wording 33.

    See rule book 7.60.
    """
    if voters < 0 or excluded < 0 or excluded > voters:
        raise ValueError("不计入的人数不能多于有选举权的人数。")
    counted = voters - excluded
    parts, whole = rules.quorum_parts, rules.quorum_whole
    needed = -(-counted * parts // whole) if rules.quorum_inclusive else counted * parts // whole + 1
    word = "不少于" if rules.quorum_inclusive else "超过"
    formula = (
        f"有选举权的党员 {voters} 名，减去不计入的 {excluded} 名，应到 {counted} 名；"
        f"到会人数{word}应到人数的 {parts}/{whole}，即至少 {needed} 名。"
    )
    return Quorum(voters, excluded, needed, formula)


def candidates_needed(seats: int, rules: ElectionRules) -> int:
    """How many must stand for `seats`: the surplus is rounded up, so that three seats need four.

    See rule book 7.61.
    """
    if seats < 1:
        raise ValueError("应选名额至少 1 名。")
    if seats == 1 and not rules.surplus_single:
        return seats
    return seats - (-seats * rules.surplus_percent // 100)


@dataclass(frozen=True)
class Count:
    """The heads and papers of one ballot, as the signed count sheet says them."""

    voters: int
    present: int
    issued: int
    returned: int
    invalid: int
    seats: int

    @property
    def valid(self) -> int:
        return self.returned - self.invalid


@dataclass(frozen=True)
class Tally:
    """What one candidate got; `against` and `abstained` stay 0 for a name that voters wrote in themselves."""

    in_favour: int
    against: int = 0
    abstained: int = 0


@dataclass(frozen=True)
class Problem:
    """A number that cannot be. `field` of the count sheet; `key` of the candidate it is about, if of one."""

    sentence: str
    field: str = ""
    key: object = None


def count_problems(count: Count, quorum: Quorum) -> list[Problem]:
    """What is wrong with heads and papers: returned ≤ issued ≤ present, and enough present.

    See rule book 7.62.
    """
    found = []
    for field in ("present", "issued", "returned", "invalid"):
        if not 0 <= getattr(count, field) <= MOST:
            found.append(Problem(f"人数、票数应在 0 到 {MOST} 之间。", field))
    if found:
        return found
    if count.present > count.voters:
        found.append(
            Problem(f"到会 {count.present} 名，多于有选举权的 {count.voters} 名。预备党员到会不算在内。", "present")
        )
    elif not quorum.reached(count.present):
        found.append(
            Problem(f"到会 {count.present} 名，少于 {quorum.needed} 名，不能进行选举。请改期再开会。", "present")
        )
    if count.issued > count.present:
        found.append(Problem(f"发出 {count.issued} 张，多于到会的 {count.present} 名。每人一张，不能代投。", "issued"))
    if count.returned > count.issued:
        found.append(
            Problem(f"收回 {count.returned} 张，多于发出的 {count.issued} 张，这次选举无效，要重新投票。", "returned")
        )
    if count.invalid > count.returned:
        found.append(Problem(f"废票 {count.invalid} 张，多于收回的 {count.returned} 张。", "invalid"))
    return found


def tally_problems(count: Count, tallies: Mapping[Key, Tally], written_in: frozenset = frozenset()) -> list[Problem]:
    """What is wrong with the votes, given heads and papers that are right: nobody has more than the valid papers, and
    all together not more than each paper may name.

    See rule book 7.62.
    """
    found = []
    for key, tally in tallies.items():
        parts = (tally.in_favour, tally.against, tally.abstained)
        if any(not 0 <= part <= MOST for part in parts):
            found.append(Problem(f"票数应在 0 到 {MOST} 之间。", key=key))
        elif sum(parts) > count.valid:
            found.append(Problem(f"赞成、反对、弃权合计 {sum(parts)} 票，多于有效票 {count.valid} 张。", key=key))
        elif key not in written_in and sum(parts) < count.valid:
            found.append(
                Problem(f"赞成、反对、弃权合计 {sum(parts)} 票，少于有效票 {count.valid} 张。没有画的算弃权。", key=key)
            )
    total = sum(tally.in_favour for tally in tallies.values())
    if not found and total > count.valid * count.seats:
        found.append(
            Problem(
                f"赞成票合计 {total} 票，多于 {count.valid} 张有效票 × 应选 {count.seats} 名。"
                f"一张票选的多于 {count.seats} 名是废票，请核对。"
            )
        )
    return found


@dataclass(frozen=True)
class Outcome:
    """`elected` by votes, most first; `tied` have as many votes as the last seat and go to another ballot; `vacant`
    seats are not filled by this ballot."""

    elected: tuple
    tied: tuple
    vacant: int

    @property
    def complete(self) -> bool:
        return self.vacant == 0


def outcome(count: Count, tallies: Mapping[Key, Tally]) -> Outcome:
    """Who is elected: more than half of those present, by votes; a tie at the last seat elects none of the tied.

    See rule book 7.63.
    """
    able = {key: tally.in_favour for key, tally in tallies.items() if 2 * tally.in_favour > count.present}
    order = sorted(able, key=lambda key: -able[key])
    if len(order) <= count.seats:
        return Outcome(tuple(order), (), count.seats - len(order))
    edge = able[order[count.seats - 1]]
    if able[order[count.seats]] < edge:
        return Outcome(tuple(order[: count.seats]), (), 0)
    sure = tuple(key for key in order if able[key] > edge)
    return Outcome(sure, tuple(key for key in order if able[key] == edge), count.seats - len(sure))


def exclusion_agreed(hands: int, present: int) -> bool:
    """Whether the meeting agreed to a list of excluded members: more than half of those present.

    See rule book 7.60.
    """
    return 2 * hands > present


def seats_refusal(seats: int, *, full: int, committee_from: int, least: int, most: int, higher: bool = False) -> str:
    """Why an organisation with `full` full members may not elect so many; empty if it may. `least` and `most` bound
    its committee; a branch below `committee_from` has none, `higher` organisations always have one.

    See rule book 7.64.
    """
    if full < committee_from and not higher:
        if seats in (1, 2):
            return ""
        return f"正式党员 {full} 名，不足 {committee_from} 名，不设支委会：只选书记，必要时加一名副书记。请填 1 或 2。"
    if least <= seats <= most:
        return ""
    return f"正式党员 {full} 名，设委员会，应选 {least} 到 {most} 名。请改应选名额。"


def check_shift(kind: str, term_ends_on: dt.date, until: dt.date, *, rules: BranchRules) -> str:
    """Why a term that ends on `term_ends_on` may not be moved to `until`; empty if it may (domain 3.1).

    See rule book 7.66.
    """
    last, first = latest_end(term_ends_on, rules=rules), months_after(term_ends_on, -rules.delay_months)
    if kind == ShiftKind.DELAY:
        if until <= term_ends_on:
            return f"延期要晚于任期届满日（{term_ends_on}）。"
        return "" if until <= last else f"最多延期到 {last}（届满后 {rules.delay_months} 个月），请改早。"
    if until >= term_ends_on:
        return f"提前要早于任期届满日（{term_ends_on}）。"
    return "" if until >= first else f"最早提前到 {first}（届满前 {rules.delay_months} 个月），请改晚。"
