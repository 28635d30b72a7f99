"""One person's plan, loaded: his needs of a year with their measures, each with how it stands."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from apps.common.code_lists import names_of
from apps.ledgers.choices import Section
from apps.ledgers.models import Measure, Need, ServicePlan
from apps.ledgers.rules.needs import CLOSED, DOING, LATE, TO_CALL, UNDECIDED, Standing, measure_standing, need_standing
from apps.registry.models import Cadre

from .measure_help import SECRET, help_words, is_asked

CATEGORIES = "need_category"


@dataclass(frozen=True)
class MeasureView:
    measure: Measure
    standing: Standing

    @property
    def is_open(self) -> bool:
        return self.standing.key != CLOSED

    @property
    def help(self) -> tuple[str, str] | None:
        """How far volunteers are with it: words and tone; None where none were asked."""
        return help_words(self.measure)

    @property
    def is_asked(self) -> bool:
        """Whether volunteers are being asked for it now."""
        return is_asked(self.measure)


@dataclass(frozen=True)
class NeedView:
    """A need with its measures, dropped ones last."""

    need: Need
    category: str
    standing: Standing
    measures: list[MeasureView] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.standing.key != CLOSED

    @property
    def may_close(self) -> bool:
        """Whether nothing promised is still open."""
        return self.is_open and not any(view.is_open for view in self.measures)


@dataclass(frozen=True)
class SectionView:
    key: str
    title: str
    needs: list[NeedView]


@dataclass(frozen=True)
class PersonPlan:
    """What stands on the page of a plan; `plan` None where this year has none yet."""

    cadre: Cadre
    year: int
    plan: ServicePlan | None
    sections: list[SectionView]

    @property
    def needs(self) -> list[NeedView]:
        return [view for section in self.sections for view in section.needs]


def with_measures(needs: QuerySet[Need]) -> QuerySet[Need]:
    """The needs with their standing measures and their owners: two statements more."""
    measures = Measure.objects.standing().select_related("owner", "request").defer(*SECRET)
    measures = measures.order_by("dropped_on", "due_on", "pk")
    return needs.select_related("recorded_by").prefetch_related(Prefetch("measures", measures))


def view_of(need: Need, on: dt.date) -> NeedView:
    """`need` as `with_measures` loaded it."""
    measures = list(need.measures.all())
    standing = need_standing(
        outcome=need.outcome, reply_by=need.reply_by, replied_on=need.replied_on, measures=measures, on=on
    )
    views = [MeasureView(measure, measure_standing(measure, on)) for measure in measures]
    views.sort(key=lambda view: view.measure.dropped_on is not None)
    return NeedView(need, category_name(need.category), standing, views)


def category_name(code: str) -> str:
    return names_of(CATEGORIES).get(code, code)


def plan_of(cadre: Cadre, year: int, on: dt.date) -> PersonPlan:
    """The plan of a year with the needs open at some time in it, the open ones first; four statements."""
    rows = ServicePlan.objects.filter(cadre=cadre, year=year, voided_at__isnull=True)
    plan = rows.select_related("made_by", "carried_from").first()
    needs = with_measures(Need.objects.filter(cadre=cadre).in_year(year)).order_by("found_on", "pk")
    views = sorted((view_of(need, on) for need in needs), key=lambda view: not view.is_open)
    sections = [
        SectionView(key, str(label), [view for view in views if view.need.section == key])
        for key, label in Section.choices
    ]
    return PersonPlan(cadre, year, plan, sections)


# Lists ------------------------------------------------------------------------------------------------------------


def _kept() -> QuerySet[Measure]:
    return Measure.objects.standing().filter(need=OuterRef("pk"), dropped_on__isnull=True)


def needs_standing(needs: QuerySet[Need], state: str, on: dt.date) -> QuerySet[Need]:
    """Those of `needs` that stand so: the keys of rules.needs, and two that cut across, `reply_late` (nobody told him
    in time) and `told_late` (told, but late). The conditions of `need_standing` as SQL; a test compares the two.
    """
    open_ones = needs.open()
    promised = _kept().filter(done_on__isnull=True)
    by_state = {
        UNDECIDED: lambda: open_ones.exclude(Exists(_kept())),
        DOING: lambda: open_ones.filter(Exists(promised)).exclude(Exists(promised.filter(due_on__lt=on))),
        LATE: lambda: open_ones.filter(Exists(promised.filter(due_on__lt=on))),
        TO_CALL: lambda: open_ones.filter(Exists(_kept())).exclude(Exists(promised)),
        CLOSED: lambda: needs.standing().filter(closed_on__isnull=False),
        "reply_late": lambda: open_ones.filter(replied_on__isnull=True, reply_by__lt=on),
        "told_late": lambda: needs.standing().filter(replied_on__gt=F("reply_by")),
    }
    return by_state[state]() if state in by_state else needs.none()


@dataclass
class PlanCounts:
    """Of one plan: how many needs stand how."""

    open: int = 0
    todo: int = 0
    late: int = 0
    to_call: int = 0
    closed: int = 0

    @property
    def words(self) -> tuple[str, str]:
        """(words, tone) of the list: the worst first."""
        if self.late:
            return f"{self.late} 件逾期", "late"
        if self.todo:
            return f"{self.todo} 件待定办法", "soon"
        if self.to_call:
            return f"{self.to_call} 件待回访", "soon"
        if self.open:
            return f"{self.open} 件正在办", ""
        return (f"{self.closed} 件都办结", "done") if self.closed else ("没有登记需求", "")


def counts_of(plans: Collection[ServicePlan], on: dt.date) -> dict[int, PlanCounts]:
    """plan id → how its needs stand; two statements for any number of plans."""
    by_cadre: dict[int, list[Need]] = {}
    years = {plan.year for plan in plans}
    if not years:
        return {}
    over = Q(closed_on__isnull=True) | Q(closed_on__year__gte=min(years))
    needs = Need.objects.standing().filter(over, cadre__in={plan.cadre_id for plan in plans})
    measures = Measure.objects.standing().only("need_id", "due_on", "done_on", "dropped_on")
    for need in needs.order_by().prefetch_related(Prefetch("measures", measures)):
        by_cadre.setdefault(need.cadre_id, []).append(need)
    return {plan.pk: _count(plan, by_cadre.get(plan.cadre_id, []), on) for plan in plans}


def _count(plan: ServicePlan, needs: list[Need], on: dt.date) -> PlanCounts:
    counts = PlanCounts()
    for need in needs:
        if need.found_on.year > plan.year or (need.closed_on and need.closed_on.year < plan.year):
            continue
        standing = view_of(need, on).standing
        counts.open += standing.key != CLOSED
        counts.closed += standing.key == CLOSED
        counts.todo += standing.key == UNDECIDED
        counts.to_call += standing.key == TO_CALL
        counts.late += standing.tone == "late"
    return counts
