from django.db import models


class Level(models.IntegerChoices):
    """服务等级 (domain 0): the first needs the most."""

    FIRST = 1, "一级"
    SECOND = 2, "二级"
    THIRD = 3, "三级"


class CareRole(models.TextChoices):
    PRIMARY = "primary", "责任人"
    SECONDARY = "secondary", "协助人"


class Audience(models.TextChoices):
    """Whom a duty is owed to."""

    VETERAN = "veteran", "离休干部"
    FOCUS = "focus", "重点联系对象"
    HIGH_RISK = "high_risk", "高风险对象"
    AWAY = "away", "异地居住的离休干部和重点对象"
    IN_HOSPITAL = "in_hospital", "正在住院"


class Period(models.TextChoices):
    """Calendar periods (domain 3.6); a week runs from Monday to Sunday."""

    NONE = "none", "不要求"
    WEEK = "week", "每周"
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF_YEAR = "half_year", "每半年"
    YEAR = "year", "每年"


class DutyKind(models.TextChoices):
    """What is owed. One kind stands for one obligation, so that two of them may share a period."""

    VETERAN_CALL = "veteran_call", "电话或微信联系"
    VETERAN_VISIT = "veteran_visit", "上门看望"
    VETERAN_TALK = "veteran_talk", "谈心谈话"
    FOCUS_CONTACT = "focus_contact", "看望或联系"
    RISK_CONTACT = "risk_contact", "每周联系"
    RISK_VISIT = "risk_visit", "每月看望"
    RISK_BUREAU = "risk_bureau", "局里看望"
    AWAY_VISIT = "away_visit", "异地看望"
    SPRING = "spring", "春节慰问"
    PARTY_DAY = "party_day", "七一慰问"
    NATIONAL_DAY = "national_day", "国庆慰问"
    DOUBLE_NINTH = "double_ninth", "重阳慰问"
    HOSPITAL = "hospital", "住院看望"
    HOSPITAL_STAY = "hospital_stay", "住院期间看望"
    DISCHARGE = "discharge", "出院回访"


FESTIVALS = (DutyKind.SPRING, DutyKind.PARTY_DAY, DutyKind.NATIONAL_DAY, DutyKind.DOUBLE_NINTH)
HOSPITAL_KINDS = (DutyKind.HOSPITAL, DutyKind.HOSPITAL_STAY)


class ClosedReason(models.TextChoices):
    DIED = "died", "离世"
    LOST = "lost", "失去联系"
    DISCHARGED = "discharged", "已出院"
    NOT_OWED = "not_owed", "等级或规定调整"
    UNDONE = "undone", "登记已撤销"
    MISSED = "missed", "节日已过，没有办"
    WAIVED = "waived", "经批准不再办理"


class ContactKind(models.TextChoices):
    """走访慰问 types (domain 2.3.1)."""

    ROUTINE = "routine", "日常走访"
    FESTIVAL = "festival", "节日慰问"
    BIRTHDAY = "birthday", "生日看望"
    HOSPITAL = "hospital", "住院看望"
    DISCHARGE = "discharge", "出院回访"
    CALL = "call", "电话联系"
    WECHAT = "wechat", "微信联系"
    TALK = "talk", "谈心谈话"
    HARDSHIP = "hardship", "困难帮扶"
    RESETTLED = "resettled", "易地安置人员慰问"
    FAMILY = "family", "遗属慰问"
    CONDOLENCE = "condolence", "去世吊唁"


class Method(models.TextChoices):
    HOME = "home", "登门"
    HOSPITAL = "hospital", "到医院"
    CARE_HOME = "care_home", "到养老机构"
    PHONE = "phone", "电话"
    WECHAT = "wechat", "微信"
    LETTER = "letter", "信函"


class By(models.TextChoices):
    """Who kept in touch: high-risk people are also owed a visit by the bureau itself (domain 0)."""

    STAFF = "staff", "局里工作人员"
    CARER = "carer", "责任人"
    BRANCH = "branch", "支部"
    COMMUNITY = "community", "社区"
    VOLUNTEER = "volunteer", "志愿者"


class EnteredVia(models.TextChoices):
    STAFF = "staff", "工作人员页面"
    BRANCH = "branch", "支部页面"
    IMPORT = "import", "批量录入"
    SEED = "seed", "演示数据"


class Reason(models.TextChoices):
    """Why a tier is suggested (domain 2.1.3, 3.6)."""

    VETERAN = "veteran", "离休"
    AGED_80 = "aged_80", "80 岁以上"
    AGED_90 = "aged_90", "90 岁以上"
    ALONE = "alone", "独居"
    EMPTY_NEST = "empty_nest", "空巢"
    DISABLED = "disabled", "自理能力差"
    DISABLED_NO_COMPANY = "disabled_no_company", "自理能力差又无人陪伴"
    SERIOUSLY_ILL = "seriously_ill", "患重病"
    DOUBLE_HIGH = "double_high", "双高期"
    DIFFICULTY = "difficulty", "有特殊困难"
    LONG_STAY = "long_stay", "长期住院"
