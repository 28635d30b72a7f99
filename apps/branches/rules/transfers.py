"""组织关系转接: whose turn it is, what may be done, how long a letter is good (domain 3.4). Values in, values out."""

import datetime as dt
import enum
from dataclasses import dataclass

from apps.branches.choices import TransferAct, TransferKind, TransferState
from apps.organisation.rules import RuleValues, rule_kind


@rule_kind(
    "branches.transfer",
    "组织关系转接",
    labels={
        "valid_days": "介绍信有效天数",
        "most_valid_days": "介绍信最长有效天数",
        "expiring_days": "到期前几天提醒",
        "waiting_days": "一步等待几天后提醒",
        "away_days": "在外地住多少天以上建议转接",
    },
    source="规则手册 7.20；领域资料 3.4；中国共产党党员教育管理工作条例（2019年）",
)
@dataclass(frozen=True)
class TransferRules(RuleValues):
    """Days; raises ValueError with a sentence where they contradict each other."""

    valid_days: int = 90
    most_valid_days: int = 90
    expiring_days: int = 15
    waiting_days: int = 7
    away_days: int = 180

    def __post_init__(self):
        if not 0 < self.valid_days <= self.most_valid_days:
            raise ValueError("介绍信有效天数要在 1 天和最长有效天数之间。")
        if min(self.expiring_days, self.waiting_days, self.away_days) < 1:
            raise ValueError("提醒和建议的天数至少为 1 天。")


class Side(enum.StrEnum):
    """Who acts: the branch he leaves, whoever is above it, the branch he goes to."""

    FROM = "from"
    ABOVE = "above"
    TO = "to"


@dataclass(frozen=True, slots=True)
class Move:
    """An act: from which states it may be done, where it leads, and whose it is. No side: of whose turn it is."""

    sources: frozenset[str]
    target: str
    side: Side | None


State, Act = TransferState, TransferAct
OPEN = (State.APPLIED, State.AGREED, State.UNDER_WAY)


def _move(sources: tuple[str, ...], target: str, side: Side | None) -> Move:
    return Move(frozenset(sources), target, side)


_INSIDE: dict[str, Move] = {
    Act.AGREE: _move((State.APPLIED,), State.AGREED, Side.FROM),
    Act.ISSUE: _move((State.AGREED,), State.UNDER_WAY, Side.ABOVE),
    Act.REISSUE: _move((State.UNDER_WAY,), State.UNDER_WAY, Side.ABOVE),
    Act.ACCEPT: _move((State.UNDER_WAY,), State.ACCEPTED, Side.TO),
    Act.RECEIPT: _move((State.ACCEPTED,), State.DONE, Side.FROM),
    Act.SEND_BACK: _move(OPEN, State.SENT_BACK, None),
    Act.WITHDRAW: _move(OPEN, State.WITHDRAWN, Side.FROM),
    Act.UNDO: _move((State.ACCEPTED,), State.UNDER_WAY, Side.TO),
}
# Of those who leave the city the receipt is the news that they were accepted; of those who come, the letter is there
# when we hear of them, and the receipt is ours to send.
MOVES: dict[str, dict[str, Move]] = {
    TransferKind.INSIDE: _INSIDE,
    TransferKind.OUT: {
        **{act: _INSIDE[act] for act in (Act.AGREE, Act.ISSUE, Act.REISSUE, Act.SEND_BACK, Act.WITHDRAW)},
        Act.ACCEPT: _move((State.UNDER_WAY,), State.DONE, Side.FROM),
        Act.UNDO: _move((State.DONE,), State.UNDER_WAY, Side.FROM),
    },
    TransferKind.IN: {
        Act.REISSUE: _move((State.UNDER_WAY,), State.UNDER_WAY, Side.TO),
        Act.ACCEPT: _move((State.UNDER_WAY,), State.ACCEPTED, Side.TO),
        Act.RECEIPT: _move((State.ACCEPTED,), State.DONE, Side.TO),
        Act.SEND_BACK: _move((State.UNDER_WAY,), State.SENT_BACK, Side.TO),
        Act.WITHDRAW: _move((State.UNDER_WAY,), State.WITHDRAWN, Side.TO),
        Act.UNDO: _move((State.ACCEPTED,), State.UNDER_WAY, Side.TO),
    },
}
_STEP_FORWARD = (Act.AGREE, Act.ISSUE, Act.ACCEPT, Act.RECEIPT)


def next_act(kind: str, state: str, *, expired: bool = False) -> str:
    """The act that takes a transfer on; empty where nothing is waited for. A letter past its day is renewed first.

    See rule book 7.21.
    """
    if state == State.UNDER_WAY and expired:
        return Act.REISSUE
    moves = MOVES[kind]
    return next((act for act in _STEP_FORWARD if act in moves and state in moves[act].sources), "")


def turn_of(kind: str, state: str, *, expired: bool = False) -> Side | None:
    """Whose turn it is; None where it is nobody's."""
    act = next_act(kind, state, expired=expired)
    return MOVES[kind][act].side if act else None


def side_of(kind: str, state: str, act: str) -> Side | None:
    """Who may do an act now: its own side, or whose turn it is (sending back)."""
    return MOVES[kind][act].side or turn_of(kind, state)


def expires_on(issued_on: dt.date, valid_days: int) -> dt.date:
    """The first day on which a letter is good no longer: the day of issue is the first of `valid_days`.

    See rule book 7.20.
    """
    return issued_on + dt.timedelta(days=valid_days)
