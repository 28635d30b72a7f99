"""Labels fall onto sheets as sold; a postcode is found where people write it."""

import pytest

from apps.common.labels import GRIDS, label_for, pages_of, split_postcode


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("510000 云江市河滨路 8 号", ("510000", "云江市河滨路 8 号")),
        ("510000云江市河滨路 8 号", ("510000", "云江市河滨路 8 号")),
        ("云江市河滨路 8 号 510000", ("510000", "云江市河滨路 8 号")),
        ("云江市河滨路 8 号（邮编：510000）", ("510000", "云江市河滨路 8 号")),
        ("云江市河滨路 8 号，邮政编码 510000", ("510000", "云江市河滨路 8 号")),
        ("云江市河滨路 123456 号", ("", "云江市河滨路 123456 号")),
        ("13900001234 转张三", ("", "13900001234 转张三")),
        ("", ("", "")),
    ],
)
def test_postcode_is_told_from_the_address(address, parts):
    assert split_postcode(address) == parts


def test_used_places_stay_free_and_pages_are_whole():
    grid = GRIDS["l3x7"]
    labels = [label_for(str(number), "x") for number in range(20)]
    first, second = pages_of(labels, grid, skip=3)

    assert [len(first), len(second)] == [21, 21]
    assert first[:3] == [None] * 3
    assert first[3].name == "0"
    assert second[1].name == "19"
    assert second[2:] == [None] * 19


@pytest.mark.parametrize("skip", [-5, 0, 21, 9999])
def test_skipping_stays_on_the_first_sheet(skip):
    assert len(pages_of([label_for("x", "y")], GRIDS["l3x7"], skip=skip)) == 1


def test_nobody_takes_no_sheet():
    assert pages_of([], GRIDS["l2x7"]) == []
