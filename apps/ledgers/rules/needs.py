"""How soon a need is answered and met, and how it stands. Values in, values out: no rows, no clock."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from apps.ledgers.choices import NeedOutcome, Section, Urgency
from apps.organisation.rules import RuleValues, rule_kind
from apps.organisation.workdays import WorkCalendar


@rule_kind(
    "needs",
    "需求答复和办理期限",
    labels={
        "answer_now": "“马上办”的几个工作日内答复",
        "answer_soon": "“一个月内”的几个工作日内答复",
        "answer_year": "“今年内”的几个工作日内答复",
        "finish_now": "“马上办”的几天内办结",
        "finish_soon": "“一个月内”的几天内办结",
        "recall_workdays": "办好后几个工作日内回访",
    },
    source="规则手册 8.1；领域资料 3.6（走访发现的问题限期答复）；期限为各局规定",
)
@dataclass(frozen=True)
class NeedRules(RuleValues):
    """Working days for answers and closing calls, calendar days for finishing. Raises ValueError for nonsense.

    See rule book 8.1.
    """

    answer_now: int = 1
    answer_soon: int = 5
    answer_year: int = 10
    finish_now: int = 7
    finish_soon: int = 30
    recall_workdays: int = 5

    def __post_init__(self) -> None:
        working = (self.answer_now, self.answer_soon, self.answer_year, self.recall_workdays)
        if not all(1 <= days <= 60 for days in working):
            raise ValueError("答复和回访的天数填 1 到 60 个工作日。")
        if not 1 <= self.finish_now <= self.finish_soon <= 366:
            raise ValueError("办结的天数填 1 到 366 天，“马上办”的不能比“一个月内”的长。")


SECTION_OF = {
    "identity": Section.BASICS,
    "income": Section.TREATMENT,
    "political": Section.TREATMENT,
    "medical": Section.TREATMENT,
    "nursing": Section.WELLBEING,
    "meals": Section.WELLBEING,
    "home": Section.WELLBEING,
    "alarm": Section.WELLBEING,
    "hardship": Section.WARMTH,
    "comfort": Section.WARMTH,
    "family": Section.WARMTH,
    "culture": Section.PLATFORM,
    "service": Section.PLATFORM,
    "legal": Section.PLATFORM,
    "digital": Section.PLATFORM,
}


def section_of(category: str) -> Section:
    """The section to which a need of this category usually belongs; what a bureau added goes to 关怀慰藉."""
    return SECTION_OF.get(category, Section.WARMTH)


def reply_day(found_on: dt.date, urgency: str, rules: NeedRules, calendar: WorkCalendar) -> dt.date:
    """The last day in time to tell him what will be done; the day it was found does not count (rule book 8.1)."""
    workdays = {Urgency.NOW: rules.answer_now, Urgency.SOON: rules.answer_soon, Urgency.YEAR: rules.answer_year}
    return calendar.add_workdays(found_on, workdays[Urgency(urgency)])


def finish_day(found_on: dt.date, urgency: str, rules: NeedRules) -> dt.date:
    """The last day in time for the whole of it. “今年内” is 31 December, but never less than a month.

    See rule book 8.2.
    """
    month = found_on + dt.timedelta(days=rules.finish_soon)
    if urgency == Urgency.NOW:
        return found_on + dt.timedelta(days=rules.finish_now)
    return max(month, dt.date(found_on.year, 12, 31)) if urgency == Urgency.YEAR else month


def recall_day(done_on: dt.date, rules: NeedRules, calendar: WorkCalendar) -> dt.date:
    """The last day in time to ask him whether he is content with what was done (rule book 8.3)."""
    return calendar.add_workdays(done_on, rules.recall_workdays)


# How it stands ----------------------------------------------------------------------------------------------------

UNDECIDED, DOING, LATE, TO_CALL, CLOSED = "todo", "doing", "late", "to_call", "closed"
CLOSED_WORDS = {
    NeedOutcome.MET: "已办结",
    NeedOutcome.PARTLY: "部分办结",
    NeedOutcome.CANNOT: "解决不了，已说明",
    NeedOutcome.NOT_NEEDED: "本人不再需要",
    NeedOutcome.ENDED: "人员变动，已结束",
}


class Promise(Protocol):
    """What is read of a measure; done and dropped both empty: promised."""

    due_on: dt.date
    done_on: dt.date | None
    dropped_on: dt.date | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a need or measure stands: `key` for filters, `words` and `tone` (of a tag) for people, days late."""

    key: str
    words: str
    tone: str = ""
    late_by: int = 0


def measure_standing(measure: Promise, on: dt.date) -> Standing:
    """正在办 / 今天到期 / 逾期 3 天 / 已办好 / 不再办. The last day itself is in time (rule book 8.4)."""
    if measure.dropped_on:
        return Standing(key=CLOSED, words="不再办", tone="done")
    if measure.done_on:
        late = max((measure.done_on - measure.due_on).days, 0)
        return Standing(key=CLOSED, words=f"已办好，晚 {late} 天" if late else "已办好", tone="done", late_by=late)
    left = (measure.due_on - on).days
    if left < 0:
        return Standing(key=LATE, words=f"逾期 {-left} 天", tone="late", late_by=-left)
    return Standing(key=DOING, words=f"正在办，{until(measure.due_on, on)}", tone="soon" if left < 3 else "")


def need_standing(
    *,
    outcome: str,
    reply_by: dt.date | None,
    replied_on: dt.date | None,
    measures: Collection[Promise],
    on: dt.date,
) -> Standing:
    """How a need stands, derived from its measures and never typed (rule book 8.4).

    Closed: its outcome. Nothing promised: 待定办法, late once the day of the reply is past and nobody told him.
    Something promised and not done: 正在办, or late by the worst of its measures. All done: 办好待回访.
    """
    if outcome:
        return Standing(key=CLOSED, words=CLOSED_WORDS[NeedOutcome(outcome)], tone="done")
    kept = [measure for measure in measures if not measure.dropped_on]
    open_ones = [measure for measure in kept if not measure.done_on]
    if not kept:
        return _undecided(reply_by, replied_on, on)
    if not open_ones:
        return Standing(key=TO_CALL, words="办好待回访", tone="soon")
    late = max((on - measure.due_on).days for measure in open_ones)
    if late > 0:
        return Standing(key=LATE, words=f"逾期 {late} 天", tone="late", late_by=late)
    return Standing(key=DOING, words=f"正在办，{until(min(measure.due_on for measure in open_ones), on)}")


def _undecided(reply_by: dt.date | None, replied_on: dt.date | None, on: dt.date) -> Standing:
    if reply_by is None or replied_on is not None:
        return Standing(key=UNDECIDED, words="待定办法", tone="soon")
    late = (on - reply_by).days
    if late > 0:
        return Standing(key=UNDECIDED, words=f"待定办法，答复逾期 {late} 天", tone="late", late_by=late)
    when = ("今天", "明天")[-late] if late > -2 else until(reply_by, on)
    return Standing(key=UNDECIDED, words=f"待定办法，{when}要答复", tone="soon")


def until(day: dt.date, on: dt.date) -> str:
    """今天 / 明天 / 3月5日前; the year where it is another one."""
    if (day - on).days in (0, 1):
        return ("今天到期", "明天到期")[(day - on).days]
    year = f"{day.year}年" if day.year != on.year else ""
    return f"{year}{day.month}月{day.day}日前"
