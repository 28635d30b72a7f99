import datetime as dt

import pytest

from apps.common.partial_date import PartialDate, read_partial_date


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("1938", "1938"),
        ("1938年", "1938"),
        ("1938-05", "1938-05"),
        ("1938.05", "1938-05"),
        ("1938.5", "1938-05"),
        ("1938年5月", "1938-05"),
        ("1938 年 5 月", "1938-05"),
        ("1938/5/1", "1938-05-01"),
        ("1938.5.1.", "1938-05-01"),
        ("1938年5月1日", "1938-05-01"),
        ("1938年5月1号", "1938-05-01"),
        ("19380501", "1938-05-01"),
        ("193805", "1938-05"),
        ("193800", "1938"),
        ("1938-05-00", "1938-05"),
        ("1938-00-00", "1938"),
        ("１９３８－０５", "1938-05"),
        ("'1938-05-01", "1938-05-01"),
        ("1938-05-01 00:00:00", "1938-05-01"),
        ("1949年10月", "1949-10"),
        ("49年10月", "1949-10"),
        ("49-10-1", "1949-10-01"),
        ("49.9.30", "1949-09-30"),
        ("民国27年5月", "1938-05"),
        ("民国元年", "1912"),
        ("一九三八年五月", "1938-05"),
        ("一九三八年十二月廿一日", "1938-12-21"),
        ("二〇〇三年十月三十日", "2003-10-30"),
        (1938, "1938"),
        (1938.0, "1938"),
        (193805, "1938-05"),
        (19380501.0, "1938-05-01"),
        (1938.05, "1938-05"),
        (1938.12, "1938-12"),
        (14611, "1940-01-01"),
        (14611.5, "1940-01-01"),
        (dt.date(1940, 6, 1), "1940-06-01"),
        (dt.datetime(1988, 4, 17, 0, 0), "1988-04-17"),
    ],
)
def test_parse_keeps_the_precision_given(written, stored):
    assert str(PartialDate.parse(written)) == stored


@pytest.mark.parametrize(
    "written",
    ["", "  ", "abc", "1938-13", "1938-02-30", "1938年5月底", "约1938年", "5/1/1938", "05年3月"]
    + ["农历1938年腊月", "1938-5月1", "1938--5", "12", "123456", "1937-02-29", "1938年13月", "1700-01"]
    + [1938.1, 123456789012.0, float("nan"), -1, True, None, []],
)
def test_parse_refuses_with_a_chinese_sentence(written):
    with pytest.raises(ValueError) as refused:
        PartialDate.parse(written)

    assert any("一" <= letter <= "鿿" for letter in str(refused.value))


@pytest.mark.parametrize("written", ["民国27年5月", "49年10月", 14611, "1949.1"])
def test_what_had_to_be_interpreted_is_noted(written):
    assert len(read_partial_date(written).notes) == 1


def test_plain_writing_has_no_notes():
    assert read_partial_date("1949-10").notes == ()


def test_bounds_are_inclusive():
    year, month = PartialDate(1938), PartialDate(1936, 2)

    assert (year.first_day, year.last_day) == (dt.date(1938, 1, 1), dt.date(1938, 12, 31))
    assert month.last_day == dt.date(1936, 2, 29)
    assert PartialDate(1936, 2, 29).is_exact


def test_display():
    dates = [PartialDate(1938), PartialDate(1938, 5), PartialDate(1938, 5, 1)]

    assert [date.display() for date in dates] == ["1938年", "1938年5月", "1938年5月1日"]


def test_order_is_that_of_the_storage_form():
    dates = [PartialDate.parse(text) for text in ("1938-05-01", "1938", "1937-12", "1938-05", "1938-12")]

    assert [str(date) for date in sorted(dates)] == sorted(str(date) for date in dates)


def test_a_month_decides_nothing_about_a_day_inside_it():
    month = PartialDate.parse("1945-09")

    assert month.compare_to(dt.date(1945, 9, 2)) is None
    assert month.compare_to(dt.date(1945, 8, 31)) == 1
    assert month.compare_to(dt.date(1945, 10, 1)) == -1
    assert PartialDate(1945, 9, 2).compare_to(dt.date(1945, 9, 2)) == 0


def test_storage_form_reads_back_the_same():
    for text in ("1938", "1938-05", "1938-05-01"):
        assert str(PartialDate.parse(str(PartialDate.parse(text)))) == text
