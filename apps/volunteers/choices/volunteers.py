"""What volunteers bring, want and have signed."""

from django.db import models


class DayPart(models.TextChoices):
    MORNING = "am", "上午"
    AFTERNOON = "pm", "下午"
    EVENING = "eve", "晚上"


class StatementKind(models.TextChoices):
    """Signed papers. Nobody is given anything to do before the first two are there and in force."""

    WILLING = "willing", "自愿服务承诺书"
    HEALTH = "health", "身体状况说明"
    FAMILY = "family", "家属知情同意书"
    INSURANCE = "insured", "保险凭证"
