"""A list of members coming in from Excel."""

from django.conf import settings
from django.db import models

from apps.common.models import Attachment, Record


class MemberUpload(Record):
    """An uploaded list of members: looked at, then written once. The file is purged with its kind; what each row would
    do is worked out each time, so that the same file twice changes nothing."""

    upload = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="文件")
    since = models.DateField("没写转入日期的按哪天")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name="上传人"
    )
    applied_at = models.DateTimeField("导入时间", null=True, blank=True, editable=False)
    written = models.PositiveIntegerField("写入几行", default=0, db_default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = "党员名单导入"
        verbose_name_plural = "党员名单导入"
        ordering = ["-id"]
        indexes = [models.Index(fields=["uploaded_by", "-id"], name="memberupload_of_user")]

    def __str__(self) -> str:
        return f"第 {self.pk} 批"
