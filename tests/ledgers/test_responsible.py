"""Who must act: carer, else liaison of the unit, else section; and what reminders ask."""

import datetime as dt

import pytest

from apps.ledgers import queries
from apps.ledgers.choices import DutyKind
from apps.ledgers.models import CareAssignment, Contact, Duty
from apps.ledgers.occasions import duties_due_between, duty_ids
from apps.ledgers.services import assign_carer
from tests.builders import make_cadre, make_unit, make_user

D = dt.date
ON = D(2026, 3, 10)


def make_duty(cadre, due_on=ON, kind=DutyKind.VETERAN_VISIT, **over) -> Duty:
    values = {"period_start": due_on - dt.timedelta(days=30), "period_end": due_on + dt.timedelta(days=1)}
    return Duty.objects.create(cadre=cadre, kind=kind, due_on=due_on, **{**values, **over})


@pytest.fixture
def unit(bureau):
    return make_unit("云江市水利局", parent=bureau)


@pytest.fixture
def head(bureau):
    return make_user("head", role="section_head", unit=bureau)


def test_without_anybody_the_duty_reaches_a_worklist(unit):
    duty = make_duty(make_cadre(unit=unit))

    assert queries.responsible_users([duty.pk]) == {duty.pk: None}


def test_section_answers_where_there_is_no_liaison(unit, head):
    duty = make_duty(make_cadre(unit=unit))

    assert queries.responsible_users([duty.pk]) == {duty.pk: head.pk}


def test_liaison_of_the_unit_comes_before_the_section(bureau, unit, head):
    liaison = make_user("liaison", role="liaison", unit=unit)
    here, elsewhere = (
        make_cadre("陈秀英", unit=unit),
        make_cadre("吴志强", unit=make_unit("云江市教育局", parent=bureau)),
    )
    duties = [make_duty(here), make_duty(elsewhere)]

    assert queries.responsible_users([duty.pk for duty in duties]) == {
        duties[0].pk: liaison.pk,
        duties[1].pk: head.pk,
    }


def test_carer_comes_first_unless_his_account_is_closed(unit, head, clerk):
    cadre = make_cadre(unit=unit)
    duty = make_duty(cadre)
    assign_carer(cadre, clerk, actor=head, on=ON)
    assert queries.responsible_users([duty.pk]) == {duty.pk: clerk.pk}

    clerk.is_active = False
    clerk.save()

    assert queries.responsible_users([duty.pk]) == {duty.pk: head.pk}


def test_section_heads_and_leaders_are_those_nearest_above(bureau, unit, head):
    leader = make_user("leader", role="leader", unit=bureau)
    district = make_unit("南河区委老干部局", parent=bureau)
    own = make_user("district_head", role="section_head", unit=district)

    assert queries.section_heads([unit.pk, district.pk]) == {unit.pk: [head.pk], district.pk: [own.pk]}
    assert queries.bureau_leaders([unit.pk]) == {unit.pk: [leader.pk]}


def test_the_same_number_of_statements_for_one_and_for_three(unit, head, django_assert_num_queries):
    duties = [make_duty(make_cadre(f"李{number}", unit=unit)).pk for number in range(3)]

    for some in (duties[:1], duties):
        with django_assert_num_queries(3):
            queries.responsible_users(some)


def test_occasions_are_open_duties_of_the_living_in_the_window(unit):
    living = make_cadre("陈秀英", unit=unit)
    due = make_duty(living)
    make_duty(living, due_on=D(2026, 4, 1))
    make_duty(make_cadre("李一", unit=unit, life_status="reported"))
    done = make_duty(living, kind=DutyKind.VETERAN_CALL)
    visit = Contact.objects.create(happened_on=ON)
    Duty.objects.filter(pk=done.pk).update(satisfied_by=visit, satisfied_on=ON)

    rows = duties_due_between(ON, D(2026, 3, 31))

    assert list(rows) == [(f"duty:{due.pk}", ON, living.pk)]
    assert duty_ids([rows[0][0], "birthday:7"]) == [due.pk]
    assert list(duties_due_between(ON, ON, kinds=[DutyKind.HOSPITAL])) == []


def test_open_duties_are_asked_again_before_sending(unit):
    open_duty, closed = make_duty(make_cadre("陈秀英", unit=unit)), make_duty(make_cadre("吴志强", unit=unit))
    Duty.objects.filter(pk=closed.pk).update(closed_on=ON, closed_reason="died")

    assert queries.open_duty_ids([open_duty.pk, closed.pk]) == {open_duty.pk}


def test_carer_of_another_unit_sees_his_own_people_only(unit):
    carer = make_user("carer", role="clerk", unit=make_unit("邻市委老干部局"))
    mine, other = make_cadre("陈秀英", unit=unit), make_cadre("吴志强", unit=unit)
    CareAssignment.objects.create(cadre=mine, carer=carer, starts_on=ON)
    make_duty(mine), make_duty(other)

    assert list(type(mine).objects.visible_to(carer)) == [mine]
    assert list(Duty.objects.visible_to(carer).values_list("cadre", flat=True)) == [mine.pk]
    assert not type(mine).objects.visible_to(carer, "registry.change_cadre").exists()
