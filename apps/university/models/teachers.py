"""Teachers."""

from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Attachment, Record
from apps.people.models import Person
from apps.university.choices.schools import TeacherState
from apps.university.choices.teachers import AssessmentKind, AssessmentResult, TeacherPaperKind

from .schools import School
from .scoped import OfSchools, OfTeachers


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


class TeacherHiring(Record):
    """聘期: `last_on` is the last day; `ended_on` the day he left before it."""

    teacher = models.ForeignKey(Teacher, models.PROTECT, related_name="hirings", verbose_name="教师")
    starts_on = models.DateField("聘期开始")
    last_on = models.DateField("聘期到")
    document_no = models.CharField("聘书编号、文号", max_length=80, blank=True, db_default="")
    ended_on = models.DateField("提前结束", null=True, blank=True, editable=False)
    end_reason = models.CharField("结束原因", max_length=200, blank=True, db_default="", editable=False)

    objects = OfTeachers.as_manager()

    class Meta(Record.Meta):
        verbose_name = "聘期"
        verbose_name_plural = "聘期"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("starts_on")),
                name="teacherhiring_order",
                violation_error_message="聘期结束不能早于开始。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.last_on}"


class TeacherAssessment(Record):
    """试讲、考核、听课: when, by whom, and how it went."""

    teacher = models.ForeignKey(Teacher, models.PROTECT, related_name="appraisals", verbose_name="教师")
    held_on = models.DateField("日期")
    kind = models.CharField("方式", max_length=8, choices=AssessmentKind)
    result = models.CharField("结果", max_length=8, choices=AssessmentResult)
    by = models.CharField("谁来评", max_length=80)
    opinion = models.CharField("意见", max_length=300, blank=True, db_default="")

    objects = OfTeachers.as_manager()

    class Meta(Record.Meta):
        verbose_name = "试讲、考核"
        verbose_name_plural = "试讲、考核"
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.held_on}"


class TeacherPaper(Record):
    """A scanned paper of a teacher: CV, certificates, the letter of appointment."""

    teacher = models.ForeignKey(Teacher, models.PROTECT, related_name="papers", verbose_name="教师")
    kind = models.CharField("材料", max_length=8, choices=TeacherPaperKind)
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+", editable=False)
    added_on = models.DateField("日期")

    objects = OfTeachers.as_manager()

    class Meta(Record.Meta):
        verbose_name = "教师材料"
        verbose_name_plural = "教师材料"
        ordering = ["added_on", "id"]

    def __str__(self) -> str:
        return self.get_kind_display()
