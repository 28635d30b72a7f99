"""Carers see and serve whom they care for, wherever these are managed (domain 2.8)."""

from collections.abc import Collection

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.accounts.access import unit_ids_for
from apps.accounts.models import RoleGrant, User
from apps.accounts.roles import ROLES
from apps.branches.access import led_organisation_ids
from apps.branches.models import Post
from apps.branches.queries import member_ids
from apps.organisation.models import Unit
from apps.registry.models import Cadre
from apps.registry.scopes import VIEW

from .choices import CareRole
from .models import CareAssignment
from .queries import responsible_for_cadres

RECORD = "ledgers.record_contact"
ASSIGN = "ledgers.change_careassignment"

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


def possible_carers(user) -> QuerySet[User]:
    """Accounts that `user` may make carers: staff with the right to record, granted on his units, above or below
    them, and holders of current posts in branches of his units. Each with `load`, the persons he answers for now."""
    ids = unit_ids_for(user, ASSIGN)
    today = timezone.localdate()
    paths = list(Unit.objects.filter(pk__in=ids).values_list("path", flat=True))
    above = {path[:end] for path in paths for end in range(Unit.steplen, len(path), Unit.steplen)}
    units = Unit.objects.filter(Q(pk__in=ids) | Q(path__in=above)).values("pk")
    roles = [role.key for role in ROLES.values() if RECORD in role.permissions]
    granted = RoleGrant.objects.current(today).on_units().filter(role__in=roles, unit__in=units).values("user_id")
    posted = Post.objects.current(today).filter(user__isnull=False, organisation__unit__in=ids).values("user_id")
    open_load = Count(
        "care_assignments",
        filter=Q(
            care_assignments__role=CareRole.PRIMARY,
            care_assignments__ends_on__isnull=True,
            care_assignments__voided_at__isnull=True,
        ),
    )
    rows = User.objects.filter(Q(pk__in=granted) | Q(pk__in=posted), is_active=True)
    return rows.annotate(load=open_load).select_related("unit").order_by("unit__path", "display_name", "pk")


def cares_for(user, cadre: Cadre, carer_ids: Collection[int]) -> bool:
    """Whether phone and address of this cadre show to `user` without asking: he is paired with him, answers for his
    duties, or leads a branch that he belongs to now (design 5). `carer_ids`: whoever has an open assignment."""
    if user.pk in carer_ids:
        return True
    if not carer_ids and responsible_for_cadres({cadre.pk: cadre.managing_unit_id}).get(cadre.pk) == user.pk:
        return True
    branches = led_organisation_ids(user)
    return bool(branches) and member_ids(branches, timezone.localdate()).filter(person_id=cadre.pk).exists()
