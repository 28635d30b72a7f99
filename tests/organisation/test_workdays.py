"""Working days and the reading of notices: no rows, no clock."""

import csv
import datetime as dt

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from apps.organisation.notices import as_rows, read_notice
from apps.organisation.workdays import WorkCalendar

D = dt.date
NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。"""


def shipped(year: int) -> dict[dt.date, str]:
    with (settings.BASE_DIR / "fixtures" / "calendar_days.csv").open(encoding="utf-8") as handle:
        rows = {D.fromisoformat(row["day"]): row["kind"] for row in csv.DictReader(handle)}
    return {day: kind for day, kind in rows.items() if day.year == year}


CALENDAR = WorkCalendar(shipped(2025) | shipped(2026))


def test_notice_text_gives_the_shipped_days():
    reading = read_notice(NOTICE_2026, year=2026)
    assert reading.errors == ()
    assert {entry.day: entry.kind for entry in reading.days} == shipped(2026)


@pytest.mark.parametrize(("day", "worked"), [
    (D(2026, 2, 14), True), (D(2026, 2, 16), False), (D(2026, 2, 21), False), (D(2026, 2, 24), True),
    (D(2026, 3, 7), False), (D(2025, 9, 28), True), (D(2027, 10, 1), True),
])  # fmt: skip
def test_days(day, worked):
    assert CALENDAR.is_workday(day) is worked


def test_due_days_move_to_the_working_day_before():
    assert CALENDAR.on_or_before(D(2025, 12, 31)) == D(2025, 12, 31)  # T10 stays where it is
    assert CALENDAR.on_or_before(D(2026, 2, 22)) == D(2026, 2, 14)  # within the Spring Festival: the 调休 Saturday
    assert CALENDAR.on_or_before(D(2026, 10, 4)) == D(2026, 9, 30)
    assert CALENDAR.on_or_before(D(2026, 1, 4)) == D(2026, 1, 4)


def test_counting_working_days():
    assert CALENDAR.add_workdays(D(2026, 2, 13), 2) == D(2026, 2, 24)
    assert CALENDAR.add_workdays(D(2026, 2, 24), -2) == D(2026, 2, 13)
    assert CALENDAR.add_workdays(D(2026, 2, 16), 0) == D(2026, 2, 16)


def test_missing_years_are_said():
    assert CALENDAR.is_known(2026)
    assert not CALENDAR.is_known(2027)
    assert CALENDAR.missing_years([D(2026, 12, 1), D(2027, 1, 14)]) == [2027]
    assert not WorkCalendar({D(2026, 12, 31): "off"}).is_known(2026)


@given(st.dates(D(2024, 1, 1), D(2028, 12, 31)), st.integers(0, 40))
def test_workdays_are_worked_and_in_order(day, count):
    before = CALENDAR.on_or_before(day)
    assert before <= day
    assert CALENDAR.is_workday(before)
    after = CALENDAR.add_workdays(day, count)
    assert sum(CALENDAR.is_workday(day + dt.timedelta(n + 1)) for n in range((after - day).days)) == count


def test_a_calendar_of_days_off_only_ends():
    calendar = WorkCalendar({D(2026, 1, 1) + dt.timedelta(n): "off" for n in range(-99, 1)})
    assert calendar.on_or_before(D(2026, 1, 1)) == D(2026, 1, 1)


# Reading ----------------------------------------------------------------------------------------------------------


def test_rows_go_there_and_back():
    days = read_notice(NOTICE_2026, year=2026).days
    assert read_notice(as_rows(days), year=2026).days == days


@pytest.mark.parametrize(("line", "count"), [
    ("日期\t安排\t节日\n2026-01-01\t放假\t元旦", 1), ("2026/2/14,上班,春节", 1), ("2月15日至23日 放假 春节", 9),
    ("2026-02-15至2026-02-23 放假 春节", 9), ("2023年12月30日至2024年1月1日 放假 元旦", 3),
    ("12月30日至1月1日 放假 元旦", 3),
])  # fmt: skip
def test_forms_of_a_row(line, count):
    reading = read_notice(line, year=2026)
    assert reading.errors == ()
    assert len(reading.days) == count


@pytest.mark.parametrize(("line", "words"), [
    ("2026-02-30 放假", "没有 2026年2月30日"), ("1月1日 吃饭", "放假”或“上班"), ("1月1日", "放假”或“上班"),
    ("2026-01-05至2026-03-05 放假", "不像一个假期"), ("2026-01-01 放假\n2026-01-01 上班", "既写放假又写上班"),
    ("", "没有读到"), ("一、元旦：放假。", "没有写放假的日期"), ("元旦1月1日放假", "看不懂"),
])  # fmt: skip
def test_what_cannot_be_read_is_a_sentence(line, words):
    assert words in "".join(read_notice(line, year=2026).errors)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading(text):
    read_notice(text, year=2026)
