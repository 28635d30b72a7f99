"""Outside posts: limits in associations, reminders before an end, steps of a problem (rule book 10.50–10.55). Pure."""

import datetime as dt
import re
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind

CLAUSE = "中组发〔2014〕11号"
# One party: letters, a number of at most six digits with or without 号, or a surname made nameless (李某).
PARTY = re.compile(r"[A-Za-z]{1,6}\d{0,4}某?|[甲乙丙丁戊]?\d{1,6}号?|[甲乙丙丁戊]方?|[\u4e00-\u9fff]{1,2}某某?")
PARTS = re.compile(r"[、，,;；与和/\s]+")


@rule_kind(
    "volunteers.association_posts",
    "社会团体兼职：离退休领导干部的限制",
    labels={
        "most_posts": "同时最多兼几个职务",
        "age_limit": "任职年龄界限（满几周岁为止；空着：不限）",
        "most_terms": "同一职务最多连任几届（空着：不限）",
        "approval_needed": "要审批或备案",
        "pay_allowed": "可以领取薪酬、奖金、津贴",
        "leaders_only": "只管有领导职务层次或职级的（不勾：所有离退休干部）",
        "clause": "依据",
    },
    source="规则手册 10.51；中共中央组织部《关于规范退（离）休领导干部在社会团体兼职问题的通知》（中组发〔2014〕11号）",
)
@dataclass(frozen=True)
class AssociationRules(RuleValues):
    """Ages are full years. What goes beyond is warned of with the clause, never refused."""

    most_posts: int = 1
    age_limit: int | None = 70
    most_terms: int | None = 2
    approval_needed: bool = True
    pay_allowed: bool = False
    leaders_only: bool = True
    clause: str = CLAUSE

    def __post_init__(self):
        if not 0 <= self.most_posts <= 20:
            raise ValueError("最多兼几个职务填 0 到 20。")
        if self.age_limit is not None and not 50 <= self.age_limit <= 120:
            raise ValueError("年龄界限填 50 到 120。")
        if self.most_terms is not None and not 1 <= self.most_terms <= 20:
            raise ValueError("连任几届填 1 到 20。")


@rule_kind(
    "volunteers.patrols",
    "巡查问题和任职到期：期限",
    labels={
        "report_days": "发现问题几天内要上报",
        "close_days": "上报以后几天内要有结果",
        "ending_days": "任职到期前几天列入“快到期”",
        "remind_days": "任职到期前几天提醒（从早到晚）",
    },
    source="规则手册 10.52、10.53；领域资料种子0“党员街巷长制”（巡查、处理、续任提醒）；天数是初始值，按本地文件改",
)
@dataclass(frozen=True)
class PatrolRules(RuleValues):
    report_days: int = 3
    close_days: int = 15
    ending_days: int = 90
    remind_days: tuple[int, ...] = (90, 30)

    def __post_init__(self):
        days = (self.report_days, self.close_days, self.ending_days, *self.remind_days)
        if not all(0 <= number <= 730 for number in days):
            raise ValueError("天数填 0 到 730。")
        if not self.remind_days:
            raise ValueError("提醒至少要有一次。")


@dataclass(frozen=True)
class AssociationFacts:
    """A post in an association on a day. `age`: full years, None unknown; `others`: other such posts that he holds at
    the same time; `term`: the how-manieth term in a row this is; `is_leader`: has a leading rank or grade."""

    age: int | None
    others: int
    term: int
    has_approval: bool
    is_paid: bool
    is_leader: bool = True


def association_warnings(facts: AssociationFacts, rules: AssociationRules) -> list[str]:
    """Sentences on what goes beyond the limits, each with its clause; empty for none. See rule book 10.51."""
    if rules.leaders_only and not facts.is_leader:
        return []
    said = []
    if rules.approval_needed and not facts.has_approval:
        said.append("还没有审批（备案）文件，请按干部管理权限报批，批下来把文号填上")
    if facts.others + 1 > rules.most_posts:
        said.append(f"他同时兼了 {facts.others + 1} 个，最多 {rules.most_posts} 个，请与本人商量留哪一个")
    if rules.age_limit is not None and facts.age is not None and facts.age >= rules.age_limit:
        said.append(f"他已满 {facts.age} 周岁，界限是 {rules.age_limit} 周岁，请商量卸任；名誉职务也算")
    if rules.most_terms is not None and facts.term > rules.most_terms:
        said.append(f"这是连续第 {facts.term} 届，最多 {rules.most_terms} 届")
    if facts.is_paid and not rules.pay_allowed:
        said.append("登记为领取薪酬、奖金、津贴，规定不得领取，请核实")
    return [f"{words}（{rules.clause}）。" for words in said]


def is_late(found_on: dt.date, reported_on: dt.date | None, closed_on: dt.date | None, on: dt.date,
            rules: PatrolRules) -> bool:  # fmt: skip
    """Whether the next step of a problem is overdue on a day. See rule book 10.53."""
    if closed_on is not None:
        return False
    if reported_on is None:
        return (on - found_on).days > rules.report_days
    return (on - reported_on).days > rules.close_days


def are_nameless(parties: str) -> bool:
    """Whether a text names parties by letters or numbers only (rule book 10.55)."""
    parts = [part for part in PARTS.split(parties.strip()) if part]
    return bool(parts) and all(PARTY.fullmatch(part) for part in parts)
