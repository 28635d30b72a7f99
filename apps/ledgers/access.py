"""Carers see and serve whom they care for, wherever these are managed (domain 2.8)."""

from django.db.models import Q

from apps.registry.scopes import VIEW

from .models import CareAssignment

# What a carer may do for his own people, if one of his roles carries it at all.
CARER_PERMISSIONS = {
    VIEW, "ledgers.record_contact", "ledgers.view_duty", "ledgers.view_contact", "ledgers.view_caretier",
    "ledgers.view_careassignment", "people.view_contact",
}  # fmt: skip


def cared_for(user, permission: str) -> Q | None:
    """Scope: cadres with an open assignment of this user."""
    if permission not in CARER_PERMISSIONS or not user.has_perm(permission):
        return None
    mine = CareAssignment.objects.open().filter(carer_id=user.pk)
    return Q(pk__in=mine.values("cadre_id"))
