"""Lists that come in as a file."""

from django.conf import settings
from django.db import models

from apps.common.models import Attachment, Job, Record
from apps.organisation.models import Unit

from .scoped import OfUnits


class OfOwner(OfUnits):
    """One's own uploads only: the rows are not in the register yet."""

    def visible_to(self, user, permission: str = ""):
        permission = permission or f"volunteers.view_{self.model._meta.model_name}"
        return self.filter(uploaded_by=user) if user.has_perm(permission) else self.none()


class UploadBatch(Record):
    """An uploaded list: checked by a job, looked at, confirmed, written in one transaction by another.

    `checked` holds the verdict on each row, encrypted; `report` the refused rows under the file's own header. Both and
    the upload are purged after 30 days.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "正在检查"
        REFUSED = "refused", "文件不能用"
        PREVIEW = "preview", "等待确认"
        APPLYING = "applying", "正在写入"
        APPLIED = "applied", "已导入"
        DISCARDED = "dropped", "已放弃"

    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED)
    upload = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="原文件")
    checked = models.ForeignKey(Attachment, models.SET_NULL, null=True, related_name="+", verbose_name="检查结果")
    report = models.ForeignKey(Attachment, models.SET_NULL, null=True, related_name="+", verbose_name="不能导入的行")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name="后台任务")
    counts = models.JSONField("计数", default=dict)
    refusal = models.CharField("为什么不能用", max_length=500, blank=True, db_default="")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)

    objects = OfOwner.as_manager()

    class Meta(Record.Meta):
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"第 {self.pk} 批"


class VolunteerBatch(UploadBatch):
    """A list of volunteers."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记到哪个单位")

    class Meta(UploadBatch.Meta):
        abstract = False
        verbose_name = "志愿者名单导入"
        verbose_name_plural = "志愿者名单导入"


class PostBatch(UploadBatch):
    """A list of outside posts."""

    class Meta(UploadBatch.Meta):
        abstract = False
        verbose_name = "社会任职导入"
        verbose_name_plural = "社会任职导入"
