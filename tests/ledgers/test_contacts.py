"""Recording, mending and voiding contacts, and what they do to duties."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connections

from apps.common.errors import BusinessError, StaleVersion
from apps.ledgers.choices import By, ContactKind, Method
from apps.ledgers.models import Contact, Duty
from apps.ledgers.services import ContactFacts, change_contact, plan_duties, record_contact, void_contact
from apps.people.models import Household
from tests.builders import make_cadre, make_person, make_unit, make_user

D = dt.date
ON = D(2026, 3, 10)


@pytest.fixture
def veteran(bureau, tier):
    cadre = make_cadre(unit=bureau, retire_type="veteran")
    tier(cadre, 2)
    plan_duties(on=ON, window=0, look_back=0)
    return cadre


def kept(cadre) -> set[str]:
    return set(Duty.objects.filter(cadre=cadre, satisfied_by__isnull=False).values_list("kind", flat=True))


def test_home_visit_keeps_visit_and_call_but_is_no_talk(veteran, contact):
    contact(veteran, ON, method=Method.HOME)

    assert kept(veteran) == {"veteran_call", "veteran_visit"}


def test_call_keeps_no_visit(veteran, contact):
    contact(veteran, ON, method=Method.PHONE, kind=ContactKind.CALL, outcome="answered")

    assert kept(veteran) == {"veteran_call"}


def test_talk_face_to_face_keeps_all_three(veteran, contact):
    contact(veteran, ON, method=Method.HOME, kind=ContactKind.TALK)

    assert kept(veteran) == {"veteran_call", "veteran_visit", "veteran_talk"}


def test_letter_keeps_nothing_of_somebody_who_lives_here(veteran, contact):
    contact(veteran, ON, method=Method.LETTER)

    assert kept(veteran) == set()


def test_contact_before_the_period_keeps_nothing(veteran, contact):
    contact(veteran, D(2025, 12, 30), on=ON)

    assert kept(veteran) == set()


def test_visit_by_the_branch_is_no_visit_by_the_bureau(bureau, tier, contact):
    cadre = make_cadre("陈秀英", unit=bureau)
    tier(cadre, 1)
    plan_duties(on=ON, window=0, look_back=0)

    contact(cadre, ON, by=By.BRANCH)
    assert kept(cadre) == {"risk_contact", "risk_visit"}

    contact(cadre, ON, by=By.STAFF)
    assert kept(cadre) == {"risk_contact", "risk_visit", "risk_bureau"}


def test_household_visit_keeps_the_duties_of_both(bureau, veteran, tier, contact):
    wife = make_cadre("王秀兰", unit=bureau, retire_type="veteran")
    tier(wife, 2)
    plan_duties(on=ON, window=0, look_back=0)

    visit = contact([veteran, wife], ON)

    assert kept(veteran) == kept(wife) == {"veteran_call", "veteran_visit"}
    assert visit.satisfied_duties.count() == 4


def test_same_form_sent_twice_is_one_contact(veteran, contact):
    key = uuid.uuid4()

    assert contact(veteran, ON, form_key=key) == contact(veteran, ON, form_key=key)
    assert Contact.objects.count() == 1


def test_form_key_of_somebody_else_is_refused(veteran, contact, bureau):
    key = uuid.uuid4()
    contact(veteran, ON, form_key=key)

    with pytest.raises(BusinessError) as refused:
        contact(veteran, ON, form_key=key, actor=make_user("other", role="clerk", unit=bureau))

    assert refused.value.code == "form_used"


def test_day_to_come_is_refused(veteran, contact):
    with pytest.raises(BusinessError) as refused:
        contact(veteran, D(2026, 3, 11), on=ON)

    assert (refused.value.code, refused.value.field) == ("future", "happened_on")


def test_nobody_records_for_a_cadre_of_another_unit(veteran, contact):
    stranger = make_user("stranger", role="clerk", unit=make_unit("邻市委老干部局"))

    with pytest.raises(BusinessError) as refused:
        contact(veteran, ON, actor=stranger)

    assert refused.value.code == "stranger"
    assert not Contact.objects.exists()


def test_family_of_the_household_may_be_on_the_contact(veteran, clerk):
    home = Household.objects.create(name="李德厚家")
    wife = make_person("王秀兰", household=home)
    veteran.person.household = home
    veteran.person.save()

    visit = record_contact(
        ContactFacts(happened_on=ON), persons=[veteran.pk, wife.pk], form_key=uuid.uuid4(), actor=clerk, on=ON
    )

    assert set(visit.persons.all()) == {veteran.person, wife}


def test_outsider_without_household_is_refused(veteran, clerk):
    with pytest.raises(BusinessError):
        record_contact(
            ContactFacts(happened_on=ON), persons=[veteran.pk, make_person("路人").pk], form_key=uuid.uuid4(),
            actor=clerk, on=ON,
        )  # fmt: skip


def test_health_and_thoughts_are_stored_encrypted(veteran, contact):
    visit = contact(veteran, ON, body_state="心脏不好", thoughts="想念老战友")

    (stored,) = Contact.objects.filter(pk=visit.pk).values_list("body_state", "thoughts")
    assert all("心".encode() not in bytes(cell) and "想".encode() not in bytes(cell) for cell in stored)
    again = Contact.objects.get(pk=visit.pk)
    assert (again.body_state, again.thoughts) == ("心脏不好", "想念老战友")


def test_voiding_opens_the_duties_again(veteran, contact, clerk):
    visit = contact(veteran, ON)

    void_contact(visit, actor=clerk, reason="记错了人", on=ON)

    assert kept(veteran) == set()
    assert Contact.objects.standing().count() == 0


def test_voiding_lets_the_next_contact_take_over(veteran, contact, clerk):
    first = contact(veteran, D(2026, 3, 3), on=ON)
    second = contact(veteran, ON)

    void_contact(first, actor=clerk, reason="重复", on=ON)

    assert set(second.satisfied_duties.values_list("kind", flat=True)) == {"veteran_call", "veteran_visit"}


def test_voiding_needs_a_reason(veteran, contact, clerk):
    visit = contact(veteran, ON)

    with pytest.raises(BusinessError):
        void_contact(visit, actor=clerk, reason=" ", on=ON)


def test_mending_the_method_lets_go_of_the_visit(veteran, contact, clerk):
    visit = contact(veteran, ON)
    visit.refresh_from_db()

    facts = ContactFacts(happened_on=ON, method=Method.PHONE, outcome="answered")
    change_contact(visit, facts, persons=[veteran.pk], actor=clerk, on=ON, version=visit.version)

    assert kept(veteran) == {"veteran_call"}


def test_mending_who_was_visited_moves_the_duties(bureau, tier, veteran, contact, clerk):
    other = make_cadre("陈秀英", unit=bureau, retire_type="veteran")
    tier(other, 2)
    plan_duties(on=ON, window=0, look_back=0)
    visit = contact(veteran, ON)
    visit.refresh_from_db()

    change_contact(visit, ContactFacts(happened_on=ON), persons=[other.pk], actor=clerk, on=ON, version=visit.version)

    assert (kept(veteran), kept(other)) == (set(), {"veteran_call", "veteran_visit"})


def test_mending_a_version_that_somebody_saved_meanwhile_is_refused(veteran, contact, clerk):
    visit = contact(veteran, ON)
    visit.refresh_from_db()
    facts = ContactFacts(happened_on=ON, summary="一切都好")
    change_contact(visit, facts, persons=[veteran.pk], actor=clerk, on=ON, version=visit.version)

    with pytest.raises(StaleVersion):
        change_contact(visit, facts, persons=[veteran.pk], actor=clerk, on=ON, version=visit.version)


def test_condolence_after_a_death_keeps_no_visit(veteran, contact):
    contact(veteran, ON, kind=ContactKind.CONDOLENCE)

    assert kept(veteran) == set()


@pytest.mark.parametrize("people", [1, 3])
def test_recording_takes_the_same_number_of_statements(bureau, contact, people, django_assert_num_queries):
    cadres = [make_cadre(f"李{number}", unit=bureau) for number in range(people)]
    actor = make_user("another", role="clerk", unit=bureau)

    with django_assert_num_queries(14):
        contact(cadres, ON, actor=actor)


@pytest.mark.django_db(transaction=True)
def test_same_form_sent_at_once_is_one_contact():
    bureau = make_unit()
    clerk = make_user("clerk", role="clerk", unit=bureau)
    cadre = make_cadre(unit=bureau)
    key, made, errors = uuid.uuid4(), [], []

    def send():
        try:
            made.append(
                record_contact(ContactFacts(happened_on=ON), persons=[cadre.pk], form_key=key, actor=clerk, on=ON).pk
            )
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(made) == 5
    assert len(set(made)) == 1
