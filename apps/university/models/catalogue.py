"""What is taught: departments, majors, courses."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.models import Attachment, Record

from .schools import School
from .scoped import OfDepartments, OfSchools


class Department(Record):
    """系."""

    school = models.ForeignKey(School, models.PROTECT, related_name="departments", verbose_name="学校")
    name = models.CharField("系", max_length=40)
    head = models.CharField("系主任", max_length=30, blank=True, db_default="")
    position = models.PositiveIntegerField("排序", default=0)

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "系"
        verbose_name_plural = "系"
        ordering = ["school", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"],
                condition=Q(voided_at__isnull=True),
                name="department_name",
                violation_error_message="这所学校已经有同名的系。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Major(Record):
    """专业."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="majors", verbose_name="系")
    name = models.CharField("专业", max_length=40)
    position = models.PositiveIntegerField("排序", default=0)

    objects = OfDepartments.as_manager()

    class Meta(Record.Meta):
        verbose_name = "专业"
        verbose_name_plural = "专业"
        ordering = ["department", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"],
                condition=Q(voided_at__isnull=True),
                name="major_name",
                violation_error_message="这个系已经有同名的专业。",
            )
        ]

    def __str__(self) -> str:
        return self.name


@history.track()
class Course(Record):
    """What a class learns. `interests`: codes of the list `course_interest`, by which the public looks for it;
    `strenuous`: movement that asks for health (dance, 太极)."""

    school = models.ForeignKey(School, models.PROTECT, related_name="courses", verbose_name="学校")
    major = models.ForeignKey(Major, models.PROTECT, null=True, blank=True, related_name="courses", verbose_name="专业")
    code = models.CharField("课程代码", max_length=12, blank=True, db_default="")
    name = models.CharField("课程", max_length=60)
    interests = ArrayField(models.CharField(max_length=12), verbose_name="兴趣", default=list, blank=True)
    summary = models.CharField("一句话介绍", max_length=120, blank=True, db_default="")
    syllabus = models.TextField("教学大纲", max_length=5000, blank=True, db_default="")
    to_bring = models.CharField("要带什么", max_length=120, blank=True, db_default="")
    poster = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="海报"
    )
    strenuous = models.BooleanField("活动量大", default=False)
    grades = models.PositiveSmallIntegerField("学制（年）", default=1)
    is_model = models.BooleanField("精品课程", default=False, editable=False)

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "课程"
        verbose_name_plural = "课程"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"],
                condition=Q(voided_at__isnull=True),
                name="course_name",
                violation_error_message="这所学校已经有同名的课程。",
            )
        ]

    def __str__(self) -> str:
        return self.name
