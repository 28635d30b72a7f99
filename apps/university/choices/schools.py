"""Schools, terms, classes and teachers (domain 2.4, 3.10)."""

from django.db import models


class SchoolLevel(models.TextChoices):
    CITY = "city", "市级"
    COUNTY = "county", "区县级"
    TOWN = "town", "镇街级"
    VILLAGE = "village", "村居级"


class Admits(models.TextChoices):
    """Whom a school takes in."""

    CADRES = "cadres", "只收离退休干部"
    ELDERS = "elders", "离退休干部和其他老年人"


class Season(models.TextChoices):
    SPRING = "spring", "春季"
    AUTUMN = "autumn", "秋季"
    YEAR = "year", "全学年"


class PhaseKind(models.TextChoices):
    """Stretches of a term, in their usual order."""

    CONTINUING = "next", "老生续读"
    NEW = "new", "新生报名"
    PAYING = "pay", "缴费"
    CHANGING = "change", "换班"
    MAKING_UP = "extra", "补报"


class ClassState(models.TextChoices):
    PLANNED = "planned", "未公布"
    PUBLISHED = "public", "已公布"
    RUNNING = "running", "上课中"
    ENDED = "ended", "已结课"
    CANCELLED = "off", "取消开班"


class SessionState(models.TextChoices):
    PLANNED = "planned", "按时上课"
    HELD = "held", "已上"
    CANCELLED = "off", "停课"
    MOVED = "moved", "改期"


class TeacherState(models.TextChoices):
    APPLIED = "applied", "已申请"
    HIRED = "hired", "在聘"
    RESERVE = "reserve", "备用"
    REFUSED = "refused", "未聘"
    LEFT = "left", "已解聘"


class TeacherRole(models.TextChoices):
    MAIN = "main", "主讲"
    SECOND = "second", "助教"
    SUBSTITUTE = "sub", "代课"
