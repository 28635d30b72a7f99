"""What became of needs and promises, by unit and period; who was not reached for how long. Counts of visits stand
beside them as means, nothing is ranked: units keep the order of the tree."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery

from apps.ledgers.choices import NOT_REACHED, NeedOutcome, Satisfaction
from apps.ledgers.models import ContactPerson, Measure, Need
from apps.ledgers.rules import VISITS
from apps.organisation.models import Unit
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

MET = (NeedOutcome.MET, NeedOutcome.PARTLY)
# (key, label, from so many days ago on); the last one: longer, or never.
BANDS = (
    ("month", "30 天内联系过", 30),
    ("quarter", "31–90 天", 90),
    ("half", "91–180 天", 180),
    ("longer", "180 天以上或没有记录", None),
)


@dataclass
class UnitFigures:
    """The figures of one unit, or of all; `counts` by the keys below."""

    unit: str
    counts: Counter = field(default_factory=Counter)

    def share(self, part: str, whole: str) -> str:
        """86%（43/50）; a dash where nothing was due."""
        total = self.counts[whole]
        return f"{round(100 * self.counts[part] / total)}%（{self.counts[part]}/{total}）" if total else "—"


def figures_of(cadres: QuerySet[Cadre], start: dt.date, end: dt.date, *, on: dt.date) -> list[UnitFigures]:
    """One row a unit that has anything, in the order of the tree, and the total last; six statements for any number.

    Replies and needs count in the period in which they were due, measures likewise, as far as the day is past or it was
    done: what is not due yet is neither kept nor missed. `end` is exclusive. See rule book 8.8.
    """
    unit = "cadre__managing_unit"
    mine = cadres.order_by().values("pk")
    needs = Need.objects.standing().filter(cadre__in=mine).exclude(outcome=NeedOutcome.ENDED).order_by()
    measures = Measure.objects.standing().filter(need__cadre__in=mine).order_by()
    parts = [
        needs.filter(Q(reply_by__lt=on) | Q(replied_on__isnull=False), reply_by__gte=start, reply_by__lt=end)
        .values_list(unit)
        .annotate(
            replies=Count("pk"), replied=Count("pk", filter=Q(replied_on__lte=F("reply_by"))),
            reply_open=Count("pk", filter=Q(replied_on__isnull=True)),
        ),
        needs.filter(Q(finish_by__lt=on) | Q(closed_on__isnull=False), finish_by__gte=start, finish_by__lt=end)
        .exclude(outcome=NeedOutcome.NOT_NEEDED)
        .values_list(unit)
        .annotate(
            needs=Count("pk"), met=Count("pk", filter=Q(outcome__in=MET, closed_on__lte=F("finish_by"))),
            need_open=Count("pk", filter=Q(closed_on__isnull=True)),
            content=Count("pk", filter=Q(satisfaction__in=(Satisfaction.GOOD, Satisfaction.FAIR))),
            asked=Count("pk", filter=~Q(satisfaction__in=("", Satisfaction.UNASKED))),
        ),
        measures.filter(Q(due_on__lt=on) | Q(done_on__isnull=False), due_on__gte=start, due_on__lt=end)
        .filter(dropped_on__isnull=True)
        .values_list("need__cadre__managing_unit")
        .annotate(
            promises=Count("pk"), kept=Count("pk", filter=Q(done_on__lte=F("due_on"))),
            promise_open=Count("pk", filter=Q(done_on__isnull=True)),
        ),
        _silence(cadres, on),
        _contacts(mine, start, end),
    ]  # fmt: skip
    names = (
        ("replies", "replied", "reply_open"), ("needs", "met", "need_open", "content", "asked"),
        ("promises", "kept", "promise_open"), ("people", *(key for key, _, _ in BANDS)), ("visits", "calls"),
    )  # fmt: skip
    found: dict[int, Counter] = {}
    for rows, keys in zip(parts, names, strict=True):
        for unit_id, *values in rows:
            found.setdefault(unit_id, Counter()).update(dict(zip(keys, values, strict=True)))
    units = Unit.objects.filter(pk__in=found).order_by("path")
    lines = [UnitFigures(row.short_name or row.name, found[row.pk]) for row in units]
    return [*lines, UnitFigures("合计", sum(found.values(), Counter()))]


def _silence(cadres: QuerySet[Cadre], on: dt.date) -> QuerySet:
    """unit, living people, and how many of them were last reached when: a call that nobody took reached nobody."""
    reached = (
        ContactPerson.objects.filter(person=OuterRef("pk"), contact__voided_at__isnull=True)
        .exclude(contact__outcome__in=NOT_REACHED)
        .order_by()
        .values("person")
        .annotate(day=Max("contact__happened_on"))
        .values("day")
    )
    known = cadres.filter(person__life_status=LifeStatus.LIVING).order_by().annotate(last=Subquery(reached))
    counts, newest = {}, None
    for key, _, days in BANDS:
        condition = Q(last__gte=on - dt.timedelta(days=days)) if days else Q(last__isnull=True) | Q(last__lt=newest)
        if newest and days:
            condition &= Q(last__lt=newest)
        newest = on - dt.timedelta(days=days) if days else newest
        counts[key] = Count("pk", filter=condition)
    return known.values_list("managing_unit").annotate(people=Count("pk"), **counts)


def _contacts(mine, start: dt.date, end: dt.date) -> QuerySet:
    """unit, visits, other contacts of a period, each with each person counted once (人次)."""
    rows = ContactPerson.objects.filter(
        person__in=mine, contact__voided_at__isnull=True, contact__happened_on__gte=start, contact__happened_on__lt=end
    ).exclude(contact__outcome__in=NOT_REACHED)
    visits = Q(contact__method__in=VISITS)
    return (
        rows.order_by()
        .values_list("person__cadre__managing_unit")
        .annotate(visits=Count("pk", filter=visits), calls=Count("pk", filter=~visits))
    )
