"""Assessments: what follows from one, what was before, and the tier that is proposed."""

import datetime as dt
import uuid

import pytest

from apps.common.errors import BusinessError, StaleVersion
from apps.common.partial_date import PartialDate
from apps.ledgers.choices import Level, Reason
from apps.ledgers.choices.assessment import DueBecause
from apps.ledgers.models import Assessment, TierAdvice
from apps.ledgers.queries.assessments import due_people, what_changed
from apps.ledgers.services.advice import advise, advise_birthdays
from apps.ledgers.services.assessments import (
    AssessmentFacts,
    change_assessment,
    record_assessment,
    void_assessment,
)
from apps.ledgers.services.tiers import decide_tier
from apps.registry.choices import Ability, LifeEventKind
from apps.registry.models import Health
from apps.registry.services import life
from tests.builders import make_cadre

TODAY = dt.date(2026, 5, 20)
DAY = dt.timedelta(days=1)


@pytest.fixture
def cadre(bureau):
    return make_cadre("沈闰芳", unit=bureau, birth_date="1940-05-02", living="spouse")


@pytest.fixture
def assess(cadre, clerk):
    def make(day=TODAY, *, whom=None, form_key=None, **facts):
        told = AssessmentFacts(**{"assessed_on": day, "assessor": "云江评估站", "score": 80, **facts})
        return record_assessment(told, cadre=whom or cadre, actor=clerk, on=TODAY, form_key=form_key or uuid.uuid4())

    return make


def test_an_assessment_becomes_what_the_registry_knows_and_proposes_a_tier(assess, cadre):
    row = assess(score=50, living="alone", difficulties=("alone",), wishes=("meal",), note="夜里起身困难")

    health = Health.objects.get(cadre=cadre)
    cadre.refresh_from_db()
    assert (row.level, row.due_because, row.next_due_on) == (2, DueBecause.DISABLED, dt.date(2026, 11, 20))
    assert (health.ability, health.ability_score, health.assessed_on) == (2, 50, TODAY)
    assert (cadre.living, cadre.special_difficulties, cadre.wishes) == ("alone", ["alone"], ["meal"])
    advice = TierAdvice.objects.get(cadre=cadre)
    assert advice.level == Level.FIRST
    assert Reason.DISABLED_NO_COMPANY in advice.reasons


def test_the_same_form_twice_is_one_assessment(assess):
    key = uuid.uuid4()

    assert assess(form_key=key).pk == assess(form_key=key).pk
    assert Assessment.objects.count() == 1


def test_only_the_newest_is_the_latest_whichever_was_typed_first(assess, cadre):
    newer = assess(TODAY, score=60)
    older = assess(TODAY - 200 * DAY, score=90)

    assert list(Assessment.objects.latest()) == [newer]
    assert Health.objects.get(cadre=cadre).ability == Ability.MODERATE
    assert {change.what for change in what_changed(newer, older)} == {"能力等级", "得分"}


def test_a_voided_assessment_gives_way_to_the_one_before(assess, cadre, clerk):
    older = assess(TODAY - 200 * DAY, score=90)
    newer = assess(TODAY, score=20)

    void_assessment(newer, reason="登错人", actor=clerk, on=TODAY)

    assert list(Assessment.objects.latest()) == [older]
    assert Health.objects.get(cadre=cadre).ability == Ability.INTACT


def test_the_last_one_voided_leaves_nothing_known(assess, cadre, clerk):
    void_assessment(assess(), reason="登错人", actor=clerk, on=TODAY)

    assert Health.objects.get(cadre=cadre).ability is None


def test_a_later_entry_by_hand_in_the_registry_stays(assess, cadre):
    Health.objects.create(cadre=cadre, ability=3, assessed_on=TODAY - DAY)

    assess(TODAY - 100 * DAY, score=90)

    assert Health.objects.get(cadre=cadre).ability == Ability.SEVERE


def test_two_hands_on_one_assessment_do_not_overwrite_each_other(assess, clerk):
    row = assess()
    facts = AssessmentFacts(assessed_on=TODAY, assessor="另一人", score=40)
    change_assessment(row, facts, actor=clerk, on=TODAY, version=row.version)

    with pytest.raises(StaleVersion):
        change_assessment(row, facts, actor=clerk, on=TODAY, version=row.version)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"day": TODAY + DAY}, "assessed_on"),
        ({"score": 91}, "score"),
        ({"score": None}, "score"),
        ({"scale": "other", "scale_name": "县里的表"}, "told_level"),
        ({"scale": "other", "told_level": 2}, "scale_name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(assess, facts, field):
    with pytest.raises(BusinessError) as refusal:
        assess(**facts)

    assert refusal.value.field == field
    assert not Assessment.objects.exists()


def test_a_discharge_brings_the_next_one_forward_and_its_undoing_gives_the_day_back(assess, cadre, clerk):
    row = assess(dt.date(2026, 3, 1), score=90)
    life.record(cadre.person, told(LifeEventKind.ADMITTED, "2026-04-01"), actor=clerk, today=TODAY)
    home = life.record(cadre.person, told(LifeEventKind.DISCHARGED, "2026-04-20"), actor=clerk, today=TODAY)

    row.refresh_from_db()
    assert (row.next_due_on, row.due_because) == (dt.date(2026, 5, 20), DueBecause.DISCHARGED)
    life.undo(home, reason="登错", actor=clerk)
    row.refresh_from_db()
    assert (row.next_due_on, row.due_because) == (dt.date(2027, 3, 1), DueBecause.YEARLY)


def told(kind, day) -> life.Report:
    return life.Report(kind, PartialDate.parse(day))


def test_whoever_decided_having_seen_the_reasons_is_not_asked_again(assess, cadre, clerk):
    assess(score=50, living="alone")
    decide_tier(cadre, level=2, effective_on=TODAY, actor=clerk, on=TODAY, note="女儿每天来")

    advise([cadre.pk], on=TODAY)
    assert not TierAdvice.objects.exists()
    # Something else is known now: asked anew.
    assess(TODAY - DAY, score=50)
    Health.objects.filter(cadre=cadre).update(seriously_ill=True)
    advise([cadre.pk], on=TODAY)
    assert Reason.SERIOUSLY_ILL in TierAdvice.objects.get().reasons


def test_turning_ninety_is_taken_up_by_the_clock(bureau):
    turned = make_cadre("年九十", unit=bureau, birth_date="1936-05-18", living="children")
    make_cadre("年八九", unit=bureau, birth_date="1937-05-18", living="children")

    assert advise_birthdays(on=TODAY) == 1
    assert list(TierAdvice.objects.values_list("cadre", flat=True)) == [turned.pk]
    assert advise_birthdays(on=dt.date(2028, 2, 29)) == 0


def test_the_due_list_holds_the_late_and_the_focus_people_never_assessed(assess, bureau, clerk, tier):
    due = make_cadre("评估到期", unit=bureau)
    later = make_cadre("没到期", unit=bureau)
    never = make_cadre("从没评过", unit=bureau)
    dead = make_cadre("已离世", unit=bureau, life_status="deceased")
    plain = make_cadre("三级", unit=bureau)
    assess(TODAY - 400 * DAY, whom=due, score=90)
    assess(TODAY - DAY, whom=later, score=90)
    assess(TODAY - 400 * DAY, whom=dead, score=90)
    tier(never, 2)
    tier(plain, 3)

    rows = due_people(type(clerk).objects.get(pk=clerk.pk), on=TODAY, until=TODAY)

    assert [(row.pk, row.due_because) for row in rows] == [(never.pk, DueBecause.FIRST), (due.pk, DueBecause.YEARLY)]
