"""What a roster's facts mean for duties and tiers, once it is written."""

import datetime as dt

import pytest

from apps.ledgers.models import CareTier, Duty, TierAdvice
from apps.ledgers.services import decide_tier
from apps.ledgers.services.advice import advise, plan_touched
from apps.people.models import Person
from apps.registry.models import Cadre, ImportBatch
from apps.registry.roster.answers import Answers
from apps.registry.services import roster
from tests.builders import make_cadre, make_unit, make_user
from tests.registry.rosters import UNIT, citizen_id, workbook

DAY = dt.date(2026, 11, 22)
ANSWERS = Answers(retire_type="veteran", calendar="solar")
BORN = "19360302"


@pytest.fixture
def unit(db):
    return make_unit(UNIT)


def take(*rows):
    return roster.import_now(workbook(*rows), "a.xlsx", answers=ANSWERS)[0]


def test_the_next_tick_plans_for_those_whom_a_batch_brought_and_suggests_a_tier(unit):
    batch = take(["姓名", "身份证号", "单位", "参加工作时间"], ["甲", citizen_id(BORN), UNIT, "1949-01"])
    assert batch.awaits_plan
    assert not Duty.objects.exists()
    assert plan_touched(on=DAY) == 1
    assert Duty.objects.open().exists()
    assert not CareTier.objects.exists()
    assert TierAdvice.objects.get().reasons
    batch.refresh_from_db()
    assert (batch.awaits_plan, batch.touched) == (False, [])
    assert plan_touched(on=DAY) == 0


def test_living_alone_is_advice_that_waits_for_a_person_and_goes_when_he_decides(unit):
    cadre = make_cadre(unit=unit, birth_date="1936-03-02")
    clerk = make_user(role="clerk", unit=unit)
    decide_tier(cadre, level=3, effective_on=DAY, actor=clerk, on=DAY)
    batch = roster.import_now(
        workbook(["姓名", "出生日期", "单位", "居住方式"], ["李德厚", "1936-03-02", UNIT, "独居"]),
        "a.xlsx",
        answers=ANSWERS,
    )[0]
    assert batch.counts["changed"] == 1
    plan_touched(on=DAY)
    assert CareTier.objects.get().level == 3
    assert TierAdvice.objects.get().level == 1
    assert not Duty.objects.filter(kind="weekly").exists()
    decide_tier(cadre, level=3, effective_on=DAY, actor=clerk, on=DAY)
    assert not TierAdvice.objects.exists()


def test_advice_goes_when_the_facts_no_longer_speak_for_it(unit):
    cadre = make_cadre(unit=unit, birth_date="1936-03-02", living="alone")
    advise([cadre.pk], on=DAY)
    assert TierAdvice.objects.get().level == 1
    Cadre.objects.update(living="children")
    Person.objects.update(birth_date="1956-03-02")
    advise([cadre.pk], on=DAY)
    assert not TierAdvice.objects.exists()


def test_undoing_plans_anew_too(unit):
    batch = take(["姓名", "身份证号", "单位"], ["甲", citizen_id(BORN), UNIT])
    plan_touched(on=DAY)
    assert Duty.objects.open().exists()
    roster.undo(batch, actor=None)
    assert ImportBatch.objects.get().awaits_plan
    plan_touched(on=DAY)
    assert not Duty.objects.open().filter(due_on__gte=DAY).exists()
