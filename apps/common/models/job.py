import uuid

from django.db import models
from django.db.models.functions import Now


class Job(models.Model):
    """Long work as a row: an import, an export, a batch print. The minute tick re-queues an expired lease.

    `params` and `result` hold ids and counts, never personal data; files are encrypted attachments.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "正在处理"
        DONE = "done", "已完成"
        FAILED = "failed", "没有完成"
        CANCELLED = "cancelled", "已取消"

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("类型", max_length=40)
    title = models.CharField("名称", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    requested_by_id = models.BigIntegerField("提出人", null=True)
    params = models.JSONField("参数", default=dict)
    result = models.JSONField("结果", default=dict)
    progress_done = models.PositiveIntegerField("已处理", default=0)
    progress_total = models.PositiveIntegerField("共", default=0)
    progress_note = models.CharField("正在做", max_length=80, blank=True, default="")
    error = models.CharField("原因", max_length=500, blank=True, default="")
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    lease_until = models.DateTimeField("租约到期", null=True)
    created_at = models.DateTimeField("提出时间", db_default=Now())
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    output = models.ForeignKey(
        "common.Attachment", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="结果文件"
    )
    download_count = models.PositiveSmallIntegerField("下载次数", default=0)

    class Meta:
        verbose_name = "后台任务"
        verbose_name_plural = "导入和导出任务"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="job_open_lease",
                condition=models.Q(state__in=["queued", "running"]),
            ),
            models.Index(fields=["requested_by_id", "-id"], name="job_requested_by"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        return min(100, 100 * self.progress_done // self.progress_total) if self.progress_total else 0
