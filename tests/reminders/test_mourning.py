"""Nothing celebrates in a household in which somebody died lately; duties of care go on; it ends by itself."""

import datetime

import pytest
from django.db import connection

from apps.common.partial_date import PartialDate
from apps.ledgers.models import Duty
from apps.messaging.jobs.claiming import judge, pending
from apps.messaging.models import Delivery, Message
from apps.messaging.rules import SendingRules
from apps.organisation.queries import rule_values
from apps.people.models import Consent, Household, Person
from apps.people.occasions import birthdays_between
from apps.people.queries import mourning_among
from apps.registry.choices import LifeEventKind as Kind
from apps.registry.services import life
from apps.reminders.jobs.greeting import post_greetings
from apps.reminders.queries.birthday_list import birthday_list
from tests.builders import make_cadre, make_user

from .scenes import at, make_bureau, make_celebrant

pytestmark = pytest.mark.django_db
MORNING = at("2026-03-10T08:05")
DIED = datetime.date(2026, 3, 1)


@pytest.fixture
def couple():
    """A widow with her birthday on 10 March, a cadre herself, whose husband is about to die."""
    bureau = make_bureau()
    home = Household.objects.create(name="李德厚、王秀兰家")
    wife = make_celebrant(bureau, "王秀兰", "solar", 3, 10, birth="1940-03-10", reach_by="landline")
    husband = make_cadre("李德厚", unit=bureau.unit)
    Person.objects.filter(pk__in=[wife.pk, husband.pk]).update(household=home)
    Consent.objects.create(person=wife.person, purpose="sms", wording="1")
    return wife, husband, make_user("clerk", role="clerk", unit=bureau.unit)


def celebrated_on(day) -> int:
    rows = birthdays_between(day, day)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({rows.sql}) b", rows.params)
        return cursor.fetchone()[0]


def dies(husband, clerk, day=DIED):
    told = life.Report(Kind.DIED, PartialDate.of(day))
    return life.record(Person.objects.get(pk=husband.pk), told, actor=clerk, today=MORNING.date())


def test_her_birthday_is_greeted_by_nobody_and_brought_to_nobodys_mind(couple):
    wife, husband, clerk = couple
    dies(husband, clerk)

    assert post_greetings(MORNING).posted == 0
    assert celebrated_on(MORNING.date()) == 0
    assert mourning_among([wife.pk, husband.pk], MORNING.date()) == {wife.pk}


def test_a_greeting_made_ready_before_is_not_sent_even_when_nobody_took_it_back(couple):
    wife, husband, clerk = couple
    post_greetings(MORNING)
    assert Message.objects.filter(person=wife.person).count() == 1
    dies(husband, clerk)

    rows = list(pending("sheet"))
    going, ended = judge(rows, MORNING, rule_values(SendingRules.rule_key, on=MORNING.date()))

    assert going == []
    assert list(Delivery.objects.filter(pk__in=ended).values_list("state", "outcome")) == [("withdrawn", "mourning")]


def test_staff_see_why_on_their_list(couple):
    wife, husband, clerk = couple
    dies(husband, clerk)

    rows = birthday_list(clerk, datetime.date(2026, 3, 1), mine=False, order="day", today=MORNING.date())

    assert [(row.cadre.pk, row.mourns) for row in rows] == [(wife.pk, True)]


def test_a_reported_death_holds_greetings_back_too_and_a_false_one_lets_them_go(couple):
    _, husband, clerk = couple
    told = life.Report(Kind.DIED, PartialDate.of(DIED))
    event = life.report(husband.person, told, actor=clerk, today=MORNING.date())
    assert post_greetings(MORNING).posted == 0

    life.reject(event, reason="听错了", actor=clerk)

    assert post_greetings(MORNING).posted == 1


def test_it_ends_by_itself_after_a_hundred_days(couple):
    wife, husband, clerk = couple
    dies(husband, clerk)
    until = Person.objects.get(pk=husband.pk).mourned_until

    assert until == DIED + datetime.timedelta(days=100)
    assert mourning_among([wife.pk], until - datetime.timedelta(days=1)) == {wife.pk}
    assert mourning_among([wife.pk], until) == set()
    Person.objects.filter(pk=wife.pk).update(birthday_month=6, birthday_day=9)
    assert celebrated_on(until) == 1


def test_urgent_care_of_the_widow_goes_on(couple):
    wife, husband, clerk = couple
    duty = Duty.objects.create(
        cadre=wife, kind="focus_contact", period_start=DIED, period_end=DIED + datetime.timedelta(days=60),
        due_on=DIED + datetime.timedelta(days=50),
    )  # fmt: skip
    dies(husband, clerk)

    assert Duty.objects.open().filter(pk=duty.pk).exists()
