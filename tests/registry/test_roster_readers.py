"""One cell: what is stored, or what is wrong with it. Without a database."""

import datetime as dt

import pytest

from apps.registry.roster import readers
from apps.registry.roster.nearest import Nearest

TODAY = dt.date(2026, 11, 22)


def codes(problems):
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("110105194912310021", "check_digit"),
        ("440600193702290016", "birth_date"),
        ("4.40600193602290E+17", "excel_number"),
        (440600193602290016, "excel_number"),
        (4.406001936022900e17, "excel_number"),
        ("11010519491231", "length"),
        ("110105491231002", "duplicate"),
    ],
)
def test_t1_numbers_that_are_not_taken(cell, code):
    value, problems = readers.read_citizen_id(cell, TODAY)
    assert codes(problems) == [code]
    assert all(problem.refuses for problem in problems)
    assert (value is not None) == (code == "duplicate")


@pytest.mark.parametrize(
    "cell", ["11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", " 110105 19491231 002X"]
)
def test_t1_numbers_that_are_tidied(cell):
    value, problems = readers.read_citizen_id(cell, TODAY)
    assert (value.number, problems) == ("11010519491231002X", ())


def test_t1_an_age_over_120_is_a_warning():
    _, problems = readers.read_citizen_id("440524188001010014", TODAY)
    assert [(problem.code, problem.refuses) for problem in problems] == [("age", False)]


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+86", "＝HYPERLINK"])
def test_a_formula_is_no_name(cell):
    assert codes(readers.read_name(cell)[1]) == ["formula"]


@pytest.mark.parametrize("cell", ["张\u202e三", "张\x07三", "  ", 12, True])
def test_names_with_hidden_marks_or_none_are_refused(cell):
    assert codes(readers.read_name(cell)[1]) == ["name"]


def test_rare_and_foreign_names_are_kept():
    assert readers.read_name("买买提•艾力")[0] == "买买提·艾力"
    assert readers.read_name("𬭎䶮")[0] == "𬭎䶮"


@pytest.mark.parametrize(
    ("cell", "stored"),
    [("1938年5月", "1938-05"), ("1938.05", "1938-05"), (dt.date(1938, 5, 1), "1938-05-01"), ("49年10月", "1949-10")],
)
def test_dates_keep_their_precision(cell, stored):
    assert readers.read_date(cell, "出生日期", TODAY)[0] == stored


def test_dates_after_today_are_refused():
    assert codes(readers.read_date("2027-01-01", "入党时间", TODAY)[1]) == ["future"]


@pytest.mark.parametrize(
    ("cell", "numbers", "warned"),
    [
        (13800000000, (("mobile", "13800000000"),), False),
        (75782280001, (("landline", "075782280001"),), True),
        ("13800000000/0757-82280001", (("mobile", "13800000000"), ("landline", "075782280001")), False),
        ("没有电话", None, True),
        (5.5, None, True),
    ],
)
def test_a_phone_never_refuses(cell, numbers, warned):
    value, problems = readers.read_phones(cell)
    assert value == numbers
    assert bool(problems) == warned
    assert not any(problem.refuses for problem in problems)


def test_a_numeric_bank_account_is_refused():
    assert codes(readers.read_bank(6222020000000000000)[1]) == ["excel_number"]
    assert readers.read_bank("6222 0200-0000 0000 00")[0] == "622202000000000000"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("农历八月十五", ("lunar", 8, 15, False)),
        ("闰七月初八", ("lunar", 7, 8, True)),
        ("腊月三十", ("lunar", 12, 30, False)),
        ("5月2日", ("", 5, 2, False)),
        ("05-02", ("", 5, 2, False)),
        (dt.date(1933, 5, 2), ("solar", 5, 2, False)),
    ],
)
def test_the_day_that_is_celebrated(cell, value):
    assert readers.read_birthday(cell) == (value, ())


def test_an_unknown_word_names_the_nearest():
    _, problems = readers.read_word(
        "大学本可", "文化程度", {"大学本科": "20", "大专": "30"}, {"大学本科": "20", "大专": "30"}
    )
    assert codes(problems) == ["unknown_value"]
    assert "大学本科" in problems[0].sentence


def test_the_nearest_units_come_first():
    near = Nearest({"云江市水利局": 1, "云江市水务局": 2, "云江市教育局": 3, "第一中学": 4})
    assert [pk for pk, _ in near.to("云江市水利据")][0] == 1
    assert near.to("完全不同") == []
