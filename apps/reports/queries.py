"""Counts that a leader asks for, over the people he may see."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q

from apps.organisation.models import Unit
from apps.registry.choices import VETERAN_TYPES, Living
from apps.registry.models import Cadre

AGE_BANDS = (("不满 60 岁", 0, 60), ("60—69 岁", 60, 70), ("70—79 岁", 70, 80), ("80—89 岁", 80, 90),
             ("90—99 岁", 90, 100), ("100 岁以上", 100, 200))  # fmt: skip
PARTY_MEMBER = ("01", "02")


@dataclass(frozen=True)
class Headcount:
    """Living people on `on`: totals, bands of full years, and rows of the units directly below the top."""

    on: datetime.date
    total: int
    veterans: int
    retired: int
    members: int
    alone: int
    ages: list[tuple[str, int]]
    unknown_age: int
    units: list[tuple[str, int, int, int]]


def _years_before(on: datetime.date, years: int) -> str:
    """The birth date, as stored text, of who turns `years` on `on`; those born on 29 February wait for 1 March."""
    return f"{on.year - years:04d}-{on.month:02d}-{on.day:02d}"


def headcount(user, *, on: datetime.date) -> Headcount:
    """Counts over the cadres visible to `user`; a birth known to the year or month counts from its first day."""
    people = Cadre.objects.living().visible_to(user)
    veteran, member = Q(retire_type__in=VETERAN_TYPES), Q(person__political_status__in=PARTY_MEMBER)
    bands = {
        f"age_{low}": Count(
            "pk",
            filter=Q(person__birth_date__lte=_years_before(on, low), person__birth_date__gt=_years_before(on, high)),
        )
        for _, low, high in AGE_BANDS
    }
    row = people.aggregate(
        total=Count("pk"), veterans=Count("pk", filter=veteran), members=Count("pk", filter=member),
        alone=Count("pk", filter=Q(living=Living.ALONE)),
        unknown_age=Count("pk", filter=Q(person__birth_date__isnull=True)), **bands,
    )  # fmt: skip
    by_unit = (
        people.order_by()
        .values_list("managing_unit_id")
        .annotate(total=Count("pk"), veterans=Count("pk", filter=veteran), members=Count("pk", filter=member))
    )
    return Headcount(
        on=on, total=row["total"], veterans=row["veterans"], retired=row["total"] - row["veterans"],
        members=row["members"], alone=row["alone"],
        ages=[(label, row[f"age_{low}"]) for label, low, _ in AGE_BANDS],
        unknown_age=row["unknown_age"], units=_rolled_up({pk: counts for pk, *counts in by_unit}),
    )  # fmt: skip


def _rolled_up(counts: dict[int, list[int]]) -> list[tuple[str, int, int, int]]:
    """Counts of each unit added to the one on the second floor of the tree that it belongs to."""
    units = {unit.path: unit for unit in Unit.objects.filter(depth__lte=2)}
    step = Unit.steplen
    sums: dict[str, list[int]] = {}
    for unit in Unit.objects.filter(pk__in=counts).only("path"):
        head = units[unit.path[: 2 * step]] if len(unit.path) >= 2 * step else units[unit.path]
        sums[head.path] = [a + b for a, b in zip(sums.get(head.path, [0, 0, 0]), counts[unit.pk], strict=True)]
    return [(units[path].name, *sums[path]) for path in sorted(sums)]
