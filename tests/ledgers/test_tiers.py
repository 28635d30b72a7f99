"""Deciding tiers for one and for many."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.common.errors import StaleVersion
from apps.ledgers.models import CareTier, Duty
from apps.ledgers.services import TierCounts, decide_tier, decide_tiers
from apps.registry.models import Cadre, Health
from tests.builders import make_cadre

D = dt.date
ON = D(2026, 3, 10)


def test_group_gets_the_suggested_tiers_with_their_reasons(bureau, clerk):
    alone = make_cadre("陈秀英", unit=bureau, birth_date="1940-01-01", living="alone")
    family = make_cadre("吴志强", unit=bureau, birth_date="1955-01-01", living="children")
    Health.objects.create(cadre=family, ability=2)

    counts = decide_tiers(Cadre.objects.all(), level=None, effective_on=ON, actor=clerk, on=ON)

    assert counts == TierCounts(total=2, changed=2)
    assert list(CareTier.objects.order_by("level").values_list("cadre", "level", "high_risk", "suggested_reasons")) == [
        (alone.pk, 1, True, ["aged_80", "alone"]),
        (family.pk, 2, False, ["disabled"]),
    ]


def test_group_gets_one_level_and_its_duties_are_planned(bureau, clerk):
    cadre = make_cadre(unit=bureau)

    decide_tiers(Cadre.objects.all(), level=2, effective_on=D(2026, 4, 1), actor=clerk, on=ON)

    assert list(Duty.objects.values_list("cadre", "kind", "due_on")) == [(cadre.pk, "focus_contact", D(2026, 6, 30))]


def test_repeating_keeps_the_start_and_changes_nothing(bureau, clerk):
    make_cadre(unit=bureau)
    decide_tiers(Cadre.objects.all(), level=2, effective_on=D(2026, 1, 1), actor=clerk, on=ON)

    again = decide_tiers(Cadre.objects.all(), level=2, effective_on=ON, actor=clerk, on=ON)

    assert again == TierCounts(total=1, changed=0)
    assert CareTier.objects.get().effective_on == D(2026, 1, 1)


def test_change_keeps_the_former_tier_in_the_history(bureau, clerk):
    cadre = make_cadre(unit=bureau)
    decide_tier(cadre, level=3, effective_on=ON, actor=clerk, on=ON)

    tier = decide_tier(cadre, level=1, effective_on=ON, actor=clerk, on=ON)

    assert (tier.level, tier.is_focus, tier.high_risk) == (1, True, True)
    assert list(tier.events.values_list("level", flat=True)) == [3]


def test_decision_over_somebody_elses_is_refused(bureau, clerk):
    cadre = make_cadre(unit=bureau)
    tier = decide_tier(cadre, level=3, effective_on=ON, actor=clerk, on=ON)
    seen = tier.version
    decide_tier(cadre, level=2, effective_on=ON, actor=clerk, on=ON, version=seen)

    with pytest.raises(StaleVersion):
        decide_tier(cadre, level=1, effective_on=ON, actor=clerk, on=ON, version=seen)


def test_group_takes_the_same_number_of_statements(bureau, clerk):
    make_cadre(unit=bureau)
    with CaptureQueriesContext(connection) as first:
        decide_tiers(Cadre.objects.all(), level=2, effective_on=ON, actor=clerk, on=ON)
    for name in ("李二", "李三"):
        make_cadre(name, unit=bureau)

    with CaptureQueriesContext(connection) as second:
        decide_tiers(Cadre.objects.all(), level=1, effective_on=ON, actor=clerk, on=ON)

    assert len(second) == len(first) <= 30
