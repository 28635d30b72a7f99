"""能力评估, and what is known of thoughts."""

from django.db import models


class Scale(models.TextChoices):
    """What was measured with; the level is worked out from the score (rules.assessment), of 其他量表 it is told."""

    NATIONAL = "gb42195", "GB/T 42195-2022 老年人能力评估"
    BARTHEL = "barthel", "Barthel 指数（日常生活活动能力）"
    OTHER = "other", "其他量表"


class Raise(models.TextChoices):
    """Why the level is a higher one than the score alone gives (GB/T 42195-2022)."""

    DEMENTIA = "dementia", "确诊痴呆"
    MENTAL = "mental", "确诊其他精神和行为障碍"
    RISK = "risk", "近 30 天照护风险事件达到规定次数"
    COMA = "coma", "昏迷"


class DueBecause(models.TextChoices):
    """Why the next assessment is due on its day."""

    YEARLY = "yearly", "定期复评"
    DISABLED = "disabled", "失能，缩短复评"
    DISCHARGED = "discharged", "出院后复评"
    FIRST = "first", "重点对象还没有评估过"


class ThoughtKind(models.TextChoices):
    THOUGHTS = "thoughts", "思想动态"
    COUNSEL = "counsel", "心理疏导"
