from django.db import models


class ReminderKind(models.TextChoices):
    BIRTHDAY = "birthday", "生日"
    VISIT = "visit", "走访、联系"
    HOSPITAL = "hospital", "住院"
    DISCHARGE = "discharge", "出院"
    BRANCH = "branch", "支部的事"


class Stage(models.TextChoices):
    """When it is said. The number is days from the occasion; lead times are rule sets, the names are not."""

    LIST = "list", "下月名单"
    AHEAD = "ahead", "提前几天"
    EVE = "eve", "前一天"
    DAY = "day", "当天"
    MILESTONE = "milestone", "整寿"
    OVERDUE = "overdue", "逾期"
    OVERDUE_SECTION = "overdue_section", "逾期报科长"
    OVERDUE_BUREAU = "overdue_bureau", "逾期报局领导"


class Role(models.TextChoices):
    """Who must act; the account is resolved when the reminder is handed out."""

    RESPONSIBLE = "responsible", "责任人"
    SECTION = "section", "科长"
    BUREAU = "bureau", "局领导"
    BRANCH = "branch", "支部书记、委员"
    ABOVE = "above", "上级党组织"


class ReminderState(models.TextChoices):
    PENDING = "pending", "未到时或待发"
    HANDED = "handed", "已交发送"
    MISSED = "missed", "错过未发"
    WITHDRAWN = "withdrawn", "已撤回"
