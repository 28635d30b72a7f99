"""Talks (宣讲): for whom, where, how far; donations and surrogate parents need no more than words."""

from django.db import models


class TalkAudience(models.TextChoices):
    ANYBODY = "all", "不限"
    PUPILS = "pupils", "中小学生"
    STUDENTS = "students", "大学生、青年"
    MEMBERS = "members", "党员、干部"
    WORKERS = "workers", "企业职工"
    VILLAGERS = "village", "村民"
    RESIDENTS = "resident", "社区居民"
    SOLDIERS = "soldiers", "官兵"


class PlaceKind(models.TextChoices):
    SCHOOL = "school", "学校"
    VILLAGE = "village", "农村"
    FIRM = "firm", "企业"
    COMMUNITY = "commune", "社区"
    ORGAN = "organ", "机关"
    ARMY = "army", "部队"
    ONLINE = "online", "线上"


class TalkState(models.TextChoices):
    PLANNED = "planned", "已安排"
    HELD = "held", "已讲"
    CANCELLED = "off", "已取消"


class BookingState(models.TextChoices):
    """A booking is answered in the end: a talk is made of it, or it is declined with the reason."""

    NEW = "new", "等安排"
    CONFIRMED = "yes", "已安排"
    DECLINED = "no", "没有安排"


class AskState(models.TextChoices):
    """No lecturer is given a talk without his yes (自觉自愿)."""

    ASKED = "asked", "已问，等答复"
    ACCEPTED = "yes", "愿意"
    DECLINED = "no", "这次不方便"
    WITHDRAWN = "off", "不再需要"
