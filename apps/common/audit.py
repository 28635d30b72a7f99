"""Writing audit entries. An entry is committed with, or before, what it speaks of (design 3)."""

from collections.abc import Iterable

from django.db import transaction

from . import sources
from .client_address import address_of_request, client_address
from .insert_select import execute
from .models import AuditEntry

# Entry and subjects in one statement: pages that log who was looked at have budgets too.
WITH_SUBJECTS = """
WITH entry AS (
    INSERT INTO common_auditentry (
        action, actor_id, on_behalf_of, fields, reason, address, target, source, subject_count
    ) VALUES (
        %(action)s, %(actor_id)s, %(on_behalf_of)s, %(fields)s::varchar[], %(reason)s, %(address)s, %(target)s,
        %(source)s, %(subject_count)s
    ) RETURNING id
)
INSERT INTO common_auditsubject (entry_id, person_id) SELECT entry.id, unnest(%(people)s::bigint[]) FROM entry
"""


@transaction.atomic(savepoint=False)
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
    source: str | None = None,
) -> None:
    """Insert one entry and a subject row for each person id: together, and in the caller's transaction if there is one.

    `actor` is a user or None for the portal itself; no names or numbers belong into `reason` or `target`. The address
    is the current request's, where there is one; the source is the current form's unless given.
    """
    ids = list(people)
    values = {
        "action": action,
        "actor_id": getattr(actor, "pk", None),
        "on_behalf_of": on_behalf_of,
        "fields": list(fields),
        "reason": reason[:200],
        "address": client_address(request) if request is not None else address_of_request(),
        "target": target[:120],
        "source": sources.current() if source is None else source,
        "subject_count": len(ids),
    }
    if ids:
        execute(WITH_SUBJECTS, {**values, "people": ids})
    else:
        AuditEntry.objects.create(**values)


def look(action: str, **what) -> None:
    """An entry for something about to be shown, committed when this returns: after a crash it may say too much, never
    too little. Raises RuntimeError inside a transaction, where it could still be rolled back. Arguments as `record`.
    """
    with transaction.atomic(durable=True):
        record(action, **what)
