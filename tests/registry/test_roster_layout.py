"""Where header and people are, without a database."""

import pytest

from apps.common.workbook import FileRefused, Sheet
from apps.registry.roster.columns import COLUMNS, shipped_synonyms
from apps.registry.roster.layout import data_rows, find_layout, merged_in_data

SYNONYMS = shipped_synonyms()
NUMBER = "440600193602290016"


def layout_of(*rows):
    return find_layout(Sheet("s", [list(row) for row in rows]), SYNONYMS)


def test_each_synonym_means_one_column():
    words = [word for column in COLUMNS for word in (column.label, *column.aliases)]
    assert len(words) == len(set(words))


def test_finds_a_header_below_titles_and_over_two_rows():
    found = layout_of(
        ["附件4"],
        ["离退休干部职工信息收集模版"],
        ["序号", "姓名", "身份证号码", "基础信息\n（时间如果是2000年1月，填写成2000-01）"],
        [None, None, None, "性别", "出生日期"],
        [1, "李德厚", NUMBER, "男", "1936-02"],
    )
    assert (found.first_header, found.last_header) == (3, 4)
    assert [heading.key for heading in found.headings] == ["serial", "name", "citizen_id", "sex", "birth_date"]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("职务\n（职级）", "post"),
        ("离/退休", "retire_type"),
        ("农历/阳历", "birthday_calendar"),
        ("现居住地", "residence"),
        ("所在 党支部", "branch"),
        ("出生日期（档案认定）*", "birth_date"),
    ],
)
def test_headings_are_compared_without_width_spaces_and_brackets(heading, key):
    found = layout_of(["姓　名", "身份证号（１８位）", heading, "备用"])
    assert [h.key for h in found.headings] == ["name", "citizen_id", key]
    assert found.unknown == ["备用"]


def test_refuses_a_file_without_header():
    with pytest.raises(FileRefused) as refused:
        layout_of(["张三", NUMBER], ["李四", NUMBER])
    assert refused.value.code == "no_header"


def test_refuses_a_header_without_the_citizen_id_and_names_it():
    with pytest.raises(FileRefused, match="身份证号码") as refused:
        layout_of(["姓名", "性别", "民族"])
    assert refused.value.code == "missing_column"


def test_refuses_the_same_column_twice_and_names_both():
    with pytest.raises(FileRefused, match=r"B 列“手机号码”和 D 列“联系电话”") as refused:
        layout_of(["姓名", "手机号码", "身份证号", "联系电话"])
    assert refused.value.code == "duplicate_header"


def people(*rows):
    sheet = Sheet("s", [["序号", "姓名", "身份证号码", "单位全称"], *map(list, rows)])
    return data_rows(sheet, find_layout(sheet, SYNONYMS))


def test_only_the_exact_sample_row_is_passed_over():
    found = people(
        [1, "张三可", f" {NUMBER}", "三沙市"],
        [2, "张三可", NUMBER, "云江市水利局"],
        [3, "张三可", NUMBER[:-1] + "7", "三沙市"],
    )
    assert found.skipped == {"sample": [2]}
    assert [number for number, _ in found.rows] == [3, 4]


def test_blank_note_total_and_footer_rows_are_no_people():
    found = people(
        [1, "李德厚", NUMBER, "云江市水利局"],
        [],
        [2, None, None, None],
        ["    说明：1、人员类别指公务员（含参公）。"],
        ["合计", None, None, None],
        [None, "合计：1人", None, None],
        ["填表人：王某", None, "审核人：赵某", None],
        [3, "王秀英", None, "云江市水利局"],
    )
    assert [number for number, _ in found.rows] == [2, 9]
    assert found.skipped == {"note": [5], "total": [6, 7], "footer": [8]}


def test_people_after_the_notes_are_found():
    found = people(["说明：每个单位一张表"], [1, "李德厚", NUMBER, "云江市水利局"])
    assert [number for number, _ in found.rows] == [3]


def test_merged_cells_among_people_are_named_and_those_of_notes_are_not():
    rows = [["姓名", "身份证号", "单位"], ["甲", NUMBER, "局"], ["乙", NUMBER, None], ["说明：见下"]]
    sheet = Sheet("s", rows, merged=[(2, 3, 3, 3), (4, 1, 4, 3), (1, 1, 1, 1)])
    found = find_layout(sheet, SYNONYMS)
    assert merged_in_data(sheet, found, {2, 3}) == {2: (2, "C2:C3"), 3: (2, "C2:C3")}
