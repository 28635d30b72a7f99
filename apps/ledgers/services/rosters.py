"""What an imported roster says of branch and 责任人, taken up once it is written (each tick asks)."""

import datetime as dt
from collections import defaultdict

from django.db import transaction

from apps.accounts.models import User
from apps.branches.services import take_up_rosters as take_up_memberships
from apps.common.errors import BusinessError
from apps.registry.models import Cadre, ImportExtra
from apps.registry.services.roster_extras import AT_ONCE, open_extras, settle

from .advice import plan_touched
from .assignments import assign_carers

REASON = "名册写明责任人"


def take_up_rosters(*, on: dt.date) -> None:
    """Branches first, then carers, then what the changed facts mean for duties and tiers. Nothing open costs three
    index look-ups."""
    take_up_memberships(on=on)
    take_up_carers(on=on)
    plan_touched(on=on)


@transaction.atomic
def take_up_carers(*, on: dt.date) -> int:
    """Give people the 责任人 their roster names; returns how many extras were taken up.

    A name must be that of one active account. The roster is the reason for going beyond the usual number.
    """
    extras = open_extras(ImportExtra.Kind.CARER).select_for_update(of=("self",)).select_related("batch__uploaded_by")
    groups: dict[tuple[str, User | None], list[ImportExtra]] = defaultdict(list)
    for extra in extras[:AT_ONCE]:
        groups[extra.value, extra.batch.uploaded_by].append(extra)
    for (name, actor), group in groups.items():
        settle([extra.pk for extra in group], _assign(name, actor, group, on))
    return sum(map(len, groups.values()))


def _assign(name: str, actor: User | None, group: list[ImportExtra], on: dt.date) -> str:
    if not name:
        return "表里清空了责任人，请在责任分工里办理"
    carers = list(User.objects.filter(display_name=name, is_active=True)[:2])
    if len(carers) != 1:
        return "有几个同名账号，请在责任分工里指定" if carers else "没有这个人的工作账号，请在责任分工里指定"
    cadres = Cadre.objects.current().filter(pk__in=[extra.person_id for extra in group])
    try:
        with transaction.atomic():
            assign_carers(cadres, carers=carers, actor=actor, on=on, override_reason=REASON)
    except BusinessError as refusal:
        return refusal.sentence
    return "已指定责任人"
