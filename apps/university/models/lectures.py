"""公益大讲堂: lectures with free seats."""

from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.signups.models import Offering
from apps.university.choices.air import LectureState

from .schools import School
from .scoped import OfSchools, OfUnits


class OfLectures(OfUnits):
    unit_path = "series__school__unit"


@history.track()
class LectureSeries(Record):
    """一个系列."""

    school = models.ForeignKey(School, models.PROTECT, related_name="lecture_series", verbose_name="学校")
    name = models.CharField("系列", max_length=60)
    summary = models.CharField("一句话介绍", max_length=120, blank=True, db_default="")

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "大讲堂系列"
        verbose_name_plural = "大讲堂系列"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"],
                condition=Q(voided_at__isnull=True),
                name="lectureseries_name",
                violation_error_message="这所学校已经有同名的系列。",
            )
        ]

    def __str__(self) -> str:
        return self.name


@history.track()
class Lecture(Record):
    """One lecture; its seats are `offering`'s places, given first come. `walk_ins`: how many came without a seat,
    `came`: how many of those with one; numbers only."""

    series = models.ForeignKey(LectureSeries, models.PROTECT, related_name="lectures", verbose_name="系列")
    offering = models.OneToOneField(
        Offering, models.PROTECT, related_name="lecture", editable=False, verbose_name="座位"
    )
    title = models.CharField("题目", max_length=80)
    summary = models.CharField("讲什么", max_length=300, blank=True, db_default="")
    speaker = models.CharField("主讲人", max_length=60)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    place = models.CharField("地点", max_length=120)
    state = models.CharField("状态", max_length=8, choices=LectureState, default=LectureState.DRAFT, editable=False)
    came = models.PositiveIntegerField("报名的来了几位", null=True, blank=True, editable=False)
    walk_ins = models.PositiveIntegerField("没报名来听的几位", null=True, blank=True, editable=False)

    objects = OfLectures.as_manager()

    class Meta(Record.Meta):
        verbose_name = "公益大讲堂"
        verbose_name_plural = "公益大讲堂"
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="lecture_order",
                violation_error_message="结束要晚于开始。",
            )
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="lecture_time")]

    def __str__(self) -> str:
        return self.title
