from django.db import models


class RetireType(models.TextChoices):
    VETERAN = "veteran", "离休"
    RETIRED = "retired", "退休"
    OLD_WORKER = "old_worker", "建国前参加革命工作的老工人"
    EARLY = "early", "提前退休"
    ILL_HEALTH = "ill_health", "病退"
    RESIGNED = "resigned", "退职"
    RAISED = "raised", "退休改离休"


# Both are 离休 in duties, statistics and benefits.
VETERAN_TYPES = (RetireType.VETERAN, RetireType.RAISED)


class RevolutionPeriod(models.TextChoices):
    """Domain 2.1.2; printed so in the annual tables."""

    P1 = "P1", "第一次国内革命战争时期"
    P2 = "P2", "第二次国内革命战争时期"
    P3 = "P3", "抗日战争前期"
    P4 = "P4", "抗日战争后期"
    P5 = "P5", "解放战争时期"
    UNDETERMINED = "undetermined", "待核实"


class Living(models.TextChoices):
    """居住方式. 空巢 = couple or single without children at home; 独居 is part of it (domain 2.1.3)."""

    SPOUSE = "spouse", "与配偶同住"
    ALONE = "alone", "独居"
    CHILDREN = "children", "与子女同住"
    NURSE = "nurse", "与保姆、护工同住"
    CARE_HOME = "care_home", "养老机构"
    HOSPITAL = "hospital", "长期住院"
    OTHER = "other", "其他"


EMPTY_NEST = (Living.SPOUSE, Living.ALONE)


class Ability(models.IntegerChoices):
    """GB/T 42195-2022 levels."""

    INTACT = 0, "能力完好"
    MILD = 1, "轻度失能"
    MODERATE = 2, "中度失能"
    SEVERE = 3, "重度失能"
    COMPLETE = 4, "完全失能"


class SpanKind(models.TextChoices):
    MANAGING = "managing", "管理单位"
    COUNTING = "counting", "统计单位"


class StandingKind(models.TextChoices):
    RETIRE_TYPE = "retire_type", "离退休类型"
    LEADER_RANK = "leader_rank", "领导职务层次"
    GRADE_RANK = "grade_rank", "职级"
    TREATMENT = "treatment", "享受待遇"
    MEDICAL_TREATMENT = "medical", "医疗待遇"


class LifeEventKind(models.TextChoices):
    RETIRED = "retired", "退休（离休）"
    MOVED = "moved", "调整管理单位"
    ADMITTED = "admitted", "住院"
    DISCHARGED = "discharged", "出院"
    LOST = "lost", "失去联系"
    FOUND = "found", "恢复联系"
    RELOCATED = "relocated", "迁居"
    DIED = "died", "离世"
    RESTORED = "restored", "恢复在世"
    OTHER = "other", "其他情况"


class LifeEventState(models.TextChoices):
    REPORTED = "reported", "待核实"
    CONFIRMED = "confirmed", "已核实"
    REJECTED = "rejected", "不属实"
    UNDONE = "undone", "已撤销"


# Treatments are raised, lowered and withdrawn by document; the others are posts once held.
TREATMENT_KINDS = (StandingKind.TREATMENT, StandingKind.MEDICAL_TREATMENT)


class RankKind(models.TextChoices):
    """The two fields of rank (domain 0); older 非领导职务 and 职员等级 are lines of the second list."""

    LEADER = "leader_rank", "领导职务层次"
    GRADE = "grade_rank", "职级"


class StatisticsRank(models.TextChoices):
    """Columns of tables 5 and 6 of the annual statistics (domain 3.14), in their order."""

    PROVINCE_CHIEF = "11", "正省（部）级"
    PROVINCE_DEPUTY = "12", "副省（部）级"
    BUREAU_CHIEF = "21", "正厅（局）级"
    BUREAU_DEPUTY = "22", "副厅（局）级"
    COUNTY_CHIEF = "31", "正县（处）级"
    COUNTY_DEPUTY = "32", "副县（处）级"
    SECTION_CHIEF = "41", "正乡（科）级"
    SECTION_DEPUTY = "42", "副乡（科）级"
    OTHER = "50", "科员、办事员及其他"


class WorkerCategory(models.TextChoices):
    FULL = "full", "专职"
    PART = "part", "兼职"


class RegisterKind(models.TextChoices):
    """Registers that come in as tables of their own."""

    WORKERS = "workers", "专兼职工作人员"
    LEADERS = "leaders", "在职领导"


class HoldPurpose(models.TextChoices):
    """What somebody on hold is not chosen for before it was asked (公开活动须先请示)."""

    LEADER_VISIT = "visit", "领导走访慰问"
    INVITATION = "invitation", "邀请参加活动"
    HONOUR = "honour", "表彰和荣誉"
    MEDAL = "medal", "颁发纪念章"
    PUBLICATION = "publication", "宣传报道"


class ReportState(models.TextChoices):
    DRAFT = "draft", "正在填"
    SENT = "sent", "已报"


class ReportLineKind(models.TextChoices):
    """What a unit tells of in its monthly report. All but the newly retired speak of somebody in the registry."""

    DIED = "died", "离世"
    ADMITTED = "admitted", "住院"
    RELOCATED = "relocated", "迁居"
    RETIRED = "retired", "新退休"
    OTHER = "other", "其他"


class NewcomerState(models.TextChoices):
    """What became of somebody reported as newly retired."""

    NONE = "", "—"
    WAITING = "waiting", "待登记"
    ADDED = "added", "已登记入册"
    REJECTED = "rejected", "不登记"


class CheckAnswer(models.TextChoices):
    """What a unit wrote beside a person on the yearly sheet."""

    OPEN = "", "还没录"
    RIGHT = "right", "无误"
    CHANGED = "changed", "有改动"
    TOLD = "told", "另有情况"


class DeceasedListState(models.TextChoices):
    WAITING = "waiting", "正在比对"
    DONE = "done", "已比对"
    REFUSED = "refused", "文件不能用"


# Field → code list of `common.CodeValue` that its values come from.
CODE_LISTS = {
    "leader_rank": "leader_rank",
    "grade_rank": "grade_rank",
    "treatment": "leader_rank",
    "medical_treatment": "leader_rank",
    "education": "education",
    "marital": "marital",
    "staff_category": "staff_category",
    "org_area": "org_area",
    "unit_nature": "unit_nature",
    "managed_level": "managed_level",
    "special_difficulties": "special_difficulty",
    "wishes": "service_need",
    "condition": "health",
}
