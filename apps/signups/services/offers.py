"""Offers: a place is kept for somebody until he answers, and nobody loses his rank because nobody reached him."""

import datetime as dt
import uuid

from apps.accounts.models import User
from apps.signups.models import Offer, OfferAttempt, SignUp


def record_attempt(
    offer: Offer, *, way: str, reached: bool, note: str, actor: User, now: dt.datetime, form_key: uuid.UUID
) -> OfferAttempt:
    """Somebody rang, wrote or went there. His time to answer runs from reaching him, or from the second attempt."""
    raise NotImplementedError


def accept(offer: Offer, *, actor: User | None, now: dt.datetime, via: str) -> SignUp:
    """He takes the place; refused with a sentence if he may not have it any more. `via` is a SignUpSource."""
    raise NotImplementedError


def decline(offer: Offer, *, actor: User | None, now: dt.datetime, via: str) -> SignUp:
    """He does not want it; the next is offered it."""
    raise NotImplementedError


def lapse_due(now: dt.datetime) -> int:
    """End offers whose time is over, and pass their places on. Returns how many ended."""
    raise NotImplementedError
