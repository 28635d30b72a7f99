"""What a death closes here."""

from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.branches.models import Membership, Post
from apps.branches.rules import last_day_of_life
from apps.registry.choices import LifeEventKind
from apps.registry.models import LifeEvent

from .recruits import recruit_died, recruit_lives
from .transfer_links import end_by_death, reopen_after_death


def close_by_death(event: LifeEvent, undo: bool) -> list[str]:
    """Life handler: a death ends membership and posts; undone, exactly these are open again (design 2, socket 2).

    A seat that was filled meanwhile stays with its new holder: the old post remains closed, and staff are told.

    See rule book 8.63.
    """
    if event.kind != LifeEventKind.DIED:
        return []
    if undo:
        left = list(_reopen(event))
        reopen_after_death(event, timezone.localdate())
        recruit_lives(event)
        return left
    known_on = timezone.localdate(event.decided_at or event.reported_at)
    day = last_day_of_life(event.happened_on, known_on)
    for model in (Membership, Post):
        for row in model.objects.select_for_update().filter(
            person_id=event.person_id, ends_on__isnull=True, voided_at__isnull=True
        ):
            row.ends_on, row.closed_by_event = max(day, row.starts_on), event
            row.save(update_fields=["ends_on", "closed_by_event"])
    end_by_death(event, day)
    recruit_died(event, day)
    return []


def _reopen(event: LifeEvent) -> Iterator[str]:
    """Sentences on those that could not be opened again."""
    for model in (Membership, Post):
        rows = model.objects.select_for_update(of=("self",)).filter(closed_by_event=event)
        for row in rows.select_related("organisation").order_by("pk"):
            row.ends_on, row.closed_by_event = None, None
            try:
                with transaction.atomic():
                    row.save(update_fields=["ends_on", "closed_by_event"])
            except IntegrityError:
                yield _why_closed(row)


def _why_closed(row: Membership | Post) -> str:
    where = row.organisation.short_name or row.organisation.name
    if isinstance(row, Post):
        return f"{where}的{row.get_kind_display()}已由别的同志担任，原来的任职没有恢复。请问支部怎样安排。"
    return f"他在{where}的组织关系没有恢复，因为后来又登记了新的组织关系。请核对以哪一个为准。"
