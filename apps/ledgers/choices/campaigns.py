"""Festival campaigns, leader visits and whom else a visit served."""

from django.db import models


class CampaignKind(models.TextChoices):
    SPRING = "spring", "春节慰问"
    PARTY_DAY = "party_day", "七一慰问"
    NATIONAL_DAY = "national_day", "国庆慰问"
    DOUBLE_NINTH = "double_ninth", "重阳慰问"
    WINTER = "winter", "冬送温暖"
    SUMMER = "summer", "夏送清凉"
    OTHER = "other", "其他慰问"


class CampaignState(models.TextChoices):
    DRAFT = "draft", "选人"
    APPROVED = "approved", "已核定"
    CLOSED = "closed", "已结账"


class Category(models.TextChoices):
    """Why somebody is greeted; the standard of money and gift goes by it. He counts in the first that fits."""

    VETERAN = "veteran", "离休干部"
    SURVIVOR = "survivor", "遗属"
    HOSPITAL = "hospital", "正在住院"
    DIFFICULTY = "difficulty", "有特殊困难"
    HIGH_RISK = "high_risk", "高风险对象"
    FOCUS = "focus", "重点联系对象"
    FIFTY = "fifty", "党龄满 50 年"
    AGED = "aged", "高龄"
    OTHER = "other", "其他"


class Layer(models.TextChoices):
    """Who plans to go and see him: merged, so that nobody gets five visits and another none."""

    CITY = "city", "市委领导"
    BUREAU = "bureau", "老干部局"
    UNIT = "unit", "原单位"
    COMMUNITY = "community", "社区"
    OTHER = "other", "其他部门"


class TargetState(models.TextChoices):
    CHOSEN = "chosen", "列入"
    HELD = "held", "须先请示"
    REMOVED = "removed", "移出"
    STRUCK = "struck", "出发前划去"


class Handed(models.TextChoices):
    """What became of an envelope."""

    OPEN = "", "还没录"
    GIVEN = "given", "本人领取"
    BY_PROXY = "proxy", "别人代领"
    UNCLAIMED = "unclaimed", "没有送到"
    RETURNED = "returned", "已退回"


class GuestKind(models.TextChoices):
    """Whom a visit also served who is not in the registry."""

    ARMY = "army", "军休干部"
    OTHER_UNIT = "other_unit", "外单位老同志"
    FAMILY = "family", "家属"
    NEIGHBOUR = "neighbour", "社区居民"
    OTHER = "other", "其他"
