"""今日待办."""

import datetime as dt

from apps.ledgers.models import CareAssignment
from apps.ledgers.queries import today
from apps.ledgers.services import plan_duties
from apps.registry.models import Health
from tests.builders import make_cadre, make_unit, make_user

D = dt.date
ON = D(2026, 3, 10)  # a Tuesday


def test_board_counts_and_lists_what_is_due_in_the_scope(bureau, clerk, tier, contact):
    veteran = make_cadre("李德厚", unit=bureau, retire_type="veteran", living="alone")
    tier(veteran, 1, D(2026, 2, 23))
    make_cadre("吴志强", unit=bureau, birthday_calendar="solar", birthday_month=3, birthday_day=12)
    make_cadre("陈秀英", unit=bureau, birthday_calendar="lunar", birthday_month=1, birthday_day=24)  # 2026-03-12
    make_cadre("赵玉兰", unit=bureau, birthday_calendar="solar", birthday_month=3, birthday_day=17)
    Health.objects.create(cadre=veteran, in_hospital_since=D(2026, 3, 9))
    plan_duties(on=ON, window=0)

    board = today(clerk, ON)

    assert (board.overdue_people, board.longest_overdue) == (
        1,
        10,
    )
    assert (board.due_this_week, board.done_this_week) == (1, 0)
    assert (board.in_hospital, board.birthdays, board.lunar_birthdays) == (1, 2, 1)
    (row,) = board.rows
    assert (row.name, row.category, row.what) == ("李德厚", "离休", "每周联系（3 次）")
    assert (row.due_on, row.overdue_days, row.note) == (D(2026, 2, 28), 10, "独居 · 92 岁 · 云江市委老干部局")

    contact(veteran, ON)
    board = today(clerk, ON)
    assert (board.overdue_people, board.done_this_week, board.rows) == (0, 1, [])


def test_own_people_come_first(bureau, clerk, tier):
    earlier, mine = make_cadre("吴志强", unit=bureau), make_cadre("陈秀英", unit=bureau)
    tier(earlier, 1, D(2026, 2, 1))
    tier(mine, 1, D(2026, 3, 2))
    CareAssignment.objects.create(cadre=mine, carer=clerk, starts_on=ON)
    plan_duties(on=ON, window=0)

    board = today(clerk, ON, most=1)

    assert [(row.name, row.is_mine) for row in board.rows] == [("陈秀英", True)]
    assert board.more_people == 1


def test_nobody_sees_another_unit(bureau, tier):
    tier(make_cadre(unit=bureau), 1, D(2026, 2, 1))
    plan_duties(on=ON, window=0)
    stranger = make_user("stranger", role="clerk", unit=make_unit("邻市委老干部局"))

    board = today(stranger, ON)

    assert (board.overdue_people, board.rows) == (0, [])


def test_board_takes_the_same_number_of_statements(bureau, clerk, tier, django_assert_max_num_queries):
    for number in range(3):
        tier(make_cadre(f"李{number}", unit=bureau), 1, D(2026, 2, 1))
    plan_duties(on=ON, window=0)

    with django_assert_max_num_queries(10):
        assert len(today(clerk, ON).rows) == 3
