"""What the clock owes to staff about green channel cards: those that end soon, each once."""

import datetime as dt

from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus

from .models import GreenCard
from .notices import CARD_ENDS
from .queries import responsible_for_cadres
from .rules.treatments import TreatmentTerms

# A tick that was missed for a week loses nothing.
WEEK = dt.timedelta(days=7)


def cards_ending_between(start: dt.date, end: dt.date):
    """Cards in use of the living that end in [start, end], both included: a queryset."""
    return GreenCard.objects.filter(
        valid_until__range=(start, end), closed_on__isnull=True, voided_at__isnull=True,
        cadre__person__life_status=LifeStatus.LIVING, cadre__voided_at__isnull=True,
    )  # fmt: skip


def card_messages(today: dt.date) -> list[NewMessage]:
    """Each card once, some days before it ends, to who looks after the person; keyed. See rule book 8.37."""
    ahead = today + dt.timedelta(days=rule_values(TreatmentTerms.rule_key, on=today).card_days)
    cards = list(cards_ending_between(ahead - WEEK, ahead).select_related("cadre").order_by("pk"))
    if not cards:
        return []
    who = responsible_for_cadres({card.cadre_id: card.cadre.managing_unit_id for card in cards}, on=today)
    return [
        NewMessage(
            key=f"card:{card.pk}:{card.valid_until}:ends", delivery_class=DeliveryClass.DIGEST, template=CARD_ENDS,
            user_id=user, context={"card": card.pk},
        )
        for card in cards if (user := who.get(card.cadre_id)) is not None
    ]  # fmt: skip
