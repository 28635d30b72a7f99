"""A roster on its way in: checked, compared, written once, taken back."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from apps.common import attachments
from apps.common.jobs import run_job
from apps.common.models import AuditEntry
from apps.common.workbook import FileRefused, read
from apps.organisation.models import Unit
from apps.people.models import Person, Phone
from apps.registry.models import Cadre, ImportBatch, ImportExtra, StandingSpan, UnitSpan
from apps.registry.roster import batches
from apps.registry.roster.answers import Answers
from apps.registry.services import roster
from tests.builders import make_cadre, make_person, make_unit, make_user
from tests.registry.rosters import HEADER, UNIT, citizen_id, csv_file, in_template, line, workbook

RETIRED = Answers(retire_type="retired", calendar="solar")


@pytest.fixture
def bureau(db):
    return make_unit()


@pytest.fixture
def unit(bureau):
    return make_unit(UNIT, parent=bureau, code="SLJ")


def check(data, *, answers=RETIRED, name="名册.xlsx"):
    return roster.check_now(data, name, answers=answers)


def take(data, *, answers=RETIRED, name="名册.xlsx", reason=""):
    return roster.import_now(data, name, answers=answers, reason=reason)


def refused(found):
    return [(finding.row, finding.column, finding.code) for finding in found.refusals]


def rows_of(*values):
    """Rows of a plain sheet with the columns 姓名 and 身份证号 and more."""
    return workbook(["姓名", "身份证号", "单位", "离退休类型", *values[0]], *values[1:])


# --- what files are taken -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [5, 6, 8])
def test_the_real_template_with_people_at_the_sample_below_it_or_after_the_notes(unit, at):
    people = [line("李德厚", 身份证号码=citizen_id(sequence=101)), line("王秀英", 身份证号码=citizen_id(sequence=103))]
    batch, _ = take(in_template(*people, at=at, keep_sample=at > 5))
    assert batch.counts == {"rows": 2, "new": 2, "changed": 0, "unchanged": 0, "warned": 0, "refused": 0}
    cadre = Cadre.objects.get(person__name="李德厚")
    assert cadre.managing_unit == cadre.counting_unit == unit
    assert (cadre.retire_type, cadre.leader_rank, cadre.education, cadre.staff_category) == (
        "retired",
        "131",
        "20",
        "1",
    )
    assert str(cadre.joined_party_on) == "1956-07"
    person = cadre.person
    assert person.citizen_id == citizen_id(sequence=101)
    assert (person.sex, person.ethnicity, person.political_status) == ("1", "01", "01")
    assert (person.birthday_calendar, person.birthday_month, person.birthday_day) == ("solar", 3, 2)
    assert person.name_pinyin == "lidehou"
    assert person.phones.get().number == "13800000001"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_csv_in_every_encoding_and_columns_in_any_order(unit, encoding):
    order = [5, 1, 8, 9, 4, 2, 0]
    row = line("䶮德厚", 职称=None)
    data = csv_file([HEADER[n] for n in order], [row[n] for n in order], encoding=encoding)
    batch, _ = take(data, name="名册.csv")
    assert batch.counts["new"] == 1
    assert Person.objects.get().name == "䶮德厚"


def test_two_names_of_one_code_and_trad_simplified_words(unit):
    take(
        workbook(
            HEADER,
            line("甲", 民族="傈僳族", 政治面貌="共产党员", 身份证号码=citizen_id(sequence=1)),
            line("乙", 民族="僳僳族", 政治面貌="中共党员", 身份证号码=citizen_id(sequence=3)),
        )
    )
    assert set(Person.objects.values_list("ethnicity", "political_status")) == {("20", "01")}


def test_refuses_an_empty_template(unit):
    with pytest.raises(FileRefused) as refusal:
        take(in_template(keep_sample=True))
    assert refusal.value.code == "no_rows"
    assert ImportBatch.objects.get().state == "refused"


# --- checks ---------------------------------------------------------------------------------------------------------


def test_every_check_at_once_with_rows_columns_and_masked_values(unit):
    found = check(
        in_template(
            line("甲", 身份证号码=440600193602290016),
            line("乙", 身份证号码="110105194912310021", 民族="火星族", 出生日期="不详"),
            line("", 身份证号码=citizen_id(sequence=5)),
            line("丁", 身份证号码=None),
        )
    )
    assert refused(found) == [
        (5, "身份证号码", "excel_number"),
        (6, "身份证号码", "check_digit"),
        (6, "出生日期", "date"),
        (6, "民族", "unknown_value"),
        (7, "姓名", "required"),
    ]
    assert found.counts["refused"] == 3
    by_row = {finding.row: finding for finding in found.refusals}
    assert found.refusals[1].value == "****************21"
    assert "1101051949" not in "".join(finding.sentence + finding.value for finding in found.refusals)
    assert "补上" in by_row[7].sentence


def test_t1_id_against_birth_and_sex_is_a_warning_that_names_both(unit):
    found = check(in_template(line(性别="女", 出生日期="1939-05-01")))
    assert found.counts["warned"] == found.counts["new"] == 1
    assert {finding.code for finding in found.warnings} == {"birth_mismatch", "sex_mismatch"}
    sentences = "".join(finding.sentence for finding in found.warnings)
    assert "1939年5月1日" in sentences
    assert "1936年3月2日" in sentences
    assert "女" in sentences


def test_t1_twins_name_both_rows_and_a_15_digit_number_goes_to_a_person(unit):
    number = "11010519491231002X"
    found = check(
        in_template(
            line("甲", 身份证号码=number, 出生日期="1949-12-31", 性别="女"),
            line("甲", 身份证号码="110105491231002", 出生日期="1949-12-31", 性别="女"),
        )
    )
    assert {finding.code for finding in found.refusals} == {"duplicate"}
    assert {finding.row for finding in found.refusals} == {5, 6}
    assert all("第 5、6 行" in f.sentence for f in found.refusals if "第" in f.sentence)


def test_a_15_digit_number_alone_is_a_duplicate_to_look_at(unit):
    assert refused(check(in_template(line(身份证号码="110105491231002")))) == [(5, "身份证号码", "duplicate")]


def test_same_name_and_birth_in_the_file_or_the_registry(unit):
    other = make_cadre("王秀英", unit=unit, birth_date="1936-03-02")
    Person.objects.filter(pk=other.pk).update(citizen_id_index=b"of another number")
    found = check(
        in_template(
            line("甲", 身份证号码=citizen_id(sequence=1)),
            line("甲", 身份证号码=citizen_id(sequence=3)),
            line("王秀英", 身份证号码=citizen_id(sequence=5)),
        )
    )
    assert [(row, code) for row, _, code in refused(found)] == [(5, "duplicate"), (6, "duplicate"), (7, "duplicate")]
    assert "第 6 行" in found.refusals[0].sentence
    assert UNIT in found.refusals[2].sentence


def test_people_known_to_the_month_are_told_apart_by_their_ids(unit):
    rows = [
        line("甲", 身份证号码=citizen_id("19360302"), 出生日期="1936-03"),
        line("甲", 身份证号码=citizen_id("19360321"), 出生日期="1936-03"),
    ]
    assert check(in_template(*rows)).counts["new"] == 2
    take(in_template(rows[0]))
    assert check(in_template(rows[1])).counts["new"] == 1


def test_the_clerk_can_say_that_namesakes_are_two_people(unit):
    rows = [line("甲", 身份证号码=citizen_id(sequence=1)), line("甲", 身份证号码=citizen_id(sequence=3))]
    answers = Answers(retire_type="retired", calendar="solar", apart=(5, 6))
    assert check(in_template(*rows), answers=answers).counts["new"] == 2


def test_a_veteran_who_began_after_1949_is_a_warning(unit):
    head = ["姓名", "身份证号", "单位", "离退休类型", "参加工作时间"]
    found = check(
        workbook(
            head,
            ["甲", citizen_id("19300302", sequence=1), UNIT, "离休", "1949-10-01"],
            ["乙", citizen_id("19300303", sequence=1), UNIT, "离休", "1949-09-30"],
            ["丙", citizen_id("19300304", sequence=1), UNIT, "离休", "1949"],
            ["丁", citizen_id("19300305", sequence=1), UNIT, "退休", "1951-03"],
        )
    )
    assert [(f.row, f.code) for f in found.warnings] == [(2, "veteran_after_1949"), (4, "veteran_undecided")]
    assert found.counts["refused"] == 0


def test_a_bad_phone_warns_and_a_number_cell_is_taken(unit):
    found = check(
        in_template(line("甲", 手机号码="没有"), line("乙", 手机号码=13800000000, 身份证号码=citizen_id(sequence=3)))
    )
    assert found.counts["new"] == 2
    assert [(f.row, f.code) for f in found.warnings] == [(5, "phone")]


def test_unknown_units_are_refused_with_the_nearest_or_created(unit, bureau):
    data = in_template(line(单位全称="云江市水利据"))
    found = check(data)
    assert refused(found) == [(5, "单位全称", "unknown_unit")]
    assert UNIT in found.refusals[0].sentence
    batch, _ = take(data, answers=Answers(retire_type="retired", calendar="solar", create_units=True))
    created = Unit.objects.get(name="云江市水利据")
    assert Unit.objects.get_parent(created) == bureau
    assert Cadre.objects.get().managing_unit == created
    assert batch.counts["new"] == 1


def test_an_unknown_unit_can_be_said_to_be_a_known_one(unit):
    answers = Answers(retire_type="retired", calendar="solar", units={"水利": unit.pk})
    take(in_template(line(单位全称="水利")), answers=answers)
    assert Cadre.objects.get().managing_unit == unit


def test_aliases_and_short_names_of_units_are_known(bureau):
    water = make_unit(UNIT, parent=bureau, code="SLJ", short_name="水利局", aliases=["云江市水电局"])
    take(
        in_template(
            line("甲", 单位全称="水利局"), line("乙", 单位全称="云江市水电局", 身份证号码=citizen_id(sequence=3))
        )
    )
    assert set(Cadre.objects.values_list("managing_unit", flat=True)) == {water.pk}


def test_what_no_column_says_is_asked(unit):
    found = check(workbook(["姓名", "身份证号"], ["甲", citizen_id()]), answers=Answers())
    assert set(found.questions) == {"retire_type", "unit", "calendar"}
    with pytest.raises(FileRefused, match="--retire-type"):
        take(workbook(["姓名", "身份证号", "单位"], ["甲", citizen_id(), UNIT]), answers=Answers())
    take(workbook(["姓名", "身份证号"], ["甲", citizen_id()]), answers=Answers(retire_type="veteran", unit_id=unit.pk))
    person = Person.objects.get()
    assert (str(person.birth_date), person.sex, person.birth_note) == ("1936-03-02", "1", "按身份证号")


def test_rows_without_a_type_are_refused_when_the_column_is_there(unit):
    found = check(
        rows_of([], ["甲", citizen_id(), UNIT, None], ["乙", citizen_id("19400101"), UNIT, "离休"]), answers=Answers()
    )
    assert refused(found) == [(2, "离退休类型", "required")]


def test_lunar_birthdays_follow_the_column_and_the_answer(unit):
    head = ["姓名", "身份证号", "单位", "离退休类型", "阳历/农历", "生日"]
    born = "19380901"
    take(
        workbook(
            head,
            ["甲", citizen_id(born, sequence=1), UNIT, "退休", "农历", None],
            ["乙", citizen_id("19380902", sequence=1), UNIT, "退休", "阳历", None],
            ["丙", citizen_id("19380903", sequence=1), UNIT, "退休", None, "农历八月十五"],
        )
    )
    values = Person.objects.order_by("citizen_id_index").values_list(
        "name", "birthday_calendar", "birthday_month", "birthday_day", "birthday_leap"
    )
    assert set(values) == {
        ("甲", "lunar", 7, 8, True),
        ("乙", "solar", 9, 2, False),
        ("丙", "lunar", 8, 15, False),
    }


# --- scope ----------------------------------------------------------------------------------------------------------


def clerk_batch(data, clerk, **options):
    batch = roster.keep_upload(data, "名册.xlsx", actor=clerk)
    batch.options = {**RETIRED.as_json(), **options}
    batch.save()
    return batch, batches.check_batch(batch)


def test_a_clerk_imports_only_into_his_units_and_learns_nothing_of_others(unit, bureau):
    school = make_unit("云江一中", parent=bureau)
    clerk = make_user(role="clerk", unit=school)
    stranger = make_person("赵隐", citizen_id_index=None)
    take(in_template(line("周密", 身份证号码=citizen_id("19350101"), 出生日期="1935-01-01")))
    _, found = clerk_batch(
        in_template(
            line("甲", 单位全称=UNIT),
            line("乙", 单位全称="云江一中", 身份证号码=citizen_id("19350101"), 出生日期="1935-01-01"),
            line("周密", 单位全称="云江一中", 身份证号码=citizen_id("19350101", sequence=3), 出生日期="1935-01-01"),
            line("丙", 单位全称="云江一中", 身份证号码=citizen_id("19370101"), 出生日期="1937-01-01"),
        ),
        clerk,
    )
    assert [(row, code) for row, _, code in refused(found)] == [
        (5, "out_of_scope"),
        (6, "registered_elsewhere"),
        (7, "duplicate"),
    ]
    sentences = "".join(finding.sentence for finding in found.refusals[1:])
    assert "周密" not in sentences
    assert UNIT not in sentences
    assert found.counts["new"] == 1
    assert stranger.name not in sentences


# --- writing --------------------------------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(unit):
    data = in_template(line("甲", 手机号码="13800000001/0757-82280001"), line("乙", 身份证号码=citizen_id(sequence=3)))
    take(data)
    before = list(Person.objects.order_by("pk").values()), list(Phone.objects.order_by("pk").values())
    batch, _ = take(data)
    assert batch.counts == {"rows": 2, "new": 0, "changed": 0, "unchanged": 2, "warned": 0, "refused": 0}
    assert (list(Person.objects.order_by("pk").values()), list(Phone.objects.order_by("pk").values())) == before


def test_protected_columns_are_unchanged_by_their_clear_text(unit):
    head = ["姓名", "身份证号", "单位", "离退休类型", "现居住地", "银行账号", "责任人", "支部"]
    data = workbook(head, ["甲", citizen_id(), UNIT, "退休", "河滨路1号", "622202000000000000", "王某", "第一支部"])
    take(data)
    assert Person.objects.get().residence == "河滨路1号"
    assert Cadre.objects.get().bank_account == "622202000000000000"
    assert set(ImportExtra.objects.values_list("kind", "value")) == {("carer", "王某"), ("branch", "第一支部")}
    assert take(data)[0].counts["unchanged"] == 1
    moved = workbook(head, ["甲", citizen_id(), UNIT, "退休", "河滨路2号", "622202000000000001", "王某", "第二支部"])
    assert take(moved)[0].counts["changed"] == 1
    assert Person.objects.get().residence == "河滨路2号"


def test_an_empty_cell_never_erases_and_an_absent_column_is_untouched(unit):
    take(in_template(line()))
    batch, _ = take(workbook(["姓名", "身份证号", "民族", "籍贯"], ["李德厚", citizen_id(), None, None]))
    assert batch.counts["unchanged"] == 1
    person = Person.objects.get()
    assert (person.ethnicity, person.native_place) == ("01", "云江")
    assert person.phones.count() == 1


def test_clear_erases_what_may_be_erased(unit):
    take(in_template(line()))
    data = workbook(
        ["姓名", "身份证号", "籍贯", "入党时间", "手机号码", "性别"],
        ["李德厚", citizen_id(), "清空", "清空", "清空", None],
    )
    assert take(data)[0].counts["changed"] == 1
    person = Person.objects.get()
    assert person.native_place == ""
    assert person.cadre.joined_party_on is None
    assert not person.phones.exists()
    assert refused(check(workbook(["姓名", "身份证号"], ["清空", citizen_id()]))) == [(2, "姓名", "cannot_clear")]


def test_changes_close_spans_and_keep_the_day(unit, bureau):
    take(in_template(line()))
    other = make_unit("云江市教育局", parent=bureau)
    data = workbook(
        ["姓名", "身份证号", "单位", "离退休类型", "职务（职级）"],
        ["李德厚", citizen_id(), "云江市教育局", "离休", "副县(处)级"],
    )
    assert take(data)[0].counts["changed"] == 1
    cadre = Cadre.objects.get()
    assert (cadre.managing_unit, cadre.counting_unit, cadre.retire_type, cadre.leader_rank) == (
        other,
        other,
        "veteran",
        "132",
    )
    today = timezone.localdate()
    assert cadre.managing_since == cadre.retire_type_since == cadre.leader_rank_since == today
    assert set(UnitSpan.objects.values_list("kind", "unit", "ends_on")) == {
        ("managing", unit.pk, today),
        ("counting", unit.pk, today),
    }
    assert set(StandingSpan.objects.values_list("kind", "value")) == {
        ("retire_type", "retired"),
        ("leader_rank", "131"),
    }


def test_a_rank_that_cannot_be_mapped_goes_to_the_worklist(unit):
    take(in_template(line(**{"职务（职级）": "县人大常委会主任"})))
    cadre = Cadre.objects.get()
    assert (cadre.former_post, cadre.rank_unmapped, cadre.leader_rank) == ("县人大常委会主任", True, "")


def test_a_new_phone_takes_the_place_of_the_old_one_and_others_stay(unit):
    take(in_template(line()))
    person = Person.objects.get()
    Phone.objects.create(
        person=person,
        kind="landline",
        number="075782280001",
        number_index=b"x",
        last4_index=b"y",
        position=1,
        whose="女儿",
    )
    assert take(in_template(line(手机号码="13900000002")))[0].counts["changed"] == 1
    phones = list(Phone.objects.order_by("position"))
    assert [(phone.kind, phone.number, phone.position) for phone in phones] == [
        ("mobile", "13900000002", 0),
        ("landline", "075782280001", 1),
    ]


def test_a_wished_birthday_survives_a_corrected_birth_date_and_a_derived_one_follows(unit):
    take(in_template(line("甲", 身份证号码=citizen_id(sequence=1)), line("乙", 身份证号码=citizen_id(sequence=3))))
    Person.objects.filter(name="乙").update(birthday_calendar="lunar", birthday_month=5, birthday_day=5)
    corrected = [
        line("甲", 身份证号码=citizen_id(sequence=1), 出生日期="1936-03-12"),
        line("乙", 身份证号码=citizen_id(sequence=3), 出生日期="1936-03-12"),
    ]
    take(in_template(*corrected))
    values = Person.objects.values_list("name", "birthday_calendar", "birthday_month", "birthday_day")
    assert set(values) == {("甲", "solar", 3, 12), ("乙", "lunar", 5, 5)}


def test_a_person_without_cadre_record_becomes_one(unit, bureau):
    take(in_template(line()))
    person = Person.objects.get()
    Cadre.objects.all().delete()
    batch, _ = take(in_template(line(籍贯="新地")))
    assert batch.counts["new"] == 1
    person.refresh_from_db()
    assert person.native_place == "新地"
    assert person.cadre.managing_unit == unit


def test_text_that_looks_like_null_or_quotes_is_kept(unit):
    take(in_template(line("甲", 籍贯="\\N", 职称='"引号,逗号"')))
    cadre = Cadre.objects.get()
    assert (cadre.person.native_place, cadre.professional_title) == ("\\N", '"引号,逗号"')


def test_writing_leaves_one_audit_entry_with_everybody_and_the_reason(unit):
    take(in_template(line(性别="女")), reason="以档案为准")
    entry = AuditEntry.objects.get(action="registry.import_roster")
    assert (entry.reason, entry.subject_count) == ("以档案为准", 1)
    assert set(entry.subjects.values_list("person_id", flat=True)) == {Person.objects.get().pk}


# --- the clerk's acts -----------------------------------------------------------------------------------------------


def test_answers_then_preview_then_confirm_by_jobs(unit, bureau, django_capture_on_commit_callbacks):
    clerk = make_user(role="clerk", unit=bureau)
    batch = roster.receive(in_template(line(性别="女")), "名册.xlsx", actor=clerk)
    run_job(batch.job_id)
    batch.refresh_from_db()
    assert batch.state == "questions"
    batch = roster.answer(batch, RETIRED, actor=clerk)
    run_job(batch.job_id)
    batch.refresh_from_db()
    assert batch.state == "preview"
    with pytest.raises(Exception, match="理由"):
        roster.confirm(batch, actor=clerk)
    batch = roster.confirm(batch, actor=clerk, reason="以档案为准")
    run_job(batch.job_id)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == ("applied", 1)
    assert roster.confirm(batch, actor=clerk, reason="x").state == "applied"


def test_warned_rows_can_be_left_out_and_come_back_in_the_report(unit):
    clerk = make_user(role="clerk", unit=unit)
    batch, _ = clerk_batch(
        in_template(line("甲", 性别="女"), line("乙", 身份证号码=citizen_id(sequence=3))), clerk, asked=True
    )
    roster.confirm(batch, actor=clerk, skip_warned=True)
    batch = batches.apply_batch(batch.pk)
    assert batch.counts == {"rows": 2, "new": 1, "changed": 0, "unchanged": 0, "warned": 0, "refused": 1}
    (sheet,) = read(attachments.read(batch.report), "r.xlsx")
    assert sheet.rows[4][1] == "甲"


def test_the_report_is_the_same_sheet_with_reasons_and_comes_back_in(unit):
    batch, _ = take(in_template(line("甲", 民族="火星族"), line("乙", 身份证号码=citizen_id(sequence=3))))
    (sheet,) = read(attachments.read(batch.report), "需要修改的行.xlsx")
    assert sheet.rows[1][0] == "离退休干部职工信息收集模版"
    assert sheet.rows[3][16] == "错误原因"
    assert (sheet.rows[4][1], "火星族" in sheet.rows[4][16], len(sheet.rows)) == ("甲", True, 5)
    assert (3, 9, 3, 16) in sheet.merged
    again, found = take(attachments.read(batch.report), name="需要修改的行.xlsx")
    assert refused(found) == [(5, "民族", "unknown_value")]


def test_somebody_who_was_changed_after_the_preview_is_left_out(unit):
    take(in_template(line("甲", 身份证号码=citizen_id(sequence=1)), line("乙", 身份证号码=citizen_id(sequence=3))))
    clerk = make_user(role="clerk", unit=unit)
    rows = [
        line("甲", 身份证号码=citizen_id(sequence=1), 籍贯="新"),
        line("乙", 身份证号码=citizen_id(sequence=3), 籍贯="新"),
        line("丙", 身份证号码=citizen_id(sequence=5), 出生日期="1936-03-05"),
    ]
    batch, _ = clerk_batch(in_template(*rows), clerk, asked=True)
    Person.objects.filter(name="甲").update(native_place="手工")
    take(in_template(rows[2]))
    batch.refresh_from_db()
    roster.confirm(batch, actor=clerk, reason="核对过")
    batch = batches.apply_batch(batch.pk)
    assert (batch.counts["new"], batch.counts["changed"], batch.counts["refused"]) == (0, 1, 2)
    assert dict(Person.objects.values_list("name", "native_place")) == {"甲": "手工", "乙": "新", "丙": "云江"}
    (sheet,) = read(attachments.read(batch.report), "r.xlsx")
    assert {row[1] for row in sheet.rows[4:]} == {"甲", "丙"}


# --- undo -----------------------------------------------------------------------------------------------------------


def test_undo_voids_the_created_and_puts_back_the_changed_to_the_byte(unit, bureau):
    make_unit("云江市教育局", parent=bureau)
    head = [*HEADER, "现居住地"]
    take(workbook(head, [*line("甲", 身份证号码=citizen_id(sequence=1)), "河滨路1号"]))

    def state():
        return [
            {key: bytes(value) if isinstance(value, memoryview) else value for key, value in row.items()}
            for model, who in ((Person, "name"), (Cadre, "person__name"), (Phone, "person__name"))
            for row in model.objects.filter(**{who: "甲"}).order_by("pk").values()
            if row.pop("version") and row.pop("updated_at") and (model is Phone or row.pop("created_at"))
        ]

    before = state()
    batch, _ = take(
        workbook(
            head,
            [
                *line(
                    "甲",
                    身份证号码=citizen_id(sequence=1),
                    单位全称="云江市教育局",
                    手机号码="13900000009",
                    民族="苗族",
                ),
                "河滨路2号",
            ],
            [*line("乙", 身份证号码=citizen_id(sequence=3)), None],
        )
    )
    assert (batch.counts["new"], batch.counts["changed"]) == (1, 1)
    undone = roster.undo(batch, actor=None)
    assert undone.undo_result == {"voided": 1, "restored": 1, "kept": []}
    assert state() == before
    assert not UnitSpan.objects.exists()
    person = Person.objects.get(name="乙")
    assert person.voided_at is not None
    assert person.cadre.voided_at is not None
    assert roster.undo(batch, actor=None).undo_result == undone.undo_result


def test_undone_people_can_be_imported_again(unit):
    data = in_template(line())
    batch, _ = take(data)
    roster.undo(batch, actor=None)
    again, _ = take(data)
    assert again.counts["new"] == 1
    assert Cadre.objects.current().count() == 1


def test_undo_keeps_and_lists_what_was_changed_since(unit):
    batch, _ = take(
        in_template(
            line("甲", 身份证号码=citizen_id(sequence=1)),
            line("乙", 身份证号码=citizen_id(sequence=3)),
            line("丙", 身份证号码=citizen_id(sequence=5), 出生日期="1936-03-05"),
        )
    )
    Person.objects.filter(name="甲").update(native_place="手工")
    Cadre.objects.filter(person__name="乙").update(note="手工")
    undone = roster.undo(batch, actor=None)
    assert undone.undo_result["voided"] == 1
    assert set(undone.undo_result["kept"]) == set(Person.objects.filter(name__in="甲乙").values_list("pk", flat=True))
    assert set(Person.objects.filter(voided_at__isnull=True).values_list("name", flat=True)) == {"甲", "乙"}


def test_undo_ends_after_30_days(unit):
    batch, _ = take(in_template(line()))
    ImportBatch.objects.update(applied_at=timezone.now() - dt.timedelta(days=31))
    with pytest.raises(Exception, match="30 天"):
        roster.undo(batch, actor=None)


# --- two at once ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_confirm_at_once_and_the_job_runs_twice_with_one_effect():
    unit = make_unit(UNIT)
    clerk = make_user(role="clerk", unit=unit)
    batch, _ = clerk_batch(in_template(line()), clerk, asked=True)
    start = threading.Barrier(4)
    failures = []

    def press():
        try:
            start.wait()
            roster.confirm(ImportBatch.objects.get(pk=batch.pk), actor=clerk)
            batches.apply_batch(batch.pk)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not [failure for failure in failures if "情况已经变了" not in str(failure)]
    assert Person.objects.count() == Cadre.objects.count() == Phone.objects.count() == 1
    assert AuditEntry.objects.filter(action="registry.import_roster").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_batches_with_the_same_new_person_at_once_make_one():
    unit = make_unit(UNIT)
    clerk = make_user(role="clerk", unit=unit)
    pair = [clerk_batch(in_template(line()), clerk, asked=True)[0] for _ in range(2)]
    for batch in pair:
        ImportBatch.objects.filter(pk=batch.pk).update(state="applying")
    start = threading.Barrier(2)

    def write(pk):
        start.wait()
        batches.apply_batch(pk)
        connection.close()

    threads = [threading.Thread(target=write, args=(batch.pk,)) for batch in pair]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert Person.objects.count() == 1
    assert sorted(ImportBatch.objects.values_list("counts__new", flat=True)) == [0, 1]
    assert sorted(ImportBatch.objects.values_list("counts__refused", flat=True)) == [0, 1]
