"""The outbox: what is to be said (Message), and each way it leaves (Delivery).

The promise "none lost, none twice" stands in these rows, never in the broker: unique keys, a lease by the database
clock, an outcome committed before the next send (design 4C, trust B15).
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.common.fields import EncryptedTextField
from apps.messaging.choices import Channel, DeliveryClass, DeliveryState, Outcome
from apps.people.models import Person

from .batches import DeliveryBatch


class Message(models.Model):
    """Something one recipient is to learn, once: `key` says what, and posting it again changes nothing.

    `context` holds ids and dates only. `about` is the person it speaks of; unless the template says otherwise it is
    withheld when that person no longer lives. After `valid_until` (exclusive) it is no use to anybody.
    """

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField("唯一键", max_length=160, unique=True)
    delivery_class = models.CharField("发送方式", max_length=8, choices=DeliveryClass)
    template = models.CharField("模板", max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inbox_messages",
        verbose_name="接收账号",
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name="接收人"
    )
    about = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="关于哪位老同志"
    )
    context = models.JSONField("相关编号", default=dict)
    on_day = models.DateField("归入哪一天")
    valid_until = models.DateTimeField("时效到（不含）", null=True, blank=True)
    created_at = models.DateTimeField("产生时间", db_default=Now())
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = "消息"
        verbose_name_plural = "消息"
        ordering = ["-on_day", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, person__isnull=True) | Q(user__isnull=True, person__isnull=False),
                name="message_one_recipient",
            )
        ]
        indexes = [
            models.Index(fields=["user", "-on_day", "-id"], name="message_inbox", condition=Q(user__isnull=False)),
            models.Index(fields=["on_day", "person"], name="message_person_day", condition=Q(person__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.template} #{self.pk}"


class Delivery(models.Model):
    """One thing handed to one channel for one recipient: an urgent message, or all of a day's digest.

    `public_id` is the send key the gateway sees. The payload is rendered, encrypted and frozen at the first claim,
    so that a repeat with the same key carries the same words.
    """

    public_id = models.UUIDField("发送键", default=uuid.uuid4, unique=True, editable=False)
    channel = models.CharField("通道", max_length=8, choices=Channel)
    delivery_class = models.CharField("发送方式", max_length=8, choices=DeliveryClass)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name="接收账号",
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="deliveries", verbose_name="接收人"
    )
    on_day = models.DateField("归入哪一天")
    state = models.CharField(
        "状态", max_length=10, choices=DeliveryState, default=DeliveryState.PENDING, db_default="pending"
    )
    outcome = models.CharField("结果", max_length=14, choices=Outcome, blank=True, default="", db_default="")
    attempts = models.PositiveSmallIntegerField("次数", default=0, db_default=0)
    next_attempt_at = models.DateTimeField("最早发送时间", db_default=Now())
    valid_until = models.DateTimeField("时效到（不含）", null=True, blank=True)
    lease_until = models.DateTimeField("租约到期", null=True, blank=True, editable=False)
    claim = models.UUIDField("占用标记", null=True, blank=True, editable=False)
    batch = models.ForeignKey(
        DeliveryBatch, models.PROTECT, null=True, blank=True, related_name="deliveries", verbose_name="哪一批"
    )
    payload = EncryptedTextField("内容")
    address_index = models.BinaryField(null=True, editable=False)
    gateway_id = models.CharField("对方编号", max_length=80, blank=True, default="", db_default="")
    receipt_at = models.DateTimeField("回执时间", null=True, blank=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    created_at = models.DateTimeField("产生时间", db_default=Now())
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人"
    )
    resolved_at = models.DateTimeField("核实时间", null=True, blank=True)

    class Meta:
        verbose_name = "发送记录"
        verbose_name_plural = "发送记录"
        ordering = ["-id"]
        permissions = [("resolve_delivery", "核实没有结果的发送")]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, person__isnull=True) | Q(user__isnull=True, person__isnull=False),
                name="delivery_one_recipient",
            ),
            models.UniqueConstraint(
                fields=["channel", "on_day", "user", "person"],
                condition=Q(delivery_class="digest"),
                nulls_distinct=False,
                name="delivery_one_digest",
            ),
            models.CheckConstraint(
                condition=Q(state="claimed", lease_until__isnull=False, claim__isnull=False) | ~Q(state="claimed"),
                name="delivery_claim_has_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "next_attempt_at"], name="delivery_due", condition=Q(state="pending")),
            models.Index(
                fields=["next_attempt_at"], name="delivery_codes", condition=Q(state="pending", delivery_class="code")
            ),
            models.Index(fields=["lease_until"], name="delivery_leases", condition=Q(state="claimed")),
            models.Index(fields=["state", "-id"], name="delivery_worklist", condition=Q(state="unknown")),
            models.Index(fields=["on_day", "channel", "state"], name="delivery_day"),
            models.Index(fields=["address_index", "on_day"], name="delivery_address"),
            models.Index(fields=["batch", "id"], name="delivery_of_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.on_day} #{self.pk}"


class DeliveryItem(models.Model):
    """A message inside a delivery. A message enters each channel once, whatever happens to planners and senders."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="items", verbose_name="发送记录")
    message = models.ForeignKey(Message, models.PROTECT, related_name="items", verbose_name="消息")
    channel = models.CharField("通道", max_length=8, choices=Channel)
    withheld = models.CharField("未发出的原因", max_length=14, choices=Outcome, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "发送内容"
        verbose_name_plural = "发送内容"
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="deliveryitem_once")]

    def __str__(self) -> str:
        return f"{self.delivery_id} ← {self.message_id}"


class ChannelState(models.Model):
    """Circuit breaker of a channel, shared by all senders: after repeated failures nothing is claimed for a while."""

    channel = models.CharField("通道", max_length=8, choices=Channel, primary_key=True)
    failures = models.PositiveIntegerField("连续失败", default=0)
    open_until = models.DateTimeField("暂停到", null=True, blank=True)
    last_ok_at = models.DateTimeField("最近成功", null=True, blank=True)

    class Meta:
        verbose_name = "通道状态"
        verbose_name_plural = "通道状态"

    def __str__(self) -> str:
        return self.get_channel_display()
