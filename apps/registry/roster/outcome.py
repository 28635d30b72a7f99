"""What came of a batch, for its page."""

from dataclasses import dataclass

from django.db.models import Count

from apps.registry.models import Cadre, ImportBatch, ImportExtra

MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class ExtraOutcome:
    """How many of what the roster said for rooms above came to the same: still open where `outcome` is empty."""

    label: str
    outcome: str
    people: int


def extras_of(batch: ImportBatch) -> list[ExtraOutcome]:
    rows = batch.extras.values_list("kind", "outcome").annotate(people=Count("pk")).order_by("kind", "-people")[:20]
    return [ExtraOutcome(ImportExtra.Kind(kind).label, outcome, people) for kind, outcome, people in rows]


def kept_by_undo(batch: ImportBatch, user) -> list[Cadre]:
    """People whom undo left alone because somebody changed them since: those this user may see, the first hundred."""
    kept = batch.undo_result.get("kept", [])
    rows = Cadre.objects.visible_to(user).filter(pk__in=kept).select_related("person", "managing_unit")
    return list(rows.order_by("person__name_sort_key", "pk")[:MOST_KEPT])
