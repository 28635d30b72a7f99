"""What a signed-in user may do, from the grants in force today."""

from collections import defaultdict

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from apps.organisation.models import Unit
from apps.organisation.queries import subtree_ids

from .models import RoleGrant
from .roles import ROLES, STAFF_ROLES

CACHE = "_current_grants"


def current_grants(user) -> dict[str, list[Unit]]:
    """role → units granted today; read once a request (kept on the user object)."""
    if not getattr(user, "is_active", False) or user.pk is None:
        return {}
    if CACHE not in user.__dict__:
        grants: dict[str, list[Unit]] = defaultdict(list)
        rows = RoleGrant.objects.current(timezone.localdate()).filter(user_id=user.pk).select_related("unit")
        for grant in rows.order_by("role", "pk"):
            if grant.role in ROLES:
                grants[grant.role].append(grant.unit)
        user.__dict__[CACHE] = dict(grants)
    return user.__dict__[CACHE]


def unit_ids_for(user, permission: str) -> set[int]:
    """Ids of units in which the user's granted roles carry `permission`."""
    units = [
        unit for role, units in current_grants(user).items() if permission in ROLES[role].permissions for unit in units
    ]
    return subtree_ids(units)


def has_staff_role(user) -> bool:
    return bool(current_grants(user).keys() & STAFF_ROLES)


class RoleBackend(AuthenticationBackend):
    """Sign-in by password as allauth does it; permissions from the granted roles and nothing else."""

    def get_user_permissions(self, user_obj, obj=None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj, obj=None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        if obj is not None:
            return set()
        return set().union(*(ROLES[role].permissions for role in current_grants(user_obj)))

    def has_perm(self, user_obj, perm, obj=None) -> bool:
        return user_obj.is_active and perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj, app_label) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))
