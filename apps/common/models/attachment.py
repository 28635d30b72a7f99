import uuid

from django.db import models
from django.db.models.functions import Now

from apps.common.fields import EncryptedTextField


class Attachment(models.Model):
    """An encrypted file of private media under a random name: uploads, photos, reports, staged rows, before-images.

    `subject` names what it belongs to (`registry.importbatch:12`). After `purge_after` the nightly job removes the
    file and keeps the row. Served only by a view that asks the owning room's access.
    """

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    subject = models.CharField("属于", max_length=80)
    purpose = models.CharField("用途", max_length=40)
    filename = EncryptedTextField("文件名")
    content_type = models.CharField("类型", max_length=100, default="application/octet-stream")
    size = models.BigIntegerField("字节数")
    digest = models.BinaryField("内容摘要（带密钥）")
    storage_name = models.CharField("存放名", max_length=100, unique=True)
    created_by_id = models.BigIntegerField("上传人", null=True)
    created_at = models.DateTimeField("上传时间", db_default=Now())
    purge_after = models.DateTimeField("保留到", null=True, blank=True)
    purged_at = models.DateTimeField("清除时间", null=True, blank=True)

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        indexes = [
            models.Index(fields=["subject"], name="attachment_subject"),
            models.Index(
                fields=["purge_after"], name="attachment_to_purge", condition=models.Q(purged_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.public_id}"
