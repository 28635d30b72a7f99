import pytest
from django.core.management import call_command


def run(capsys, *arguments):
    try:
        call_command("birthdays", *arguments)
        code = 0
    except SystemExit as stop:
        code = stop.code
    said = capsys.readouterr()
    return code, said.out, said.err


def test_one_iso_date_a_line(capsys):
    code, out, err = run(
        capsys, "--calendar", "lunar", "--month", "12", "--day", "30", "--from", "2025-01-01", "--to", "2027-12-31"
    )

    assert (code, err) == (0, "")
    assert out == "2025-01-28\n2026-02-16\n2027-02-05\n"


def test_leap_month_and_policy(capsys):
    value = (
        "--calendar",
        "lunar",
        "--month",
        "7",
        "--day",
        "8",
        "--leap",
        "--from",
        "2044-01-01",
        "--to",
        "2044-12-31",
    )

    assert run(capsys, *value)[1] == "2044-08-01\n"
    assert run(capsys, *value, "--leap-policy", "leap")[1] == "2044-08-30\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--calendar", "moon", "--month", "1", "--day", "1", "--from", "2025-01-01", "--to", "2025-12-31"),
        ("--calendar", "solar", "--month", "2", "--day", "30", "--from", "2025-01-01", "--to", "2025-12-31"),
        ("--calendar", "lunar", "--month", "1", "--day", "31", "--from", "2025-01-01", "--to", "2025-12-31"),
        ("--calendar", "solar", "--month", "1", "--day", "1", "--leap", "--from", "2025-01-01", "--to", "2025-12-31"),
        ("--calendar", "solar", "--month", "1", "--day", "1", "--from", "2025-13-01", "--to", "2025-12-31"),
        ("--calendar", "solar", "--month", "1", "--day", "1", "--from", "2026-01-01", "--to", "2025-12-31"),
    ],
)
def test_bad_input_is_one_chinese_sentence_and_code_2(capsys, arguments):
    code, out, err = run(capsys, *arguments)

    assert (code, out) == (2, "")
    assert err.strip().endswith("。")
    assert err.count("\n") == 1
