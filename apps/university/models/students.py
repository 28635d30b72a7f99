"""Students: one profile for all schools; and their enrolments."""

from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record, Versioned
from apps.people.models import Person
from apps.signups.models import SignUp
from apps.university.choices.students import EnrolmentState, StudentKind

from .classes import ClassGroup
from .schools import School
from .scoped import OfClasses, OfUnits

YUAN = {"max_digits": 9, "decimal_places": 2}


class StudentQuerySet(OfUnits):
    def visible_to(self, user, permission: str = "university.view_student"):
        """Students registered at schools that the user's role reaches."""
        schools = School.objects.visible_to(user, permission)
        registered = StudentSchool.objects.filter(school__in=schools.order_by().values("pk"))
        return self.filter(pk__in=registered.values("student_id"))


@history.track()
class Student(Record):
    """A person as a student of any of the schools. `card_no` stands on the card and in its QR code."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="student", verbose_name="人员")
    card_no = models.CharField("学员卡号", max_length=12, unique=True, editable=False)
    kind = models.CharField("人员类型", max_length=8, choices=StudentKind)
    registered_on = models.DateField("建档日期", null=True, blank=True, editable=False)
    level = models.CharField("级别", max_length=40, blank=True, db_default="", default="", help_text="例如 正处级")
    former_unit = models.CharField("原单位名称", max_length=100, blank=True, db_default="", default="")
    strengths = models.CharField("特长", max_length=120, blank=True, db_default="")
    health_statement_on = models.DateField("健康声明日期", null=True, blank=True)
    safety_letter_on = models.DateField("安全责任书签订日期", null=True, blank=True)
    family_consent_on = models.DateField("家属同意日期", null=True, blank=True)

    objects = StudentQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "学员"
        verbose_name_plural = "学员"
        permissions = [("view_student_contact", "查看学员的电话和住址")]

    def __str__(self) -> str:
        return str(self.person)


@history.track()
class StudentCard(Versioned):
    """A card as it was given out. One is in use; a lost one stays, so that whoever brings it is told so.

    `id` is the running number in `card_no` (rule book 9.31); an imported card keeps the number it bore.
    """

    student = models.ForeignKey(Student, models.CASCADE, related_name="cards", verbose_name="学员")
    card_no = models.CharField("学员卡号", max_length=12, unique=True)
    issued_on = models.DateField("发卡日期")
    ended_on = models.DateField("停用日期", null=True, blank=True)
    end_reason = models.CharField("停用原因", max_length=60, blank=True, db_default="")
    printed_at = models.DateTimeField("最近打印", null=True, blank=True)

    class Meta(Versioned.Meta):
        verbose_name = "学员卡"
        verbose_name_plural = "学员卡"
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(ended_on__isnull=True),
                name="studentcard_one",
                violation_error_message="这位学员已经有一张在用的卡。",
            )
        ]

    def __str__(self) -> str:
        return self.card_no


class StudentSchool(models.Model):
    """Where a student is registered: whose staff see him. Made by his first sign-up there."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="schools")
    school = models.ForeignKey(School, models.PROTECT, related_name="students")
    since = models.DateField("自何日起")

    class Meta:
        verbose_name = "就读学校"
        verbose_name_plural = "就读学校"
        constraints = [models.UniqueConstraint(fields=["student", "school"], name="studentschool_once")]

    def __str__(self) -> str:
        return str(self.school)


@history.track(exclude=("paid", "refunded"))
class Enrolment(Record):
    """A place somebody has in a class: what he owes, how it went. Made when he gets the place (`services.places`).

    `paid` and `refunded` are kept by triggers of payments and refunds; the check refuses to give back more than came
    in, whichever way a row comes in. `pay_by`: last day to pay, empty where nobody is hurried.
    """

    sign_up = models.OneToOneField(SignUp, models.PROTECT, related_name="enrolment", editable=False)
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="enrolments", verbose_name="班级")
    student = models.ForeignKey(Student, models.PROTECT, related_name="enrolments", verbose_name="学员")
    state = models.CharField(
        "状态", max_length=8, choices=EnrolmentState, default=EnrolmentState.STUDYING, editable=False
    )
    fee_due = models.DecimalField("应缴（元）", max_digits=8, decimal_places=2, default=0)
    discount = models.CharField("优惠", max_length=40, blank=True, db_default="")
    pay_by = models.DateField("缴费截止", null=True, blank=True)
    paid = models.DecimalField("已缴（元）", max_digits=9, decimal_places=2, default=0, db_default=0, editable=False)
    refunded = models.DecimalField(
        "退费（元）", max_digits=9, decimal_places=2, default=0, db_default=0, editable=False
    )
    ended_on = models.DateField("结束日期", null=True, blank=True, editable=False)
    end_reason = models.CharField("结束原因", max_length=120, blank=True, db_default="", editable=False)

    objects = OfClasses.as_manager()

    class Meta(Record.Meta):
        verbose_name = "在读"
        verbose_name_plural = "在读"
        constraints = [
            models.UniqueConstraint(
                fields=["class_group", "student"],
                condition=Q(state="in", voided_at__isnull=True),
                name="enrolment_once",
                violation_error_message="已经在这个班里。",
            ),
            models.CheckConstraint(
                condition=Q(fee_due__gte=0), name="enrolment_fee", violation_error_message="应缴不能是负数。"
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, paid__gte=F("refunded")),
                name="enrolment_refunds",
                violation_error_message="退费不能超过已缴。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["pay_by"],
                name="enrolment_unpaid",
                condition=Q(state="in", voided_at__isnull=True, paid__lt=F("fee_due")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_group} {self.student}"

    @property
    def owes(self):
        """What is still to be paid for a place that stands; of one that ended nothing."""
        return max(self.fee_due - self.paid, 0) if self.state == EnrolmentState.STUDYING else 0
