"""What falls due in health and works at home is told once, to whoever entered it, without a name."""

import datetime as dt
import uuid

from apps.ledgers.health_notices import tell_of_health
from apps.ledgers.models import HomeAdaptation, Thought
from apps.ledgers.notices import ADAPTATION_LATE, ASSESSMENT_DUE, THOUGHT_DUE
from apps.ledgers.services.assessments import AssessmentFacts, record_assessment
from apps.messaging.models import Message
from apps.people.models import Person
from tests.builders import make_cadre

NOW = dt.datetime(2026, 11, 20, 1, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)


def test_each_thing_due_is_told_once_to_who_entered_it(bureau, clerk):
    cadre = make_cadre("沈闰芳", unit=bureau)
    facts = AssessmentFacts(assessed_on=dt.date(2025, 11, 20), assessor="评估站", score=90)
    record_assessment(facts, cadre=cadre, actor=clerk, on=TODAY, form_key=uuid.uuid4())
    HomeAdaptation.objects.create(cadre=cadre, asked_on=TODAY - 30 * DAY, owner=clerk, step_due_on=TODAY - DAY)
    HomeAdaptation.objects.create(cadre=cadre, asked_on=TODAY - 30 * DAY, owner=clerk, step_due_on=TODAY)
    Thought.objects.create(
        cadre=cadre,
        kind="thoughts",
        happened_on=TODAY - 9 * DAY,
        counsellor="甲",
        follow_up_on=TODAY,
        recorded_by=clerk,
    )

    assert tell_of_health(NOW) == 3
    assert tell_of_health(NOW) == 3

    told = Message.objects.order_by("template")
    assert [row.template for row in told] == sorted([ADAPTATION_LATE, ASSESSMENT_DUE, THOUGHT_DUE])
    assert {row.user_id for row in told} == {clerk.pk}
    assert {row.about_id for row in told} == {None}


def test_nobody_is_told_about_the_dead(bureau, clerk):
    cadre = make_cadre("沈闰芳", unit=bureau)
    HomeAdaptation.objects.create(cadre=cadre, asked_on=TODAY - 30 * DAY, owner=clerk, step_due_on=TODAY - DAY)
    Person.objects.filter(pk=cadre.pk).update(life_status="deceased")

    assert tell_of_health(NOW) == 0
