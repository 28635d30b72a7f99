"""Families on the register when a death turns out to be none. A handler of the life socket."""

import datetime as dt

from django.db.models.functions import Greatest

from apps.ledgers.choices.medical import FamilyEnd
from apps.ledgers.models import FamilyInCare
from apps.registry.models import Cadre, LifeEvent


def keep_families(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """He lives after all: his family is no 遗属. Where the death stands again, exactly these stand again."""
    if undo:
        FamilyInCare.objects.open().filter(cadre=cadre).update(
            ends_on=Greatest("starts_on", today), end_because=FamilyEnd.LIVING, closed_by_event=event
        )
    else:
        FamilyInCare.objects.filter(closed_by_event=event, cadre=cadre).update(
            ends_on=None, end_because="", closed_by_event=None
        )
