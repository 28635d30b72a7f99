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


# Family and proxies -----------------------------------------------------------------------------------------------


class ProxyScope(models.TextChoices):
    """What a proxy may do; each is granted apart."""

    ENROL = "enrol", "报名办事"
    PROMISES = "promises", "看承诺"
    HEALTH = "health", "看健康"


class GrantMethod(models.TextChoices):
    SIGNED = "signed", "本人签字的授权书"
    SPOKEN = "spoken", "本人口头同意"
    GUARDIAN = "guardian", "监护人凭证明"


class SpokenHow(models.TextChoices):
    FACE = "face", "当面"
    PHONE = "phone", "电话"


class GuardianAs(models.TextChoices):
    """Order of 民法典 Art. 28, and what was agreed before (Art. 33)."""

    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    KIN = "kin", "其他近亲属"
    AGREED = "agreed", "意定监护人"
    OTHER = "other", "居委会等指定的人"


class GrantEnd(models.TextChoices):
    PERSON = "person", "本人停止"
    PROXY = "proxy", "家属自己停止"
    STAFF = "staff", "工作人员停止"
    DIED = "died", "老同志离世"


class ChangeKind(models.TextChoices):
    PHONE = "phone", "电话"
    ADDRESS = "address", "住址"
    ACT = "act", "家里人意见不一"


class ChangeState(models.TextChoices):
    WAITING = "waiting", "等核实"
    ACCEPTED = "accepted", "已办"
    REFUSED = "refused", "没有办"
    WITHDRAWN = "withdrawn", "已撤回"


# Field → code list of `common.CodeValue` that its values come from.
CODE_LISTS = {"ethnicity": "ethnicity", "political_status": "political_status", "relation": "relation"}


class TwinReason(models.TextChoices):
    """Which keys two entries share, the strongest first."""

    PHONE = "phone", "姓名和电话相同"
    LAST4 = "last4", "姓名和证号末四位相同"
    BIRTH = "birth", "姓名和出生日期相同"
    PARTLY = "partly", "姓名相同，出生年月不矛盾"
    SOUND = "sound", "姓名同音，出生日期相同"


class MergeState(models.TextChoices):
    PROPOSED = "proposed", "等复核"
    DONE = "done", "已合并"
    REFUSED = "refused", "没有同意"
    UNDONE = "undone", "已撤销"
