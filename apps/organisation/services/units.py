"""Writes of the unit tree. One change at a time: paths of a whole branch move together."""

import datetime
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.models import Unit

TREE_LOCK = 7_240_002


def _one_at_a_time(service: Callable) -> Callable:
    @wraps(service)
    def locked(*args, **kwargs):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])
            return service(*args, **kwargs)

    return locked


def _record(action: str, unit: Unit, actor, **more) -> None:
    audit.record(action, actor=actor, target=f"organisation.unit:{unit.pk}", **more)


def _check(unit: Unit, **over) -> None:
    try:
        unit.full_clean(exclude=["path", "depth", "numchild"], **over)
    except ValidationError as error:
        raise BusinessError(error.messages[0], code="invalid") from error


@_one_at_a_time
def add_unit(unit: Unit, *, parent: Unit | None, actor) -> Unit:
    """Put a new unit below `parent`, or on top."""
    _check(unit)
    try:
        with transaction.atomic():
            added = (
                Unit.objects.add_child(_fresh(parent), instance=unit)
                if parent
                else Unit.objects.add_root(instance=unit)
            )
    except IntegrityError as error:
        raise BusinessError("单位代码或全称已有人使用。", code="duplicate") from error
    _record("add_unit", added, actor)
    return added


def _fresh(unit: Unit) -> Unit:
    """As it stands in the tree now; refuses to hang anything below a closed unit."""
    unit = Unit.objects.get(pk=unit.pk)
    if unit.closed_on or unit.voided_at:
        raise BusinessError(f"“{unit}”已撤并，不能作上级单位。", code="closed", field="parent")
    return unit


@_one_at_a_time
def move_unit(unit: Unit, parent: Unit | None, *, actor) -> Unit:
    """Hang a unit, with everything below it, under another parent; there already, nothing happens.

    Rights granted on either parent follow at once: scopes are resolved at each request.
    """
    unit = Unit.objects.get(pk=unit.pk)
    former = Unit.objects.get_parent(unit)
    if (former and former.pk) == (parent and parent.pk):
        return unit
    if parent is None:
        Unit.objects.move(unit, Unit.objects.filter(depth=1).order_by("path").last(), "last-sibling")
    else:
        parent = _fresh(parent)
        if parent.path.startswith(unit.path):
            raise BusinessError("上级单位不能是它自己或它的下级。", code="cycle", field="parent")
        Unit.objects.move(unit, parent, "last-child")
    _record("move_unit", unit, actor, fields=["parent"])
    return Unit.objects.get(pk=unit.pk)


@_one_at_a_time
def close_unit(unit: Unit, *, on: datetime.date, successor: Unit | None, actor, reason: str) -> Unit:
    """Close or merge a unit from `on`: it can be chosen no more, its subunits go under the successor.

    People stay with the closed unit until a roster or a move gives them their new one: counts before `on` must not
    change. Closed already, nothing happens.
    """
    unit = Unit.objects.get(pk=unit.pk)
    if unit.closed_on:
        return unit
    if on > timezone.localdate():
        raise BusinessError("撤并日期不能晚于今天，到时再登记。", code="future", field="on")
    if successor is not None:
        successor = _fresh(successor)
        if successor.path.startswith(unit.path):
            raise BusinessError("并入的单位不能是它自己或它的下级。", code="cycle", field="successor")
    children = list(Unit.objects.get_children(unit).filter(closed_on__isnull=True))
    if children and successor is None:
        names = "、".join(str(child) for child in children[:3])
        raise BusinessError(f"它还有下级单位（{names}），请写明并入哪个单位。", code="has_children", field="successor")
    if successor is not None:
        for child in children:
            Unit.objects.move(Unit.objects.get(pk=child.pk), Unit.objects.get(pk=successor.pk), "last-child")
    unit.refresh_from_db()
    unit.closed_on, unit.successor = on, successor
    unit.save(update_fields=["closed_on", "successor"])
    _record("close_unit", unit, actor, reason=reason)
    return unit


@_one_at_a_time
def reopen_unit(unit: Unit, *, actor, reason: str) -> Unit:
    """Take a closing back; subunits stay where they went."""
    if Unit.objects.filter(pk=unit.pk, closed_on__isnull=False).update(closed_on=None, successor=None):
        _record("reopen_unit", unit, actor, reason=reason)
    return Unit.objects.get(pk=unit.pk)
