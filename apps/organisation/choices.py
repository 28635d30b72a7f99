from django.db import models


class UnitLevel(models.TextChoices):
    CENTRAL = "central", "中央"
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县（市、区）"
    TOWNSHIP = "township", "乡（镇、街道）"


class UnitNature(models.TextChoices):
    """By nature of the independent accounting unit, not by how it calls itself (domain 2.1)."""

    ORGAN = "organ", "机关"
    INSTITUTION = "institution", "事业单位"
    ENTERPRISE = "enterprise", "企业"
    ARMY = "army", "军队"
    OTHER = "other", "其他"


class DayKind(models.TextChoices):
    """What the State Council's yearly notice makes of a day; without a row, Monday to Friday are worked."""

    OFF = "off", "放假"
    WORK = "work", "上班（调休）"


class DivisionLevel(models.TextChoices):
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡级"


class BarredKind(models.TextChoices):
    UNIT = "unit", "单位"
    RANK = "rank", "职务或职级"
