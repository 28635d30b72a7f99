"""What changes in the life of a class: a lesson called off or moved, who was told, classes joined, students moved."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.messaging.models import Message
from apps.university.choices.life import ActKind, Answer, MergeState, NoticeKind, Told

from .classes import ClassGroup, ClassSession
from .scoped import OfClasses, OfUnits
from .students import Enrolment, Student

WHO = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "null": True, "related_name": "+"}


class ClassNotice(Record):
    """Something all students of a class are told. `words`: the sentence, without anybody's name; what leaves is built
    from it. `public_id` is the key of the form."""

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="notices", verbose_name="班级")
    session = models.ForeignKey(
        ClassSession, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name="课次"
    )
    kind = models.CharField("事项", max_length=10, choices=NoticeKind)
    words = models.CharField("通知内容", max_length=300)
    of_use_until = models.DateTimeField("何时以后不用再通知", null=True, blank=True)
    made_at = models.DateTimeField("通知时间")
    made_by = models.ForeignKey(verbose_name="通知人", **WHO)

    objects = OfClasses.as_manager()

    class Meta(Record.Meta):
        verbose_name = "班级通知"
        verbose_name_plural = "班级通知"
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"{self.class_group}{self.get_kind_display()}"


class NoticeLine(models.Model):
    """One student to be told. `message`: the text that went out, where one could; else he is rung."""

    notice = models.ForeignKey(ClassNotice, models.CASCADE, related_name="lines")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", verbose_name="学员")
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="短信")
    told = models.CharField("电话结果", max_length=4, choices=Told, blank=True, default="", db_default="")
    note = models.CharField("说明", max_length=60, blank=True, default="", db_default="")
    told_at = models.DateTimeField("告知时间", null=True, blank=True)
    told_by = models.ForeignKey(verbose_name="谁打的", **WHO)

    class Meta:
        verbose_name = "通知到人"
        verbose_name_plural = "通知到人"
        constraints = [models.UniqueConstraint(fields=["notice", "student"], name="noticeline_once")]

    def __str__(self) -> str:
        return str(self.student_id)


@history.track()
class SessionAct(Record):
    """A lesson called off, moved, taught by somebody else, or added. `before`: what stood there (moments as ISO texts,
    ids), by which it is undone. `public_id` is the key of the form."""

    session = models.ForeignKey(ClassSession, models.PROTECT, related_name="acts", verbose_name="课次")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="+", verbose_name="班级")
    kind = models.CharField("事项", max_length=8, choices=ActKind)
    reason = models.CharField("原因", max_length=120)
    before = models.JSONField("原来的安排", default=dict)
    notice = models.ForeignKey(ClassNotice, models.PROTECT, null=True, related_name="+", verbose_name="通知")
    done_at = models.DateTimeField("办理时间")
    done_by = models.ForeignKey(verbose_name="办理人", **WHO)
    undone_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = OfClasses.as_manager()

    class Meta(Record.Meta):
        verbose_name = "调课记录"
        verbose_name_plural = "调课记录"
        ordering = ["-done_at", "-id"]
        indexes = [models.Index(fields=["-done_at"], name="sessionact_time")]

    def __str__(self) -> str:
        return f"{self.class_group}{self.get_kind_display()}"


@history.track()
class ClassMerge(Record):
    """Two classes below the minimum made one: everybody of `source` is asked before he is moved to `target`."""

    source = models.ForeignKey(ClassGroup, models.PROTECT, related_name="merges", verbose_name="并出的班")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="+", verbose_name="并入的班")
    state = models.CharField("状态", max_length=8, choices=MergeState, default=MergeState.ASKING)
    reason = models.CharField("原因", max_length=120)
    asked_at = models.DateTimeField("开始征求意见")
    asked_by = models.ForeignKey(verbose_name="经办人", **WHO)
    done_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = OfClasses.as_manager()

    class Meta(Record.Meta):
        verbose_name = "并班"
        verbose_name_plural = "并班"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(state="asking", voided_at__isnull=True),
                name="classmerge_once",
                violation_error_message="这个班已经在征求并班意见。",
            ),
            models.CheckConstraint(
                condition=~Q(source=F("class_group")), name="classmerge_two", violation_error_message="请选另一个班。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}并入{self.class_group}"


class MergeAnswer(models.Model):
    """What a student of the class that ends says to being moved; of both classes everybody agrees or is told."""

    merge = models.ForeignKey(ClassMerge, models.CASCADE, related_name="answers")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+", verbose_name="学员")
    answer = models.CharField("答复", max_length=4, choices=Answer, blank=True, default="", db_default="")
    note = models.CharField("说明", max_length=60, blank=True, default="", db_default="")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    noted_by = models.ForeignKey(verbose_name="登记人", **WHO)

    class Meta:
        verbose_name = "并班答复"
        verbose_name_plural = "并班答复"
        constraints = [models.UniqueConstraint(fields=["merge", "enrolment"], name="mergeanswer_once")]

    def __str__(self) -> str:
        return self.get_answer_display()


class OfNewClasses(OfUnits):
    unit_path = "new__class_group__school__unit"


@history.track()
class ClassChange(Record):
    """换班: one student moved from one class to another in one act. `difference` in yuan: positive is to be paid,
    negative given back; whether that was done is told by the fee of `new` and the refund of `old`. `public_id` is the
    key of the form."""

    old = models.ForeignKey(Enrolment, models.PROTECT, related_name="changed_to", verbose_name="原来的班")
    new = models.ForeignKey(Enrolment, models.PROTECT, related_name="changed_from", verbose_name="换到的班")
    merge = models.ForeignKey(ClassMerge, models.PROTECT, null=True, related_name="changes", verbose_name="并班")
    reason = models.CharField("原因", max_length=120)
    difference = models.DecimalField("差额（元）", max_digits=8, decimal_places=2, default=0)
    done_at = models.DateTimeField("办理时间")
    done_by = models.ForeignKey(verbose_name="办理人", **WHO)
    undone_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = OfNewClasses.as_manager()

    class Meta(Record.Meta):
        verbose_name = "换班"
        verbose_name_plural = "换班"
        ordering = ["-done_at", "-id"]

    def __str__(self) -> str:
        return f"{self.old}换到{self.new.class_group}"
