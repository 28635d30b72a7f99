"""Several sheets, several files, a zip: one batch; whose unit each sheet is; whom a full roster does not name."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.common import attachments
from apps.common.jobs import run_job
from apps.common.models import AuditEntry
from apps.common.workbook import FileRefused, read
from apps.people.models import Person
from apps.registry.models import Cadre, ImportBatch
from apps.registry.roster import batches
from apps.registry.roster.answers import Answers
from apps.registry.services import roster
from tests.builders import make_cadre, make_unit, make_user
from tests.registry.rosters import UNIT, citizen_id, csv_file

SCHOOL = "云江一中"
ANSWERS = Answers(retire_type="retired", calendar="solar")
HEAD = ["姓名", "身份证号", "居住方式"]


@pytest.fixture
def bureau(db):
    return make_unit(code="BUREAU")


@pytest.fixture
def unit(bureau):
    return make_unit(UNIT, parent=bureau, code="SLJ", short_name="水利局")


@pytest.fixture
def school(bureau):
    return make_unit(SCHOOL, parent=bureau, code="YZ")


def book(**sheets) -> bytes:
    """A workbook of name → rows."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def packed(**files) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def person(name, sequence, living="独居"):
    return [name, citizen_id(sequence=sequence), living]


def check(data, *, answers=ANSWERS, name="名册.xlsx"):
    return roster.check_now(data, name, answers=answers)


def take(data, *, answers=ANSWERS, name="名册.xlsx"):
    return roster.import_now(data, name, answers=answers)


def refused(found):
    return [(finding.sheet, finding.row, finding.code) for finding in found.refusals]


# --- whose unit ------------------------------------------------------------------------------------------------------


def test_one_sheet_a_unit_by_its_name_or_its_title(unit, school):
    data = book(
        水利局=[HEAD, person("甲", 1)],
        Sheet2=[[f"{SCHOOL}离退休教职工花名册"], HEAD, person("乙", 3)],
    )
    batch, found = take(data)
    assert batch.counts["new"] == 2
    assert dict(Cadre.objects.values_list("person__name", "managing_unit__name")) == {"甲": UNIT, "乙": SCHOOL}
    assert found.questions == []


def test_files_in_a_zip_by_the_name_of_the_file(unit, school):
    files = {f"{SCHOOL}名册.csv": csv_file(HEAD, person("乙", 3)), "水利局.csv": csv_file(HEAD, person("甲", 1))}
    batch, _ = take(packed(**files), name="各单位.zip")
    assert batch.counts["new"] == 2
    assert dict(Cadre.objects.values_list("person__name", "managing_unit__name")) == {"甲": UNIT, "乙": SCHOOL}


def test_a_sheet_whose_unit_is_unclear_is_asked_for_once(unit, school):
    data = book(水利局=[HEAD, person("甲", 1)], Sheet2=[HEAD, person("乙", 3)], Sheet3=[HEAD, person("丙", 5)])
    assert check(data).questions == ["unit"]
    answers = Answers(
        retire_type="retired", calendar="solar", sheet_units={"Sheet2": school.pk, "Sheet3": unit.pk}, asked=True
    )
    batch, _ = take(data, answers=answers)
    assert batch.counts["new"] == 3
    assert Cadre.objects.get(person__name="乙").managing_unit == school
    left_open = Answers(retire_type="retired", calendar="solar", sheet_units={"Sheet2": school.pk}, asked=True)
    assert check(data, answers=left_open).counts["unchanged"] == 3


def test_a_title_that_names_two_units_decides_nothing(unit, school):
    data = book(Sheet1=[[f"{UNIT}、{SCHOOL}合并名册"], HEAD, person("甲", 1)])
    assert check(data).questions == ["unit"]


def test_a_unit_that_is_not_the_clerks_refuses_only_new_people(unit, school):
    clerk = make_user(role="clerk", unit=school)
    batch = roster.keep_upload(book(水利局=[HEAD, person("甲", 1)]), "a.xlsx", actor=clerk)
    batch.options = ANSWERS.as_json()
    found = batches.check_batch(batch)
    assert [finding.code for finding in found.refusals] == ["out_of_scope"]


def test_where_a_sheet_stands_never_moves_people(unit, school):
    take(book(水利局=[HEAD, person("甲", 1)]))
    batch, _ = take(book(云江一中=[HEAD, person("甲", 1, "养老院")]))
    assert batch.counts["changed"] == 1
    assert Cadre.objects.get().managing_unit == unit


# --- one person in several rows --------------------------------------------------------------------------------------


def test_sheets_about_one_person_that_do_not_contradict_become_one(unit):
    take(book(水利局=[HEAD, person("甲", 1)]))
    data = book(
        联系=[["身份证号", "怎样联系"], [citizen_id(sequence=1), "上门"]],
        生活=[["姓名", "出生日期", "单位", "居住方式"], ["甲", "1936-03-02", UNIT, "养老院"]],
        又一张=[["身份证号", "居住方式"], [citizen_id(sequence=1), "养老院"]],
    )
    batch, found = take(data)
    assert (batch.counts["changed"], batch.counts["unchanged"], batch.counts["refused"]) == (1, 2, 0)
    cadre = Cadre.objects.get()
    assert (cadre.living, cadre.person.reach_by) == ("care_home", "visit")
    assert any("2 行" in note and "并成一行" in note for note in found.notes)
    roster.undo(batch, actor=None)
    cadre = Cadre.objects.get()
    assert (cadre.living, cadre.person.reach_by) == ("alone", "mobile")


def test_contradicting_rows_are_refused_and_name_each_other(unit):
    take(book(水利局=[HEAD, person("甲", 1)]))
    data = book(一=[HEAD, person("甲", 1, "养老院")], 二=[HEAD, person("乙", 3), person("甲", 1, "与配偶同住")])
    found = check(data, answers=Answers(kind="update"))
    assert ("“一”表", 2, "duplicate") in refused(found)
    assert ("“二”表", 3, "duplicate") in refused(found)
    assert "“一”表第 2 行、“二”表第 3 行" in found.refusals[0].sentence


def test_a_new_person_twice_and_anybody_twice_in_a_full_roster_is_refused(unit):
    data = book(水利局=[HEAD, person("甲", 1)], Sheet2=[[UNIT], HEAD, person("甲", 1)])
    assert check(data).counts["refused"] == 2
    take(book(水利局=[HEAD, person("甲", 1)]))
    full = Answers(retire_type="retired", calendar="solar", kind="full")
    assert check(data, answers=full).counts["refused"] == 2
    assert check(data).counts["refused"] == 0


# --- what is read ----------------------------------------------------------------------------------------------------


def test_sheets_can_be_left_out_and_what_is_not_read_is_named(unit):
    data = book(说明=[["请按要求填写"]], 水利局=[HEAD, person("甲", 1)], 去年=[["水利局"], HEAD, person("乙", 3)])
    found = check(data)
    assert found.counts["new"] == 2
    assert any("“说明”没有读" in note for note in found.notes)
    fewer = check(data, answers=Answers(retire_type="retired", calendar="solar", left_out=("去年",)))
    assert fewer.counts["new"] == 1
    assert any("“去年”" in note for note in fewer.notes)
    with pytest.raises(FileRefused):
        check(data, answers=Answers(left_out=("去年", "水利局")))


def test_findings_name_file_sheet_and_row(unit):
    files = {"a.xlsx": book(一=[HEAD, person("甲", 1, "火星")], 二=[HEAD, person("乙", 3)]), "b.csv": csv_file(HEAD)}
    found = check(packed(**files), name="包.zip", answers=Answers(kind="update"))
    assert [(f.sheet, f.row) for f in found.refusals] == [("“a.xlsx”的“一”表", 2), ("“a.xlsx”的“二”表", 2)]
    assert any("b.csv" in note for note in found.notes)


def test_the_report_has_a_sheet_for_each_and_comes_back_in(unit, school):
    data = book(
        水利局=[HEAD, person("甲", 1, "火星"), person("好", 7)],
        Sheet2=[[f"{SCHOOL}名册"], HEAD, person("乙", 3, "火星")],
    )
    batch, _ = take(data)
    assert (batch.counts["new"], batch.counts["refused"]) == (1, 2)
    report = attachments.read(batch.report)
    assert [sheet.name for sheet in read(report, "r.xlsx")] == [UNIT, SCHOOL]
    again = check(report, name="需要修改的行.xlsx")
    assert [(f.sheet, f.code) for f in again.refusals] == [
        (f"“{UNIT}”表", "unknown_value"),
        (f"“{SCHOOL}”表", "unknown_value"),
    ]
    assert again.questions == []


def test_people_changed_since_the_preview_are_reported_from_their_own_sheet(unit):
    take(book(水利局=[HEAD, person("甲", 1), person("乙", 3)]))
    clerk = make_user(role="clerk", unit=unit)
    data = book(一=[HEAD, person("甲", 1, "养老院")], 二=[["说明"], HEAD, person("乙", 3, "养老院")])
    batch = roster.keep_upload(data, "a.xlsx", actor=clerk)
    batch.options = ANSWERS.as_json()
    batches.check_batch(batch)
    Person.objects.filter(name="乙").update(native_place="手工")
    roster.confirm(batch, actor=clerk)
    batch = batches.apply_batch(batch.pk)
    assert (batch.counts["changed"], batch.counts["refused"]) == (1, 1)
    (sheet,) = read(attachments.read(batch.report), "r.xlsx")
    assert (sheet.name, sheet.rows[-1][0]) == ("二", "乙")


# --- whom a full roster does not name --------------------------------------------------------------------------------


FULL = Answers(retire_type="retired", calendar="solar", kind="full")


def test_people_whom_a_full_roster_does_not_name_are_listed_and_left_alone(unit, school):
    take(book(水利局=[HEAD, person("甲", 1), person("乙", 3)], 云江一中=[HEAD, person("丙", 5)]))
    bare = make_cadre("丁", unit=unit, birth_date="1938-01-01")
    make_cadre("亡", unit=unit, birth_date="1938-01-01", life_status="deceased")
    before = list(Cadre.objects.order_by("pk").values_list("pk", "version"))
    batch, _ = take(book(水利局=[HEAD, person("甲", 1)]), answers=FULL)
    assert set(Cadre.objects.filter(pk__in=batch.missing).values_list("person__name", flat=True)) == {"乙", "丁"}
    assert batch.counts["missing"] == 2
    assert list(Cadre.objects.order_by("pk").values_list("pk", "version")) == before
    assert bare.pk in batch.missing
    assert take(book(水利局=[HEAD, person("甲", 1)]))[0].missing == []


def test_a_full_roster_must_say_of_which_unit_it_is(unit):
    take(book(水利局=[HEAD, person("甲", 1), person("乙", 3)]))
    data = book(Sheet1=[HEAD, person("甲", 1)])
    assert check(data, answers=FULL).questions == ["unit"]
    told = Answers(kind="full", unit_id=unit.pk, asked=True)
    assert take(data, answers=told)[0].counts["missing"] == 1


def test_a_refused_row_still_names_its_person(unit):
    take(book(水利局=[HEAD, person("甲", 1)]))
    batch, _ = take(book(水利局=[HEAD, person("甲", 1, "火星")]), answers=FULL)
    assert (batch.counts["refused"], batch.missing) == (1, [])


# --- pages -----------------------------------------------------------------------------------------------------------


def url(page, *args):
    return reverse(f"admin:registry_importbatch_{page}", args=args)


@pytest.fixture
def clerk(bureau, client):
    user = make_user(role="clerk", unit=bureau)
    client.force_login(user)
    return user


def checked(batch):
    batch.refresh_from_db()
    run_job(batch.job_id)
    batch.refresh_from_db()
    return batch


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_several_files_from_upload_to_the_list_of_the_missing(client, clerk, unit, school):
    make_cadre("丁", unit=unit, birth_date="1938-01-01")
    files = [
        SimpleUploadedFile("水利局.csv", csv_file(HEAD, person("甲", 1))),
        SimpleUploadedFile("二.csv", csv_file(HEAD, person("乙", 3))),
    ]
    assert client.post(url("add"), {"file": files, "kind": "full"}).status_code == 302
    batch = checked(ImportBatch.objects.get())
    asked = text(client, url("change", batch.pk))
    assert "“二.csv”（1 行）归哪个单位管" in asked
    form = {"kind": "full", "retire_type": "retired", "calendar": "solar", "sheet_unit_0": "没有的单位"}
    assert "没有这个名称或代码" in client.post(url("answer", batch.pk), form).content.decode()
    assert client.post(url("answer", batch.pk), form | {"sheet_unit_0": SCHOOL}).status_code == 302
    batch = checked(batch)
    preview = text(client, url("change", batch.pk))
    assert "读了这些表" in preview
    assert "这次的名单上没有" in preview
    client.post(url("confirm", batch.pk), {"version": batch.version})
    batch = checked(batch)
    assert batch.counts["new"] == 2
    assert "本次名单没有的 1 人" in text(client, url("change", batch.pk))
    assert "丁" in text(client, url("missing", batch.pk))
    response = client.get(url("missing_file", batch.pk))
    (sheet, _) = read(b"".join(response.streaming_content), "x.xlsx")
    assert [row[0] for row in sheet.rows] == ["本次名单没有的人", "姓名", "丁"]
    assert AuditEntry.objects.filter(action="registry.download_missing", actor_id=clerk.pk).exists()


def test_the_missing_are_shown_only_to_those_who_may_import_there(client, clerk, unit, school):
    make_cadre("丁", unit=unit, birth_date="1938-01-01")
    batch, _ = take(book(水利局=[HEAD, person("甲", 1)]), answers=FULL)
    client.force_login(make_user("other", role="clerk", unit=school))
    assert client.get(url("missing", batch.pk)).status_code == 404
    assert client.get(url("missing_file", batch.pk)).status_code == 404


def test_no_files_too_many_or_an_empty_one(client, clerk):
    assert "请选择名册文件" in client.post(url("add"), {}).content.decode()
    many = [SimpleUploadedFile(f"{n}.csv", b"x") for n in range(301)]
    assert "一次最多选 300 个文件" in client.post(url("add"), {"file": many, "kind": "full"}).content.decode()
    empty = [SimpleUploadedFile("a.csv", b"x"), SimpleUploadedFile("b.csv", b"")]
    assert "有一个文件是空的" in client.post(url("add"), {"file": empty, "kind": "full"}).content.decode()
    assert not ImportBatch.objects.exists()


def test_a_bad_kind_is_refused_and_the_same_files_are_known_again(client, clerk, unit):
    def files():
        filled, empty = csv_file(HEAD, person("甲", 1)), csv_file(HEAD)
        return [SimpleUploadedFile("水利局.csv", filled), SimpleUploadedFile("b.csv", empty)]

    assert client.post(url("add"), {"file": files(), "kind": "x"}).status_code == 200
    name, data, is_bundle = roster.one_upload([(file.name, file.read()) for file in files()])
    roster.import_now(data, name, answers=ANSWERS, is_bundle=is_bundle)
    ImportBatch.objects.update(uploaded_by=clerk)
    assert "批导入过" in client.post(url("add"), {"file": files(), "kind": "full"}).content.decode()


def test_the_list_filters_and_marks_people_without_a_number(client, clerk, unit):
    make_cadre("丁", unit=unit, birth_date="1938-01-01")
    take(book(水利局=[HEAD, person("甲", 1)]))
    shown = text(client, reverse("admin:registry_cadre_changelist") + "?unmapped=number")
    assert "丁" in shown
    assert "待补证号" in shown
    assert ">甲<" not in shown
