"""Who hands out what, and which batches he may see: by the units in which he may make them."""

from django.db.models import Q, QuerySet

from apps.accounts.access import current_grants, unit_ids_for
from apps.accounts.roles import ROLES
from apps.organisation.models import Unit

from .models import DeliveryBatch

MAKE_BATCH = "messaging.make_batch"


def batches_for(user, permission: str = MAKE_BATCH) -> QuerySet[DeliveryBatch]:
    """Batches of units in the user's reach; those of everybody only for whoever reaches every unit."""
    reach = unit_ids_for(user, permission)
    if not reach:
        return DeliveryBatch.objects.none()
    whole = not Unit.objects.exclude(pk__in=reach).exists()
    everybodys = Q(unit__isnull=True) if whole else Q(unit__isnull=True, made_by=user)
    return DeliveryBatch.objects.filter(Q(unit_id__in=sorted(reach)) | everybodys)


def batch_units(user, permission: str = MAKE_BATCH) -> list[Unit]:
    """The units for which the user may make batches, outermost only: each batch is bounded by one of them."""
    roles = [role for role in current_grants(user) if permission in ROLES[role].permissions]
    units = {unit.pk: unit for role in roles for unit in current_grants(user)[role]}
    paths = [unit.path for unit in units.values()]
    outer = [u for u in units.values() if not any(u.path != path and u.path.startswith(path) for path in paths)]
    return sorted(outer, key=lambda unit: unit.path)
