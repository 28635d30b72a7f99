"""电视课表, 精品课程 and 教研."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.models import Attachment, Record
from apps.university.choices.air import NominationState

from .catalogue import Course
from .schools import School
from .scoped import OfSchools


@history.track()
class Programme(Record):
    """One programme of the television schedule; `starts` in minutes since midnight, `replays` as the channel says."""

    school = models.ForeignKey(School, models.PROTECT, related_name="programmes", verbose_name="学校")
    channel = models.CharField("频道", max_length=40)
    on = models.DateField("日期")
    starts = models.PositiveSmallIntegerField("开始（分钟）")
    title = models.CharField("节目", max_length=80)
    replays = models.CharField("重播", max_length=80, blank=True, db_default="")

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "电视课表"
        verbose_name_plural = "电视课表"
        ordering = ["on", "starts", "channel", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "on", "starts"],
                condition=Q(voided_at__isnull=True),
                name="programme_once",
                violation_error_message="这个频道这个时间已经有节目。",
            ),
            models.CheckConstraint(
                condition=Q(starts__lt=24 * 60), name="programme_time", violation_error_message="时间写成 9:30 这样。"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def clock(self) -> str:
        return f"{self.starts // 60}:{self.starts % 60:02d}"


@history.track()
class CourseNomination(Record):
    """A course put forward as 精品课程, and what was decided. `Course.is_model` follows from it."""

    school = models.ForeignKey(School, models.PROTECT, related_name="nominations", verbose_name="学校")
    course = models.ForeignKey(Course, models.PROTECT, related_name="nominations", verbose_name="课程")
    asked_on = models.DateField("申报日期")
    reason = models.TextField("申报理由", max_length=1000)
    state = models.CharField(
        "评定", max_length=8, choices=NominationState, default=NominationState.ASKED, editable=False
    )
    decided_on = models.DateField("评定日期", null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name="评定人",
    )  # fmt: skip
    opinion = models.CharField("评定意见", max_length=300, blank=True, db_default="", editable=False)

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "精品课程申报"
        verbose_name_plural = "精品课程"
        ordering = ["-asked_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course"],
                condition=Q(voided_at__isnull=True, state__in=["asked", "approved"]),
                name="coursenomination_once",
                violation_error_message="这门课程已经申报过，或者已经是精品课程。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.course}（{self.get_state_display()}）"


@history.track()
class TeachingResearch(Record):
    """教研: who met about how a course is taught, and what came of it."""

    school = models.ForeignKey(School, models.PROTECT, related_name="researches", verbose_name="学校")
    course = models.ForeignKey(
        Course, models.PROTECT, null=True, blank=True, related_name="researches", verbose_name="课程"
    )
    held_on = models.DateField("日期")
    topic = models.CharField("主题", max_length=100)
    people = models.CharField("参加人", max_length=300)
    result = models.TextField("情况和结论", max_length=3000, blank=True, db_default="")
    file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="材料"
    )

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "教研活动"
        verbose_name_plural = "教研活动"
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return self.topic
