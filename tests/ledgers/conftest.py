import datetime as dt
import uuid

import pytest

from apps.ledgers.models import CareTier
from apps.ledgers.services import ContactFacts, record_contact
from tests.builders import make_unit, make_user


@pytest.fixture
def bureau(db):
    return make_unit()


@pytest.fixture
def clerk(bureau):
    return make_user("clerk", role="clerk", unit=bureau)


@pytest.fixture
def contact(clerk):
    """Record a contact of one cadre or several on a day; everything else as it comes."""

    def make(cadres, day: dt.date, *, actor=None, on=None, form_key=None, **facts):
        cadres = cadres if isinstance(cadres, list) else [cadres]
        return record_contact(
            ContactFacts(happened_on=day, **facts),
            persons=[cadre.pk for cadre in cadres],
            form_key=form_key or uuid.uuid4(),
            actor=actor or type(clerk).objects.get(pk=clerk.pk),  # as a request brings him: units may be new
            on=on or day,
        )

    return make


@pytest.fixture
def tier():
    """A decided tier in force since a day, without planning."""

    def make(cadre, level: int, since: dt.date = dt.date(2024, 1, 1)) -> CareTier:
        return CareTier.objects.create(
            cadre=cadre,
            level=level,
            is_focus=level <= 2,
            high_risk=level == 1,
            effective_on=since,
            decided_on=since,
        )

    return make
