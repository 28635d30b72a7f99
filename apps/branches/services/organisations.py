"""Founding and changing party organisations."""

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.branches.models import Organisation
from apps.branches.rules import misplaced
from apps.common import audit
from apps.common.errors import BusinessError

from .guards import require_standing

TREE_LOCK = 7_240_003


def lock_tree() -> None:
    """One change of the tree at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


@transaction.atomic
def add_organisation(organisation: Organisation, *, parent: Organisation | None, actor) -> Organisation:
    """Found an organisation below `parent`, or on top."""
    lock_tree()
    if parent is not None:
        parent = Organisation.objects.get(pk=parent.pk)
        require_standing(parent, timezone.localdate())
    if sentence := misplaced(organisation.level, parent.level if parent else None):
        raise BusinessError(sentence, code="level", field="level")
    try:
        with transaction.atomic():
            organisation = (
                Organisation.objects.add_child(parent, instance=organisation)
                if parent
                else Organisation.objects.add_root(instance=organisation)
            )
    except IntegrityError as error:
        raise BusinessError("已有同名的党组织。", code="duplicate", field="name") from error
    audit.record("add_organisation", actor=actor, target=f"branches.organisation:{organisation.pk}")
    return organisation
