"""Class groups, their weekly times, and every session of them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from apps.common import history
from apps.common.models import Record
from apps.people.models import Person
from apps.signups.models import Offering
from apps.university.choices.schools import ClassState, SessionState, TeacherRole
from apps.university.rules.classes import title_of

from .catalogue import Course
from .schools import Room, School
from .scoped import OfClasses, OfSchools
from .teachers import Teacher
from .terms import Term


class MomentRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


@history.track()
class ClassGroup(Record):
    """A class of one course in one term. Its places, its window and its way of giving places stand in `offering`.

    Ages are 周岁 on the first day, both inclusive. `follows`: the class of the grade below, whose students come first.
    """

    term = models.ForeignKey(Term, models.PROTECT, related_name="classes", verbose_name="学期")
    school = models.ForeignKey(School, models.PROTECT, related_name="classes", verbose_name="学校")
    course = models.ForeignKey(Course, models.PROTECT, related_name="classes", verbose_name="课程")
    offering = models.OneToOneField(
        Offering, models.PROTECT, related_name="class_group", editable=False, verbose_name="名额"
    )
    code = models.CharField("班号", max_length=16)
    grade = models.PositiveSmallIntegerField("年级", default=1)
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name="上一年级的班"
    )
    state = models.CharField("状态", max_length=8, choices=ClassState, default=ClassState.PLANNED, editable=False)
    min_open = models.PositiveSmallIntegerField("最少开班人数", default=15)
    age_from = models.PositiveSmallIntegerField("最小年龄", null=True, blank=True)
    age_to = models.PositiveSmallIntegerField("最大年龄", null=True, blank=True)
    needs_health = models.BooleanField("报名要健康声明", default=False, db_default=False)
    fee = models.DecimalField("学费（元）", max_digits=8, decimal_places=2, default=0)
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="classes", verbose_name="教室")
    teacher = models.ForeignKey(
        Teacher, models.PROTECT, null=True, blank=True, related_name="classes", verbose_name="主讲教师"
    )
    second_teacher = models.ForeignKey(
        Teacher, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="助教"
    )
    first_on = models.DateField("第一次课")
    until = models.DateField("最后一次课（不含）")
    monitor = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="班长"
    )
    note = models.CharField("说明", max_length=300, blank=True, db_default="")

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "班级"
        verbose_name_plural = "班级"
        ordering = ["-term__starts_on", "code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "term", "course", "grade", "code"],
                condition=Q(voided_at__isnull=True),
                name="classgroup_code",
                violation_error_message="这门课这个年级这个学期已经有这个班号。",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("first_on")),
                name="classgroup_order",
                violation_error_message="最后一次课要晚于第一次课。",
            ),
            models.CheckConstraint(
                condition=Q(age_from__isnull=True) | Q(age_to__isnull=True) | Q(age_to__gte=F("age_from")),
                name="classgroup_ages",
                violation_error_message="最大年龄不能小于最小年龄。",
            ),
            models.CheckConstraint(
                condition=Q(fee__gte=0), name="classgroup_fee", violation_error_message="学费不能是负数。"
            ),
        ]

    def __str__(self) -> str:
        return title_of(self.course.name, self.course.grades, self.grade, self.code)


class WeeklySlot(models.Model):
    """A weekly lesson of a class; minutes since midnight, half-open. `weekday` 1 is Monday."""

    class_group = models.ForeignKey(ClassGroup, models.CASCADE, related_name="slots", verbose_name="班级")
    weekday = models.PositiveSmallIntegerField("星期")
    starts = models.PositiveSmallIntegerField("开始（分钟）")
    ends = models.PositiveSmallIntegerField("结束（分钟）")

    class Meta:
        verbose_name = "每周上课时间"
        verbose_name_plural = "每周上课时间"
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), ends__gt=F("starts"), ends__lte=24 * 60),
                name="weeklyslot_order",
                violation_error_message="下课要晚于上课。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}–{self.ends}"


@history.track()
class ClassSession(Record):
    """One lesson on one day. No room holds two at once."""

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="sessions", verbose_name="班级")
    number = models.PositiveSmallIntegerField("第几次课")
    starts_at = models.DateTimeField("上课")
    ends_at = models.DateTimeField("下课")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name="教室")
    state = models.CharField("状态", max_length=8, choices=SessionState, default=SessionState.PLANNED)
    topic = models.CharField("内容", max_length=120, blank=True, db_default="")
    reason = models.CharField("停课、改期原因", max_length=120, blank=True, db_default="")

    objects = OfClasses.as_manager()

    class Meta(Record.Meta):
        verbose_name = "课次"
        verbose_name_plural = "课次"
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["class_group", "number"], condition=Q(voided_at__isnull=True), name="classsession_number"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="classsession_order",
                violation_error_message="下课要晚于上课。",
            ),
            ExclusionConstraint(
                name="classsession_room",
                expressions=[
                    ("room", RangeOperators.EQUAL),
                    (MomentRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True) & ~Q(state="off"),
                violation_error_message="这间教室这个时间已经有别的班上课。",
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="classsession_time")]

    def __str__(self) -> str:
        return f"第{self.number}次课"


class SessionTeacher(models.Model):
    """Who teaches a session, and when: nobody teaches two at once, at whatever school. `person` is the teacher's."""

    session = models.ForeignKey(ClassSession, models.CASCADE, related_name="teachers")
    teacher = models.ForeignKey(Teacher, models.PROTECT, related_name="sessions")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=8, choices=TeacherRole, default=TeacherRole.MAIN)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = "授课"
        verbose_name_plural = "授课"
        constraints = [
            models.UniqueConstraint(fields=["session", "teacher"], name="sessionteacher_once"),
            ExclusionConstraint(
                name="sessionteacher_free",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (MomentRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                violation_error_message="这位老师这个时间已经有别的课。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.teacher)
