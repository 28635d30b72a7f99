"""Reminders about party organisations: planned by topic, told to the officers, withdrawn when settled."""

import datetime as dt

import pytest

from apps.branches.models import Meeting, Organisation
from apps.messaging.models import Message
from apps.reminders.jobs.handing import hand_out
from apps.reminders.jobs.planning import plan
from apps.reminders.models import Reminder
from apps.reminders.queries.inbox import inbox_days
from tests.builders import make_cadre, make_organisation, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2025, 12, 30, 1, 0, tzinfo=dt.UTC)


@pytest.fixture
def branch():
    unit = make_unit("市直", code="YJ")
    above = make_organisation("市直工委", unit=unit, level="work_committee")
    return make_organisation("南河支部", above=above, unit=unit, term_ends_on=dt.date(2026, 6, 30))


def secretary(organisation, name):
    user = make_user(name)
    make_post(make_cadre("王秀兰", unit=organisation.unit).person, organisation, user=user)
    return user


def topics(**filters):
    rows = Reminder.objects.filter(kind="branch", **filters).order_by("subject_key", "role")
    return [(row.subject_key.partition(":")[0], row.role, row.state) for row in rows]


def test_t7_a_term_is_announced_six_months_ahead_and_not_a_day_earlier(branch):
    plan(dt.date(2025, 12, 29), look_ahead=0)
    assert topics(subject_key__startswith="term") == []

    plan(dt.date(2025, 12, 30), look_ahead=0)
    assert topics(subject_key__startswith="term") == [("term", "above", "pending"), ("term", "branch", "pending")]


def test_each_role_reaches_its_officer_and_an_empty_one_the_section_head(branch):
    ours = secretary(branch, "shu1")
    head = make_user("kezhang", role="section_head", unit=branch.unit)

    plan(dt.date(2025, 12, 30), look_ahead=0)
    hand_out(MORNING)

    told = set(Message.objects.filter(template="branch.term").values_list("user_id", flat=True))
    assert told == {ours.pk, head.pk}
    [day] = inbox_days(ours, dt.date(2025, 12, 30))
    assert "支部任期快到1个" in [line.text for line in day.lines]


def test_a_meeting_that_was_recorded_takes_the_reminder_back(branch):
    plan(dt.date(2025, 12, 20), look_ahead=0)
    assert topics(subject_key__startswith="meeting") == [("meeting", "branch", "pending")]
    Meeting.objects.create(
        organisation=branch, kind="party_day", held_on=dt.date(2025, 12, 20), topic="学习", said_present=3, expected=9
    )

    plan(dt.date(2025, 12, 21), look_ahead=0)

    assert topics(subject_key__startswith="meeting") == [("meeting", "branch", "withdrawn")]


def test_dissolved_and_appointed_ones_are_not_reminded_of_a_term(branch):
    Organisation.objects.filter(pk=branch.pk).update(kind="functional")

    plan(dt.date(2025, 12, 30), look_ahead=0)

    assert topics(subject_key__startswith="term") == []
