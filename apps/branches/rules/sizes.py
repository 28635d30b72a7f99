"""How large a branch may be, what committee it needs, and how long a committee serves (domain 3.1)."""

import calendar
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from apps.branches.choices import Level, PostKind
from apps.organisation.rules import RuleValues, rule_kind

from .capability import Capability, able
from .election_texts import day

COMMITTEE = (
    PostKind.SECRETARY, PostKind.DEPUTY, PostKind.ORGANISATION, PostKind.PUBLICITY, PostKind.DISCIPLINE,
    PostKind.MEMBER,
)  # fmt: skip
ELECTED_HERE = (Level.GENERAL, Level.BRANCH)


@rule_kind(
    "branch_limits",
    "党支部的规模、支委会和任期",
    labels={
        "fewest_full": "几名正式党员才能单独建支部",
        "committee_from": "几名正式党员起设支委会",
        "most_members": "一个支部一般不超过几名党员",
        "committee_least": "支委会最少几人",
        "committee_usual": "支委会一般几人",
        "committee_most": "支委会最多几人",
        "most_deputies": "副书记最多几人",
        "term_years": "每届几年",
        "term_years_community": "村、社区党支部每届几年",
        "notice_months": "届满前几个月提醒",
        "delay_months": "延期换届最多几个月",
        "secretary_age": "书记一般不超过几周岁（0 为不提示）",
    },
    source="规则手册 7.5 至 7.8；《中国共产党支部工作条例（试行）》（2018）；domain 3.1",
)
@dataclass(frozen=True)
class BranchRules(RuleValues):
    """Numbers of the branch regulation; ages and local limits differ by bureau.

    See rule book 7.5, 7.6, 7.7, 7.8.
    """

    fewest_full: int = 3
    committee_from: int = 7
    most_members: int = 50
    committee_least: int = 3
    committee_usual: int = 5
    committee_most: int = 7
    most_deputies: int = 2
    term_years: int = 3
    term_years_community: int = 5
    notice_months: int = 6
    delay_months: int = 12
    secretary_age: int = 80

    def __post_init__(self) -> None:
        if not 1 <= self.fewest_full <= self.committee_from <= self.most_members:
            raise ValueError("人数要从少到多：单独建支部、设支委会、一般不超过。")
        if not 1 <= self.committee_least <= self.committee_usual <= self.committee_most:
            raise ValueError("支委会人数要从少到多：最少、一般、最多。")
        if min(self.term_years, self.term_years_community, self.notice_months) < 1 or self.delay_months < 0:
            raise ValueError("任期、提醒的时间至少是 1。")
        if self.most_deputies < 0 or self.secretary_age < 0:
            raise ValueError("人数和年龄不能是负数。")


@dataclass(frozen=True)
class Finding:
    """Something to mend. `superior_only`: not said to the branch itself, which can do nothing about it."""

    code: str
    sentence: str
    superior_only: bool = False
    tone: str = "soon"


def size_findings(
    full: int, probationary: int, *, rules: BranchRules, committee: int = 0, kind: str = "formal", level: str = "branch"
) -> list[Finding]:
    """What the numbers of a branch's formal members say; nothing about organisations that hold no formal relation.

    `committee` is how many serve in it now, secretary and deputies included. See rule book 7.5, 7.6.
    """
    if level != Level.BRANCH or not able(kind, Capability.FORMAL_LINK):
        return []
    found = []
    if full < rules.fewest_full:
        found.append(
            Finding(
                "too_small",
                f"正式党员 {full} 名，不足 {rules.fewest_full} 名，不能单独建支部。请联合组建，或并入别的支部。",
                tone="late",
            )
        )
    if full >= rules.committee_from and committee < rules.committee_least:
        found.append(
            Finding(
                "no_committee",
                f"正式党员 {full} 名，应设支委会（{rules.committee_least} 至 {rules.committee_usual} 人）。",
            )
        )
    if full + probationary > rules.most_members:
        found.append(
            Finding(
                "too_large",
                f"党员 {full + probationary} 名，超过 {rules.most_members} 名。可改设党总支，下面分设支部。",
                superior_only=True,
            )
        )
    return found


def committee_findings(
    posts: Collection[str], *, full: int, rules: BranchRules, kind: str = "formal", level: str = "branch"
) -> list[Finding]:
    """What the posts filled now leave to be mended. `posts` has one kind for each post held.

    See rule book 7.6.
    """
    posts = [post for post in posts if post in COMMITTEE]
    if level not in ELECTED_HERE:
        return []
    found = []
    if PostKind.SECRETARY not in posts:
        found.append(Finding("no_secretary", "没有在任书记，请补选或由上级指定负责人。", tone="late"))
    if len(posts) > rules.committee_most:
        found.append(
            Finding("committee_too_large", f"支委会 {len(posts)} 人，最多 {rules.committee_most} 人。", tone="late")
        )
    elif len(posts) > rules.committee_usual:
        found.append(
            Finding(
                "committee_large",
                f"支委会 {len(posts)} 人，一般 {rules.committee_least} 至 {rules.committee_usual} 人。",
            )
        )
    if level == Level.BRANCH and able(kind, Capability.ELECTION):
        found += _branch_committee(posts, full, rules)
    return found


def _usual(rules: BranchRules) -> str:
    return f"{rules.committee_least} 至 {rules.committee_usual} 人"


def _branch_committee(posts: list[str], full: int, rules: BranchRules) -> list[Finding]:
    ordinary = [post for post in posts if post not in (PostKind.SECRETARY, PostKind.DEPUTY)]
    if full < rules.committee_from:
        if ordinary:
            return [
                Finding(
                    "committee_too_early",
                    f"正式党员不足 {rules.committee_from} 名的，设书记 1 名，必要时设副书记 1 名，不设委员。",
                )
            ]
        return []
    missing = [
        PostKind(post).label
        for post in (PostKind.ORGANISATION, PostKind.PUBLICITY, PostKind.DISCIPLINE)
        if post not in posts
    ]
    if len(posts) >= rules.committee_least and missing:
        return [Finding("committee_roles", f"支委会里还没有{'、'.join(missing)}，可由委员兼任。")]
    return []


def seat_refusal(posts: Collection[str], kind: str, *, rules: BranchRules) -> str:
    """Why one more post of `kind` may not be filled beside `posts`; empty if it may: a committee of eight is refused.

    See rule book 7.6.
    """
    if kind not in COMMITTEE:
        return ""
    serving = [post for post in posts if post in COMMITTEE]
    if len(serving) + 1 > rules.committee_most:
        return f"支委会已有 {len(serving)} 人，最多 {rules.committee_most} 人。请先免去一位再任命。"
    if kind == PostKind.DEPUTY and serving.count(PostKind.DEPUTY) >= rules.most_deputies:
        return f"副书记已有 {rules.most_deputies} 名，不能再多。"
    return ""


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of another month, the month's last where it has no such day; `months` may be negative."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def term_end(began_on: dt.date, years: int) -> dt.date:
    """The last day of a term that began on `began_on`: the same day `years` later.

    See rule book 7.7.
    """
    return months_after(began_on, 12 * years)


def notice_day(term_ends_on: dt.date, *, rules: BranchRules) -> dt.date:
    """From which day an election is to be prepared.

    See rule book 7.7.
    """
    return months_after(term_ends_on, -rules.notice_months)


def latest_end(term_ends_on: dt.date, *, rules: BranchRules) -> dt.date:
    """The last day to which a term may be extended.

    See rule book 7.7.
    """
    return months_after(term_ends_on, rules.delay_months)


def term_finding(
    term_ends_on: dt.date | None, on: dt.date, *, rules: BranchRules, kind: str = "formal"
) -> Finding | None:
    """What is to be said about a term on a day: nothing, that it ends soon, or that it has ended.

    An approved delay has moved `term_ends_on` already. See rule book 7.7.
    """
    if term_ends_on is None or not able(kind, Capability.ELECTION):
        return None
    if on > term_ends_on:
        return Finding(
            "term_over", f"任期到{day(term_ends_on)}届满，已逾期 {(on - term_ends_on).days} 天。", tone="late"
        )
    if on >= notice_day(term_ends_on, rules=rules):
        return Finding("term_ends", f"任期到{day(term_ends_on)}届满，请准备换届。")
    return None


def age_finding(age: int | None, *, rules: BranchRules) -> Finding | None:
    """That the secretary is older than the bureau wishes; a hint for the superior.

    See rule book 7.8.
    """
    if age is None or not rules.secretary_age or age <= rules.secretary_age:
        return None
    return Finding(
        "secretary_old", f"书记 {age} 周岁，超过 {rules.secretary_age} 周岁，可安排副书记协助。", superior_only=True
    )
