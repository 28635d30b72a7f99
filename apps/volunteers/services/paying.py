"""What a request for help moves in the time bank: minutes held when it is asked for, captured or released at its end,
credited to the volunteer once the receiver has confirmed."""

import datetime as dt

from apps.accounts.models import User
from apps.volunteers.models import CareConfirmation, ServiceRequest


def hold(request: ServiceRequest, *, actor: User | None, now: dt.datetime) -> None:
    """Where he pays with minutes of his own account: as many as it may take."""


def let_go(request: ServiceRequest, *, actor: User | None, now: dt.datetime) -> None:
    """Nothing was done: what was held is his again."""


def settle(request: ServiceRequest, minutes: int, *, actor: User | None, now: dt.datetime) -> None:
    """All was confirmed: `minutes` are captured, the rest is his again."""


def credit(confirmation: CareConfirmation, *, actor: User | None, now: dt.datetime) -> None:
    """Care for a person earns the volunteer the confirmed minutes; other services earn none."""
