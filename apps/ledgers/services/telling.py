"""Whoever records it closes it for all; who was responsible hears of it, without hurry."""

import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from apps.ledgers.models import Contact, Duty
from apps.ledgers.notices import DUTY_DONE
from apps.ledgers.queries import responsible_users
from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage, post


def tell_responsible(contacts: Collection[Contact], *, on: dt.date) -> int:
    """Post a line for each duty that these contacts closed to the one responsible for it, unless he recorded it, or
    somebody recorded it for him. In the caller's transaction; returns how many."""
    by_id = {contact.pk: contact for contact in contacts}
    rows = Duty.objects.filter(satisfied_by__in=by_id).values_list("pk", "cadre_id", "satisfied_by")
    closed = {duty: (cadre, by_id[contact]) for duty, cadre, contact in rows}
    if not closed:
        return 0
    messages = [
        NewMessage(
            key=f"duty:{duty}:done:{contact.pk}",
            delivery_class=DeliveryClass.DIGEST,
            template=DUTY_DONE,
            user_id=user,
            about_id=cadre,
            context={"contact": contact.pk},
        )
        for duty, user in responsible_users(closed, on=on).items()
        for cadre, contact in [closed[duty]]
        if user and user not in {contact.recorded_by_id, contact.on_behalf_of_id}
    ]
    if messages:
        post(messages, now=timezone.now())
    return len(messages)
