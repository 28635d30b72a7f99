"""适老化改造."""

from django.db import models


class AdaptationState(models.TextChoices):
    """Where a case stands. Each step leads to the next; any of the first three may be called off."""

    SURVEY = "survey", "待勘查"
    QUOTE = "quote", "待报价"
    WORKS = "works", "施工中"
    ACCEPTANCE = "acceptance", "待验收"
    ASKING = "asking", "待回访"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已取消"


class FundSource(models.TextChoices):
    CIVIL = "civil", "民政部门补助"
    BUREAU = "bureau", "老干部工作经费"
    UNIT = "unit", "原单位承担"
    SELF = "self", "本人和家属自费"
    MIXED = "mixed", "多方分担"
    DONATED = "donated", "捐赠"


class AdaptationEnd(models.TextChoices):
    """Why a case was called off."""

    DECLINED = "declined", "本人或家属不愿改"
    UNFIT = "unfit", "房屋条件不允许"
    MOVED = "moved", "搬家或住进养老机构"
    ELSEWHERE = "elsewhere", "已由别的渠道改造"
    PERSON = "person", "人员变动"
    OTHER = "other", "其他"


class PhotoSide(models.TextChoices):
    BEFORE = "before", "改造前"
    AFTER = "after", "改造后"
