"""Who fits a request for help, and why. Values in, values out: no rows, no clock.

The order is that of fit for this one request, never of merit; among equals whoever was asked least recently comes
first. See rule book 10.20 to 10.22.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from apps.organisation.rules import RuleValues, rule_kind
from apps.volunteers.choices.requests import Effort
from apps.volunteers.choices.volunteers import DayPart

from .times import DAY_ENDS, EVENING, NOON, WEEKDAYS

# How near: the smaller, the nearer.
SAME_COMMUNITY, GLAD_TO_GO, SAME_STREET, SAME_DIVISION, ELSEWHERE = range(5)
NEAR = {
    SAME_COMMUNITY: "住同一个社区", GLAD_TO_GO: "愿意去这个社区", SAME_STREET: "住同一个街道",
    SAME_DIVISION: "住同一个区县", ELSEWHERE: "住得远一些",
}  # fmt: skip
LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


@rule_kind(
    "help_matching",
    "求助怎样找志愿者",
    labels={
        "proposed": "一次提出几位建议人选",
        "skills": "哪种服务用得上哪些专长（服务:专长+专长）",
        "stairs": "他说不爬楼的说法",
        "night": "他说不走夜路的说法",
        "lifting": "他说不搬重物的说法",
        "far": "他说不走远路的说法",
        "farthest": "最远到哪里找（1 同街道，2 同区县，3 全市）",
    },
    source="规则手册 10.20—10.22；领域资料 2.5；“尽力而为、量力而行、自觉自愿”",
)
@dataclass(frozen=True)
class MatchingRules(RuleValues):
    """Of the unit that answers for the request. `stairs` to `far`: words in a volunteer's own statement that speak
    against an effort. See rule book 10.20, 10.21. Raises ValueError with a sentence for nonsense."""

    proposed: int = 5
    skills: tuple[str, ...] = (
        "hospital:medicine+care", "company:heart+care", "errand:driving", "outing:driving+care",
        "repair:repairing", "phone:computer", "haircut:hair", "meal:cooking", "legal:law", "health:medicine",
        "fraud:finance+law", "culture:arts+sport", "teach:teaching", "talk:talking", "mediate:mediation+law",
        "guide:guiding",
    )  # fmt: skip
    stairs: tuple[str, ...] = ("爬楼", "上楼", "楼梯")
    night: tuple[str, ...] = ("夜", "晚上", "天黑")
    lifting: tuple[str, ...] = ("重", "搬", "提东西", "体力")
    far: tuple[str, ...] = ("远", "出远门", "长途")
    farthest: int = 3

    def __post_init__(self):
        if not 1 <= self.proposed <= 20:
            raise ValueError("一次提出的人选填 1 到 20 位。")
        if not 1 <= self.farthest <= 3:
            raise ValueError("最远填 1、2 或 3。")
        if wrong := [line for line in self.skills if line.count(":") != 1]:
            raise ValueError(f"“{wrong[0]}”写得不对，请写成 repair:repairing 这样。")

    def skills_for(self, service: str) -> list[str]:
        lines = (line.split(":") for line in self.skills)
        return [code for name, codes in lines if name == service for code in codes.split("+") if code]


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a code of `volunteer_service`, a day, minutes since midnight, half-open, and how hard it is.
    `service_name` and `skill_names` are how they are called."""

    service: str
    service_name: str
    on: dt.date
    starts: int
    ends: int
    efforts: Collection[str] = ()
    skill_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> list[str]:
        """The half days it touches."""
        spans = ((DayPart.MORNING, 0, NOON), (DayPart.AFTERNOON, NOON, EVENING), (DayPart.EVENING, EVENING, DAY_ENDS))
        return [part for part, begin, end in spans if self.starts < end and self.ends > begin]

    @property
    def minutes(self) -> int:
        return self.ends - self.starts


@dataclass(frozen=True)
class Candidate:
    """What is known of a volunteer for one request. `free` holds the half days of that weekday on which he said that
    he is free, `said_times` whether he said any at all; `busy`, that he is in another place then; `week_minutes`, what
    he has in that week already; `limits`, his own word about what not to give him; `barred`, why he may not serve."""

    person: int
    wishes: Collection[str] = ()
    skills: Collection[str] = ()
    near: int = ELSEWHERE
    said_times: bool = False
    free: Collection[str] = ()
    busy: bool = False
    week_minutes: int = 0
    weekly_minutes: int | None = None
    limits: str = ""
    one_home: bool = False
    away: bool = False
    barred: str = ""
    asked_at: dt.datetime | None = None


@dataclass(frozen=True)
class Match:
    """A volunteer who fits and the words why, joined by ，."""

    person: int
    reason: str


def against(wanted: Wanted, one: Candidate, rules: MatchingRules) -> str:
    """Why a volunteer is not to be asked, the first reason; empty when he may be asked. See rule book 10.21."""
    if one.one_home:
        return "和求助的同志是一家人"
    if one.barred:
        return one.barred
    if one.away:
        return "那天不在本地"
    if one.busy:
        return "这个时间已经有别的安排"
    if one.said_times and not set(wanted.parts) <= set(one.free):
        return f"{_when(wanted)}没有空"
    if one.weekly_minutes is not None and one.week_minutes + wanted.minutes > one.weekly_minutes:
        return "这一周做得够多了（他自己说的上限）"
    if word := _own_word(wanted, one, rules):
        return f"他自己说请勿安排：{word}"
    if one.near > rules.farthest + 1:
        return "住得太远"
    return "" if _does(wanted, one, rules) else "没有登记这方面的意愿和专长"


def matches(wanted: Wanted, candidates: Iterable[Candidate], rules: MatchingRules) -> list[Match]:
    """Those who may be asked, the best fit first: wishes it, near, said that he is free; among equals the one who was
    asked longest ago. See rule book 10.22."""
    fitting = [one for one in candidates if not against(wanted, one, rules)]
    fitting.sort(key=lambda one: _order(wanted, one))
    return [Match(one.person, _reason(wanted, one, rules)) for one in fitting]


def _order(wanted: Wanted, one: Candidate) -> tuple:
    return (
        wanted.service not in one.wishes, one.near, not one.said_times, one.asked_at or LONG_AGO, one.person,
    )  # fmt: skip


def _reason(wanted: Wanted, one: Candidate, rules: MatchingRules) -> str:
    words = [NEAR[one.near]]
    if wanted.service in one.wishes:
        words.append(f"愿意做{wanted.service_name}")
    if known := [code for code in rules.skills_for(wanted.service) if code in one.skills]:
        words.append("懂" + "、".join(wanted.skill_names.get(code, code) for code in known))
    words.append(f"{_when(wanted)}有空" if one.said_times else "没有登记哪天有空，要问一问")
    if one.limits:
        words.append(f"请勿安排：{one.limits}")
    return "，".join(words)[:200]


def _does(wanted: Wanted, one: Candidate, rules: MatchingRules) -> bool:
    return wanted.service in one.wishes or bool(set(rules.skills_for(wanted.service)) & set(one.skills))


def _own_word(wanted: Wanted, one: Candidate, rules: MatchingRules) -> str:
    words = {
        Effort.STAIRS: rules.stairs, Effort.NIGHT: rules.night, Effort.LIFTING: rules.lifting, Effort.FAR: rules.far
    }  # fmt: skip
    efforts = {Effort(code) for code in wanted.efforts}
    if wanted.ends > EVENING:
        efforts.add(Effort.NIGHT)
    found = any(word in one.limits for effort in efforts for word in words[effort])
    return one.limits if found else ""


def _when(wanted: Wanted) -> str:
    parts = "、".join(str(DayPart(part).label) for part in wanted.parts)
    return f"周{WEEKDAYS[wanted.on.weekday()]}{parts}"
