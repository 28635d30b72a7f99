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


class Means(models.TextChoices):
    """What the planner made of a duty, from where the cadre is and how he can be reached; empty: as its kind says."""

    AS_IS = "", ""
    VISIT = "visit", "上门"
    CALL = "call", "打电话"
    LETTER = "letter", "写信"


# Outcomes that leave it open how he is.
NOT_REACHED = ("unanswered", "out")
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


class CallOutcome(models.TextChoices):
    """What came of a call; only 接通 keeps a duty unless the rule set says so."""

    ANSWERED = "answered", "接通"
    FAMILY = "family", "家人代接"
    UNANSWERED = "unanswered", "无人接"
    OUT_OF_SERVICE = "out", "停机"


class CheckResult(models.TextChoices):
    """How a 当日上门核实 ended: somebody saw or spoke to him, or it was called off with a reason."""

    SEEN = "seen", "见到本人，平安"
    SPOKEN = "spoken", "与本人通了话，平安"
    HELPED = "helped", "见到本人，已送医或求助"
    AWAY = "away", "家人确认不在家，平安"
    DIED = "died", "已离世（另行登记）"
    CALLED_OFF = "called_off", "误报，已撤销"


class InquiryState(models.TextChoices):
    DONE = "done", "当场办结"
    OPEN = "open", "转办中"
    ANSWERED = "answered", "办完待回复"
    CLOSED = "closed", "已回复"


class SheetOrder(models.TextChoices):
    """Named orders of a printed list (domain 0); the heading says which one it is."""

    DUE = "due", "期限先后"
    COMMUNITY = "community", "社区"
    RANK = "rank", "名次"
    STROKES = "strokes", "姓氏笔画"
    PINYIN = "pinyin", "拼音"


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
    SHEET = "sheet", "电话单录入"
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
