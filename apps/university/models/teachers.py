"""Teachers."""

from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.models import Record
from apps.people.models import Person
from apps.university.choices.schools import TeacherState

from .schools import School
from .scoped import OfSchools


@history.track()
class Teacher(Record):
    """Somebody who teaches at a school, or has asked to."""

    school = models.ForeignKey(School, models.PROTECT, related_name="teachers", verbose_name="学校")
    person = models.ForeignKey(Person, models.PROTECT, related_name="teaching", verbose_name="人员")
    state = models.CharField("状态", max_length=8, choices=TeacherState, default=TeacherState.APPLIED)
    subjects = models.CharField("能教什么", max_length=120)
    experience = models.TextField("简历", max_length=2000, blank=True, db_default="")
    hired_on = models.DateField("聘任日期", null=True, blank=True)
    left_on = models.DateField("解聘日期", null=True, blank=True)

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "教师"
        verbose_name_plural = "教师"
        ordering = ["school", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "person"],
                condition=Q(voided_at__isnull=True),
                name="teacher_once",
                violation_error_message="这位老师已经登记过。",
            )
        ]

    def __str__(self) -> str:
        return str(self.person)
