from django.db import models


class Sex(models.TextChoices):
    """GB/T 2261.1"""

    UNKNOWN = "0", "未知"
    MALE = "1", "男"
    FEMALE = "2", "女"
    UNSTATED = "9", "未说明"


class Calendar(models.TextChoices):
    SOLAR = "solar", "阳历"
    LUNAR = "lunar", "农历"


class LeapPolicy(models.TextChoices):
    """When a birthday in a leap month is celebrated in a year that has this leap month (domain 3.5)."""

    NORMAL = "normal", "过平月"
    LEAP = "leap", "有闰月过闰月"


class LifeStatus(models.TextChoices):
    LIVING = "living", "在世"
    DEATH_REPORTED = "reported", "离世待核实"
    DECEASED = "deceased", "已离世"
    LOST = "lost", "失去联系"


class ReachBy(models.TextChoices):
    MOBILE = "mobile", "打手机"
    LANDLINE = "landline", "打座机"
    VISIT = "visit", "上门"
    LETTER = "letter", "写信"
    THROUGH = "through", "请人转告"


class AwayKind(models.TextChoices):
    """外出 comes back; 异地居住 merely lives elsewhere; 易地安置 was resettled by document (domain 2.1)."""

    TRAVELLING = "travelling", "外出"
    ELSEWHERE = "elsewhere", "异地居住"
    RESETTLED = "resettled", "易地安置"


class PhoneKind(models.TextChoices):
    MOBILE = "mobile", "手机"
    LANDLINE = "landline", "座机"


class ConsentPurpose(models.TextChoices):
    SMS = "sms", "短信问候"
    PHOTO = "photo", "发布照片和姓名"
    FAMILY = "family", "家属代办"
    HEALTH = "health", "登记健康情况"


# Field → code list of `common.CodeValue` that its values come from.
CODE_LISTS = {"ethnicity": "ethnicity", "political_status": "political_status", "relation": "relation"}
