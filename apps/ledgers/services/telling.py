"""Whoever records it closes it for all; who was responsible hears of it, without hurry."""

import datetime as dt

from django.utils import timezone

from apps.ledgers.models import Contact, Duty
from apps.ledgers.notices import DUTY_DONE
from apps.ledgers.queries import responsible_users
from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage, post


def tell_responsible(contact: Contact, *, on: dt.date) -> int:
    """Post a line for each duty that this contact closed to the one responsible for it, unless he recorded it, or
    somebody recorded it for him. In the caller's transaction; returns how many."""
    closed = dict(Duty.objects.filter(satisfied_by=contact).values_list("pk", "cadre_id"))
    if not closed:
        return 0
    did_it = {contact.recorded_by_id, contact.on_behalf_of_id}
    messages = [
        NewMessage(
            key=f"duty:{duty}:done:{contact.pk}",
            delivery_class=DeliveryClass.DIGEST,
            template=DUTY_DONE,
            user_id=user,
            about_id=closed[duty],
            context={"contact": contact.pk},
        )
        for duty, user in responsible_users(closed, on=on).items()
        if user and user not in did_it
    ]
    post(messages, now=timezone.now())
    return len(messages)
