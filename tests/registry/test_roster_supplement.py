"""Supplementary files: any column for people who are registered, found by number or by name, birth and unit."""

import datetime as dt
import io

import openpyxl
import pytest
from django.utils import timezone

from apps.common import attachments, crypto
from apps.common.workbook import FileRefused, read
from apps.organisation.models import BarredEntry, Community, Division
from apps.people.models import Person
from apps.registry.models import Cadre, Health, ImportBatch, StandingSpan
from apps.registry.roster import batches
from apps.registry.roster.answers import Answers
from apps.registry.roster.columns import COLUMNS
from apps.registry.services import roster
from tests.builders import make_cadre, make_unit, make_user
from tests.registry.rosters import UNIT, citizen_id, csv_file, workbook

ANSWERS = Answers(retire_type="retired", calendar="solar")
NUMBER = citizen_id()


@pytest.fixture
def bureau(db):
    return make_unit(code="BUREAU")


@pytest.fixture
def unit(bureau):
    return make_unit(UNIT, parent=bureau, code="SLJ")


@pytest.fixture
def school(bureau):
    return make_unit("云江一中", parent=bureau, code="YZ")


@pytest.fixture
def people(unit):
    """甲 with a number, 乙 without."""
    take(["姓名", "身份证号", "单位", "籍贯", "手机"], ["甲", NUMBER, UNIT, "云江", "13800000001"])
    return Cadre.objects.get(), make_cadre("乙", unit=unit, birth_date="1938-05-06")


def take(*rows, answers=ANSWERS, data=None):
    return roster.import_now(data or workbook(*rows), "表.xlsx", answers=answers)[0]


def check(*rows, answers=ANSWERS, data=None, name="表.xlsx"):
    return roster.check_now(data or workbook(*rows), name, answers=answers)


def refused(found):
    return [(finding.row, finding.column, finding.code) for finding in found.refusals]


def numbers_of(counts):
    return {key: counts[key] for key in ("new", "changed", "unchanged", "refused") if counts[key]}


# --- one column, nothing else ----------------------------------------------------------------------------------------


def test_a_file_with_only_number_and_living_changes_only_living(people):
    person, cadre = person_and_cadre_values(people[0].pk)
    batch = take(["身份证号", "居住方式"], [NUMBER, "独居"])
    assert numbers_of(batch.counts) == {"changed": 1}
    after_person, after_cadre = person_and_cadre_values(people[0].pk)
    assert after_person == person
    assert after_cadre == cadre | {"living": "alone", "imported_batch_id": batch.pk}


def person_and_cadre_values(pk):
    plain = [model.objects.filter(pk=pk).values().get() for model in (Person, Cadre)]
    for row in plain:
        for name in ("version", "updated_at"):
            row.pop(name, None)
    return plain


SAMPLES = {
    "former_name": ("甲旧", "former_name", "甲旧"),
    "sex": ("女", "sex", "2"),
    "ethnicity": ("苗族", "ethnicity", "06"),
    "native_place": ("他乡", "native_place", "他乡"),
    "political_status": ("群众", "political_status", "13"),
    "joined_party_on": ("1956-07", "joined_party_on", "1956-07"),
    "full_member_on": ("1957-07", "full_member_on", "1957-07"),
    "education": ("大专", "education", "30"),
    "professional_title": ("高工", "professional_title", "高工"),
    "staff_category": ("参公", "staff_category", None),
    "org_area": ("高等院校", "org_area", None),
    "retired_on": ("1996-03", "retired_on", "1996-03"),
    "work_start": ("1955-03", "work_start", "1955-03"),
    "living": ("养老院", "living", "care_home"),
    "residence": ("河滨路1号", "residence", "河滨路1号"),
    "registered_address": ("河滨路2号", "registered_address", "河滨路2号"),
    "marital": ("丧偶", "marital", None),
    "order_no": ("12", "order_no", 12),
    "bank_account": ("622202000000000000", "bank_account", "622202000000000000"),
    "pension": ("8,200元", "pension", "8,200元"),
    "interests": ("书法", "interests", "书法"),
    "note": ("备用", "note", "备用"),
    "reach_by": ("上门", "reach_by", "visit"),
    "reach_answers": ("老伴", "reach_answers", "老伴"),
    "reach_hours": ("上午", "reach_hours", "上午"),
    "reach_through": ("女儿", "reach_through", "女儿"),
    "reach_note": ("慢点说", "reach_note", "慢点说"),
    "hard_of_hearing": ("听不清", "hard_of_hearing", True),
    "poor_sight": ("是", "poor_sight", True),
    "dialect": ("客家话", "dialect", "客家话"),
    "children_count": ("3人", "children_count", 3),
    "special_difficulties": ("失能、孤老；失能", "special_difficulties", ["disabled", "childless"]),
    "wishes": ("助餐 助浴", "wishes", ["meal", "bathing"]),
    "managed_level": ("市管", "managed_level", "city"),
    "unit_nature": ("事业", "unit_nature", "institution"),
    "leader_rank": ("正处级", "leader_rank", "131"),
    "grade_rank": ("一级调研员", "grade_rank", "G03"),
    "treatment": ("副厅级", "treatment", "122"),
    "treatment_document": ("云组〔2020〕1号", "treatment_document", "云组〔2020〕1号"),
    "medical_treatment": ("副厅级", "medical_treatment", "122"),
    "in_beijing": ("√", "in_beijing", True),
    "party_age_from": ("1956-07-01", "party_age_from", "1956-07-01"),
    "condition": ("心脏病", "condition", "31"),
    "ability": ("半自理", "ability", 2),
    "ability_scale": ("Barthel", "ability_scale", "Barthel"),
    "ability_score": ("55", "ability_score", 55),
    "assessed_on": ("2026.3.1", "assessed_on", "2026-03-01"),
    "seriously_ill": ("是", "seriously_ill", True),
    "frequent_illness": ("是", "frequent_illness", True),
    "chronic": ("高血压十年", "chronic", "高血压十年"),
    "medication": ("降压药", "medication", "降压药"),
    "green_card": ("L-001", "green_card", "L-001"),
    "green_card_until": ("2030-12-31", "green_card_until", "2030-12-31"),
}
APART = {
    "serial", "reasons", "name", "citizen_id", "birth_date", "birthday_calendar", "birthday", "mobile", "landline",
    "unit", "post", "retire_type", "carer", "branch", "community",
}  # fmt: skip


def test_every_column_is_sampled():
    assert {column.key for column in COLUMNS} == SAMPLES.keys() | APART


@pytest.mark.parametrize("key", SAMPLES)
def test_each_column_alone_is_written_kept_cleared_and_undone(people, key):
    """Written; the same again and an empty cell change nothing; 清空 erases; undo puts back exactly what was."""
    column = next(column for column in COLUMNS if column.key == key)
    cell, field, value = SAMPLES[key]
    pk = people[0].pk

    def held():
        holder = {"person": Person, "cadre": Cadre}.get(column.table)
        record = holder.objects.get(pk=pk) if holder else Health.objects.filter(cadre=pk).first()
        found = getattr(record, field) if record else None
        return str(found) if column.reads in ("date", "day") and found is not None else found

    before = held()
    batch = take(["身份证号", column.label], [NUMBER, cell])
    assert numbers_of(batch.counts) == {"changed": 1}
    assert held() == value or (value is None and held() not in ("", None, before))
    again = csv_file(["身份证号", column.label], [NUMBER, cell])
    assert numbers_of(roster.import_now(again, "a.csv", answers=ANSWERS)[0].counts) == {"unchanged": 1}
    assert numbers_of(take(["身份证号", column.label], [NUMBER, None]).counts) == {"unchanged": 1}
    if column.can_clear:
        cleared = take(["身份证号", column.label], [NUMBER, "清空"])
        assert numbers_of(cleared.counts) == {"changed": 1}
        assert held() in ("", None, [], False)
        roster.undo(cleared, actor=None)
        assert held() == value or value is None
    undone = roster.undo(ImportBatch.objects.get(pk=batch.pk), actor=None).undo_result
    if not column.can_clear:
        assert (undone["restored"], held()) == (1, before)


def test_undoing_a_first_health_row_takes_it_away_again(people):
    batch = take(["身份证号", "自理能力", "病史"], [NUMBER, "能力完好", "无恙"])
    assert (Health.objects.get().ability, Health.objects.get().chronic) == (0, "无恙")
    roster.undo(batch, actor=None)
    assert not Health.objects.exists()


def test_undo_leaves_people_whose_health_somebody_changed_since(people):
    take(["身份证号", "自理能力"], [NUMBER, "轻度失能"])
    batch = take(["身份证号", "自理能力"], [NUMBER, "重度失能"])
    Health.objects.update(green_card="手工")
    assert roster.undo(batch, actor=None).undo_result["kept"] == [people[0].pk]
    assert Health.objects.get().ability == 3


def test_several_values_none_of_them_and_an_unknown_one(people):
    take(["身份证号", "特殊困难"], [NUMBER, "失能，独居"])
    assert numbers_of(check(["身份证号", "特殊困难"], [NUMBER, "独居、失能"]).counts) == {"unchanged": 1}
    take(["身份证号", "特殊困难"], [NUMBER, "无"])
    assert Cadre.objects.get(pk=people[0].pk).special_difficulties == []
    found = check(["身份证号", "特殊困难"], [NUMBER, "失能、没钱花"])
    assert refused(found) == [(2, "特殊困难", "unknown_value")]
    assert "没钱花" in found.refusals[0].sentence


@pytest.mark.parametrize(
    ("label", "cell", "code"),
    [
        ("自理能力", "还行", "unknown_value"),
        ("听力", "也许", "unknown_value"),
        ("子女数", "一堆", "number"),
        ("子女数", "31", "number"),
        ("评估日期", "2026-03", "date"),
        ("社区", "没有的社区", "unknown_value"),
        ("联系说明", "长" * 121, "too_long"),
        ("怎样联系", "清空", "cannot_clear"),
    ],
)
def test_what_cannot_be_read_says_so(people, label, cell, code):
    assert refused(check(["身份证号", label], [NUMBER, cell])) == [(2, label, code)]


def test_communities_by_name_or_by_street_and_name(people):
    division = Division.objects.first() or Division.objects.create(code="440600", name="云江市", level="city")
    one = Community.objects.create(name="桂园社区", street="城东街道", division=division)
    Community.objects.create(name="南河社区", street="城东街道", division=division)
    Community.objects.create(name="南河社区", street="城西街道", division=division)
    take(["身份证号", "社区"], [NUMBER, "桂园"])
    assert Person.objects.get(name="甲").community == one
    assert "前面写上街道名" in check(["身份证号", "社区"], [NUMBER, "南河社区"]).refusals[0].sentence
    assert check(["身份证号", "社区"], [NUMBER, "城西街道南河社区"]).counts["changed"] == 1


def test_a_treatment_closes_the_span_before_it(people):
    take(["身份证号", "现享受待遇", "医疗待遇"], [NUMBER, "正处级", "正处级"])
    Cadre.objects.update(treatment_since=dt.date(2010, 1, 1))
    batch = take(["身份证号", "现享受待遇", "医疗待遇"], [NUMBER, "副厅级", "副厅级"])
    cadre = Cadre.objects.get(pk=people[0].pk)
    assert (cadre.treatment, cadre.treatment_since) == ("122", timezone.localdate())
    spans = {span.kind: span for span in StandingSpan.objects.all()}
    assert spans["treatment"].starts_on == dt.date(2010, 1, 1)
    assert spans["medical"].value == "131"
    roster.undo(batch, actor=None)
    cadre.refresh_from_db()
    assert (cadre.treatment, cadre.treatment_since) == ("131", dt.date(2010, 1, 1))
    assert not StandingSpan.objects.exists()


def test_columns_that_are_not_known_are_named(people):
    found = check(["身份证号", "居住方式", "属相"], [NUMBER, "独居", "鼠"])
    assert any("属相" in note for note in found.notes)


def test_health_columns_are_not_read_without_the_right(people, unit, monkeypatch):
    clerk = make_user(role="clerk", unit=unit)
    monkeypatch.setattr(type(clerk), "has_perm", lambda self, perm, obj=None: perm != "registry.view_health")
    batch = roster.keep_upload(workbook(["身份证号", "病史"], [NUMBER, "x"]), "a.xlsx", actor=clerk)
    batch.options = ANSWERS.as_json()
    batch.uploaded_by = clerk
    found = batches.check_batch(batch)
    assert found.counts["unchanged"] == 1
    assert any("没有登记的权限" in note and "病史" in note for note in found.notes)


# --- who is meant ----------------------------------------------------------------------------------------------------


HEAD = ["姓名", "出生日期", "单位", "居住方式"]


@pytest.mark.parametrize("birth", ["1938-05-06", "1938-05", dt.date(1938, 5, 6)])
def test_name_birth_and_unit_find_a_person_with_or_without_a_number(people, birth):
    assert numbers_of(take(HEAD, ["乙", birth, UNIT, "独居"]).counts) == {"changed": 1}
    assert numbers_of(take(HEAD, ["甲", "1936-03", UNIT, "独居"]).counts) == {"changed": 1}
    assert Cadre.objects.filter(living="alone").count() == 2
    assert Person.objects.count() == 2


def test_an_empty_number_falls_back_on_the_name(people):
    rows = [["姓名", "身份证号", "出生日期", "单位", "居住方式"], ["乙", None, "1938-05-06", UNIT, "独居"]]
    assert numbers_of(take(*rows).counts) == {"changed": 1}


def test_two_of_one_name_and_birth_in_a_unit_are_told_apart_by_nobody(people, unit):
    make_cadre("乙", unit=unit, birth_date="1938-05")
    found = check(HEAD, ["乙", "1938-05", UNIT, "独居"])
    assert refused(found) == [(2, "姓名", "ambiguous")]
    assert "身份证号" in found.refusals[0].sentence


def test_the_same_name_and_birth_in_another_unit_is_a_question(people, school):
    found = check(HEAD, ["乙", "1938-05-06", "云江一中", "独居"])
    assert refused(found) == [(2, "姓名", "duplicate")]
    assert UNIT in found.refusals[0].sentence
    apart = Answers(retire_type="retired", calendar="solar", apart=(2,))
    assert numbers_of(check(HEAD, ["乙", "1938-05-06", "云江一中", "独居"], answers=apart).counts) == {"new": 1}


def test_people_elsewhere_are_not_given_away(people, school):
    clerk = make_user(role="clerk", unit=school)
    batch = roster.keep_upload(workbook(HEAD, ["乙", "1938-05-06", "云江一中", "独居"]), "a.xlsx", actor=clerk)
    batch.options = ANSWERS.as_json()
    found = batches.check_batch(batch)
    assert refused(found) == [(2, "姓名", "duplicate")]
    assert UNIT not in found.refusals[0].sentence


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["乙", None, UNIT, "独居"], "出生日期"),
        (["乙", "1938", UNIT, "独居"], "出生日期"),
        ([None, "1938-05-06", UNIT, "独居"], "姓名"),
    ],
)
def test_without_a_number_name_and_birth_are_needed(people, row, column):
    assert refused(check(HEAD, row)) == [(2, column, "required")]


def test_an_unknown_number_without_a_name_adds_nobody(people):
    found = check(["身份证号", "居住方式"], [citizen_id(sequence=77), "独居"])
    assert refused(found) == [(2, "身份证号", "not_found")]
    assert found.questions == []


def test_only_updating_adds_nobody_and_asks_nothing(people):
    answers = Answers(kind="update")
    rows = [["姓名", "身份证号", "居住方式"], ["甲", NUMBER, "独居"], ["丙", citizen_id(sequence=77), "独居"]]
    found = check(*rows, answers=answers)
    assert numbers_of(found.counts) == {"changed": 1, "refused": 1}
    assert found.questions == []


# --- 待补证号 --------------------------------------------------------------------------------------------------------


def test_somebody_without_a_number_is_taken_and_gets_it_later_without_a_twin(unit):
    batch = take(HEAD, ["丙", "1940-01-02", UNIT, "独居"])
    assert numbers_of(batch.counts) == {"new": 1}
    person = Person.objects.get()
    assert (person.citizen_id_index, person.sex, str(person.birth_date)) == (None, "0", "1940-01-02")
    assert numbers_of(take(HEAD, ["丙", "1940-01-02", UNIT, "独居"]).counts) == {"unchanged": 1}
    number = citizen_id("19400102")
    later = take(["姓名", "身份证号", "单位"], ["丙", number, UNIT])
    assert numbers_of(later.counts) == {"changed": 1}
    person = Person.objects.get()
    assert person.citizen_id == number
    assert bytes(person.citizen_id_index) == crypto.blind_index("citizen_id", number)
    assert bytes(person.citizen_id_last4) == crypto.blind_index("citizen_id_last4", number[-4:])
    roster.undo(later, actor=None)
    person.refresh_from_db()
    assert (person.citizen_id, person.citizen_id_index, person.citizen_id_last4) == ("", None, None)


def test_a_number_that_contradicts_the_birth_date_is_no_match(people):
    found = check(["姓名", "身份证号", "单位"], ["乙", citizen_id("19390102"), UNIT])
    assert numbers_of(found.counts) == {"new": 1}


def test_a_number_registered_between_preview_and_confirmation_is_left_out(people, unit):
    number = citizen_id("19380506")
    clerk = make_user(role="clerk", unit=unit)
    rows = [["姓名", "身份证号", "单位"], ["乙", number, UNIT]]
    batch = roster.keep_upload(workbook(*rows), "a.xlsx", actor=clerk)
    batch.options = ANSWERS.as_json()
    assert numbers_of(batches.check_batch(batch).counts) == {"changed": 1}
    Person.objects.filter(name="甲").update(citizen_id_index=crypto.blind_index("citizen_id", number))
    roster.confirm(batch, actor=clerk)
    assert batches.apply_batch(batch.pk).counts["refused"] == 1


def test_two_batches_with_the_same_bare_person_make_one(unit):
    clerk = make_user(role="clerk", unit=unit)
    pair = []
    for _ in range(2):
        batch = roster.keep_upload(workbook(HEAD, ["丙", "1940-01", UNIT, "独居"]), "a.xlsx", actor=clerk)
        batch.options = ANSWERS.as_json()
        batches.check_batch(batch)
        pair.append(batch)
    for batch in pair:
        roster.confirm(batch, actor=clerk)
        batches.apply_batch(batch.pk)
    assert Person.objects.count() == 1
    batch.refresh_from_db()
    assert (batch.counts["new"], batch.counts["refused"]) == (0, 1)
    (sheet,) = read(attachments.read(batch.report), "r.xlsx")
    assert sheet.rows[1][0] == "丙"


# --- secrets ---------------------------------------------------------------------------------------------------------


def book_with_title(title):
    made = openpyxl.Workbook()
    made.active.append([title])
    made.active.append(["姓名", "身份证号", "单位"])
    made.active.append(["丙", citizen_id(sequence=9), UNIT])
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_a_marked_cell_refuses_its_row_and_stays_out_of_the_report(people):
    batch, found = roster.import_now(
        workbook(["姓名", "身份证号", "备注", "别的"], ["甲", NUMBER, "机密★10年", "x"], ["丁", "1", None, None]),
        "a.xlsx",
        answers=ANSWERS,
    )
    assert (2, "备注", "secret") in refused(found)
    assert "机密" not in str(batches.read_preview(batch)["refusals"][0]["value"])
    (sheet,) = read(attachments.read(batch.report), "r.xlsx")
    assert "甲" not in str(sheet.rows)


def test_a_mark_in_a_column_that_is_not_read_counts_too(people):
    found = check(["身份证号", "居住方式", "属相"], [NUMBER, "独居", "绝密★"])
    assert [finding.code for finding in found.refusals] == ["secret"]


def test_words_that_only_sound_like_marks_pass(people):
    assert check(["身份证号", "备注"], [NUMBER, "内退后在心内科住过院，密切联系"]).counts["changed"] == 1


def test_ranks_and_units_that_must_not_be_held_refuse_their_row(people):
    BarredEntry.objects.create(kind="rank", name="副国级", document_no="云组〔2026〕1号")
    found = check(["身份证号", "职务"], [NUMBER, "副国级"])
    assert refused(found) == [(2, "职务", "barred")]
    assert "云组〔2026〕1号" in found.refusals[0].sentence


def test_a_marked_title_refuses_the_file_and_does_not_keep_it(unit):
    with pytest.raises(FileRefused) as refusal:
        take(data=book_with_title("机密★长期 离退休干部名册"))
    assert refusal.value.code == "secret"
    assert ImportBatch.objects.get().upload.purged_at is not None
