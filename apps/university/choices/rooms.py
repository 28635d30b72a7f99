"""The condition of rooms, and who a school works with (domain 1.2 办学条件, 1.4)."""

from django.db import models


class Condition(models.TextChoices):
    GOOD = "good", "完好"
    WORN = "worn", "能用，有毛病"
    BROKEN = "broken", "不能用"
    GONE = "gone", "已报废"


class RepairState(models.TextChoices):
    REPORTED = "new", "已报修"
    ORDERED = "order", "已派修"
    DONE = "done", "已修好"
    DROPPED = "off", "不修了"


class PartnerKind(models.TextChoices):
    COLLEGE = "college", "院校"
    PARTY_SCHOOL = "party", "党校"
    COMMUNITY = "place", "乡镇、社区"
    COMPANY = "company", "企业"
    CARE = "care", "医院、养老机构"
    OTHER = "other", "其他"


class BaseKind(models.TextChoices):
    PRACTICE = "teach", "教学实践基地"
    PARTY = "party", "党性教育基地"
    OTHER = "other", "其他"
