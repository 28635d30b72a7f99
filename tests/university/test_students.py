import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connection

from apps.university.choices.students import StudentKind
from apps.university.models import School, Student, StudentCard, StudentSchool
from apps.university.rules.cards import card_number, check_digit, is_ours, read_number
from apps.university.rules.fees import FeeRules, fee_of
from apps.university.services.students import register, register_many
from tests.builders import make_cadre, make_person, make_unit

ON = dt.date(2026, 11, 22)


def make_school(unit, name="云江市老年大学", **over):
    return School.objects.create(
        **{"name": name, "level": "city", "unit": unit, "address": "新华路1号", "phone": "0530-6600001", **over}
    )


def test_a_wrong_or_swapped_digit_is_no_card_of_ours():
    number = card_number(1)

    assert (number, len(number), is_ours(number)) == ("10000001" + check_digit("10000001"), 9, True)
    assert not any(is_ours(number[:4] + digit + number[5:]) for digit in "123456789")
    swapped = card_number(23456)
    assert not is_ours(swapped[:5] + swapped[6] + swapped[5] + swapped[7:])
    assert (read_number(" １０００-0001 4"), read_number("ab"), read_number("a3")) == ("100000014", "", "")


@pytest.mark.parametrize(
    ("full", "kind", "monitor", "owed"),
    [
        ("600", StudentKind.SUBSIDISED, False, "100.00"),
        ("80", StudentKind.SUBSIDISED, False, "80.00"),
        ("600", StudentKind.RETIRED, True, "300.00"),
        ("200", StudentKind.OTHER, True, "0.00"),
        ("600", StudentKind.SUBSIDISED, True, "100.00"),
        ("600", StudentKind.OTHER, False, "600.00"),
    ],
)
def test_of_several_discounts_the_best_one_counts(full, kind, monitor, owed):
    assert fee_of(Decimal(full), kind, monitor, FeeRules())[0] == Decimal(owed)


@pytest.mark.django_db
def test_a_person_is_one_student_for_all_schools(django_assert_max_num_queries):
    unit = make_unit()
    school, branch = make_school(unit), make_school(unit, "云江市老年大学南河分校")
    veteran = make_cadre("王根生", unit=unit, retire_type="veteran").person
    retired = make_cadre("李德厚", unit=unit).person
    other = make_person("赵秀英")

    made = register_many([veteran.pk, retired.pk, other.pk], school, on=ON, actor=None)
    with django_assert_max_num_queries(20):
        again = register(veteran, branch, on=ON, actor=None)

    assert [made[person.pk].kind for person in (veteran, retired, other)] == ["lixiu", "tuixiu", "other"]
    assert again.card_no == made[veteran.pk].card_no
    assert is_ours(again.card_no)
    assert (Student.objects.count(), StudentCard.objects.count(), StudentSchool.objects.count()) == (3, 3, 4)


@pytest.mark.django_db(transaction=True)
def test_two_desks_register_one_person_once():
    school, person = make_school(make_unit()), make_person()
    cards = []

    def ask():
        cards.append(register(person, school, on=ON, actor=None).card_no)
        connection.close()

    desks = [threading.Thread(target=ask) for _ in range(4)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()

    assert len(cards) == 4
    assert set(cards) == {StudentCard.objects.get().card_no}
