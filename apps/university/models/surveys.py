"""学员评价: the same few questions about each class; answers bear no name."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common.models import Record

from .classes import ClassGroup
from .scoped import OfClasses
from .students import Enrolment

MARKS = ((3, "满意"), (2, "还可以"), (1, "不满意"))
QUESTIONS = ("teaching", "content", "place", "again")
AGAIN = ((3, "想来"), (2, "再看看"), (1, "不想来"))


class Survey(Record):
    """Asked of the students of one class on days half-open [opens_on, closes_on)."""

    class_group = models.OneToOneField(ClassGroup, models.PROTECT, related_name="survey", verbose_name="班级")
    opens_on = models.DateField("开始")
    closes_on = models.DateField("结束（不含）")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )

    objects = OfClasses.as_manager()

    class Meta(Record.Meta):
        verbose_name = "学员评价"
        verbose_name_plural = "学员评价"
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gt=F("opens_on")),
                name="survey_order",
                violation_error_message="结束日期要晚于开始日期。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.class_group}评价"


class SurveyTaken(models.Model):
    """That somebody has answered: nobody answers twice. Nothing leads from here to what he said."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="taken")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "已评价"
        verbose_name_plural = "已评价"
        constraints = [models.UniqueConstraint(fields=["survey", "enrolment"], name="surveytaken_once")]

    def __str__(self) -> str:
        return str(self.enrolment_id)


class SurveyAnswer(models.Model):
    """One sheet, without a name, a time or a running number; empty where he passed a question over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="answers")
    teaching = models.PositiveSmallIntegerField("老师讲得怎么样", choices=MARKS, null=True, blank=True)
    content = models.PositiveSmallIntegerField("内容合不合适", choices=MARKS, null=True, blank=True)
    place = models.PositiveSmallIntegerField("教室、设备怎么样", choices=MARKS, null=True, blank=True)
    again = models.PositiveSmallIntegerField("下学期还想不想来", choices=AGAIN, null=True, blank=True)
    words = models.CharField("还有什么话想说", max_length=300, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "评价"
        verbose_name_plural = "评价"

    def __str__(self) -> str:
        return "评价"
