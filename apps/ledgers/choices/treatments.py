"""待遇和服务."""

from django.db import models


class TreatmentGroup(models.TextChoices):
    """两项待遇."""

    POLITICAL = "political", "政治待遇"
    LIVING = "living", "生活待遇"


class Every(models.TextChoices):
    """How often an item is due."""

    YEAR = "year", "每年"
    HALF = "half", "每半年"
    QUARTER = "quarter", "每季度"
    MONTH = "month", "每月"
    ONCE = "once", "一次"


class PaidTo(models.TextChoices):
    """Domain 0: 特需费 is held by the unit and spent for him, not paid out evenly."""

    PERSON = "person", "发给个人"
    UNIT = "unit", "单位掌握使用"


class Standard(models.TextChoices):
    """Where the amount of an item comes from: a field of the rule set, the person who opens the period, or nowhere."""

    NOTHING = "", "没有金额"
    ASKED = "asked", "开期时填"
    SPECIAL_FUND = "special_fund", "特需费标准"
    MEDICAL_AID = "medical_aid", "医疗补助标准"
    CHECK_UP = "check_up", "体检标准"
    NURSING = "nursing", "护理费标准（按时期，完全不能自理另加）"
    SUBSIDY = "subsidy", "生活补贴（按时期发几个月基本离休费）"


class OnDeath(models.TextChoices):
    """What of the period in which he died is still given."""

    STOP = "stop", "没发的不再发"
    PRORATE = "prorate", "按在世的月份折算"
    FULL = "full", "照发，由家属领"


class DueState(models.TextChoices):
    """Derived from the dates of a due, never typed."""

    WAITING = "waiting", "待发"
    ISSUED = "issued", "已发出，未签收"
    RECEIVED = "received", "已领到"
    STOPPED = "stopped", "停发"


class ReceivedHow(models.TextChoices):
    SIGNED = "signed", "签字领取"
    BANK = "bank", "打入银行卡"
    POST = "post", "邮寄签收"
    HOME = "home", "送到家"
    DONE = "done", "已参加（已办）"


class StopReason(models.TextChoices):
    DIED = "died", "离世"
    REFUSED = "refused", "本人不要"
    NOT_DUE = "not_due", "不符合条件"
    MOVED = "moved", "转到别的单位发"


class ChangeKind(models.TextChoices):
    """Entries that change what a due is worth; the first amount is never written over."""

    CORRECTION = "correction", "更正"
    SUPPLEMENT = "supplement", "补发"
    PRORATED = "prorated", "离世折算"
    RECLAIM = "reclaim", "离世后多发，须追回"


class PlaceState(models.TextChoices):
    """An invitation to a convalescence."""

    INVITED = "invited", "已邀请"
    WAITING = "waiting", "排队等候"
    ACCEPTED = "accepted", "参加"
    REFUSED = "refused", "不参加"
    WENT = "went", "已去过"
    ABSENT = "absent", "报了没去"


class ConvalescenceMode(models.TextChoices):
    GATHERED = "gathered", "集中疗养"
    SCATTERED = "scattered", "分散疗养"


class Guarantee(models.TextChoices):
    """三个机制 (domain 1.4): 离休费, 医药费, 财政支持."""

    PENSION = "pension", "离休费保障"
    MEDICAL = "medical", "医药费保障"
    FINANCE = "finance", "财政支持"


class GuaranteeResult(models.TextChoices):
    KEPT = "kept", "按时足额"
    LATE = "late", "有拖欠"
    SHORT = "short", "没有足额"
    UNCHECKED = "unchecked", "材料不全，未核清"


class ServiceKind(models.TextChoices):
    """Domain 1.2."""

    PREVENTION = "prevention", "失能防范"
    RESCUE = "rescue", "紧急救援"
    MEDICAL = "medical", "基础医疗"
    REHABILITATION = "rehab", "康复护理"
    LIVING = "living", "生活照料"


class NearbyKind(models.TextChoices):
    """四就近 (domain 1.1)."""

    STUDY = "study", "就近学习"
    ACTIVITY = "activity", "就近活动"
    CARE = "care", "就近得到关心照顾"
    ROLE = "role", "就近发挥作用"


class DeliverTo(models.TextChoices):
    HOME = "home", "送到家"
    UNIT = "unit", "送原单位"
    BRANCH = "branch", "送支部活动室"


class SeniorBand(models.IntegerChoices):
    EIGHTY = 80, "80 周岁"
    NINETY = 90, "90 周岁"
    HUNDRED = 100, "100 周岁"


class ClaimState(models.TextChoices):
    TOLD = "told", "已告知家属，还没申请"
    APPLIED = "applied", "已申请"
    PAID = "paid", "已开始发放"
    NOT_WANTED = "not_wanted", "不申请"
