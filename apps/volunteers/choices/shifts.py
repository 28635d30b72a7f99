"""Projects, shifts, and how it is known that somebody came."""

from django.db import models


class ProjectState(models.TextChoices):
    DRAFT = "draft", "未公布"
    OPEN = "open", "招募中"
    CLOSED = "closed", "已结束"


class TurnState(models.TextChoices):
    """Of one place in one shift."""

    EXPECTED = "due", "待到岗"
    CAME = "came", "已到岗"
    EXCUSED = "excused", "请假"
    ABSENT = "absent", "没有来"
    CANCELLED = "off", "取消"


class SignWay(models.TextChoices):
    QR = "qr", "扫码"
    PHONE = "phone", "电话报到"
    PAPER = "paper", "纸质签到表"
    LEADER = "leader", "队长登记"


class RecordState(models.TextChoices):
    """Of a record of service: only CONFIRMED counts as 志愿时长."""

    WAITING = "waiting", "待队长确认"
    CONFIRMED = "ok", "已确认"
    REFUSED = "refused", "未通过"


class RecordSource(models.TextChoices):
    SHIFT = "shift", "排班签到"
    REQUEST = "request", "帮忙登记"
    GRID = "grid", "纸质表补录"
    IMPORT = "import", "历史导入"
