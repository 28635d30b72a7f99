"""How people without a staff role sign in: a phone on record, a printed card, a phone that is remembered (ADR 16).

No number, code, token or digit stands here in clear: keyed digests, except a number that is waiting to be texted,
which is encrypted and emptied with its code.
"""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.common.fields import EncryptedTextField
from apps.common.models import Versioned

from .users import User


class PersonalAccount(User):
    """An account of a branch or of a person, as staff see it: what it signs in by."""

    class Meta:
        proxy = True
        verbose_name = "支部和个人账号"
        verbose_name_plural = "支部和个人账号"


class PhoneLogin(Versioned):
    """A number on record by which an account signs in; several people may share one. `phone_hash` is the blind index
    under which `people.Phone` knows it. Closed, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="phone_logins", verbose_name="账号")
    phone_hash = models.BinaryField(editable=False)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="开通人")
    closed_at = models.DateTimeField("停用时间", null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="停用人")

    class Meta(Versioned.Meta):
        verbose_name = "登录手机"
        verbose_name_plural = "登录手机"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "phone_hash"], condition=Q(closed_at__isnull=True), name="phonelogin_once"
            )
        ]
        indexes = [models.Index(fields=["phone_hash"], name="phonelogin_number", condition=Q(closed_at__isnull=True))]

    def __str__(self) -> str:
        return f"登录手机 {self.pk}"


class SignInCode(models.Model):
    """A code somebody asked for, known number or not: the row says nothing about that.

    `browser` is the digest of the asking browser's cookie: no other may use the code. `digest` stays empty until the
    code is made: by the worker that texts it, or by the colleague who reads it out (`by_call`). Valid until
    `expires_at` (exclusive), for five tries, once.
    """

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    phone_hash = models.BinaryField(editable=False)
    number = EncryptedTextField("号码")
    browser = models.BinaryField(editable=False)
    by_call = models.BooleanField("请工作人员打电话告知", default=False, db_default=False)
    digest = models.BinaryField(null=True, editable=False)
    asked_at = models.DateTimeField("要码时间")
    expires_at = models.DateTimeField("有效到（不含）")
    taken_at = models.DateTimeField("处理时间", null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField("试过几次", default=0, db_default=0)
    used_at = models.DateTimeField("使用时间", null=True, blank=True, editable=False)
    told_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报码人")
    told_at = models.DateTimeField("报码时间", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "登录验证码"
        verbose_name_plural = "登录验证码"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["phone_hash", "-asked_at"], name="signincode_number"),
            models.Index(fields=["browser", "-id"], name="signincode_browser"),
            models.Index(fields=["id"], name="signincode_waiting", condition=Q(taken_at__isnull=True)),
            models.Index(fields=["asked_at"], name="signincode_asked"),
        ]

    def __str__(self) -> str:
        return f"登录验证码 {self.pk}"


class CallRequest(SignInCode):
    """A code that staff are asked to read out, as they see it."""

    class Meta:
        proxy = True
        verbose_name = "电话报码"
        verbose_name_plural = "电话报码"


class SignInCard(Versioned):
    """A printed card with a QR code. The code holds an address with a random token, of which the digest is kept; the
    four digits chosen with the clerk are hashed as passwords are. One in force an account."""

    user = models.ForeignKey(User, models.PROTECT, related_name="sign_in_cards", verbose_name="账号")
    digest = models.BinaryField(unique=True, editable=False)
    digits = models.CharField(max_length=128, editable=False)
    tries = models.PositiveSmallIntegerField("连错次数", default=0, db_default=0)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发卡人")
    expires_on = models.DateField("有效到（不含）")
    last_used_at = models.DateTimeField("上次使用", null=True, blank=True, editable=False)
    locked_at = models.DateTimeField("锁住时间", null=True, blank=True, editable=False)
    lock_told_at = models.DateTimeField("锁住已告知", null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="作废人")

    class Meta(Versioned.Meta):
        verbose_name = "二维码卡"
        verbose_name_plural = "二维码卡"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="signincard_one_in_force"
            )
        ]
        indexes = [
            models.Index(
                fields=["locked_at"],
                name="signincard_locked",
                condition=Q(locked_at__isnull=False, lock_told_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"二维码卡 {self.pk}"

    @property
    def last_day(self) -> dt.date:
        """The last day it is good, as people read it."""
        return self.expires_on - dt.timedelta(days=1)


class RememberedDevice(models.Model):
    """A phone that signs in without a code for 90 days. Its cookie holds a series, which stays, and a token, which
    changes with each use: the one before is known, so that an answer lost on the way locks nobody out, and any older
    one betrays a copied cookie."""

    user = models.ForeignKey(User, models.PROTECT, related_name="devices", verbose_name="账号")
    series = models.BinaryField(unique=True, editable=False)
    digest = models.BinaryField(editable=False)
    previous_digest = models.BinaryField(null=True, editable=False)
    rotated_at = models.DateTimeField(editable=False)
    label = models.CharField("设备", max_length=40)
    remembered_at = models.DateTimeField("记住的时间", db_default=Now())
    last_used_at = models.DateTimeField("上次使用")
    expires_at = models.DateTimeField("有效到（不含）")
    revoked_at = models.DateTimeField("取消时间", null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="取消人")

    class Meta:
        verbose_name = "登录设备"
        verbose_name_plural = "登录设备"
        ordering = ["-last_used_at", "-id"]
        indexes = [
            models.Index(fields=["user"], name="device_of_user", condition=Q(revoked_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.label
