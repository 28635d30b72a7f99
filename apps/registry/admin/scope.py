"""Scope of everything that hangs on a person: visible with the cadre, changeable with the cadre."""

from apps.registry.models import Cadre
from apps.registry.scopes import CHANGE


class OfPersonMixin:
    """Admin of rows with a key to a person. Looking needs the row's own right in a scope that covers the person."""

    person_path = "person_id"

    def rows_for(self, user, permission: str):
        cadres = Cadre.objects.visible_to(user, permission)
        return self.model._default_manager.filter(**{f"{self.person_path}__in": cadres.values("pk")})

    def people_of(self, obj) -> list[int]:
        return [getattr(obj, self.person_path)]


def may_on(request, cadre_id: int, permission: str) -> bool:
    """Whether one of the user's scopes that carries `permission` covers this cadre; asked once a request."""
    known = request.__dict__.setdefault("_may_on", {})
    key = (cadre_id, permission)
    if key not in known:
        known[key] = (
            request.user.has_perm(permission)
            and Cadre.objects.visible_to(request.user, permission).filter(pk=cadre_id).exists()
        )
    return known[key]


__all__ = ["CHANGE", "OfPersonMixin", "may_on"]
