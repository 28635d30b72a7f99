from django.db import models
from django.db.models.functions import Now

from .users import User


class KeptPost(models.Model):
    """What somebody was about to send when his page was locked: sealed, bound to his session, kept for an hour."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="账号")
    session_digest = models.BinaryField("会话", unique=True, editable=False)
    sealed = models.BinaryField("内容", editable=False)
    kept_at = models.DateTimeField("保留时间", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "锁定时保留的填写内容"
        verbose_name_plural = "锁定时保留的填写内容"
        indexes = [models.Index(fields=["kept_at"], name="keptpost_at")]

    def __str__(self) -> str:
        return f"保留内容 {self.pk}"
