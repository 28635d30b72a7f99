import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.citizen_id import (
    CitizenIdError,
    check_digit,
    looks_numeric_damage,
    masked_citizen_id,
    parse_citizen_id,
)

TODAY = dt.date(2026, 2, 1)


def refusal(text):
    with pytest.raises(CitizenIdError) as refused:
        parse_citizen_id(text, on=TODAY)
    return refused.value.code


@pytest.mark.parametrize(
    "written",
    ["11010519491231002X", "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ"]
    + [" 110105 19491231 002X ", "'11010519491231002X", "‘11010519491231002X", "110105-19491231-002X"]
    + ["\u200b11010519491231002X\ufeff"],
)
def test_hygiene_gives_one_number(written):
    found = parse_citizen_id(written, on=TODAY)

    assert (found.number, found.birth, found.sex, found.region) == (
        "11010519491231002X",
        dt.date(1949, 12, 31),
        "2",
        "110105",
    )
    assert found.warnings == ()
    assert not found.from_15


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (None, "empty"),
        ("", "empty"),
        ("110105", "length"),
        ("1101051949123100X2", "characters"),
        ("11010519491231002Y", "characters"),
        ("990105194912310021", "region"),
        ("440600193702290012", "birth_date"),
        ("110105194913310021", "birth_date"),
        ("110105203012310021", "future"),
        ("110105194912310021", "check_digit"),
        (440600193602290016, "excel_number"),
        (4.4060019360229e17, "excel_number"),
        ("4.40600193602290E+17", "excel_number"),
        ("4.406e17", "excel_number"),
        ("440600193602290000", "excel_number"),
        ("11010549123100X", "characters"),
    ],
)
def test_refusals_have_a_code(written, code):
    assert refusal(written) == code


def test_fifteen_digits_are_read_and_marked():
    found = parse_citizen_id("110105491231002", on=TODAY)

    assert found.number == "11010519491231002X"
    assert found.from_15
    assert len(found.warnings) == 1


def test_fifteen_digits_of_the_sequence_for_the_nineteenth_century_are_flagged():
    found = parse_citizen_id("110105041231998", on=TODAY)

    assert len(found.warnings) == 3  # old card, reserved sequence, over 120


def test_counties_that_stdnum_refuses_are_taken():
    """Abolished and later counties appear on seniors' cards (stack notes 4.2)."""
    for region in ("110221", "512301", "440524", "370102", "371202", "330103", "810000", "830000"):
        first_17 = f"{region}19401001001"
        assert parse_citizen_id(first_17 + check_digit(first_17), on=TODAY).region == region


@given(
    st.sampled_from(["110105", "440604", "522300", "430682", "371700"]),
    st.dates(dt.date(1906, 3, 1), dt.date(2025, 12, 31)),
    st.integers(1, 999),
)
def test_every_well_formed_number_is_taken_and_every_slip_of_one_digit_refused(region, birth, sequence):
    first_17 = f"{region}{birth:%Y%m%d}{sequence:03d}"
    number = first_17 + check_digit(first_17)

    found = parse_citizen_id(number, on=TODAY)

    assert (found.birth, found.sex, found.warnings) == (birth, "1" if sequence % 2 else "2", ())
    slipped = number[:16] + str((int(number[16]) + 1) % 10) + number[17]
    assert refusal(slipped) in ("check_digit", "excel_number")


def test_numeric_damage_and_mask():
    assert looks_numeric_damage(110105194912310021)
    assert not looks_numeric_damage("11010519491231002X")
    assert masked_citizen_id("440600193602290016") == "****************16"
    assert masked_citizen_id("") == ""
