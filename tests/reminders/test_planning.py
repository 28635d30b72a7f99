import datetime

import pytest

from apps.messaging.models import Message
from apps.organisation.models import RuleSet
from apps.people.models import Person
from apps.registry.models import LifeEvent
from apps.reminders.jobs.handing import hand_out
from apps.reminders.jobs.planning import plan
from apps.reminders.models import Reminder
from tests.builders import make_unit

from .scenes import at, day, make_bureau, make_celebrant, make_duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau():
    return make_bureau()


def planned(stage=None, **wanted):
    rows = Reminder.objects.filter(**wanted, **({"stage": stage} if stage else {}))
    return sorted(rows.values_list("person__name", "occasion_date", "stage", "role", "due_on", "valid_until"))


def birthdays(stage="day"):
    return [(name, date.isoformat()) for name, date, *_ in planned(stage)]


def plan_each_day(start, end):
    current = start
    while current <= end:
        plan(current, look_ahead=30)
        current += datetime.timedelta(days=30)


def test_focus_person_is_announced_ahead_the_day_before_and_on_the_day(bureau):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")

    plan(day("2026-03-03"))

    on = day("2026-03-10")
    assert planned() == [
        ("李德厚", on, "ahead", "responsible", day("2026-03-03"), day("2026-03-09")),
        ("李德厚", on, "day", "responsible", on, day("2026-03-11")),
        ("李德厚", on, "eve", "responsible", day("2026-03-09"), on),
    ]


def test_everybody_else_is_on_one_list_on_the_25th_for_the_next_month(bureau):
    make_celebrant(bureau, "王秀兰", "solar", 3, 10, birth="1960-03-10", focus=False)
    make_celebrant(bureau, "张建国", "solar", 4, 1, birth="1960-04-01", focus=False)

    plan(day("2026-02-25"), look_ahead=0)

    assert planned() == [
        ("王秀兰", day("2026-03-10"), "list", "responsible", day("2026-02-25"), day("2026-03-01")),
    ]


def test_planning_again_or_from_another_day_changes_nothing(bureau):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    plan(day("2026-03-03"))
    before = list(Reminder.objects.order_by("pk").values())

    again = plan(day("2026-03-03"))
    plan(day("2026-03-04"))

    assert (again.planned, again.withdrawn, again.missed) == (0, 0, 0)
    assert list(Reminder.objects.order_by("pk").values()) == before


def test_t2_a_leap_month_birthday_fires_once_a_year(bureau):
    make_celebrant(bureau, "李闰", "lunar", 7, 8, birth="1938-09-01", birthday_leap=True)
    for year in (2025, 2026, 2027, 2028, 2044):
        plan_each_day(datetime.date(year, 1, 1), datetime.date(year, 12, 31))

    assert [date for _, date in birthdays()] == ["2025-08-30", "2026-08-20", "2027-08-09", "2028-08-27", "2044-08-01"]


def test_t2_leap_policy_takes_the_leap_month_when_there_is_one(bureau):
    make_celebrant(bureau, "李闰", "lunar", 7, 8, birth="1938-09-01", birthday_leap=True, birthday_leap_policy="leap")
    for year in (2025, 2044):
        plan_each_day(datetime.date(year, 1, 1), datetime.date(year, 12, 31))

    assert [date for _, date in birthdays()] == ["2025-08-30", "2044-08-30"]


def test_t2_a_plain_month_birthday_is_not_kept_again_in_the_leap_month(bureau):
    make_celebrant(bureau, "王平", "lunar", 6, 10, birth="1938-07-07")
    plan_each_day(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))

    assert [date for _, date in birthdays()] == ["2025-07-04"]


def test_t3_the_thirtieth_of_the_twelfth_month_and_everybody_after_it(bureau):
    make_celebrant(bureau, "甲除夕", "lunar", 12, 30, birth="1945-02-12")
    make_celebrant(bureau, "乙冬月", "lunar", 11, 20, birth="1945-01-03")
    for year in range(2025, 2031):
        plan_each_day(datetime.date(year, 1, 1), datetime.date(year, 12, 31))

    dates = {name: [date for whose, date in birthdays() if whose == name] for name in ("甲除夕", "乙冬月")}
    assert dates["甲除夕"][:6] == ["2025-01-28", "2026-02-16", "2027-02-05", "2028-01-25", "2029-02-12", "2030-02-02"]
    assert [date for date in dates["乙冬月"] if date[:4] in ("2025", "2026", "2028")] == ["2026-01-08", "2026-12-28"]


def test_t3_one_record_with_an_impossible_birth_date_stops_nobody(bureau):
    bad = make_celebrant(bureau, "坏日期", "lunar", 12, 8, birth="1945-01-21")
    Person.objects.filter(pk=bad.pk).update(birth_date="1945-02-31")
    make_celebrant(bureau, "好日期", "lunar", 12, 8, birth="1945-01-21")

    plan(day("2026-01-25"), look_ahead=7)

    assert birthdays() == [("坏日期", "2026-01-26"), ("好日期", "2026-01-26")]


def test_t4_born_on_29_february_appears_once_with_the_ninetieth(bureau):
    make_celebrant(bureau, "闰生", "solar", 2, 29, birth="1936-02-29")

    plan(day("2026-02-24"), look_ahead=7)

    assert birthdays() == [("闰生", "2026-02-28")]
    assert planned("milestone") == [
        ("闰生", day("2026-02-28"), "milestone", "bureau", day("2026-02-14"), day("2026-03-01"))
    ]
    assert set(Reminder.objects.values_list("age", flat=True)) == {90}
    plan(day("2028-02-24"), look_ahead=7)
    assert birthdays()[-1] == ("闰生", "2028-02-29")


def test_t4_nominal_age_counts_from_the_lunar_new_year(bureau):
    RuleSet.objects.create(
        kind="reminder_stages", effective_from=day("2020-01-01"), document_no="云老干〔2020〕1号",
        values={"milestone_nominal": True},
    )  # fmt: skip
    make_celebrant(bureau, "腊月生", "lunar", 12, 8, birth="1937-01-20")

    plan(day("2026-01-20"))
    plan(day("2027-01-10"))

    ages = dict(Reminder.objects.filter(stage="day").values_list("occasion_date", "age"))
    # 腊月初八 of lunar 2025 and 2026: 90 and 91 by nominal age, for the lunar year has not turned yet.
    assert ages == {day("2026-01-26"): 90, day("2027-01-15"): 91}
    assert planned("milestone")[0][1] == day("2026-01-26")


def test_nine_before_ten_keeps_the_eightieth_at_seventy_nine(bureau):
    RuleSet.objects.create(
        kind="reminder_stages", effective_from=day("2020-01-01"), document_no="云老干〔2020〕1号",
        values={"milestone_offset": 1},
    )  # fmt: skip
    make_celebrant(bureau, "七九", "solar", 3, 10, birth="1947-03-10")
    make_celebrant(bureau, "八十", "solar", 3, 10, birth="1946-03-10")

    plan(day("2026-03-05"))

    assert [row[0] for row in planned("milestone")] == ["七九"]


def test_the_dead_the_reported_dead_and_the_unwilling_are_not_planned(bureau):
    for name, over in (
        ("离世", {"life_status": "deceased"}),
        ("待核实", {"life_status": "reported"}),
        ("不要问候", {"birthday_greeting": False}),
    ):
        make_celebrant(bureau, name, "solar", 3, 10, birth="1953-03-10", **over)

    assert plan(day("2026-03-05")).planned == 0


def test_a_death_withdraws_what_is_planned_and_undoing_it_brings_it_back(bureau):
    cadre = make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    plan(day("2026-03-03"))

    Person.objects.filter(pk=cadre.pk).update(life_status="deceased")
    assert plan(day("2026-03-04")).withdrawn == 3
    Person.objects.filter(pk=cadre.pk).update(life_status="living")
    assert plan(day("2026-03-04")).planned == 3

    assert set(Reminder.objects.values_list("state", "note")) == {("pending", "")}


def test_a_changed_birthday_withdraws_the_old_one(bureau):
    cadre = make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    plan(day("2026-03-05"))

    Person.objects.filter(pk=cadre.pk).update(birthday_day=12)
    plan(day("2026-03-05"))

    assert {date for _, date, *_ in planned(state="withdrawn")} == {day("2026-03-10")}
    assert {date for _, date, *_ in planned(state="pending")} == {day("2026-03-12")}


def test_a_stage_not_handed_out_in_time_is_recorded_as_missed(bureau):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    plan(day("2026-03-03"))

    assert plan(day("2026-03-11")).missed == 3
    assert planned(state="pending") == []


def test_days_without_a_planner_are_made_up_for_or_recorded(bureau):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    make_celebrant(bureau, "王秀兰", "solar", 3, 14, birth="1953-03-14")

    plan(day("2026-03-12"))

    missed = {(name, stage) for name, _, stage, *_ in planned(state="missed")}
    waiting = {(name, stage) for name, _, stage, *_ in planned(state="pending")}
    assert missed == {("李德厚", "ahead"), ("李德厚", "eve"), ("李德厚", "day")}
    assert waiting == {("王秀兰", "ahead"), ("王秀兰", "eve"), ("王秀兰", "day")}


def test_what_came_before_a_person_was_known_is_not_called_missed(bureau):
    cadre = make_celebrant(bureau, "新来的", "solar", 3, 10, birth="1953-03-10")
    Person.objects.filter(pk=cadre.pk).update(created_at=at("2026-03-12T10:00"))

    assert plan(day("2026-03-12")).missed == 0


def test_a_district_with_rules_of_its_own_is_planned_by_them(bureau):
    district = make_unit("东湖区委老干部局", parent=bureau.unit)
    RuleSet.objects.create(
        kind="reminder_stages", unit=district, effective_from=day("2020-01-01"), document_no="东老干〔2020〕1号",
        values={"birthday_ahead": 10},
    )  # fmt: skip
    make_celebrant(bureau, "市里", "solar", 3, 12, birth="1953-03-12")
    there = make_celebrant(bureau, "区里", "solar", 3, 12, birth="1953-03-12")
    there.managing_unit = district
    there.save()

    plan(day("2026-03-05"))

    assert {(name, due) for name, _, _, _, due, _ in planned("ahead")} == {
        ("市里", day("2026-03-05")),
        ("区里", day("2026-03-02")),
    }


def test_a_duty_is_announced_then_escalates(bureau):
    cadre = make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01")
    make_duty(cadre, day("2026-03-31"))

    plan(day("2026-03-24"), look_ahead=30)

    assert [(stage, role, due, until) for _, _, stage, role, due, until in planned()] == [
        ("ahead", "responsible", day("2026-03-24"), day("2026-03-30")),
        ("eve", "responsible", day("2026-03-30"), day("2026-04-01")),
        ("overdue", "responsible", day("2026-04-03"), day("2026-04-07")),
        ("overdue_bureau", "bureau", day("2026-04-14"), day("2026-04-28")),
        ("overdue_section", "section", day("2026-04-07"), day("2026-04-14")),
    ]


def test_a_duty_kept_withdraws_the_rest(bureau):
    cadre = make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01")
    duty = make_duty(cadre, day("2026-03-31"))
    plan(day("2026-03-24"))

    duty.closed_on, duty.closed_reason = day("2026-03-26"), "waived"
    duty.save()

    assert plan(day("2026-03-26")).withdrawn == 2


def test_a_weekly_duty_is_not_announced_before_its_week_begins(bureau):
    cadre = make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01")
    make_duty(cadre, day("2026-03-29"), kind="risk_contact", period_start=day("2026-03-23"))

    plan(day("2026-03-20"), look_ahead=14)

    assert {stage for _, _, stage, *_ in planned()} == {"eve", "overdue"}


@pytest.mark.parametrize(("kind", "expected"), [("admitted", "hospital"), ("discharged", "discharge")])
def test_hospital_and_discharge_are_told_on_the_day_they_are_confirmed(bureau, kind, expected):
    cadre = make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01")
    event = LifeEvent.objects.create(
        person=cadre.person, kind=kind, state="confirmed", happened_on="2026-03-01", decided_at=at("2026-03-05T00:30")
    )

    plan(day("2026-03-05"))

    assert list(Reminder.objects.values_list("kind", "subject_key", "due_on", "valid_until")) == [
        (expected, f"event:{event.pk}", day("2026-03-05"), day("2026-03-12"))
    ]
    event.state = "undone"
    event.save()
    assert plan(day("2026-03-05")).withdrawn == 1


def test_two_planners_at_once_plan_once(bureau, django_db_blocker):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")

    first = plan(day("2026-03-05"))
    second = plan(day("2026-03-05"))

    assert (first.planned, second.planned) == (3, 0)


def test_a_look_into_the_future_writes_off_nothing_of_today(bureau):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    make_celebrant(bureau, "王秀兰", "solar", 6, 10, birth="1953-06-10")
    today = day("2026-03-05")
    plan(today)

    plan(day("2026-06-13"), today=today)

    assert {(name, state) for name, state in Reminder.objects.values_list("person__name", "state")} == {
        ("李德厚", "pending"),
        ("王秀兰", "pending"),
    }
    assert plan(today).withdrawn == 0


def test_planning_for_a_past_day_takes_nothing_back(bureau, gateway):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    plan(day("2026-03-10"))
    hand_out(at("2026-03-10T09:00"))

    plan(day("2026-02-01"))

    assert Message.objects.filter(withdrawn_at__isnull=False).count() == 0


def test_stages_on_a_day_off_come_on_the_working_day_before_and_the_birthday_stays(bureau):
    make_celebrant(bureau, "周一生", "solar", 3, 16, birth="1953-03-16")  # a Monday

    plan(day("2026-03-09"))

    on = day("2026-03-16")
    assert planned() == [
        ("周一生", on, "ahead", "responsible", day("2026-03-09"), day("2026-03-13")),
        ("周一生", on, "day", "responsible", on, day("2026-03-17")),
        ("周一生", on, "eve", "responsible", day("2026-03-13"), on),
    ]


def test_within_a_long_holiday_stages_that_coincide_are_one(bureau):
    make_celebrant(bureau, "初五生", "solar", 2, 21, birth="1953-02-21")

    plan(day("2026-02-12"))

    stages = {stage: (due, until) for _, _, stage, _, due, until in planned()}
    on = day("2026-02-21")
    assert stages == {"eve": (day("2026-02-14"), on)}


def test_list_of_the_month_moves_and_is_planned_in_time(bureau):
    make_celebrant(bureau, "王秀兰", "solar", 11, 10, birth="1960-11-10", focus=False)

    plan(day("2026-10-23"), look_ahead=0)  # the 25th is a Sunday

    assert planned() == [
        ("王秀兰", day("2026-11-10"), "list", "responsible", day("2026-10-23"), day("2026-11-01")),
    ]


def test_lateness_is_told_on_working_days_after_the_due_day(bureau):
    cadre = make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01")
    make_duty(cadre, day("2026-09-30"))  # the National Day holiday follows

    plan(day("2026-09-23"))
    plan(day("2026-10-08"))

    stages = {stage: (due, until) for _, _, stage, _, due, until in planned(kind="visit")}
    assert stages == {
        "ahead": (day("2026-09-23"), day("2026-09-29")),
        "eve": (day("2026-09-29"), day("2026-10-01")),
        "overdue_section": (day("2026-10-08"), day("2026-10-14")),
        "overdue_bureau": (day("2026-10-14"), day("2026-10-28")),
    }
