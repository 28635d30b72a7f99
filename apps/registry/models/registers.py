"""A table of serving leaders or of those who serve, on its way in."""

from django.conf import settings
from django.db import models

from apps.common.models import Attachment, Job, Versioned
from apps.registry.choices import RegisterKind


class RegisterBatch(Versioned):
    """An uploaded table: checked by a job, looked at, confirmed, written in one transaction by another.

    `checked` holds what would be written, encrypted, until it is; `report` the refused rows under the file's own
    header. Both and the upload are purged after 30 days.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "正在检查"
        REFUSED = "refused", "文件不能用"
        PREVIEW = "preview", "等待确认"
        APPLYING = "applying", "正在写入"
        APPLIED = "applied", "已导入"
        DISCARDED = "discarded", "已放弃"

    kind = models.CharField("哪种表", max_length=10, choices=RegisterKind)
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED)
    upload = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="原文件")
    checked = models.ForeignKey(Attachment, models.SET_NULL, null=True, related_name="+", verbose_name="检查结果")
    report = models.ForeignKey(Attachment, models.SET_NULL, null=True, related_name="+", verbose_name="未导入的行")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name="后台任务")
    counts = models.JSONField("计数", default=dict)
    refusal = models.CharField("为什么不能用", max_length=500, blank=True, db_default="")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)

    class Meta(Versioned.Meta):
        verbose_name = "登记表导入"
        verbose_name_plural = "登记表导入"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}第 {self.pk} 批"
