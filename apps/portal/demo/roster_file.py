"""The same invented people as a bureau would send them: the real template's layout, filled."""

from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from .people import DemoPerson

TITLE = ("附件4", "离退休干部职工信息收集模版")
OUTER = ("序号", "姓名", "手机号码", "人员类别", "单位全称", "身份证号码", "职务\n（职级）", "组织区域")
GROUP = "基础信息\n（时间如果是2000年1月，填写成2000-01）"
INNER = ("性别", "出生日期", "民族", "籍贯", "政治面貌", "入党时间", "文化程度", "职称")
NOTE = (
    "    说明：1、人员类别指公务员（含参公）、事业编、国有企业。\n"
    "                2、组织区域指省直单位、市县。\n"
    "                3、每个单位一张单独的表，如单位有更新则替代旧表，最后每个市县形成一张汇总表进行导入。"
)
EDUCATION = {"10": "硕士", "20": "大学本科", "30": "大专", "41": "中专", "60": "高中", "70": "初中", "80": "小学"}


def write_roster(path: Path, people: Iterable[DemoPerson], unit_names: dict[str, str]) -> int:
    """An .xlsx in the layout of the collected template, one row a person; returns how many."""
    # Not row by row: a header cell merged over two rows would close the first of them before it is complete.
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    sheet = book.add_worksheet("Sheet1")
    bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1})
    text = book.add_format({"num_format": "@"})
    sheet.merge_range(0, 0, 0, 15, TITLE[0])
    sheet.merge_range(1, 0, 1, 15, TITLE[1], bold)
    for column, heading in enumerate(OUTER):
        sheet.merge_range(2, column, 3, column, heading, bold)
    sheet.merge_range(2, 8, 2, 15, GROUP, bold)
    for column, heading in enumerate(INNER, 8):
        sheet.write_string(3, column, heading, bold)
    row = 4
    for number, one in enumerate(people, 1):
        sheet.write_number(row, 0, number)
        values = (
            one.name, one.mobile or one.landline, one.category, unit_names[one.unit_code], one.citizen_id, one.post,
            "省以下各级机关及其直属单位", "男" if one.sex == "1" else "女", one.born.isoformat(), "汉族", "广东",
            "共产党员" if one.political_status == "01" else "群众", one.party_since, EDUCATION[one.education], "",
        )  # fmt: skip
        for column, value in enumerate(values, 1):
            if value:
                sheet.write_string(row, column, value, text)
        row += 1
    sheet.merge_range(row, 0, row + 1, 15, NOTE)
    book.close()
    return row - 4
