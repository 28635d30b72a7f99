"""What the code at the place of a shift says: signed, good on the day of the shift alone."""

import datetime as dt
import uuid

from django.core import signing
from django.db.models import QuerySet

from apps.volunteers.models import Shift, Team, Volunteer

SHIFT_SALT, TEAM_FEED, OWN_FEED = "volunteers.shift", "volunteers.team_feed", "volunteers.own_feed"


def code_of(shift: Shift) -> str:
    """Put on paper days before, it works on its day only (`shift_of_code`); a shift that moved needs a new one."""
    return signing.dumps([shift.public_id.hex, shift.on.isoformat()], salt=SHIFT_SALT)


def shift_of_code(code: str, today: dt.date) -> Shift | None:
    """The shift of a code that is good today; None for every other text."""
    try:
        key, day = signing.loads(code, salt=SHIFT_SALT)
    except (signing.BadSignature, ValueError):
        return None
    if day != today.isoformat():
        return None
    rows = Shift.objects.current().filter(public_id=uuid.UUID(key), on=today)
    return rows.select_related("team__unit", "project", "offering").first()


def feed_key(salt: str, key: uuid.UUID) -> str:
    """The secret part of a calendar's address: whoever has it sees the times, and nothing else."""
    return signing.Signer(salt=salt).sign(key.hex)


def _key_of(text: str, salt: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(signing.Signer(salt=salt).unsign(text))
    except (signing.BadSignature, ValueError):
        return None


def team_of_feed(text: str) -> Team | None:
    key = _key_of(text, TEAM_FEED)
    return Team.objects.current().filter(public_id=key).first() if key else None


def volunteer_of_feed(text: str) -> Volunteer | None:
    key = _key_of(text, OWN_FEED)
    return Volunteer.objects.active().filter(public_id=key).first() if key else None


def in_feed(rows: QuerySet[Shift], today: dt.date) -> QuerySet[Shift]:
    """What a calendar holds: a month back, and all that is to come."""
    return rows.filter(on__gte=today - dt.timedelta(days=31)).select_related("project", "offering").order_by("on", "pk")
