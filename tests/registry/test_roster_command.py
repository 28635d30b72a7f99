"""`import_roster`: options, exit codes, JSON; and files that strangers make."""

import io
import json
import zipfile

import openpyxl
import pytest
from django.core.management import call_command

from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.models import Cadre, ImportBatch
from tests.builders import make_unit
from tests.registry.rosters import HEADER, TEMPLATE, UNIT, citizen_id, csv_file, in_template, line, workbook


@pytest.fixture
def bureau(db):
    return make_unit(code="BUREAU")


@pytest.fixture
def unit(bureau):
    return make_unit(UNIT, parent=bureau, code="SLJ")


@pytest.fixture
def run(tmp_path, capsys):
    """Write `data` as a file and import it: (exit code, parsed JSON)."""

    def run_command(data: bytes, *options, name="名册.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        out = io.StringIO()
        with pytest.raises(SystemExit) as exit_code:
            call_command("import_roster", str(path), *options, "--json", stdout=out)
        return exit_code.value.code, json.loads(out.getvalue())

    return run_command


RETIRED = ("--retire-type", "退休")


def test_all_taken_some_refused_file_refused(run, unit):
    code, result = run(in_template(line()), *RETIRED)
    assert (code, result["new"], result["refusals"]) == (0, 1, [])
    code, result = run(in_template(line(), line("乙", 身份证号码="1")), *RETIRED)
    assert (code, result["unchanged"], result["refused"]) == (1, 1, 1)
    refusal = result["refusals"][0]
    assert (refusal["row"], refusal["column"], refusal["code"]) == (6, "身份证号码", "length")
    assert "18 位" in refusal["reason"]
    code, result = run(b"", *RETIRED)
    assert code == 2
    assert "空的" in result["error"]


def test_counts_add_up_and_warned_are_among_the_taken(run, unit):
    run(
        in_template(line("甲", 身份证号码=citizen_id(sequence=1)), line("乙", 身份证号码=citizen_id(sequence=3))),
        *RETIRED,
    )
    rows = [
        line("甲", 身份证号码=citizen_id(sequence=1)),
        line("乙", 身份证号码=citizen_id(sequence=3), 籍贯="别处", 性别="女"),
        line("丙", 身份证号码=citizen_id(sequence=5), 性别="女"),
        line("丁", 身份证号码="x"),
    ]
    code, result = run(in_template(*rows), *RETIRED, "--accept-warnings", "以档案为准")
    assert code == 1
    counts = {key: result[key] for key in ("rows", "new", "changed", "unchanged", "warned", "refused")}
    assert counts == {"rows": 4, "new": 1, "changed": 1, "unchanged": 1, "warned": 2, "refused": 1}
    assert {warning["row"] for warning in result["warnings"]} == {6, 7}
    assert ImportBatch.objects.latest("pk").options["accept_reason"] == "以档案为准"


def test_a_dry_run_keeps_nothing(run, unit):
    code, result = run(in_template(line()), "--dry-run")
    assert (code, result["new"], result["questions"]) == (0, 1, ["retire_type"])
    assert not Person.objects.exists()
    assert not ImportBatch.objects.exists()


def test_what_the_file_does_not_say_must_be_said(run, unit):
    code, result = run(in_template(line()))
    assert code == 2
    assert "--retire-type" in result["error"]
    assert not Person.objects.exists()
    data = csv_file(["姓名", "身份证号"], ["甲", citizen_id()])
    code, result = run(data, *RETIRED, name="a.csv")
    assert (code, "--unit" in result["error"]) == (2, True)
    assert run(data, "--retire-type", "离休", "--unit", "SLJ", name="a.csv")[0] == 0
    cadre = Cadre.objects.get()
    assert (cadre.managing_unit, cadre.retire_type) == (unit, "veteran")


@pytest.mark.parametrize("options", [("--unit", "NONE"), ("--retire-type", "什么")])
def test_options_that_mean_nothing_are_refused(run, unit, options):
    code, result = run(in_template(line()), *options)
    assert code == 2
    assert result["error"]


def test_units_are_created_under_the_bureau(run, bureau):
    rows = [
        line("甲", 身份证号码=citizen_id(sequence=1)),
        line("乙", 单位全称="新局", 身份证号码=citizen_id(sequence=3)),
    ]
    assert run(in_template(*rows), *RETIRED)[0] == 1
    assert run(in_template(*rows), *RETIRED, "--create-units")[1]["new"] == 2
    assert set(Unit.objects.filter(depth=2).values_list("name", flat=True)) == {UNIT, "新局"}


def test_a_missing_file_is_a_sentence(capsys, db):
    with pytest.raises(SystemExit) as code:
        call_command("import_roster", "/nowhere/名册.xlsx")
    assert code.value.code == 2
    assert "打不开" in capsys.readouterr().err


def test_the_shipped_template_is_text_where_excel_would_do_harm():
    sheet = openpyxl.load_workbook(TEMPLATE).active
    assert [sheet.column_dimensions[column].number_format for column in "CFJN"] == ["@"] * 4


# --- files that strangers make --------------------------------------------------------------------------------------


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"0" * 150_000_000)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.xlsx"),
        (b"<html><body><table><tr><td>x</td></tr></table></body></html>", "a.xls"),
        (b"PK\x03\x04 not a workbook", "a.xlsx"),
        ("姓名,身份证号\n".encode(), "a.xlsx"),
        (b"\xff\xfe\x00\xd8" + "姓名".encode("utf-16-le"), "a.csv"),
        ("姓名,身份证号\n甲\x00,1".encode(), "a.csv"),
        (b"\x80\x81\xff\xff\xfe", "a.csv"),
        (csv_file(["姓名", "身份证号"]), "a.csv"),
        (csv_file(["姓名", "身份证号", "姓 名"], ["甲", "1", "乙"]), "a.csv"),
        (csv_file(["甲", citizen_id()]), "a.csv"),
        (csv_file(["姓名", "身份证号"], ["甲" * 2001, citizen_id()]), "a.csv"),
        (bomb, "a.xlsx"),
        (workbook(HEADER), "a.xlsx"),
    ],
    ids=[
        "empty", "html", "broken", "csv-as-xlsx", "bad-utf16", "nul", "no-encoding", "header-only", "double-header",
        "no-header", "long-cell", "zip-bomb", "template-header-only",
    ],
)  # fmt: skip
def test_files_that_cannot_be_taken_say_what_to_do(run, unit, data, name):
    code, result = run(data() if callable(data) else data, *RETIRED, name=name)
    assert code == 2
    assert result["error"].endswith(("。", "？"))
    assert not Person.objects.exists()


def test_hidden_marks_formulas_and_long_text_in_cells(run, unit):
    rows = [
        line("甲\u202e乙", 身份证号码=citizen_id(sequence=1)),
        line("=HYPERLINK(1)", 身份证号码=citizen_id(sequence=3)),
        line("丙\u200b丁", 身份证号码="\ufeff" + citizen_id(sequence=5) + "\u200b"),
        line("戊", 身份证号码=citizen_id(sequence=7), 职称="x" * 61),
        line("己", 身份证号码=citizen_id(sequence=9), 籍贯="=1+1"),
        line("\\N", 身份证号码=citizen_id(sequence=11)),
    ]
    code, result = run(csv_file(HEADER, *rows), *RETIRED, name="a.csv")
    assert [(refusal["row"], refusal["code"]) for refusal in result["refusals"]] == [
        (2, "name"),
        (3, "formula"),
        (5, "too_long"),
    ]
    assert dict(Person.objects.values_list("name", "native_place")) == {"丙丁": "云江", "己": "=1+1", "\\N": "云江"}


def test_merged_and_hidden_rows_are_named(run, unit):
    data = in_template(*[line(f"甲{n}", 身份证号码=citizen_id(sequence=n)) for n in (11, 13, 15)], at=8)
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.active.merge_cells("E8:E9")
    book.active.row_dimensions[10].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    code, result = run(stream.getvalue(), *RETIRED)
    assert [
        (refusal["row"], refusal["code"]) for refusal in result["refusals"] if refusal["code"] == "merged_cells"
    ] == [
        (8, "merged_cells"),
        (9, "merged_cells"),
    ]
    assert "E8:E9" in result["refusals"][0]["reason"]
    assert any("第 10 行" in note and "隐藏" in note for note in result["notes"])
    assert result["new"] == 1


def test_rows_keep_excels_numbers_across_blank_rows(run, unit):
    code, result = run(
        csv_file(["姓名", "身份证号", "单位"], [], ["甲", "1", UNIT], [], [], ["乙", "2", UNIT]),
        *RETIRED,
        name="a.csv",
    )
    assert [refusal["row"] for refusal in result["refusals"]] == [3, 6]


def test_a_multi_sheet_workbook_reads_every_sheet_with_a_header_and_names_the_others(run, unit):
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["请填写名册"])
    for title in ("水利局", "教育局"):
        sheet = book.create_sheet(title)
        sheet.append(["姓名", "身份证号", "单位"])
        sheet.append([f"甲{title}", citizen_id(sequence=11 if title == "水利局" else 13), UNIT])
    stream = io.BytesIO()
    book.save(stream)
    _, result = run(stream.getvalue(), *RETIRED)
    assert (result["rows"], result["new"]) == (2, 2)
    assert any("“说明”没有读" in note for note in result["notes"])
