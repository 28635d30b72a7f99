"""How the places of a class stand at a moment, in the words of a card (rule book 9.41). Pure: no rows, no clock."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from apps.signups.choices import Mode, OfferingState, RoundState

from .when import one_in

ZONE = ZoneInfo("Asia/Shanghai")


class Phase(StrEnum):
    SOON = "soon"  # not open yet
    LOTTERY = "lottery"  # everybody asks, the draw comes later
    DRAWING = "drawing"  # nobody asks any more, the draw is not published
    FREE = "free"  # first come, with places
    FULL = "full"  # first come, into the waiting list
    CLOSED = "closed"
    CANCELLED = "off"


OPEN = (Phase.LOTTERY, Phase.FREE, Phase.FULL)


@dataclass(frozen=True)
class Window:
    """Of a draw, or of an offering that is given to who comes first; [opens_at, closes_at), either may be open."""

    opens_at: dt.datetime | None
    closes_at: dt.datetime | None

    def holds(self, now: dt.datetime) -> bool:
        return not self.is_ahead(now) and not self.is_past(now)

    def is_ahead(self, now: dt.datetime) -> bool:
        return self.opens_at is not None and now < self.opens_at

    def is_past(self, now: dt.datetime) -> bool:
        return self.closes_at is not None and now >= self.closes_at


@dataclass(frozen=True)
class Opening:
    """`free`: what anybody may have now, `asked`: sign-ups in the draw, `waiting`: those in the waiting list. `round`
    and its state only where places are drawn. `ends_at`: the first moment at which the class is over, `first_on` its
    first day. See rule book 9.41.
    """

    mode: str
    state: str
    own: Window
    ends_at: dt.datetime
    capacity: int
    free: int
    asked: int = 0
    waiting: int = 0
    round: Window | None = None
    round_state: str = ""
    draws_at: dt.datetime | None = None
    first_on: dt.date | None = None

    def phase(self, now: dt.datetime) -> Phase:
        if self.state == OfferingState.CANCELLED:
            return Phase.CANCELLED
        if self.state != OfferingState.OPEN or now >= self.ends_at:
            return Phase.CLOSED
        if self.mode == Mode.LOTTERY and self.round_state != RoundState.PUBLISHED:
            return self._drawn(now)
        if self.own.is_ahead(now):
            return Phase.SOON
        if self.own.is_past(now):
            return Phase.CLOSED
        return Phase.FREE if self.free and not self.waiting else Phase.FULL

    def _drawn(self, now: dt.datetime) -> Phase:
        if self.round is None or self.round_state == RoundState.CANCELLED:
            return Phase.CLOSED
        if self.round_state == RoundState.COLLECTING and self.round.is_ahead(now):
            return Phase.SOON
        if self.round_state == RoundState.COLLECTING and self.round.holds(now):
            return Phase.LOTTERY
        return Phase.DRAWING

    def window(self) -> Window:
        """The one that counts now."""
        drawn = self.mode == Mode.LOTTERY and self.round_state != RoundState.PUBLISHED
        return self.round if drawn and self.round else self.own

    def words(self, now: dt.datetime) -> str:
        """Seats left, odds, or the place in the waiting list that the next to come would have."""
        match self.phase(now):
            case Phase.CANCELLED:
                return "这个班不开了"
            case Phase.CLOSED:
                return "报名已截止"
            case Phase.SOON:
                opens = self.window().opens_at
                return f"{moment_words(opens)} 开始报名" if opens else "还没有开始报名"
            case Phase.DRAWING:
                return f"报名已截止，{moment_words(self.draws_at)} 抽签" if self.draws_at else "报名已截止，等抽签"
            case Phase.FREE:
                return f"还有 {self.free} 个名额"
            case Phase.FULL:
                return f"已满，可以候补，现在候补第 {self.waiting + 1} 位"
        return self._odds()

    def _odds(self) -> str:
        if not self.asked:
            return f"名额 {self.capacity} 个，还没有人报，抽签决定"
        if self.asked <= self.capacity:
            return f"已报 {self.asked} 人，名额 {self.capacity} 个，现在报的都能上"
        rate = one_in(self.asked, self.capacity)
        return f"已报 {self.asked} 人，名额 {self.capacity} 个，抽签决定，大约 {rate} 人里取 1 人"

    def until_words(self, now: dt.datetime) -> str:
        """Until when he may ask, or that he may at any time; empty where it no longer matters."""
        closes = self.window().closes_at
        if self.phase(now) not in (*OPEN, Phase.SOON):
            return ""
        return f"{moment_words(closes)} 截止" if closes else self._at_any_time(now)

    def _at_any_time(self, now: dt.datetime) -> str:
        if self.first_on is None:
            return "随到随报"
        day = f"{self.first_on.month}月{self.first_on.day}日"
        return f"{day}已开课，可以插班" if now.astimezone(ZONE).date() >= self.first_on else f"随到随报，{day}开课"

    def tone(self, now: dt.datetime) -> str:
        """Of the tag: the words carry the meaning."""
        return {Phase.FREE: "done", Phase.LOTTERY: "soon", Phase.SOON: "info", Phase.FULL: "soon"}.get(
            self.phase(now), ""
        )


def moment_words(moment: dt.datetime | None) -> str:
    """12月1日 9:00; without the clock at midnight."""
    if moment is None:
        return ""
    here = moment.astimezone(ZONE)
    day = f"{here.month}月{here.day}日"
    return f"{day} {here.hour}:{here.minute:02d}" if (here.hour, here.minute) != (0, 0) else day


def how_given(opening: Opening, now: dt.datetime) -> tuple[str, str]:
    """Two sentences on how the places of a class are given."""
    if opening.mode == Mode.LOTTERY and opening.round_state != RoundState.PUBLISHED:
        return (
            "报名时间里，什么时候报都一样，不用抢，截止以后一起抽签。",
            "抽签当众进行，过程和结果都公布；没抽中的按签号排候补，有人退出就按顺序打电话通知。",
        )
    return (
        "先报先得：网上、窗口、电话、家属代报排在同一个队里，报上就有名额。",
        "名额满了可以排候补，有人退出，按顺序打电话通知，电话没打通也不会丢掉您的位置。",
    )
