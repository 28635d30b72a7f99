"""A roster of one old comrade, plain headings, as a unit would type it: 高龄 and 独居."""

import datetime as dt
from pathlib import Path

import openpyxl

from apps.portal.demo.people import Inventor
from apps.portal.demo.places import unit_tree

SEED = 11
OLDEST = dt.date(1939, 1, 1)
HEADINGS = (
    "姓名", "身份证号码", "性别", "出生日期", "手机号码", "单位全称", "职务（职级）", "政治面貌", "入党时间",
    "离退休类型", "生日历法", "居住方式",
)  # fmt: skip


def write_one(path: Path) -> str:
    """Write the workbook; returns the name of the person in it."""
    tree = unit_tree()
    names = {row[0]: row[1] for row in tree}
    people = Inventor(SEED, [row[0] for row in tree]).people(200)
    one = next(one for one in people if one.born < OLDEST and one.political_status == "01" and one.mobile)
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    book.active.append((
        one.name, one.citizen_id, "男" if one.sex == "1" else "女", one.born.isoformat(), one.mobile,
        names[one.unit_code], one.post, "中共党员", one.party_since, "退休", "阳历", "独居",
    ))  # fmt: skip
    book.save(path)
    return one.name
