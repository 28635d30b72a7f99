"""What somebody has half typed at a desk: sealed, his own, gone after thirty days."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.common.fields import EncryptedTextField

from .organisations import Organisation


class Draft(models.Model):
    """Fields of one form as they were typed last; `subject` tells apart forms of one name ("" where there is one)."""

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="账号")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name="党组织")
    form = models.SlugField("表单", max_length=40)
    subject = models.CharField("对象", max_length=80, blank=True, db_default="")
    data = EncryptedTextField("内容")
    updated_at = models.DateTimeField("保存时间", db_default=Now())

    class Meta:
        verbose_name = "草稿"
        verbose_name_plural = "草稿"
        constraints = [models.UniqueConstraint(fields=["user", "organisation", "form", "subject"], name="draft_once")]
        indexes = [models.Index(fields=["updated_at"], name="draft_updated")]

    def __str__(self) -> str:
        return f"草稿 {self.pk}"
