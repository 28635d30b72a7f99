"""一人一策 of the demo city: plans of focus people with needs in every state, promises kept and missed, one printed."""

import datetime as dt
import uuid
from dataclasses import dataclass

from apps.accounts.models import User
from apps.ledgers.choices import CallOutcome, Method, NeedOutcome, Satisfaction, Urgency
from apps.ledgers.models import CareTier, Measure, Need, ServicePlan
from apps.ledgers.queries.library import measures_for
from apps.ledgers.queries.plan_sheet import sheet_for
from apps.ledgers.services import ContactFacts, needs, plans
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

MOST_PLANS, MOST_NEEDS = 120, 24
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Story:
    """A need: found so many days ago, with the n-th line of the library (None: nothing yet), due after, and how far."""

    category: str
    words: str
    found: int
    line: int | None = None
    due: int = 0
    done: int | None = None
    closed: bool = False
    urgency: str = Urgency.SOON


STORIES = (
    Story("home", "卫生间湿滑，想在马桶和淋浴旁装扶手", 26, 0, due=12),
    Story("meals", "一个人做饭不方便，想要社区送餐", 12),
    Story("alarm", "夜里怕出事没人知道，想装紧急呼叫器", 40, 0, due=-6),
    Story("medical", "每月到医院取药走不动，想有人陪", 33, 1, due=-12, done=14),
    Story("digital", "想学会用手机和外地的孩子视频", 60, 0, due=-25, done=28, closed=True),
    Story("culture", "想订一份老年书画报，送到家里", 48, 2, due=-20, done=16, closed=True),
    Story("comfort", "老伴走后常一个人发愁，盼着有人来坐坐", 20, 2, due=10),
    Story("income", "住院自费部分多，想问问怎样报销", 9, 0, due=21, urgency=Urgency.NOW),
)


def write_plans(staff: dict[str, User], *, on: dt.date) -> None:
    """Plans of the year for people in the first two tiers, needs for the first of them, one version on paper."""
    clerk = staff["jingban"]
    focus = CareTier.objects.filter(level__lte=2, voided_at__isnull=True).order_by("cadre").values("cadre")
    people = Cadre.objects.filter(pk__in=focus[:MOST_PLANS], person__life_status=LifeStatus.LIVING)
    plans.carry_over(people, year=on.year, actor=clerk, on=on)
    chosen = list(people.select_related("person", "managing_unit").order_by("pk")[:MOST_NEEDS])
    for place, cadre in enumerate(chosen):
        for number in range(1 + (place == 0) * 3 + place % 2):
            _tell(cadre, STORIES[(place + number) % len(STORIES)], clerk, on)
    if chosen:
        _first(chosen[0], clerk, on)


def _first(cadre: Cadre, clerk: User, on: dt.date) -> None:
    """The first of the cast has words on his plan and a version out for signature."""
    plan = ServicePlan.objects.get(cadre=cadre, year=on.year)
    plans.change_plan(
        plan, actor=clerk, version=plan.version,
        summary="独自居住，白天有邻居照看，女儿每周来一次。思路清楚，爱看报，腿脚慢，出门要人陪。",
        wishes="想住在老房子里不搬；盼着常有人来说说话。",
    )  # fmt: skip
    cadre = Cadre.objects.select_related("person", "managing_unit").get(pk=cadre.pk)
    sheet = sheet_for(cadre, on.year, on=on, sees=lambda right: right != "registry.view_health")
    plans.print_plan(plan, sheet, actor=clerk, form_key=uuid.uuid4())


def _tell(cadre: Cadre, story: Story, clerk: User, on: dt.date) -> None:
    found = on - story.found * DAY
    facts = needs.NeedFacts(
        category=story.category, description=story.words, found_on=found, urgency=story.urgency,
        replied_on=min(found + 3 * DAY, on) if story.line is not None else None,
    )  # fmt: skip
    need = needs.open_need(facts, cadre=cadre, actor=clerk, on=on, form_key=uuid.uuid4())
    if story.line is None:
        return
    offered = measures_for(story.category, cadre.managing_unit)
    line = offered[story.line % len(offered)]
    promised = needs.MeasureFacts(what=line.what, provider=line.provider, due_on=on)
    measure = needs.add_measure(need, promised, actor=clerk, on=on, form_key=uuid.uuid4())
    # What was promised weeks ago fell due on a day that is past: no form would take it now.
    Measure.objects.filter(pk=measure.pk).update(due_on=on + story.due * DAY)
    if story.done is None:
        return
    done_on = on - story.done * DAY
    needs.finish_measure(measure, result="已经办妥，本人在场", done_on=done_on, actor=clerk, on=on)
    if story.closed:
        call = ContactFacts(
            happened_on=min(done_on + 2 * DAY, on), method=Method.PHONE, kind="call", outcome=CallOutcome.ANSWERED,
            summary="需求办结回访：说很好用，谢谢大家",
        )  # fmt: skip
        closing = needs.Closing(outcome=NeedOutcome.MET, satisfaction=Satisfaction.GOOD)
        needs.close_need(Need.objects.get(pk=need.pk), closing, call=call, actor=clerk, on=on, form_key=uuid.uuid4())
