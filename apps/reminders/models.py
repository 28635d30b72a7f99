"""What is due, in which stage, to be told to whom (by role), and whether it was."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.branches.models import Organisation
from apps.messaging.models import Message
from apps.people.models import Person

from .choices import ReminderKind, ReminderState, Role, Stage


class Reminder(models.Model):
    """One (occasion, stage, role), written by the planner only; its key makes planning again harmless.

    It may be handed out from `due_on` (inclusive) until `valid_until` (exclusive, the day the next stage begins);
    after that it is recorded as missed and never sent. It is about a person, or, of kind `branch`, about a party
    organisation (`subject_key` is `topic:<id>`, a topic of branches.occasions). `note` says why, in a code of
    `messaging.Outcome`.
    """

    kind = models.CharField("事项", max_length=10, choices=ReminderKind)
    subject_key = models.CharField("对象", max_length=40)
    occasion_date = models.DateField("哪一天的事")
    stage = models.CharField("阶段", max_length=16, choices=Stage)
    role = models.CharField("提醒谁", max_length=12, choices=Role)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="reminders", verbose_name="老同志"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="reminders", verbose_name="党组织"
    )
    age = models.PositiveSmallIntegerField("岁数", null=True, blank=True)
    due_on = models.DateField("应提醒日")
    valid_until = models.DateField("有效到（不含）")
    state = models.CharField(
        "状态", max_length=10, choices=ReminderState, default=ReminderState.PENDING, db_default="pending"
    )
    note = models.CharField("说明", max_length=14, blank=True, default="", db_default="")
    message = models.OneToOneField(
        Message, models.PROTECT, null=True, blank=True, related_name="reminder", verbose_name="消息"
    )
    planned_at = models.DateTimeField("排入时间", db_default=Now())
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = "提醒"
        verbose_name_plural = "提醒"
        ordering = ["-due_on", "-id"]
        permissions = [("view_run", "查看提醒运行情况")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_key", "occasion_date", "stage", "role"], name="reminder_once"
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=F("due_on")), name="reminder_valid_after_due"),
            models.CheckConstraint(
                condition=Q(kind="branch", organisation__isnull=False, person__isnull=True)
                | (~Q(kind="branch") & Q(organisation__isnull=True, person__isnull=False)),
                name="reminder_person_or_organisation",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="reminder_pending", condition=Q(state="pending")),
            models.Index(fields=["due_on", "state"], name="reminder_day"),
            models.Index(fields=["person", "-occasion_date"], name="reminder_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occasion_date} {self.get_stage_display()}"


class PlannerRun(models.Model):
    """The planner's and senders' pulse, one row a day: the home page turns red when it stops."""

    day = models.DateField("日期", unique=True)
    started_at = models.DateTimeField("最近开始", null=True)
    finished_at = models.DateTimeField("最近完成", null=True)
    runs = models.PositiveIntegerField("次数", default=0)
    planned = models.PositiveIntegerField("排入", default=0)
    withdrawn = models.PositiveIntegerField("撤回", default=0)
    missed = models.PositiveIntegerField("错过", default=0)
    error = models.CharField("出错", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "提醒运行情况"
        verbose_name_plural = "提醒运行情况"
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)
