"""一人一策."""

from django.db import models


class Section(models.TextChoices):
    """The five sections of the Foshan document (domain 1.0)."""

    BASICS = "basics", "掌握基础信息"
    TREATMENT = "treatment", "落实各项待遇"
    WELLBEING = "wellbeing", "满足康养需求"
    WARMTH = "warmth", "加强关怀慰藉"
    PLATFORM = "platform", "对接服务平台"


class Urgency(models.TextChoices):
    NOW = "now", "马上办"
    SOON = "soon", "一个月内"
    YEAR = "year", "今年内"


class NeedOutcome(models.TextChoices):
    """How a need ended. Only 已解决 and 部分解决 count as met."""

    MET = "met", "已解决"
    PARTLY = "partly", "部分解决"
    CANNOT = "cannot", "解决不了，已说明"
    NOT_NEEDED = "not_needed", "本人不再需要"
    ENDED = "ended", "人员变动"


class Satisfaction(models.TextChoices):
    GOOD = "good", "满意"
    FAIR = "fair", "基本满意"
    POOR = "poor", "不满意"
    UNASKED = "unasked", "没有问到"


class MeasureDrop(models.TextChoices):
    REPLACED = "replaced", "换了别的办法"
    CANNOT = "cannot", "办不了"
    NOT_NEEDED = "not_needed", "不再需要"
    ENDED = "ended", "人员变动"


class TemplateKind(models.TextChoices):
    PLAN = "plan", "一人一策精准服务台账"
