"""Birthday greetings to old people: on the right day in either calendar, once, never to the dead."""

import datetime

import pytest

from apps.messaging.models import Delivery, Message
from apps.messaging.services import make_batch
from apps.organisation.models import RuleSet
from apps.people.models import Consent, Person
from apps.registry.models import Cadre
from apps.reminders.jobs.greeting import post_greetings
from tests.builders import make_user

from .scenes import at, make_bureau, make_celebrant

pytestmark = pytest.mark.django_db

MORNING = at("2026-03-10T08:05")


@pytest.fixture
def bureau():
    return make_bureau()


def celebrant(bureau, name="李德厚", calendar="solar", month=3, day=10, *, consent=True, **over):
    over = {"birth": "1940-03-10", "reach_by": "landline", **over}
    cadre = make_celebrant(bureau, name, calendar, month, day, **over)
    if consent:
        Consent.objects.create(person=cadre.person, purpose="sms", wording="1")
    return cadre


def greetings():
    return list(Message.objects.filter(template="birthday.greeting").order_by("on_day", "pk")
                .values_list("person__name", "on_day"))  # fmt: skip


def day(text):
    return datetime.date.fromisoformat(text)


def test_each_is_greeted_once_however_often_the_clock_rings(bureau):
    celebrant(bureau)

    assert post_greetings(MORNING).posted == 1
    assert post_greetings(MORNING).posted == 0
    assert post_greetings(at("2026-03-10T17:00")).posted == 0

    assert greetings() == [("李德厚", day("2026-03-10"))]
    assert list(Delivery.objects.values_list("channel", "state", "on_day")) == [("sheet", "pending", day("2026-03-10"))]


@pytest.mark.parametrize(
    ("calendar", "month", "number", "leap", "on"),
    [
        ("lunar", 1, 22, False, "2026-03-10"),  # 正月廿二
        ("lunar", 12, 30, False, "2026-02-16"),  # 腊月三十 in a year whose 腊月 has 29 days
        ("solar", 2, 29, False, "2026-02-28"),
    ],
)
def test_both_calendars(bureau, calendar, month, number, leap, on):
    celebrant(bureau, calendar=calendar, month=month, day=number, birthday_leap=leap)

    post_greetings(at(f"{on}T08:05"))

    assert greetings() == [("李德厚", day(on))]


def test_they_are_made_ready_ahead_so_that_cards_arrive(bureau):
    celebrant(bureau, day=15, reach_by="letter", residence="云江市河滨路 1 号")
    celebrant(bureau, "王秀兰", day=16)

    post_greetings(MORNING)

    assert greetings() == [("李德厚", day("2026-03-15"))]
    assert make_batch("print", actor=make_user("maker"), on=MORNING.date()).counts["total"] == 1


@pytest.mark.parametrize("why", ["deceased", "reported", "lost", "unwanted", "no_consent", "voided"])
def test_who_gets_no_greeting(bureau, why):
    cadre = celebrant(bureau, consent=why != "no_consent")
    if why == "unwanted":
        Person.objects.filter(pk=cadre.pk).update(birthday_greeting=False)
    elif why == "voided":
        Cadre.objects.filter(pk=cadre.pk).update(voided_at=MORNING)
    elif why != "no_consent":
        Person.objects.filter(pk=cadre.pk).update(life_status=why)

    assert post_greetings(MORNING).posted == 0


def test_a_bureau_may_greet_those_too_who_never_agreed_to_texts(bureau):
    RuleSet.objects.create(
        kind="reminder_stages", effective_from=day("2020-01-01"), document_no="云老干〔2020〕2号",
        values={"greeting_needs_consent": False},
    )  # fmt: skip
    celebrant(bureau, consent=False, reach_by="mobile")

    post_greetings(MORNING)

    assert list(Delivery.objects.values_list("channel", flat=True)) == ["sheet"]


def test_what_was_made_ready_is_taken_back_when_the_day_was_wrong_or_he_died(bureau):
    wrong, dead = celebrant(bureau, day=12), celebrant(bureau, "王秀兰", day=13)
    post_greetings(MORNING)
    Person.objects.filter(pk=wrong.pk).update(birthday_day=14)
    Person.objects.filter(pk=dead.pk).update(life_status="reported")

    done = post_greetings(at("2026-03-11T08:05"))

    assert (done.posted, done.recalled) == (1, 2)
    assert set(Delivery.objects.values_list("on_day", "state")) == {
        (day("2026-03-12"), "withdrawn"), (day("2026-03-13"), "withdrawn"), (day("2026-03-14"), "pending"),
    }  # fmt: skip


def test_a_death_undone_before_the_day_brings_the_greeting_back_once(bureau):
    cadre = celebrant(bureau, day=13)
    post_greetings(MORNING)
    Person.objects.filter(pk=cadre.pk).update(life_status="reported")
    post_greetings(at("2026-03-11T08:05"))
    Person.objects.filter(pk=cadre.pk).update(life_status="living")

    assert post_greetings(at("2026-03-12T08:05")).posted == 1
    assert post_greetings(at("2026-03-12T08:06")).posted == 0
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["pending", "withdrawn"]


def test_a_card_already_handed_out_is_not_made_again(bureau):
    cadre = celebrant(bureau, day=14, reach_by="letter", residence="云江市河滨路 1 号")
    post_greetings(MORNING)
    make_batch("print", actor=make_user("maker"), on=MORNING.date())
    Person.objects.filter(pk=cadre.pk).update(life_status="reported")
    post_greetings(at("2026-03-11T08:05"))
    Person.objects.filter(pk=cadre.pk).update(life_status="living")

    assert post_greetings(at("2026-03-12T08:05")).posted == 0
