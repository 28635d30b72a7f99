"""A branch's own 主题党日 programmes."""

from django.db import transaction

from apps.branches.access import Desk
from apps.branches.models import Programme
from apps.common import audit

from .guards import check


@transaction.atomic
def keep_programme(desk: Desk, programme: Programme) -> Programme:
    """Store an order of items of the desk's organisation, new or changed."""
    programme.organisation = desk.organisation
    check(programme)
    is_new = programme.pk is None
    programme.save()
    audit.record("add" if is_new else "change", actor=desk.user, target=f"branches.programme:{programme.pk}")
    return programme


@transaction.atomic
def close_programme(desk: Desk, programme: Programme) -> None:
    """Offer it no more; meetings that used it keep it. Closed already: nothing happens."""
    changed = Programme.objects.filter(pk=programme.pk, organisation=desk.organisation, closed_on__isnull=True).update(
        closed_on=desk.today
    )
    if changed:
        audit.record("change", actor=desk.user, fields=["closed_on"], target=f"branches.programme:{programme.pk}")
