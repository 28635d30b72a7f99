"""Who is told of what about a talk, in the act's transaction."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from apps.accounts.access import acting_holders
from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage, post
from apps.volunteers.models import Talk, TalkAsk, TalkBooking
from apps.volunteers.rules.help import moment
from apps.volunteers.talk_notices import ASKED, CANCELLED, FIXED, MOVED, NEW, UNNEEDED

STAFF = ("clerk", "section_head")


def asked(ask: TalkAsk, now: dt.datetime) -> None:
    post([_ask(ASKED, ask, now)], now=now)


def not_needed(asks: Iterable[TalkAsk], now: dt.datetime) -> None:
    post([_ask(UNNEEDED, ask, now) for ask in asks], now=now)


def fixed(talk: Talk, people: Iterable[int], now: dt.datetime) -> None:
    _to_speakers(FIXED, talk, people, now)


def moved(talk: Talk, people: Iterable[int], now: dt.datetime) -> None:
    _to_speakers(MOVED, talk, people, now)


def cancelled(talk: Talk, people: Iterable[int], now: dt.datetime) -> None:
    _to_speakers(CANCELLED, talk, people, now)


def new_booking(booking: TalkBooking, now: dt.datetime) -> None:
    """The clerks of its unit, a counted line."""
    users = acting_holders({booking.unit_id}, *STAFF, on=timezone.localdate(now)).get(booking.unit_id, [])
    post(
        [NewMessage(key=f"{NEW}:{booking.pk}:{user}", delivery_class=DeliveryClass.DIGEST, template=NEW, user_id=user,
                    context={"booking": booking.pk}) for user in users],
        now=now,
    )  # fmt: skip


def _to_speakers(template: str, talk: Talk, people: Iterable[int], now: dt.datetime) -> None:
    """Nothing about a talk that began already."""
    begins = moment(talk.on, talk.starts)
    if begins <= now:
        return
    post(
        [NewMessage(key=f"{template}:{talk.pk}:{person}:{now:%Y%m%d%H%M%S}", delivery_class=DeliveryClass.URGENT,
                    template=template, person_id=person, context={"talk": talk.pk}, valid_until=begins)
         for person in people],
        now=now,
    )  # fmt: skip


def _ask(template: str, ask: TalkAsk, now: dt.datetime) -> NewMessage:
    begins = moment(ask.on, ask.starts)
    return NewMessage(
        key=f"{template}:{ask.pk}:{now:%Y%m%d%H%M%S}", delivery_class=DeliveryClass.URGENT, template=template,
        person_id=ask.lecturer.volunteer_id, context={"ask": ask.pk},
        valid_until=begins if begins > now else now + dt.timedelta(days=1),
    )  # fmt: skip
