"""What a request for help moves in the time bank: minutes held when it is asked for, captured or released at its end,
credited to the volunteer once the receiver has confirmed."""

import datetime as dt
import logging

from django.db import transaction

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.volunteers.models import CareConfirmation, ServiceRequest

from . import bank

log = logging.getLogger(__name__)


def hold(request: ServiceRequest, *, actor: User | None, now: dt.datetime) -> None:
    """Where he pays with minutes of his own account: as many as it may take. Raises BusinessError: no account, not
    enough, too young on that day."""
    if request.spends:
        bank.hold(request, (request.ends - request.starts) * request.wanted, actor=actor, now=now)


def let_go(request: ServiceRequest, *, actor: User | None, now: dt.datetime) -> None:
    """Nothing was done: what was held is his again."""
    if request.spends:
        bank.release(request, actor=actor, now=now)


def settle(request: ServiceRequest, minutes: int, *, actor: User | None, now: dt.datetime) -> None:
    """All was confirmed: `minutes` are captured, the rest is his again."""
    if request.spends:
        bank.capture(request, minutes, actor=actor, now=now)


def credit(confirmation: CareConfirmation, *, actor: User | None, now: dt.datetime) -> None:
    """Care for a person earns the volunteer the confirmed minutes; other services earn none. A frozen account takes
    nothing in: the confirmation stands all the same, and staff of the bank look after it."""
    grant = confirmation.record.request.grant if confirmation.record.request else None
    try:
        with transaction.atomic():
            bank.credit(confirmation, actor=actor, now=now, grant=grant)
    except BusinessError as refusal:
        log.warning("care not credited: confirmation %s, %s", confirmation.pk, refusal.code)
