"""The desk of a school: numbers for those who wait, the paper pad for a power cut, and classes that go on."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Paper, Record
from apps.people.models import Person
from apps.signups.models import SignUp

from .classes import ClassGroup
from .schools import School
from .scoped import OfSchools, OfUnits
from .terms import Term

MOST_NUMBERS = 600
MOST_LINES = 200


@history.track()
class QueueDay(Record):
    """Numbers 1 to `size` for those who wait at a school's desk on a day, torn off a printed sheet.

    `handed_out`: the last number given; `called`: the one at the desk now, 0 before the first.
    """

    school = models.ForeignKey(School, models.PROTECT, related_name="queue_days", verbose_name="学校")
    on_day = models.DateField("哪天")
    size = models.PositiveSmallIntegerField("印到几号")
    handed_out = models.PositiveSmallIntegerField("发到几号", default=0, db_default=0, editable=False)
    called = models.PositiveSmallIntegerField("叫到几号", default=0, db_default=0, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name="谁印的"
    )

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "排队号"
        verbose_name_plural = "排队号"
        ordering = ["-on_day", "school", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "on_day"],
                condition=Q(voided_at__isnull=True),
                name="queueday_once",
                violation_error_message="这一天的排队号已经有了，要多印请在那一天上加印。",
            ),
            models.CheckConstraint(
                condition=Q(size__range=(1, MOST_NUMBERS), handed_out__lte=F("size"), called__lte=F("handed_out")),
                name="queueday_numbers",
                violation_error_message=f"排队号一天最多 {MOST_NUMBERS} 个，叫号不能超过印的号。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.on_day.month}月{self.on_day.day}日"


@history.track()
class PadSheet(Record):
    """登记本: numbered lines printed in advance, written by hand when the power is off, entered later in their order.

    Its lines are made with it, so that each has its key before anybody types (`services.pad`).
    """

    school = models.ForeignKey(School, models.PROTECT, related_name="pad_sheets", verbose_name="学校")
    term = models.ForeignKey(Term, models.PROTECT, related_name="+", verbose_name="学期")
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="+", editable=False, verbose_name="纸质表")
    used_on = models.DateField("哪天登记的", null=True, blank=True)
    entered_at = models.DateTimeField("录完时间", null=True, blank=True, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="录入人"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name="谁印的"
    )

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "登记本"
        verbose_name_plural = "登记本"
        ordering = ["-id"]
        permissions = [("use_desk", "在窗口办理报名")]

    def __str__(self) -> str:
        return f"登记本 {self.paper.code}"


class PadLineQuerySet(OfUnits):
    unit_path = "sheet__school__unit"


@history.track()
class PadLine(models.Model):
    """One line of a pad: who came at what time and asked for which class. `form_key` is the key of the sign-up that
    comes of it, so that the line sent twice is one sign-up. `refusal`: the sentence, where none came of it."""

    sheet = models.ForeignKey(PadSheet, models.PROTECT, related_name="lines", verbose_name="登记本")
    position = models.PositiveSmallIntegerField("第几行")
    form_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    written_at = models.DateTimeField("登记时间", null=True, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报名人")
    class_group = models.ForeignKey(
        ClassGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="班级"
    )
    sign_up = models.ForeignKey(SignUp, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报名")
    refusal = models.CharField("没有报上的原因", max_length=200, blank=True, db_default="")

    objects = PadLineQuerySet.as_manager()

    class Meta:
        verbose_name = "登记本的行"
        verbose_name_plural = "登记本的行"
        ordering = ["sheet", "position"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "position"], name="padline_position"),
            models.CheckConstraint(
                condition=Q(sign_up__isnull=True)
                | Q(person__isnull=False, class_group__isnull=False, written_at__isnull=False),
                name="padline_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.position}行"


@history.track()
class Continuation(Record):
    """A class that goes on as a whole: its students were offered places in the class that follows it (老生续读).

    `answer_by`: until when they answer, the end of the phase. Undone, places not yet answered are taken back.
    """

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="continuations", verbose_name="升入的班")
    answer_by = models.DateTimeField("请在何时前答复")
    made_at = models.DateTimeField("办理时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    offered = models.PositiveSmallIntegerField("留了几个名额", default=0)
    undone_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "老生续读"
        verbose_name_plural = "老生续读"
        constraints = [
            models.UniqueConstraint(
                fields=["class_group"],
                condition=Q(undone_at__isnull=True, voided_at__isnull=True),
                name="continuation_once",
                violation_error_message="这个班的老生续读已经办过。",
            )
        ]

    def __str__(self) -> str:
        return str(self.class_group)
