"""Pairing: capacity, hand-over, one open carer."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connections

from apps.common.errors import BusinessError
from apps.ledgers.models import CareAssignment
from apps.ledgers.services import AssignCounts, OverCapacity, add_helper, assign_carer, assign_carers, end_assignment
from apps.registry.models import Cadre
from tests.builders import make_cadre, make_unit, make_user

D = dt.date
ON = D(2026, 3, 10)


@pytest.fixture
def carer(bureau):
    return make_user("carer", role="clerk", unit=bureau)


def people(bureau, count: int) -> list[Cadre]:
    return [make_cadre(f"李{number}", unit=bureau) for number in range(count)]


def pairs() -> set[tuple]:
    return set(CareAssignment.objects.open().primary().values_list("cadre__person__name", "carer__username"))


def test_five_are_the_most_without_a_reason(bureau, clerk, carer):
    people(bureau, 6)

    with pytest.raises(OverCapacity) as refused:
        assign_carers(Cadre.objects.all(), carers=[carer], actor=clerk, on=ON)

    assert refused.value.sentence.startswith("carer将负责 6 位，超过规定的 5 位")
    assert pairs() == set()


def test_reason_lets_more_pass_and_is_kept(bureau, clerk, carer):
    people(bureau, 6)

    counts = assign_carers(Cadre.objects.all(), carers=[carer], actor=clerk, on=ON, override_reason="同住一院")

    assert counts == AssignCounts(started=6, handed_over=0, kept=0)
    assert set(CareAssignment.objects.values_list("override_reason", flat=True)) == {"同住一院"}


def test_group_is_shared_out_evenly_between_carers(bureau, clerk, carer):
    people(bureau, 10)
    second = make_user("second", role="clerk", unit=bureau)

    assign_carers(Cadre.objects.all(), carers=[carer, second], actor=clerk, on=ON)

    counts = [CareAssignment.objects.open().filter(carer=user).count() for user in (carer, second)]
    assert counts == [5, 5]


def test_repeating_changes_nothing(bureau, clerk, carer):
    people(bureau, 5)
    assign_carers(Cadre.objects.all(), carers=[carer], actor=clerk, on=ON)

    again = assign_carers(Cadre.objects.all(), carers=[carer], actor=clerk, on=ON)

    assert again == AssignCounts(started=0, handed_over=0, kept=5)
    assert CareAssignment.objects.count() == 5


def test_hand_over_ends_the_former_carer_on_the_day_with_the_note(bureau, clerk, carer):
    cadre = make_cadre(unit=bureau)
    assign_carer(cadre, carer, actor=clerk, on=D(2026, 1, 1))
    second = make_user("second", role="clerk", unit=bureau)

    assign_carer(cadre, second, actor=clerk, on=ON, handover_note="每周三下午去最好")

    former = CareAssignment.objects.get(carer=carer)
    assert (former.ends_on, former.handover_note) == (ON, "每周三下午去最好")
    assert pairs() == {("李德厚", "second")}


def test_helper_who_becomes_the_carer_is_no_longer_a_helper(bureau, clerk, carer):
    cadre = make_cadre(unit=bureau)
    add_helper(cadre, carer, actor=clerk, on=D(2026, 1, 1))

    assign_carer(cadre, carer, actor=clerk, on=ON)

    assert list(CareAssignment.objects.open().values_list("role", flat=True)) == ["primary"]


def test_two_open_carers_are_refused_by_the_database(bureau, clerk, carer):
    cadre = make_cadre(unit=bureau)
    CareAssignment.objects.create(cadre=cadre, carer=carer, starts_on=ON)

    with pytest.raises(IntegrityError, match="careassignment_one_primary"):
        CareAssignment.objects.create(cadre=cadre, carer=clerk, starts_on=ON)


def test_account_without_the_right_is_no_carer(bureau, clerk):
    make_cadre(unit=bureau)

    with pytest.raises(BusinessError) as refused:
        assign_carers(Cadre.objects.all(), carers=[make_user("nobody")], actor=clerk, on=ON)

    assert refused.value.code == "not_a_carer"


def test_ending_leaves_the_cadre_uncovered(bureau, clerk, carer):
    assignment = assign_carer(make_cadre(unit=bureau), carer, actor=clerk, on=ON)

    end_assignment(assignment, actor=clerk, on=ON, handover_note="调离")

    assert pairs() == set()


def test_group_takes_the_same_number_of_statements(bureau, clerk, carer, django_assert_num_queries):
    people(bureau, 1)
    with django_assert_num_queries(16):
        assign_carers(Cadre.objects.all(), carers=[carer], actor=clerk, on=ON)
    CareAssignment.objects.all().delete()
    for name in ("王一", "王二"):
        make_cadre(name, unit=bureau)
    with django_assert_num_queries(16):
        assign_carers(Cadre.objects.all(), carers=[carer], actor=clerk, on=ON)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_do_not_exceed_the_capacity():
    bureau = make_unit()
    clerk = make_user("clerk", role="clerk", unit=bureau)
    carer = make_user("carer", role="clerk", unit=bureau)
    cadres = people(bureau, 8)
    outcomes = []

    def assign(cadre):
        try:
            assign_carer(cadre, carer, actor=clerk, on=ON)
            outcomes.append("ok")
        except OverCapacity:
            outcomes.append("full")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=assign, args=[cadre]) for cadre in cadres]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["full"] * 3 + ["ok"] * 5
    assert CareAssignment.objects.open().count() == 5
