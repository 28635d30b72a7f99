import pytest

from apps.common.partial_date import PartialDate
from apps.registry.choices import RevolutionPeriod
from apps.registry.rules import (
    GRADES,
    RankReading,
    VeteranSubsidy,
    read_rank,
    revolution_period,
    statistics_level,
    subsidy_months,
    veteran_warnings,
)


@pytest.mark.parametrize(
    ("date", "period"),
    [
        ("1927-07-31", "P1"),
        ("1927-08-01", "P2"),
        ("1937-07-06", "P2"),
        ("1937-07-07", "P3"),
        ("1937-07", "undetermined"),
        ("1942-12", "P3"),
        ("1943-01", "P4"),
        ("1943", "P4"),
        ("1945", "undetermined"),
        ("1949-09", "P5"),
        ("1949-09-30", "P5"),
        ("1949", "undetermined"),
        ("1949-10-01", None),
        ("1950", None),
    ],
)
def test_period_is_decided_only_where_the_precision_allows(date, period):
    assert revolution_period(PartialDate.parse(date)) == period


def test_nothing_is_paid_on_an_undetermined_period():
    standard = VeteranSubsidy()

    assert subsidy_months(RevolutionPeriod.UNDETERMINED, standard) is None
    assert subsidy_months(None, standard) is None


def test_implausible_veterans_are_warned_of_not_refused():
    assert veteran_warnings(PartialDate(1945, 8, 1), PartialDate(1928, 3)) == []
    assert "批准文号" in veteran_warnings(PartialDate(1949, 10, 1), PartialDate(1930))[0]
    assert "查明到日" in veteran_warnings(PartialDate(1949), PartialDate(1930))[0]
    assert len(veteran_warnings(None, PartialDate(1940))) == 2
    assert len(veteran_warnings(PartialDate(1945, 1), PartialDate(1938, 1))) == 2


@pytest.mark.parametrize(
    ("text", "leader", "grade", "level"),
    [
        ("正部级", "111", "", "111"),
        ("副部级", "112", "", "112"),
        ("正地(局)级", "121", "", "121"),
        ("副地（局）级", "122", "", "122"),
        ("正县(处)级", "131", "", "131"),
        ("副县(处)级", "132", "", "132"),
        ("正乡(科)级", "141", "", "141"),
        ("副乡(科)级", "142", "", "142"),
        ("科员及以下", "150", "", "150"),
        ("其他", "199", "", "199"),
        ("县处级副职", "132", "", "132"),
        ("某局局长（正处级）", "131", "", "131"),
        ("副处", "132", "", "132"),
        ("正厅级领导职务", "121", "", "121"),
        ("一级调研员", "", "G03", "131"),
        ("副局长、二级调研员", "", "G04", "131"),
        ("副处级，三级调研员", "132", "G05", "132"),
        ("正处级、二级巡视员", "131", "G02", "122"),
        ("四级主任科员", "", "G10", "142"),
        ("主任科员", "", "N05", "141"),
        ("副调研员", "", "N04", "132"),
        ("正处级调研员", "131", "", "131"),
        ("科员", "", "N07", "150"),
        ("五级职员", "", "S05", "131"),
        ("局长", "", "", ""),
        ("副县长", "", "", ""),
        ("科长", "", "", ""),
        ("高级工程师", "", "", ""),
        ("正处级，副厅级", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_ranks_are_read_where_the_text_is_plain(text, leader, grade, level):
    read = read_rank(text)

    assert (read.leader_rank, read.grade_rank, read.level) == (leader, grade, level)
    assert read.is_mapped == bool(level)


@pytest.mark.parametrize(
    ("text", "held", "enjoyed"),
    [
        ("正处级（享受副厅级待遇）", "131", "122"),
        ("享受副厅级（单项）医疗待遇", "", "122"),
        ("正科级，按副处级待遇", "141", "132"),
    ],
)
def test_a_treatment_enjoyed_is_not_a_rank_held(text, held, enjoyed):
    read = read_rank(text)

    assert (read.leader_rank, read.treatment) == (held, enjoyed)


def test_a_grade_of_2019_on_an_earlier_retirement_is_noted():
    assert read_rank("一级调研员", PartialDate(2015, 3)).note
    assert not read_rank("一级调研员", PartialDate(2019)).note
    assert not read_rank("调研员", PartialDate(2015, 3)).note
    assert read_rank("调研员") == RankReading("", "N03", "", "131")


def test_statistics_count_the_higher_of_both_ranks():
    assert statistics_level("131", "G02") == "122"
    assert statistics_level("131", "G05") == "131"
    assert statistics_level("", "") == ""
    assert len({grade.code for grade in GRADES}) == len(GRADES) == 32
