from django.db import models


class Kind(models.TextChoices):
    """Domain 2.2.1"""

    FORMAL = "formal", "正式"
    AWAY = "away", "异地"
    FLOATING = "floating", "流动党员支部"
    TEMPORARY = "temporary", "临时"
    FUNCTIONAL = "functional", "功能型"


class Level(models.TextChoices):
    WORK_COMMITTEE = "work_committee", "党工委"
    COMMITTEE = "committee", "党委"
    GENERAL = "general", "党总支"
    BRANCH = "branch", "党支部"
    GROUP = "group", "党小组"


class Formation(models.TextChoices):
    """组建方式 (domain 2.2)"""

    ALONE = "alone", "单独组建"
    JOINT = "joint", "联合组建"
    COMMUNITY = "community", "依托社区"
    CLUB = "club", "依托社团、老年大学"


class Composition(models.TextChoices):
    """支部类型 (domain 2.2)"""

    VETERANS = "veterans", "离休"
    RETIRED = "retired", "退休"
    MIXED = "mixed", "离退休混编"
    WITH_STAFF = "with_staff", "与在职联建"


class Link(models.TextChoices):
    FORMAL = "formal", "正式组织关系"
    FUNCTIONAL = "functional", "功能型"
    TEMPORARY = "temporary", "临时"
    FLOATING = "floating", "流动"


class PostKind(models.TextChoices):
    SECRETARY = "secretary", "书记"
    DEPUTY = "deputy", "副书记"
    ORGANISATION = "organisation", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    MEMBER = "member", "委员"


class MeetingKind(models.TextChoices):
    """三会一课 and the others (domain 2.2, 3.1)."""

    PARTY_DAY = "party_day", "主题党日"
    ASSEMBLY = "assembly", "支部党员大会"
    COMMITTEE = "committee", "支委会"
    GROUP = "group", "党小组会"
    LECTURE = "lecture", "党课"
    LIFE = "life", "组织生活会"
    REVIEW = "review", "民主评议党员"
    ELECTION = "election", "换届选举大会"
    TALK = "talk", "座谈、谈心谈话"
    ACTIVITY = "activity", "主题活动"


class AttendanceState(models.TextChoices):
    PRESENT = "present", "到会"
    ONLINE = "online", "线上参加"
    DELIVERY = "delivery", "送学上门"
    LEAVE = "leave", "请假"
    ABSENT = "absent", "未到"


class DeliveryForm(models.TextChoices):
    VISIT = "visit", "上门讲"
    CALL = "call", "电话讲"
    PAPER = "paper", "送材料"
    ONLINE = "online", "视频、微信"


class StudyForm(models.TextChoices):
    TOGETHER = "together", "集中"
    ALONE = "alone", "自学"
    DELIVERED = "delivered", "送学"
    ONLINE = "online", "线上"


class DuesKind(models.TextChoices):
    """domain 2.2, 3.2"""

    MONTHLY = "monthly", "月交"
    BACK = "back", "补交"
    AHEAD = "ahead", "预交"
    VOLUNTARY = "voluntary", "大额自愿"


class DuesMethod(models.TextChoices):
    CASH = "cash", "现金"
    TRANSFER = "transfer", "转账"
    RELATIVE = "relative", "亲属代交"
    CODE = "code", "扫码"


class DuesSource(models.TextChoices):
    """Where the base of the dues was read from."""

    PAY_SLIP = "pay_slip", "发放单"
    UNIT = "unit", "单位提供"
    TOLD = "told", "本人报告"
    LAST_YEAR = "last_year", "沿用上年"


class ExemptionKind(models.TextChoices):
    ZERO = "zero", "免交"
    REDUCED = "reduced", "少交"


class ExemptionReason(models.TextChoices):
    """A category only: what lies behind it stays with the branch's papers."""

    HARDSHIP = "hardship", "生活困难"
    NO_INCOME = "no_income", "没有固定收入"
    OTHER = "other", "其他（见支部决议）"


class FundKind(models.TextChoices):
    WORK = "work", "工作经费"
    RETURNED = "returned", "党费返还"


class DuesTable(models.TextChoices):
    """What an uploaded table of dues holds."""

    BASES = "bases", "交纳基数"
    PAYMENTS = "payments", "一年党费（12 个月）"
