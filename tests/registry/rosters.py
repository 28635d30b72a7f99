"""Roster files as bureaus send them, made for tests. All people are fictional."""

import csv
import io
from pathlib import Path

import openpyxl

from apps.common.citizen_id import check_digit

TEMPLATE = Path(__file__).parents[2] / "fixtures" / "roster_template.xlsx"
HEADER = [
    "序号", "姓名", "手机号码", "人员类别", "单位全称", "身份证号码", "职务（职级）", "组织区域", "性别", "出生日期",
    "民族", "籍贯", "政治面貌", "入党时间", "文化程度", "职称",
]  # fmt: skip
UNIT = "云江市水利局"


def citizen_id(birth: str = "19360302", *, sequence: int = 101, region: str = "522301") -> str:
    """A valid number; an odd sequence is a man's."""
    first_17 = f"{region}{birth}{sequence:03d}"
    return first_17 + check_digit(first_17)


def line(name: str = "李德厚", **over) -> list:
    """A row in the order of the template. `over` by heading, e.g. 手机号码="13800000001"."""
    values = {
        "序号": 1,
        "姓名": name,
        "手机号码": "13800000001",
        "人员类别": "公务员",
        "单位全称": UNIT,
        "身份证号码": citizen_id(),
        "职务（职级）": "正县(处)级",
        "组织区域": "省以下各级机关及其直属单位",
        "性别": "男",
        "出生日期": "1936-03-02",
        "民族": "汉族",
        "籍贯": "云江",
        "政治面貌": "共产党员",
        "入党时间": "1956-07",
        "文化程度": "大学本科",
        "职称": "高级",
        **over,
    }
    return [values[heading] for heading in HEADER]


def in_template(*rows: list, at: int = 5, keep_sample: bool = False) -> bytes:
    """The real template with rows from Excel row `at` on; at 5 they stand where the sample stood."""
    book = openpyxl.load_workbook(TEMPLATE)
    sheet = book.active
    if not keep_sample:
        for cell in sheet[5]:
            cell.value = None
    last = at + len(rows) - 1
    if at <= 6 <= last or at <= 7 <= last:
        sheet.unmerge_cells("A6:P7")
        sheet["A6"].value = None
    for number, row in enumerate(rows, at):
        for column, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(number, column, value)
    return _bytes(book)


def workbook(*rows: list, sheet_name: str = "名册") -> bytes:
    """A plain workbook: the first row is the header."""
    book = openpyxl.Workbook()
    book.active.title = sheet_name
    for row in rows:
        book.active.append(row)
    return _bytes(book)


def csv_file(*rows: list, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def _bytes(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
