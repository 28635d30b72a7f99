"""Places: asked for, taken back, given up, passed on."""

import datetime as dt
import uuid

from apps.accounts.models import User
from apps.people.models import Person, ProxyGrant
from apps.signups.models import Offer, Offering, SignUp

EVERYBODY = 100


def sign_up(
    offering: Offering,
    person: Person,
    *,
    source: str,
    actor: User | None,
    now: dt.datetime,
    form_key: uuid.UUID,
    grant: ProxyGrant | None = None,
    priority: int = EVERYBODY,
    queued_at: dt.datetime | None = None,
) -> SignUp:
    """First come: SEATED while there is a place, else WAITING. The same form again gives the same row."""
    raise NotImplementedError


def undo(sign_up: SignUp, *, actor: User | None, now: dt.datetime) -> SignUp:
    """As if it had not been, until `undo_until`; a place goes to the next."""
    raise NotImplementedError


def withdraw(sign_up: SignUp, *, reason: str, actor: User | None, now: dt.datetime) -> SignUp:
    """He gives up his place or his rank; a place goes to the next."""
    raise NotImplementedError


def remove(sign_up: SignUp, *, reason: str, actor: User, now: dt.datetime) -> SignUp:
    """Staff take somebody off, and say why."""
    raise NotImplementedError


def set_capacity(offering: Offering, capacity: int, held_back: int, *, actor: User, now: dt.datetime) -> list[Offer]:
    """More or fewer places; new ones are offered by rank."""
    raise NotImplementedError


def cancel_offering(offering: Offering, *, reason: str, actor: User, now: dt.datetime) -> int:
    """It does not take place: everybody on it is told. Returns how many there were."""
    raise NotImplementedError


def pass_on(offering: Offering, now: dt.datetime) -> list[Offer]:
    """Offer free places to those who wait, in rank order, leaving out whom the room refuses."""
    raise NotImplementedError
