"""What a signed-in user may do, from the grants in force today."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.common.together import read_together
from apps.organisation.models import Unit

from .models import Absence, RoleGrant, User
from .roles import ROLES, STAFF_ROLES

VIEW_ABSENCE = "accounts.view_absence"


def current_grants(user) -> dict[str, list[Unit]]:
    """role → units granted today; nothing for visitors."""
    return user.current_grants() if getattr(user, "is_authenticated", False) else {}


def unit_ids_for(user, permission: str) -> set[int]:
    """Ids of units in which the user's granted roles carry `permission`; none for visitors."""
    return user.reach(permission) if getattr(user, "is_authenticated", False) else set()


def community_ids_for(user, permission: str) -> set[int]:
    """Ids of communities for whose residents the user's granted roles carry `permission`; none for visitors."""
    return user.communities(permission) if getattr(user, "is_authenticated", False) else set()


def holders_within(units: set[int], permission: str, *, among) -> list[int]:
    """Ids of active accounts among `among` whose every grant carrying `permission` today is on one of `units`.

    `units` holds whole subtrees, so that a grant on one of them reaches nothing beyond; one for a community may. One
    query.
    """
    roles = [key for key, role in ROLES.items() if permission in role.permissions]
    grants = RoleGrant.objects.current(timezone.localdate()).filter(role__in=roles, user__in=among)
    reach: dict[int, set[int | None]] = {}
    columns = ("user_id", "unit_id", "community_id")
    for holder, unit, community in grants.filter(user__is_active=True).order_by("pk").values_list(*columns):
        reach.setdefault(holder, set()).add(None if community else unit)
    return [holder for holder, granted in reach.items() if granted <= units]


def stand_ins(user_ids: Collection[int], *, on: dt.date) -> dict[int, int]:
    """user id → who acts for him on a day; whoever is there, or has nobody, is left out. One query.

    A substitute who is away is stood in for by his own; where that leads round in a circle, the last one before it
    closes acts, so that nothing is without somebody. A closed account stands in for nobody.
    """
    return those_standing_in(user_ids, substitutions(on))


def those_standing_in(user_ids: Collection[int], pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """`stand_ins` from rows of `substitutions` that the caller has read."""
    substitute_of = dict(pairs)
    return {user: _follow(user, substitute_of) for user in set(user_ids) & substitute_of.keys()}


def stood_in_for(user_id: int, *, on: dt.date) -> set[int]:
    """Users for whom this one acts on a day, through chains too. One query."""
    substitute_of = dict(substitutions(on))
    return {away for away in substitute_of if _follow(away, substitute_of) == user_id}


def leads_back(substitute: int, user: int, starts_on: dt.date, ends_on: dt.date) -> bool:
    """Whether some absence of `substitute` within the half-open span names `user` as acting for him, directly or
    through others who are away then. One query."""
    rows = Absence.objects.filter(starts_on__lt=ends_on, ends_on__gt=starts_on, voided_at__isnull=True)
    acts_for: dict[int, set[int]] = {}
    for away, acting in rows.values_list("user_id", "substitute_id"):
        acts_for.setdefault(away, set()).add(acting)
    seen, open_ends = set(), {substitute}
    while open_ends:
        seen |= open_ends
        open_ends = {acting for one in open_ends for acting in acts_for.get(one, ())} - seen
    return user in seen


def colleagues_of(user, permission: str) -> QuerySet[User]:
    """Active staff of the units on which `user` holds `permission`, whose every grant today lies there: the ones for
    whom he may arrange things. The user himself always."""
    units = unit_ids_for(user, permission)
    grants = RoleGrant.objects.current(timezone.localdate())
    inside = Q(unit_id__in=units) | Q(pk__in=grants.filter(unit_id__in=units).values("user_id"))
    beyond = grants.exclude(unit_id__in=units).values("user_id")
    staff = User.objects.filter(is_active=True, is_staff=True)
    return staff.filter(Q(pk=user.pk) | (inside & ~Q(pk__in=beyond)))


def absences_for(user, permission: str) -> QuerySet[Absence]:
    """Absences on which `user` may do `permission`: his own, those in which he stands in (to see), and those of his
    colleagues."""
    if not user.has_perm(permission):
        return Absence.objects.none()
    mine = Q(user_id=user.pk) | (Q(substitute_id=user.pk) if permission == VIEW_ABSENCE else Q())
    return Absence.objects.filter(mine | Q(user__in=colleagues_of(user, permission).values("pk")))


def substitutions(on: dt.date) -> QuerySet:
    """(who is away, who stands in) on a day; of several of one person the last counts."""
    away = Absence.objects.current(on).filter(substitute__is_active=True)
    return away.order_by("pk").values_list("user_id", "substitute_id")


def _follow(user: int, substitute_of: dict[int, int]) -> int:
    passed, acting = {user}, substitute_of[user]
    while acting in substitute_of and substitute_of[acting] not in passed:
        passed.add(acting)
        acting = substitute_of[acting]
    return acting


def nearest_holders(unit_ids: set[int], *roles: str, on: dt.date) -> dict[int, list[int]]:
    """unit id → active holders of the first of `roles` that anybody holds on the unit or above it, those on the nearest
    unit; an empty list where nobody does. Holders for a community alone do not count. One statement."""
    return nearest_of(roles, **read_together(holder_parts(unit_ids, *roles, on=on)))


def holder_parts(unit_ids: Collection[int], *roles: str, on: dt.date) -> dict[str, QuerySet]:
    """What `nearest_of` needs, for `read_together`."""
    grants = RoleGrant.objects.current(on).on_units().filter(role__in=roles, user__is_active=True).order_by("pk")
    return {
        "holders": grants.values_list("role", "unit__path", "user_id"),
        "paths": Unit.objects.filter(pk__in=unit_ids).order_by().values_list("pk", "path"),
    }


def nearest_of(roles: Sequence[str], *, holders: Iterable[tuple], paths: Iterable[tuple]) -> dict[int, list[int]]:
    """`nearest_holders` from rows of `holder_parts`."""
    found: dict[tuple[str, str], list[int]] = {}
    for role, path, user_id in holders:
        found.setdefault((role, path), []).append(user_id)
    nearest = {}
    for pk, path in paths:
        above = [path[:end] for end in range(len(path), 0, -Unit.steplen)]
        nearest[pk] = next((found[role, p] for role in roles for p in above if (role, p) in found), [])
    return nearest


def acting_holders(unit_ids: set[int], *roles: str, on: dt.date) -> dict[int, list[int]]:
    """`nearest_holders` with substitutes for those who are away: whoever is there first, then those who act."""
    holders = nearest_holders(unit_ids, *roles, on=on)
    acting = stand_ins({user for users in holders.values() for user in users}, on=on)
    return {unit: those_there(users, acting) for unit, users in holders.items()}


def those_there(users: list[int], acting: dict[int, int]) -> list[int]:
    """Users present, then the stand-ins of the others; each once."""
    present = [user for user in users if user not in acting]
    return list(dict.fromkeys([*present, *(acting[user] for user in users if user in acting)]))


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


def overseers_of(user, roles: frozenset[str], *, on: dt.date) -> list[int]:
    """Ids of active accounts that hold one of `roles` on a unit above or at this colleague's; never himself."""
    granted = (unit.pk for units in current_grants(user).values() for unit in units)
    own = {user.unit_id} if user.unit_id else set(granted)
    step = Unit.steplen
    paths = Unit.objects.filter(pk__in=own).values_list("path", flat=True)
    above = {path[:end] for path in paths for end in range(step, len(path) + 1, step)}
    grants = RoleGrant.objects.current(on).filter(role__in=roles, unit__path__in=above, user__is_active=True)
    return sorted(set(grants.exclude(user_id=user.pk).values_list("user_id", flat=True)))
