"""Reads over the audit: who did what, and who looked at whom."""

import datetime
from collections.abc import Iterable

from apps.accounts.models import User
from apps.common.audit_actions import action_name
from apps.common.models import AuditEntry, AuditSubject

MOST = 500


def names_of_actors(entries: Iterable[AuditEntry]) -> dict[int | None, str]:
    """User name and name of the accounts that acted, in one query; the portal itself has none."""
    ids = {entry.actor_id for entry in entries} - {None}
    rows = User.objects.filter(pk__in=ids).values_list("pk", "username", "display_name")
    return {None: "系统", **{pk: f"{name}（{username}）" for pk, username, name in rows}}


def looks_at(person_id: int, since: datetime.datetime) -> list[AuditEntry]:
    """Entries about a person since a moment, newest first, at most 500: one look-up in an index."""
    subjects = AuditSubject.objects.filter(person_id=person_id, at__gte=since).order_by("-at", "-id")
    return [subject.entry for subject in subjects.select_related("entry")[:MOST]]


def rows_of(entries: list[AuditEntry]) -> list[list]:
    """Cells of a table: when, who, what, which fields, why, from where."""
    names = names_of_actors(entries)
    return [
        [
            entry.at,
            names.get(entry.actor_id, f"账号 {entry.actor_id}"),
            action_name(entry.action),
            "、".join(entry.fields),
            entry.reason,
            entry.address,
        ]
        for entry in entries
    ]
