"""Organisation life: how often each meeting is held, who is covered, for whom it is brought home (domain 3.1).

Values in, values out: no rows, no clock.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.branches.choices import AttendanceState, MeetingKind
from apps.common.errors import BusinessError
from apps.organisation.rules import RuleValues, rule_kind

from .capability import Capability, able, refusal

# A healthy member; from moderate on (GB/T 42195-2022) a meeting is brought home.
FRAIL_FROM = 2
DELIVERIES_IN_A_ROW = 2
ATTENDED = (AttendanceState.PRESENT, AttendanceState.ONLINE)
# Held by officers, or with few: nobody else is expected, so they cover nobody.
NOT_FOR_ALL = (MeetingKind.COMMITTEE, MeetingKind.TALK)
NEEDS: dict[str, Capability] = {
    MeetingKind.ASSEMBLY: Capability.LESSONS,
    MeetingKind.COMMITTEE: Capability.LESSONS,
    MeetingKind.GROUP: Capability.LESSONS,
    MeetingKind.LECTURE: Capability.LESSONS,
    MeetingKind.LIFE: Capability.LESSONS,
    MeetingKind.REVIEW: Capability.LESSONS,
    MeetingKind.ELECTION: Capability.ELECTION,
}


@rule_kind(
    "branch_meetings",
    "三会一课和组织生活",
    labels={
        "party_day_months": "主题党日几个月至少一次（0 为不要求）",
        "assembly_months": "支部党员大会几个月至少一次（0 为不要求）",
        "committee_months": "支委会几个月至少一次（0 为不要求）",
        "group_months": "党小组会几个月至少一次（0 为不要求）",
        "lecture_months": "党课几个月至少一次（0 为不要求）",
        "life_months": "组织生活会几个月至少一次（0 为不要求）",
        "review_months": "民主评议党员几个月至少一次（0 为不要求）",
        "delivery_days": "会后几天内送学上门",
        "remind_day": "当月没有开主题党日的，几号提醒书记",
        "study_months": "学习记录提前几个月之内可以补记",
    },
    source="规则手册 7.31；《中国共产党支部工作条例（试行）》第十一条、第十五条；党课和送学为本地规定",
)
@dataclass(frozen=True)
class MeetingRules(RuleValues):
    """Months between two meetings of a kind (1, 2, 3, 4, 6 or 12; 0: not asked for), counted by calendar periods.

    Raises ValueError with a sentence for nonsense. See rule book 7.31.
    """

    party_day_months: int = 1
    assembly_months: int = 3
    committee_months: int = 1
    group_months: int = 1
    lecture_months: int = 3
    life_months: int = 12
    review_months: int = 12
    delivery_days: int = 15
    remind_day: int = 20
    study_months: int = 12

    def __post_init__(self) -> None:
        if any(months not in (0, 1, 2, 3, 4, 6, 12) for months in self.periods().values()):
            raise ValueError("几个月一次请填 1、2、3、4、6 或 12；不要求的填 0。")
        if not 1 <= self.delivery_days <= 92:
            raise ValueError("送学期限填 1 到 92 天。")
        if not 1 <= self.remind_day <= 28:
            raise ValueError("提醒日期填 1 到 28 号。")
        if not 1 <= self.study_months <= 36:
            raise ValueError("补记期限填 1 到 36 个月。")

    def periods(self) -> dict[str, int]:
        """Months by kind of meeting; 0 where none is asked for."""
        return {
            MeetingKind.PARTY_DAY: self.party_day_months,
            MeetingKind.ASSEMBLY: self.assembly_months,
            MeetingKind.COMMITTEE: self.committee_months,
            MeetingKind.GROUP: self.group_months,
            MeetingKind.LECTURE: self.lecture_months,
            MeetingKind.LIFE: self.life_months,
            MeetingKind.REVIEW: self.review_months,
        }


def period_of(day: datetime.date, months: int) -> tuple[datetime.date, datetime.date]:
    """The calendar period of `months` months that holds the day: first day inclusive, last exclusive.

    See rule book 7.31.
    """
    first = (day.month - 1) // months * months
    last = first + months
    start = datetime.date(day.year, first + 1, 1)
    return start, datetime.date(day.year + last // 12, last % 12 + 1, 1)


def require_kind(organisation_kind: str, meeting_kind: str) -> None:
    """Refuse a kind of meeting that an organisation of this kind does not hold (domain 2.2.1).

    See rule book 7.2.
    """
    needed = NEEDS.get(meeting_kind)
    if needed and not able(organisation_kind, needed):
        raise BusinessError(refusal(organisation_kind, needed), code="incapable", field="kind")


def due_kinds(rules: MeetingRules, *, organisation_kind: str, has_committee: bool, has_groups: bool) -> dict[str, int]:
    """Kinds of meeting that an organisation must hold, with their months: committee meetings where there is a
    committee, group meetings where there are groups, 三会一课 where the kind allows them.

    See rule book 7.31.
    """
    wanted = {}
    for kind, months in rules.periods().items():
        needed = NEEDS.get(kind)
        if not months or (needed and not able(organisation_kind, needed)):
            continue
        if kind == MeetingKind.COMMITTEE and not has_committee:
            continue
        if kind == MeetingKind.GROUP and not has_groups:
            continue
        wanted[kind] = months
    return wanted


def delivery_due(held_on: datetime.date, rules: MeetingRules) -> datetime.date:
    """The last day in time to bring a meeting home.

    See rule book 7.33.
    """
    return held_on + datetime.timedelta(days=rules.delivery_days)


@dataclass(frozen=True)
class Coverage:
    """How many of the members were reached. Never compared between branches (domain 3.15)."""

    members: int
    attended: int
    delivered: int
    on_leave: int

    @property
    def covered(self) -> int:
        return self.attended + self.delivered + self.on_leave

    @property
    def missed(self) -> int:
        return self.members - self.covered

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down; None without members."""
        return self.covered * 100 // self.members if self.members else None


def coverage(
    attended: Iterable[int], delivered: Iterable[int], on_leave: Iterable[int], members: Iterable[int]
) -> Coverage:
    """Members who attended ∪ had it brought home ∪ had leave; each counted once, by the first that holds. Nobody
    else counts.

    See rule book 7.32.
    """
    everybody = set(members)
    came = everybody & set(attended)
    brought = (everybody & set(delivered)) - came
    excused = (everybody & set(on_leave)) - came - brought
    return Coverage(len(everybody), len(came), len(brought), len(excused))


def is_frail(states: Sequence[str], *, ability: int | None, long_in_hospital: bool) -> bool:
    """Whether a meeting is brought home to him as a matter of course: his last two were (`states`, latest first), or
    the registry has him as moderately disabled or worse, or living in hospital.

    See rule book 7.33.
    """
    latest = list(states[:DELIVERIES_IN_A_ROW])
    by_habit = len(latest) == DELIVERIES_IN_A_ROW and all(state == AttendanceState.DELIVERY for state in latest)
    return by_habit or long_in_hospital or (ability is not None and ability >= FRAIL_FROM)


def state_offered(states: Sequence[str], *, frail: bool, away: bool) -> str:
    """What a member's row shows before anybody touches it: 送学 for the frail, leave while he is away, else as last
    time, else not there. Never everyone present: about 40 % come (domain 3.1).

    See rule book 7.33.
    """
    if frail:
        return AttendanceState.DELIVERY
    last = states[0] if states else AttendanceState.ABSENT
    if away and last not in (AttendanceState.ONLINE, AttendanceState.DELIVERY):
        return AttendanceState.LEAVE
    return last
