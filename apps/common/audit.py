"""Writing audit entries. An entry is committed with, or before, what it speaks of (design 3)."""

from collections.abc import Iterable

from django.db import transaction

from .client_address import client_address
from .insert_select import insert_rows
from .models import AuditEntry, AuditSubject

MANY = 500


def record(
    action: str,
    *,
    actor,
    people: Iterable[int] = (),
    fields: Iterable[str] = (),
    reason: str = "",
    request=None,
    target: str = "",
    on_behalf_of: int | None = None,
) -> AuditEntry:
    """Insert one entry and a subject row for each person id. Runs in the caller's transaction.

    `actor` is a user or None for the portal itself; no names or numbers belong into `reason` or `target`.
    """
    ids = list(people)
    entry = AuditEntry.objects.create(
        action=action,
        actor_id=getattr(actor, "pk", None),
        on_behalf_of=on_behalf_of,
        fields=list(fields),
        reason=reason[:200],
        address=client_address(request),
        target=target[:120],
        subject_count=len(ids),
    )
    if len(ids) > MANY:
        with transaction.atomic():
            insert_rows(AuditSubject, ("entry", "person_id"), ((entry.pk, pk) for pk in ids))
    else:
        AuditSubject.objects.bulk_create(AuditSubject(entry=entry, person_id=pk) for pk in ids)
    return entry
