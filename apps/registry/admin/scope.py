"""Scope of everything that hangs on a person: visible with the cadre, changeable with the cadre."""

from apps.registry.access import held_of, permission_columns, permissions_on
from apps.registry.models import Cadre


class OfPersonMixin:
    """Admin of rows with a key to a person. Looking needs the row's own right in a scope that covers the person."""

    person_path = "person_id"

    def rows_for(self, user, permission: str):
        cadres = Cadre.objects.visible_to(user, permission)
        return self.model._default_manager.filter(**{f"{self.person_path}__in": cadres.values("pk")})

    def people_of(self, obj) -> list[int]:
        return [getattr(obj, self.person_path)]


# What the page of a person asks; asked together.
PAGE_PERMISSIONS = (
    "registry.change_cadre", "people.reveal_citizen_id", "people.view_contact", "registry.view_health",
    "registry.view_bank", "registry.view_lifeevent", "registry.add_lifeevent", "registry.confirm_lifeevent",
    "registry.view_hold", "registry.change_hold",
)  # fmt: skip


def may_on(request, cadre_id: int, permission: str) -> bool:
    """Whether one of the user's scopes that carries `permission` covers this cadre; asked once a request."""
    known = request.__dict__.setdefault("_may_on", {})
    asked, held = known.setdefault(cadre_id, (set(), set()))
    if permission not in asked:
        wanted = {permission, *getattr(request, "page_permissions", PAGE_PERMISSIONS)} - asked
        asked |= wanted
        held |= permissions_on(request.user, cadre_id, wanted)
    return permission in held


def with_rights(request, cadres):
    """`cadres` with what the page asks of this user's rights over each; `keep_rights` then saves `may_on` its query."""
    wanted = getattr(request, "page_permissions", PAGE_PERMISSIONS)
    return cadres.annotate(**permission_columns(request.user, wanted))


def keep_rights(request, cadre) -> None:
    """What `with_rights` read, kept for `may_on`."""
    wanted = set(getattr(request, "page_permissions", PAGE_PERMISSIONS))
    columns = permission_columns(request.user, wanted)
    request.__dict__.setdefault("_may_on", {})[cadre.pk] = (wanted, held_of(columns, cadre.__dict__))
