"""Students and their enrolments (domain 2.4, 2.4.1)."""

from django.db import models


class StudentKind(models.TextChoices):
    SUBSIDISED = "lixiu", "离休"
    RETIRED = "tuixiu", "退休"
    OTHER = "other", "其他老年人"


class EnrolmentState(models.TextChoices):
    """Of somebody who has a place. Whether he has paid follows from the fee."""

    STUDYING = "in", "在读"
    LEFT = "left", "退课"
    CHANGED = "changed", "换课"
    COMPLETED = "done", "结业"
    NOT_COMPLETED = "short", "未结业"
    CANCELLED = "off", "取消开班"
