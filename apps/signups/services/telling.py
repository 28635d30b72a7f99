"""Who is told of what, in the act's transaction. He who did it himself, or was at the desk or on the telephone, saw it
and is not told again; what others did for him, and what came later, he is told."""

import datetime as dt
from collections.abc import Iterable

from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage, post
from apps.signups.choices import SignUpSource, SignUpState
from apps.signups.models import Offer, Offering, SignUp
from apps.signups.notices import CANCELLED, OFFER, PASSED, REMOVED, RING, SEATED, UNREACHED, WAITING
from apps.signups.queries import staff_of

SAW_IT = {SignUpSource.WEB, SignUpSource.DESK, SignUpSource.PHONE}


def signed_up(offering: Offering, row: SignUp, *, now: dt.datetime) -> None:
    if row.source not in SAW_IT:
        template = SEATED if row.state == SignUpState.SEATED else WAITING
        _tell(offering, [row], template, now)


def accepted(offering: Offering, row: SignUp, *, via: str, now: dt.datetime) -> None:
    if via not in SAW_IT:
        _tell(offering, [row], SEATED, now)


def removed(offering: Offering, row: SignUp, *, now: dt.datetime) -> None:
    _tell(offering, [row], REMOVED, now)


def cancelled(offering: Offering, rows: Iterable[SignUp], *, now: dt.datetime) -> None:
    _tell(offering, rows, CANCELLED, now)


def offers_made(offering: Offering, offers: list[Offer], *, now: dt.datetime) -> None:
    """Those whose turn it is, and the staff who ring them."""
    _tell_of_offers(offering, offers, OFFER, RING, now)


def not_reached(offering: Offering, offers: list[Offer], *, now: dt.datetime) -> None:
    """Those nobody could reach, and the staff: the place went on, the rank stays."""
    _tell_of_offers(offering, offers, UNREACHED, PASSED, now)


def _tell(offering: Offering, rows: Iterable[SignUp], template: str, now: dt.datetime) -> None:
    post([_to_person(offering, row, template, f"{template}:{row.pk}") for row in rows], now=now)


def _tell_of_offers(offering: Offering, offers: list[Offer], to_person: str, to_staff: str, now: dt.datetime) -> None:
    if not offers:
        return
    messages = [
        _to_person(offering, offer.sign_up, to_person, f"{to_person}:{offer.sign_up_id}:{offer.pk}")
        for offer in offers
    ]  # fmt: skip
    for user in staff_of(offering, now):
        messages += [
            NewMessage(
                key=f"{to_staff}:{offer.pk}:{user}", delivery_class=DeliveryClass.DIGEST, template=to_staff,
                user_id=user, context={"offering": offering.pk, "offer": offer.pk},
            )
            for offer in offers
        ]  # fmt: skip
    post(messages, now=now)


def _to_person(offering: Offering, row: SignUp, template: str, key: str) -> NewMessage:
    return NewMessage(
        key=key, delivery_class=DeliveryClass.URGENT, template=template, person_id=row.person_id,
        context={"offering": offering.pk, "sign_up": row.pk},
    )  # fmt: skip
