"""Everybody of a published draw is told, some thousands at a time, after the click that published it (rule book 9.18).

Cut off, it begins again: whoever was told already is not told twice, by the key of his message.
"""

import datetime as dt

from django.db import transaction

from apps.messaging.choices import DeliveryClass
from apps.messaging.services.posting import NewMessage, post

from .choices import RoundState, SignUpState
from .draw_notices import DRAW_PLACED, DRAW_WAITS
from .models import Round, SignUp

AT_ONCE = 2_000
NEWS_FOR = dt.timedelta(days=30)


def tell_results(now: dt.datetime) -> int:
    """Post the notices of every published round that has not told its people; returns how many people were gone
    through. Each part is a transaction of its own. See rule book 9.19."""
    rounds = Round.objects.filter(state=RoundState.PUBLISHED, told_at__isnull=True, voided_at__isnull=True)
    return sum(_tell(round, now) for round in rounds.order_by("published_at", "pk"))


def _tell(round: Round, now: dt.datetime) -> int:
    told = list(_templates(round).items())
    for start in range(0, len(told), AT_ONCE):
        post([_message(round, *one) for one in told[start : start + AT_ONCE]], now=now)
    with transaction.atomic():
        Round.objects.filter(pk=round.pk, told_at__isnull=True).update(told_at=now)
    return len(told)


def _templates(round: Round) -> dict[int, str]:
    """person → what he is told: 已录取, or 候补."""
    found: dict[int, str] = {}
    rows = SignUp.objects.filter(ticket__round=round, state__in=(SignUpState.SEATED, SignUpState.WAITING))
    for person, state in rows.order_by("person_id").values_list("person_id", "state"):
        if state == SignUpState.SEATED:
            found[person] = DRAW_PLACED
        else:
            found.setdefault(person, DRAW_WAITS)
    return found


def _message(round: Round, person: int, template: str) -> NewMessage:
    return NewMessage(
        key=f"draw:{round.pk}:{person}",
        delivery_class=DeliveryClass.URGENT,
        template=template,
        person_id=person,
        about_id=person,
        context={"round": round.pk},
        valid_until=round.published_at + NEWS_FOR,
    )
