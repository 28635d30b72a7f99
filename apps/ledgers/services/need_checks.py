"""What a need, a promise and a closing say, and the refusals for what they may not say."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from apps.accounts.models import User
from apps.common.choices import Source
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.common.secrecy_words import refuse_marks
from apps.ledgers.choices import CallOutcome, NeedOutcome, Satisfaction, Urgency
from apps.ledgers.models import Contact, Inquiry, Measure, Need
from apps.ledgers.queries.responsible import responsible_for_cadres
from apps.ledgers.rules import CALLS
from apps.ledgers.rules.needs import NeedRules, finish_day, reply_day, section_of
from apps.organisation.queries import rule_values, work_calendar
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

from .contacts import ContactFacts

CATEGORIES = "need_category"
FOR_THE_FAMILY = "family"
LONGEST = dt.timedelta(days=2 * 366)
SPOKE = (CallOutcome.ANSWERED, CallOutcome.FAMILY)


@dataclass(frozen=True, kw_only=True)
class NeedFacts:
    """What a need is. `category` is a code of `need_category`; `section` empty: by the category; days None: by the
    rules. `found_on` is never later than today. `found_contact` or `inquiry`: where it came up. `replied_on`: the day
    he was told what will be done, if he was."""

    category: str
    description: str
    found_on: dt.date
    section: str = ""
    urgency: str = Urgency.SOON
    source: str = Source.STAFF
    found_contact: Contact | None = None
    inquiry: Inquiry | None = None
    reply_by: dt.date | None = None
    finish_by: dt.date | None = None
    replied_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class MeasureFacts:
    """What is promised. `owner` None: who answers for the person, else whoever writes it; `due_on` None: the need's
    `finish_by`. Cost in yuan."""

    what: str
    provider: str = ""
    owner: User | None = None
    due_on: dt.date | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Closing:
    """How a need ended, in the words of the office; `satisfaction` is what he said himself."""

    outcome: str
    note: str = ""
    satisfaction: str = Satisfaction.UNASKED


def living_cadre(cadre: Cadre, category: str) -> Cadre:
    """The cadre as he stands, locked against a death at the same moment."""
    found = Cadre.objects.select_for_update(of=("self",)).select_related("person", "managing_unit").get(pk=cadre.pk)
    if found.person.life_status == LifeStatus.DECEASED and category != FOR_THE_FAMILY:
        raise BusinessError("这位老同志已登记离世。家属的事，请选“家庭和遗属”。", code="deceased", field="category")
    return found


def need_values(facts: NeedFacts, cadre: Cadre, on: dt.date) -> dict:
    if facts.category not in names_of(CATEGORIES):
        raise BusinessError("请选是哪方面的需求。", code="category", field="category")
    if facts.urgency not in Urgency.values:
        raise BusinessError("请选缓急。", code="urgency", field="urgency")
    check_past(facts.found_on, on, "found_on")
    if facts.replied_on:
        check_past(facts.replied_on, on, "replied_on")
    rules = rule_values(NeedRules.rule_key, on=on, unit=cadre.managing_unit)
    reply_by = facts.reply_by or reply_day(facts.found_on, facts.urgency, rules, work_calendar())
    finish_by = facts.finish_by or finish_day(facts.found_on, facts.urgency, rules)
    for day, field in ((reply_by, "reply_by"), (finish_by, "finish_by")):
        _not_before(day, facts.found_on, field, "不能早于发现日期")
        _not_after(day, on, field)
    description = clean_text(facts.description, 500, "需要什么", "description", needed=True)
    return {
        "category": facts.category, "section": facts.section or section_of(facts.category), "urgency": facts.urgency,
        "description": description, "source": facts.source, "found_contact": facts.found_contact,
        "inquiry": facts.inquiry, "found_on": facts.found_on, "reply_by": reply_by, "finish_by": finish_by,
        "replied_on": facts.replied_on,
    }  # fmt: skip


def measure_values(facts: MeasureFacts, need: Need, actor: User, on: dt.date, was: Measure | None = None) -> dict:
    due_on = facts.due_on or max(need.finish_by or on, on)
    if was is None or due_on != was.due_on:
        _not_before(due_on, on, "due_on", "不能早于今天")
    _not_after(due_on, on, "due_on")
    check_amount(facts.cost)
    return {
        "what": clean_text(facts.what, 200, "做什么", "what", needed=True),
        "provider": clean_text(facts.provider, 100, "由谁来做", "provider"),
        "owner": facts.owner or _usual_owner(need, on) or actor, "due_on": due_on, "cost": facts.cost,
    }  # fmt: skip


def _usual_owner(need: Need, on: dt.date) -> User | None:
    found = responsible_for_cadres({need.cadre_id: need.cadre.managing_unit_id}, on=on)[need.cadre_id]
    return User.objects.filter(pk=found).first() if found else None


def closing_values(need: Need, closing: Closing, *, asked: bool) -> tuple[str, str]:
    if closing.outcome not in NeedOutcome.values or closing.outcome == NeedOutcome.ENDED:
        raise BusinessError("请选结果。", code="outcome", field="outcome")
    met = closing.outcome in (NeedOutcome.MET, NeedOutcome.PARTLY)
    left = Measure.objects.open().filter(need=need).count()
    if met and left:
        raise BusinessError(f"还有 {left} 项办法没有结果。请先登记办好或不再办。", code="open", field="outcome")
    if closing.satisfaction not in Satisfaction.values:
        raise BusinessError("请选本人是否满意。", code="satisfaction", field="satisfaction")
    note = clean_text(closing.note, 300, "结果说明", "note", needed=closing.outcome == NeedOutcome.CANNOT or not asked)
    return closing.outcome, note


def spoke(call: ContactFacts) -> bool:
    return call.method not in CALLS or call.outcome in SPOKE


def check_open(need: Need) -> None:
    if need.closed_on or need.voided_at:
        raise BusinessError("这件需求已经办结。要再办，请先点“重新办理”。", code="state")


def check_unfinished(measure: Measure) -> None:
    if measure.done_on:
        raise BusinessError(f"这项办法已在 {measure.done_on} 登记办好。请刷新页面。", code="state")
    if measure.dropped_on:
        raise BusinessError(f"这项办法已在 {measure.dropped_on} 登记不再办。请刷新页面。", code="state")


def check_past(day: dt.date, on: dt.date, field: str) -> None:
    if day > on:
        raise BusinessError(f"日期不能晚于今天（{on.month}月{on.day}日）。", code="future", field=field)


def _not_before(day: dt.date, first: dt.date, field: str, words: str) -> None:
    if day < first:
        raise BusinessError(f"期限{words}（{first}）。", code="early", field=field)


def _not_after(day: dt.date, on: dt.date, field: str) -> None:
    if day > on + LONGEST:
        raise BusinessError("期限最长两年，请核对年份。", code="far", field=field)


def check_amount(cost: Decimal | None) -> None:
    if cost is not None and not 0 <= cost < Decimal("100000000"):
        raise BusinessError("花费请填 0 以上的数，单位是元。", code="cost", field="cost")


def clean_text(text: str, most: int, label: str, field: str, *, needed: bool = False) -> str:
    text = text.strip()
    if needed and not text:
        raise BusinessError(f"请写明{label}。", code="missing", field=field)
    if len(text) > most:
        raise BusinessError(f"“{label}”请不超过 {most} 个字。", code="long", field=field)
    refuse_marks(text, field=field)
    return text
