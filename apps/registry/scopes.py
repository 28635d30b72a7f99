"""Which cadres a user may see: the OR of all plugged scopes (design 5, socket 1).

A scope is a function `user -> Q | None` over Cadre's own columns or `pk__in=<subquery>`; None when it gives nothing.
Rooms above add theirs in `AppConfig.ready`.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from apps.accounts.access import community_ids_for, unit_ids_for
from apps.people.models import Person

Scope = Callable[[object, str], Q | None]
VIEW = "registry.view_cadre"
CHANGE = "registry.change_cadre"
# A list of units this short is as quick as no condition; only longer ones are worth asking whether they are all.
SHORT_LIST = 50


def granted_units(user, permission: str) -> Q | None:
    """Cadres managed by the units on which a role with `permission` was granted."""
    ids = unit_ids_for(user, permission)
    if not ids:
        return None
    if len(ids) > SHORT_LIST and len(ids) == user.units_in_all():
        return Q(managing_unit_id__isnull=False)
    return Q(managing_unit_id__in=sorted(ids))


def community_residents(user, permission: str) -> Q | None:
    """Cadres living in the communities for which a role with `permission` was granted, wherever they are managed."""
    ids = community_ids_for(user, permission)
    if not ids:
        return None
    return Q(pk__in=Person.objects.filter(community_id__in=sorted(ids)).values("pk"))


scopes: list[Scope] = [granted_units, community_residents]


def reach_of(user, permission: str) -> Q | None:
    """Condition on Cadre for all scopes of `user` that carry `permission`; None when there is none."""
    if not getattr(user, "is_authenticated", False):
        return None
    parts = [part for scope in scopes if (part := scope(user, permission)) is not None]
    return reduce(or_, parts) if parts else None


class CadreQuerySet(models.QuerySet):
    def visible_to(self, user, permission: str = VIEW):
        """Cadres this user may see (or do `permission` to); none for strangers."""
        condition = reach_of(user, permission)
        return self.filter(condition) if condition is not None else self.none()

    def current(self):
        """Not voided."""
        return self.filter(voided_at__isnull=True)

    def living(self):
        return self.current().filter(person__life_status="living")
