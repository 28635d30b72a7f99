"""What a colleague holds beside his password: a printed sheet of one-time codes, or a certificate on a UKey."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.common.models import Versioned

from .users import User


class CodeSheet(models.Model):
    """A printed sheet of numbered codes, each good once. A new sheet ends the one before."""

    user = models.ForeignKey(User, models.PROTECT, related_name="code_sheets", verbose_name="账号")
    printed_at = models.DateTimeField("打印时间", db_default=Now(), editable=False)
    printed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="打印人")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "一次性口令单"
        verbose_name_plural = "一次性口令单"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="codesheet_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"口令单 {self.pk}"


class SheetCode(models.Model):
    """One code: a keyed digest only, bound to its sheet and number."""

    sheet = models.ForeignKey(CodeSheet, models.PROTECT, related_name="codes", verbose_name="口令单")
    number = models.PositiveSmallIntegerField("序号")
    digest = models.BinaryField("摘要", editable=False)
    used_at = models.DateTimeField("使用时间", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "一次性口令"
        verbose_name_plural = "一次性口令"
        ordering = ["sheet_id", "number"]
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="sheetcode_once")]

    def __str__(self) -> str:
        return f"第 {self.number} 号"


class BoundCertificate(Versioned):
    """A client certificate or UKey that belongs to an account, as the proxy names it. Taken back, never rewritten."""

    user = models.ForeignKey(User, models.PROTECT, related_name="certificates", verbose_name="账号")
    serial = models.CharField("证书序列号", max_length=64, help_text="十六进制，照证书上写，冒号和空格会去掉")
    subject = models.CharField("证书主题（DN）", max_length=300, help_text="照系统在登录页显示的一行抄写")
    reason = models.CharField("依据", max_length=200, help_text="例如 UKey 领用登记表第几号")
    bound_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="办理人")
    revoked_at = models.DateTimeField("解除时间", null=True, blank=True, editable=False)

    class Meta(Versioned.Meta):
        verbose_name = "证书和UKey"
        verbose_name_plural = "证书和UKey"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["serial", "subject"],
                condition=Q(revoked_at__isnull=True),
                name="boundcertificate_once",
                violation_error_message="这张证书已经绑定在一个账号上。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.serial}"
