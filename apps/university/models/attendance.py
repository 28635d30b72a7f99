"""Who came: the roll of a lesson, leaves, taps of a card at the door, and who has long been away."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record, Versioned
from apps.people.models import ProxyGrant
from apps.university.choices.life import Basis, CameBy, Decision, Presence, Told, ToldBy

from .classes import ClassGroup, ClassSession
from .schools import School
from .scoped import OfSchools, OfUnits
from .students import Enrolment, Student

WHO = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "null": True, "related_name": "+"}


class OfSessions(OfUnits):
    """Rows with a key to a lesson."""

    unit_path = "session__class_group__school__unit"


@history.track()
class RollCall(Record):
    """That the roll of a lesson was taken: `counted` is the number typed first, as it stands on the paper list."""

    session = models.OneToOneField(ClassSession, models.PROTECT, related_name="roll", verbose_name="课次")
    counted = models.PositiveSmallIntegerField("实到人数")
    entered_by = models.ForeignKey(verbose_name="登记人", **WHO)

    objects = OfSessions.as_manager()

    class Meta(Record.Meta):
        verbose_name = "点名"
        verbose_name_plural = "点名"

    def __str__(self) -> str:
        return f"{self.session}实到{self.counted}人"


@history.track()
class Attendance(Versioned):
    """Somebody at a lesson. A missing row says that nothing is known, not that he was absent."""

    session = models.ForeignKey(ClassSession, models.PROTECT, related_name="attendance", verbose_name="课次")
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="attendance", db_index=False, verbose_name="学员"
    )
    state = models.CharField("到课", max_length=8, choices=Presence)
    by = models.CharField("怎样登记", max_length=8, choices=CameBy, default=CameBy.PAPER)
    came_at = models.DateTimeField("刷卡时间", null=True, blank=True)
    entered_by = models.ForeignKey(verbose_name="登记人", **WHO)

    class Meta(Versioned.Meta):
        verbose_name = "考勤"
        verbose_name_plural = "考勤"
        constraints = [models.UniqueConstraint(fields=["enrolment", "session"], name="attendance_session_once")]

    def __str__(self) -> str:
        return self.get_state_display()


@history.track()
class Leave(Record):
    """请假: days half-open [first_on, until); of one class, or of all his classes without. `public_id` is the key of
    the form."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="leaves", verbose_name="学员")
    class_group = models.ForeignKey(
        ClassGroup, models.PROTECT, null=True, blank=True, related_name="leaves", verbose_name="班级"
    )
    first_on = models.DateField("从哪天起")
    until = models.DateField("到哪天（不含）")
    reason = models.CharField("原因", max_length=60, blank=True, db_default="")
    by = models.CharField("怎样请的", max_length=8, choices=ToldBy)
    entered_by = models.ForeignKey(verbose_name="登记人", **WHO)
    grant = models.ForeignKey(ProxyGrant, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Record.Meta):
        verbose_name = "请假"
        verbose_name_plural = "请假"
        ordering = ["-first_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("first_on")),
                name="leave_order",
                violation_error_message="结束日期不能早于开始日期。",
            )
        ]
        indexes = [models.Index(fields=["student", "-until"], name="leave_student")]

    def __str__(self) -> str:
        return f"{self.first_on}起请假"


class DoorTap(models.Model):
    """A card or QR read at the door. Without a lesson: he came on a day on which he has none here."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    student = models.ForeignKey(Student, models.PROTECT, related_name="taps", verbose_name="学员")
    session = models.ForeignKey(
        ClassSession, models.PROTECT, null=True, blank=True, related_name="taps", verbose_name="课次"
    )
    at = models.DateTimeField("时间")
    entered_by = models.ForeignKey(verbose_name="登记人", **WHO)

    objects = OfSchools.as_manager()

    class Meta:
        verbose_name = "刷卡"
        verbose_name_plural = "刷卡"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["school", "-at"], name="doortap_school")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M}"


class OfEnrolments(OfUnits):
    unit_path = "enrolment__class_group__school__unit"


@history.track()
class AbsenceCase(Record):
    """Somebody away so long that the rule speaks of leaving: who rang him, what he said, what staff decided. `since`
    is the first lesson missed. Nothing happens by itself."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="absence_cases", verbose_name="学员")
    basis = models.CharField("依据", max_length=8, choices=Basis)
    since = models.DateField("从哪天起没来")
    called_at = models.DateTimeField("最近一次联系", null=True, blank=True)
    reached = models.CharField("联系结果", max_length=4, choices=Told, blank=True, db_default="")
    said = models.CharField("本人或家属怎么说", max_length=200, blank=True, db_default="")
    called_by = models.ForeignKey(verbose_name="联系人", **WHO)
    decision = models.CharField("决定", max_length=8, choices=Decision, blank=True, db_default="")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_by = models.ForeignKey(verbose_name="决定人", **WHO)

    objects = OfEnrolments.as_manager()

    class Meta(Record.Meta):
        verbose_name = "长期缺课"
        verbose_name_plural = "长期缺课"
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "since"], name="absencecase_once"),
            models.CheckConstraint(
                condition=Q(decision="") | Q(called_at__isnull=False),
                name="absencecase_called_first",
                violation_error_message="请先打电话，再作决定。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since}起"
