"""Who among the staff answers for a person: where words from outside the office arrive."""

import datetime as dt

from apps.accounts.access import acting_holders, has_staff_role
from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.ledgers.queries.responsible import LIAISON, SECTION_HEAD, responsible_for_cadres
from apps.organisation.models import Unit
from apps.registry.models import Cadre


def answering_staff(cadre: Cadre | None, unit: Unit | None, *, on: dt.date) -> tuple[Unit, User]:
    """(unit, who there answers): the carer of `cadre` where that is one of the staff, else the liaison or the head of
    the section of his unit, or of `unit` where he is not in the registry."""
    unit = cadre.managing_unit if cadre else unit
    if unit is None:
        raise BusinessError("这个支部没有登记所属单位，请打电话告诉我们。", code="unit")
    if cadre is not None:
        found = responsible_for_cadres({cadre.pk: unit.pk}, on=on)[cadre.pk]
        user = User.objects.filter(pk=found, is_active=True).first() if found else None
        if user is not None and has_staff_role(user):
            return unit, user
    holders = acting_holders({unit.pk}, SECTION_HEAD, LIAISON, on=on)[unit.pk]
    user = User.objects.filter(pk__in=holders[:1]).first()
    if user is None:
        raise BusinessError("没有找到负责的工作人员，请打电话告诉我们。", code="nobody")
    return unit, user
