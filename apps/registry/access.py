"""Who may see and act on cadres. The socket itself stands in `scopes`, below the models that use it."""

from collections.abc import Iterable

from django.db.models import BooleanField, ExpressionWrapper, Q

from apps.accounts.access import holders_within, unit_ids_for
from apps.organisation.models import Unit

from .models import Cadre, ImportBatch
from .scopes import CHANGE, VIEW, reach_of, scopes

IMPORT = "registry.import_roster"
MAY = "may_on_"
__all__ = [
    "CHANGE",
    "VIEW",
    "changeable_by",
    "held_of",
    "import_batches_of",
    "is_visible",
    "permission_columns",
    "permissions_on",
    "scopes",
]


def permissions_on(user, cadre_id: int, permissions: Iterable[str]) -> set[str]:
    """Those of `permissions` that the user holds over this cadre, voided or not, in one query."""
    columns = permission_columns(user, permissions)
    if not columns:
        return set()
    row = Cadre.objects.filter(pk=cadre_id).annotate(**columns).values(*columns).first()
    return held_of(columns, row or {})


def permission_columns(user, permissions: Iterable[str]) -> dict[str, ExpressionWrapper]:
    """Annotations of cadres that say which of `permissions` the user holds over each; read them with `held_of`. What
    he holds over nobody is left out."""
    return {
        f"{MAY}{name.replace('.', '__')}": ExpressionWrapper(reach, output_field=BooleanField())
        for name in sorted(set(permissions))
        if user.has_perm(name) and (reach := reach_of(user, name))
    }


def held_of(columns: Iterable[str], values: dict) -> set[str]:
    """The permissions whose column is true among `values`."""
    return {name.removeprefix(MAY).replace("__", ".", 1) for name in columns if values.get(name)}


def is_visible(user, cadre_id: int) -> bool:
    return Cadre.objects.current().visible_to(user).filter(pk=cadre_id).exists()


def changeable_by(user, cadre_id: int, permission: str = CHANGE) -> bool:
    """Whether one of the user's scopes that carries `permission` covers this cadre: seeing elsewhere is not enough."""
    return Cadre.objects.current().visible_to(user, permission).filter(pk=cadre_id).exists()


def import_batches_of(user):
    """Batches that hold nobody outside the user's importing right: his own, and those of colleagues whose right lies
    within his. What the command line brought in may concern every unit, so it takes the right on all of them."""
    mine = unit_ids_for(user, IMPORT)
    if not mine:
        return ImportBatch.objects.none()
    uploaders = ImportBatch.objects.order_by().values("uploaded_by")
    seen = Q(uploaded_by__in=[user.pk, *holders_within(mine, IMPORT, among=uploaders)])
    if len(mine) == Unit.objects.count():
        seen |= Q(uploaded_by__isnull=True)
    return ImportBatch.objects.filter(seen)
