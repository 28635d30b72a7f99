"""Class life: lessons that change, attendance, completion, works and surveys (domain 3.10, 4.3 no. 11)."""

from django.db import models


class Presence(models.TextChoices):
    PRESENT = "in", "到课"
    LEAVE = "leave", "请假"
    ABSENT = "out", "缺课"


class CameBy(models.TextChoices):
    """How it is known."""

    PAPER = "paper", "考勤表"
    CARD = "card", "刷卡、扫码"


class ToldBy(models.TextChoices):
    """By which door a leave came in."""

    WEB = "web", "本人网上"
    PROXY = "proxy", "家属网上"
    PHONE = "phone", "电话"
    DESK = "desk", "当面"


class ActKind(models.TextChoices):
    CANCELLED = "off", "停课"
    MOVED = "moved", "改时间、换教室"
    SUBSTITUTE = "sub", "代课"
    EXTRA = "extra", "补课"


class NoticeKind(models.TextChoices):
    """What a class is told."""

    CANCELLED = "off", "停课"
    MOVED = "moved", "改时间、换教室"
    SUBSTITUTE = "sub", "代课"
    EXTRA = "extra", "补课"
    AS_PLANNED = "as_was", "照原来上课"
    CLASS_OFF = "class_off", "取消开班"
    MERGING = "merging", "商量并班"
    MERGED = "merged", "并班"


class Told(models.TextChoices):
    """What came of a call."""

    YES = "yes", "告知了"
    NO = "no", "没有联系上"


class Basis(models.TextChoices):
    """Why somebody stands on the list of those who have long been away."""

    WEEKS = "weeks", "连续多周缺课"
    MONTHS = "months", "长期未到且没有请假"


class Decision(models.TextChoices):
    KEEP = "keep", "保留"
    LEAVE = "leave", "退课"


class Answer(models.TextChoices):
    """To being moved into another class."""

    YES = "yes", "同意"
    NO = "no", "不同意"


class MergeState(models.TextChoices):
    ASKING = "asking", "正在征求意见"
    DONE = "done", "已并班"
    DROPPED = "dropped", "不并了"


class ShownName(models.TextChoices):
    """How the maker of a work is named to the public."""

    FULL = "full", "写全名"
    SURNAME = "surname", "只写姓"
    NONE = "none", "不写名字"


class ConsentBy(models.TextChoices):
    PAPER = "paper", "书面同意书"
    SPOKEN = "spoken", "当面或电话同意"
    WEB = "web", "本人网上同意"
