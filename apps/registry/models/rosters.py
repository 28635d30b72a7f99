"""Rosters on their way in, and what users chose for their exports."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.common.models import Attachment, Job, Versioned
from apps.people.models import Person


class ImportBatch(Versioned):
    """A roster on its way in, of one file or several: staged, previewed, confirmed in one transaction, undoable for
    30 days."""

    class State(models.TextChoices):
        RECEIVED = "received", "正在检查"
        REFUSED = "refused", "文件不能用"
        QUESTIONS = "questions", "等待回答"
        PREVIEW = "preview", "等待确认"
        APPLYING = "applying", "正在写入"
        APPLIED = "applied", "已导入"
        UNDONE = "undone", "已撤销"
        DISCARDED = "discarded", "已放弃"

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED)
    upload = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="原文件")
    staged = models.ForeignKey(Attachment, models.SET_NULL, null=True, related_name="+", verbose_name="检查结果")
    before_images = models.ForeignKey(
        Attachment, models.SET_NULL, null=True, related_name="+", verbose_name="导入前的值"
    )
    report = models.ForeignKey(Attachment, models.SET_NULL, null=True, related_name="+", verbose_name="未导入的行")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name="后台任务")
    options = models.JSONField("整批回答", default=dict)
    counts = models.JSONField("计数", default=dict)
    refusal = models.CharField("为什么不能用", max_length=500, blank=True, db_default="")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undo_result = models.JSONField("撤销结果", default=dict)
    # People of the units of a full roster whom it does not name; they are listed, never removed.
    missing = ArrayField(models.BigIntegerField(), verbose_name="本次名单没有的人", default=list, db_default=[])
    # Whom the last writing or undoing touched; the rooms above plan for them what follows, and clear the mark.
    touched = ArrayField(models.BigIntegerField(), verbose_name="改动的人", default=list, db_default=[])
    awaits_plan = models.BooleanField("等待重排任务", default=False, db_default=False)

    class Meta(Versioned.Meta):
        verbose_name = "导入批次"
        verbose_name_plural = "导入名册"
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], name="importbatch_awaits_plan", condition=Q(awaits_plan=True))]

    def __str__(self) -> str:
        return f"第 {self.pk} 批"


class RosterColumn(models.Model):
    """What a column of a roster is called, for the bureau to add its own words (see `roster.columns`)."""

    key = models.CharField("栏目", max_length=30, primary_key=True, editable=False)
    label = models.CharField("名称", max_length=40, editable=False)
    aliases = ArrayField(
        models.CharField(max_length=40),
        verbose_name="表头也可写作",
        default=list,
        blank=True,
        help_text="用逗号分隔；不分全角半角、空格和括号",
    )
    position = models.PositiveSmallIntegerField("顺序", default=0, editable=False)

    class Meta:
        verbose_name = "名册栏目"
        verbose_name_plural = "名册栏目和别名"
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label


class ImportExtra(models.Model):
    """What a roster says about a person that belongs to rooms above: his branch, who is responsible for him.

    Written with the batch; the room above takes open ones up and leaves its outcome (`services.roster_extras`).
    An outcome that a person must see to stays on the worklist of the room above.
    """

    class Kind(models.TextChoices):
        CARER = "carer", "责任人"
        BRANCH = "branch", "支部"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="extras", verbose_name="导入批次")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name="人员")
    kind = models.CharField("栏目", max_length=10, choices=Kind)
    value = models.CharField("内容", max_length=100, blank=True)
    settled_at = models.DateTimeField("办理时间", null=True, blank=True)
    outcome = models.CharField("结果", max_length=200, blank=True, db_default="")

    class Meta:
        verbose_name = "随名册来的内容"
        verbose_name_plural = "随名册来的内容"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["batch", "person", "kind"], name="importextra_once")]
        indexes = [
            models.Index(fields=["kind", "id"], name="importextra_open", condition=Q(settled_at__isnull=True)),
            models.Index(fields=["person", "kind", "-id"], name="importextra_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class ExportLayout(models.Model):
    """The columns that a user chose for his last export, offered again next time."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="账号")
    columns = ArrayField(models.CharField(max_length=40), verbose_name="栏目", default=list)

    class Meta:
        verbose_name = "导出栏目"
        verbose_name_plural = "导出栏目"

    def __str__(self) -> str:
        return f"{self.user_id}: {len(self.columns)}"
