"""Who is told that a shift moved, in the act's transaction. Cancelling is told by signups."""

import datetime as dt

from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage, post
from apps.signups.models import SignUp
from apps.volunteers.models import Shift
from apps.volunteers.shift_notices import MOVED


def moved(shift: Shift, *, now: dt.datetime) -> int:
    """Everybody who has a place, was offered one or waits; each move once. Returns how many."""
    rows = SignUp.objects.active().filter(offering=shift.offering_id).order_by("pk")
    messages = [
        NewMessage(
            key=f"{MOVED}:{row.pk}:{shift.on}:{shift.starts}:{shift.ends}:{now:%Y%m%d%H%M%S}", template=MOVED,
            delivery_class=DeliveryClass.URGENT, person_id=row.person_id, context={"shift": shift.pk},
        )
        for row in rows
    ]  # fmt: skip
    post(messages, now=now)
    return len(messages)
