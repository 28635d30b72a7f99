"""Uploads are untrusted: what is taken, what is refused, and how fast."""

import csv
import datetime as dt
import io
import os
import time
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
import xlwt
from python_calamine import CalamineWorkbook

from apps.common.workbook import FileRefused, Limits, column_letters, read, reading
from apps.common.workbook.writer import (
    MarkedPage,
    csv_cell,
    looks_like_formula,
    safe_sheet_name,
    write_csv,
    write_marked,
    write_sheet,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def workbook(write, **options):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, options)
    write(book)
    book.close()
    return stream.getvalue()


def simple(*rows):
    def write(book):
        sheet = book.add_worksheet("甲")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)

    return workbook(write)


def rebuilt(data, change):
    """The same zip with members changed by `change(name, content) -> content or None`, extra ones added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return stream.getvalue()


def refusal(data, filename="花名册.xlsx", **limits):
    with pytest.raises(FileRefused) as refused:
        read(data, filename, Limits(**limits))
    assert refused.value.sentence.endswith("。")
    return refused.value.code


# What is taken


def test_types_row_numbers_merged_ranges_and_hidden_rows():
    def write(book):
        sheet = book.add_worksheet("离休")
        sheet.merge_range("B2:D2", "登记表")
        sheet.write("B4", 1)
        sheet.write("C4", 2.5)
        sheet.write("D4", True)
        sheet.write_datetime("E4", dt.datetime(1938, 5, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_datetime("F4", dt.datetime(2026, 1, 2, 8, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        sheet.write_string("B6", "440600193602290016")
        sheet.write_number("C6", 440600193602290016)
        sheet.set_row(5, None, None, {"hidden": True})
        hidden = book.add_worksheet("旧表")
        hidden.write("A1", "x")
        hidden.hide()

    first, second = read(workbook(write), "a.xlsx")

    assert first.name == "离休"
    assert first.rows == [
        [],
        [None, "登记表"],
        [],
        [None, 1, 2.5, True, dt.date(1938, 5, 1), dt.datetime(2026, 1, 2, 8, 30)],
        [],
        [None, "440600193602290016", first.rows[5][2]],
    ]
    assert first.rows[5][2] != 440600193602290016  # Excel has kept fifteen digits
    assert type(first.rows[3][1]) is int
    assert type(first.rows[5][2]) is int
    assert first.merged == [(2, 2, 2, 4)]
    assert first.hidden_rows == [6]
    assert (first.is_hidden, second.is_hidden, first.file) == (False, True, "")


def test_hidden_rows_are_found_in_a_sheet_of_many_pieces():
    def write(book):
        sheet = book.add_worksheet()
        for row in range(20_000):
            sheet.write_row(row, 0, [f"王{row}", "某某单位" * 5, row])
            if row % 5000 == 7:
                sheet.set_row(row, None, None, {"hidden": True})

    assert read(workbook(write), "a.xlsx")[0].hidden_rows == [8, 5008, 10008, 15008]


def test_text_loses_control_and_zero_width_characters_but_keeps_line_ends():
    data = simple(["张\u200b三\ufeff", "a\r\nb\tc", " 440600193602290016"])

    assert read(data, "a.xlsx")[0].rows == [["张三", "a\nb\tc", " 440600193602290016"]]


def test_formulas_give_their_stored_value_and_errors_are_text():
    def write(book):
        sheet = book.add_worksheet()
        sheet.write_formula("A1", "=1+1", None, 2)
        sheet.write_formula("B1", "=1/0", None, "#DIV/0!")

    assert read(workbook(write), "a.xlsx")[0].rows[0][0] == 2


def test_xls_with_dates_and_merged_cells():
    book = xlwt.Workbook()
    sheet = book.add_sheet("旧花名册")
    sheet.write_merge(0, 0, 0, 2, "花名册")
    sheet.write(2, 0, "张三")
    sheet.write(2, 1, 13800000000)
    sheet.write(2, 2, dt.date(1938, 5, 1), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    stream = io.BytesIO()
    book.save(stream)

    (read_back,) = read(stream.getvalue(), "旧.XLS")

    assert read_back.rows == [["花名册"], [], ["张三", 13800000000, dt.date(1938, 5, 1)]]
    assert read_back.merged == [(1, 1, 1, 3)]


TABLE = '姓名,电话,备注\n张三,0757-82280001,\n\n李四,="007","两\n行"\n'
ROWS = [["姓名", "电话", "备注"], ["张三", "0757-82280001"], [], ["李四", "007", "两\n行"]]


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        b"\xfe\xff" + TABLE.encode("utf-16-be"),
        TABLE.encode("gb18030"),
        TABLE.encode("gbk"),
        TABLE.replace("\n", "\r\n").encode(),
        ("sep=,\n" + TABLE).encode(),
        TABLE.replace(",", "\t").encode("gb18030"),
        TABLE.replace(",", ";").encode(),
    ],
    ids=["utf8", "bom", "utf16", "utf16be", "gb18030", "gbk", "crlf", "sep", "tab", "semicolon"],
)
def test_text_tables_in_every_encoding_and_separator(data):
    rows = read(data, "花名册.csv")[0].rows

    assert [[cell.replace("\r", "") if cell else cell for cell in row] for row in rows] == ROWS


def test_rare_names_survive_gb18030_of_2000_and_2022():
    rare = "姓名\n王䶮\n李𬭎\n张㐆\n"
    (sheet,) = read(rare.encode("gb18030") + b"\xfe\x59\xa8\xbc\n", "a.csv")

    assert sheet.rows == [["姓名"], ["王䶮"], ["李𬭎"], ["张㐆"], ["\u9fb4\u1e3f"]]


# What is refused


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"", "a.xlsx", "empty"),
        (OLE + "EncryptedPackage\0".encode("utf-16-le"), "a.xlsx", "encrypted"),
        (OLE + "WordDocument\0".encode("utf-16-le"), "a.xls", "wrong_kind"),
        (OLE + "Workbook\0".encode("utf-16-le"), "a.xls", "damaged"),
        (OLE + "Workbook\0".encode("utf-16-le"), "a.et", "wps"),
        (simple(["x"]), "a.xlsm", "macros"),
        (simple(["x"]), "a.csv", "mismatch"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "a.xls", "web_page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "a.xls", "web_page"),
        (b"<table><tr><td>x", "a.csv", "web_page"),
        ("姓名\t电话\n".encode("gbk"), "a.xls", "mismatch"),
        (b"%PDF-1.7", "a.pdf", "wrong_kind"),
        ("姓名,电话".encode("utf-16-le"), "a.csv", "encoding"),
        (b"\xff\xff\xff\xff", "a.csv", "encoding"),
        (b"PK\x03\x04" + b"\x00" * 100, "a.xlsx", "damaged"),
        (b"\n\n,,\n", "a.csv", "no_sheet"),
        (simple(), "a.xlsx", "no_sheet"),
    ],
    ids=range(17),
)
def test_other_files_are_refused_with_a_way_out(data, filename, code):
    assert refusal(data, filename) == code


def test_a_zip_that_is_no_workbook_or_has_macros():
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<x/>")
    macros = simple(["x"])
    with_macros = io.BytesIO(macros)
    with zipfile.ZipFile(with_macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")

    assert refusal(word.getvalue(), "a.xlsx") == "wrong_kind"
    assert refusal(with_macros.getvalue()) == "macros"


def test_zip_bombs_by_directory_by_ratio_and_by_lying():
    many = io.BytesIO(simple(["x"]))
    with zipfile.ZipFile(many, "a") as archive:
        for number in range(1100):
            archive.writestr(f"xl/{number}.xml", "<x/>")
    zeros = io.BytesIO(simple(["x"]))
    with zipfile.ZipFile(zeros, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/a.bin", bytes(30_000_000))
    lying = bytearray(zeros.getvalue())
    place = lying.rfind((30_000_000).to_bytes(4, "little"))
    lying[place : place + 4] = (1000).to_bytes(4, "little")

    assert refusal(many.getvalue()) == "zip_bomb"
    assert refusal(zeros.getvalue()) == "zip_bomb"
    assert refusal(bytes(lying)) in ("damaged", "zip_bomb")


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_refused_wherever_they_stand(declaration):
    for member in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"):
        data = rebuilt(
            simple(["张三"]),
            lambda name, content, member=member: (
                content.replace(b"?>", b"?>" + declaration, 1) if name == member else content
            ),
        )
        assert refusal(data) == "xml_entities"


def test_truncated_and_garbled_files_are_damaged():
    data = simple(["张三"] * 10)

    assert refusal(data[: len(data) // 2]) == "damaged"
    assert refusal(rebuilt(data, lambda name, content: None if name.endswith("sheet1.xml") else content)) in (
        "damaged",
        "no_sheet",
    )
    assert refusal(rebuilt(data, lambda name, content: b"<a><b>" if name == "xl/workbook.xml" else content)) == (
        "damaged"
    )


def test_size_limits():
    assert refusal(os.urandom(2000), file_size=1000) == "too_large"
    assert refusal(simple(*[[row] for row in range(50)]), rows=40) == "too_many_rows"
    assert refusal(simple(["x"] * 30), columns=20) == "too_many_columns"
    assert refusal(simple(["字" * 2001])) == "cell_too_long"
    assert refusal("\n".join(["x"] * 3000).encode(), "a.csv", rows=1500) == "too_many_rows"
    assert refusal(("x," * 200).encode(), "a.csv", columns=100) in ("too_many_columns", "no_sheet")


def test_a_lonely_cell_at_the_far_corner_costs_memory_and_is_refused():
    """A dense reader would take 16 thousand million cells for it."""

    def write(book):
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x")
        sheet.write(1_048_575, 16_383, "x")

    assert refusal(workbook(write)) in ("too_large", "too_many_rows")


def test_time_limit():
    slow = simple(*[[f"名{row}", "x" * 50, row] for row in range(20_000)])

    assert refusal(slow, wall_seconds=0.05) == "timeout"


def test_25000_rows_cost_little_beside_the_parser():
    def write(book):
        sheet = book.add_worksheet()
        for row in range(25_000):
            sheet.write_row(row, 0, [f"张{row}", "某某市某某局", "440600193602290016", 13800000000 + row] * 4)

    data = workbook(write)
    began = time.perf_counter()
    CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    bare = time.perf_counter() - began

    began = time.perf_counter()
    (sheet,) = read(data, "a.xlsx")

    assert len(sheet.rows) == 25_000
    assert time.perf_counter() - began < bare * 3 + 4  # 0.3 s over the parser on a quiet machine


def test_the_child_sees_none_of_our_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    seen = {}
    real = reading.subprocess.run
    monkeypatch.setattr(reading.subprocess, "run", lambda *a, **k: seen.update(k) or real(*a, **k))

    read(simple(["x"]), "a.xlsx")

    assert set(seen["env"]) == {"PYTHONPATH", "PYTHONUTF8"}


# What we hand out


def written(write, *args, **options):
    stream = io.BytesIO()
    count = write(stream, *args, **options)
    return count, stream.getvalue()


def test_export_keeps_ids_as_text_and_formulas_as_words():
    rows = [
        ["=1+1", "440600193602290016", 13800000000, dt.date(1938, 5, 1), Decimal("-12.50"), None],
        ["＝cmd", 440600193602290016, "13800000000", "1938-05", -3, "@x"],
    ]

    count, data = written(
        write_sheet, "名单", ["姓名", "身份证号", "电话", "出生", "金额", "备注"], iter(rows), text_columns={"电话"}
    )

    assert count == 2
    assert read(data, "a.xlsx")[0].rows == [
        ["名单"],
        ["姓名", "身份证号", "电话", "出生", "金额", "备注"],
        ["=1+1", "440600193602290016", "13800000000", dt.date(1938, 5, 1), -12.5],
        ["＝cmd", "440600193602290016", "13800000000", "1938-05", -3, "@x"],
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b'quotePrefix="1"' in archive.read("xl/styles.xml")


def test_refused_rows_go_back_under_their_own_header():
    head = [["附件4"], ["登记表"], ["序号", "姓名", "基础信息"], [None, None, "性别", "出生"]]

    count, data = written(
        write_marked,
        [
            MarkedPage(
                "名册",
                head,
                [
                    (["1", "张三", 4.406e17], {2: "身份证号被 Excel 改了"}),
                    ([2, "=李四"], {1: "姓名不对", 3: "缺出生日期"}),
                ],
                [(1, 1, 1, 4), (3, 3, 3, 4), (3, 2, 4, 2)],
            )
        ],
    )

    (sheet,) = read(data, "a.xlsx")
    assert count == 2
    assert sheet.rows[len(head) - 1][-1] == "错误原因"
    assert sheet.rows[-2][-1] == "身份证号被 Excel 改了"
    assert sheet.rows[-1][-1] == "姓名不对；缺出生日期"
    assert (1, 1, 1, 4) in sheet.merged


def test_csv_opens_in_excel_and_holds_no_formula():
    count, data = written(write_csv, ["姓名", "金额"], [["=HYPERLINK(1)", -5], ["\t+1", Decimal("-1.5")], [None, ""]])

    assert count == 3
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["姓名", "金额"],
        ["'=HYPERLINK(1)", "-5"],
        ["'\t+1", "-1.5"],
        ["", ""],
    ]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\t1", "\r", "\n=1", "＝1", "＋1", "－1", "＠1", ' "=1', "'=1"]
)
def test_formula_beginnings(text):
    assert looks_like_formula(text)
    assert csv_cell(text).startswith("'")


def test_plain_text_is_left_alone():
    assert not looks_like_formula("张三=李四")
    assert csv_cell("0757-82280001") == "0757-82280001"


def test_names():
    assert [column_letters(number) for number in (1, 26, 27, 100, 16384)] == ["A", "Z", "AA", "CV", "XFD"]
    assert safe_sheet_name("[一/二]:*?'") == "一 二"
    assert safe_sheet_name("") == "Sheet1"
    assert len(safe_sheet_name("长" * 50)) == 31
