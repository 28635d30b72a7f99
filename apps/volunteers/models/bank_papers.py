"""What needs two people or a signature before minutes move: approvals, and statements for other bureaus' banks."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Paper, Record
from apps.volunteers.choices.bank import ApprovalKind, ApprovalState, OutState

from .bank import Account, OfAccounts, Transfer

WHO = {
    "to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+",
    "editable": False,
}  # fmt: skip


@history.track()
class Approval(Record):
    """One asks, another decides; only then minutes move (`done`). `public_id` is the form's key. `wrong`: of CONTRA,
    the transfer that it takes back, and `instead` the minutes of care that should have been entered (0: none).
    `account`: whose minutes become more (GRANT, OPENING), or whose act was wrong."""

    kind = models.CharField("事项", max_length=8, choices=ApprovalKind)
    account = models.ForeignKey(Account, models.PROTECT, related_name="approvals", verbose_name="账户")
    wrong = models.ForeignKey(
        Transfer, models.PROTECT, null=True, blank=True, related_name="approvals", verbose_name="更正哪一笔"
    )
    minutes = models.PositiveIntegerField("分钟")
    instead = models.PositiveIntegerField("更正为（分钟）", default=0, db_default=0)
    reason = models.CharField("理由", max_length=120)
    state = models.CharField("状态", max_length=10, choices=ApprovalState, default=ApprovalState.WAITING)
    asked_at = models.DateTimeField("提出时间")
    asked_by = models.ForeignKey(verbose_name="提出人", **WHO)
    decided_at = models.DateTimeField("复核时间", null=True, blank=True)
    decided_by = models.ForeignKey(verbose_name="复核人", **WHO)
    answer = models.CharField("复核意见", max_length=120, blank=True, default="", db_default="")
    done = models.OneToOneField(
        Transfer, models.PROTECT, null=True, blank=True, related_name="approval", editable=False, verbose_name="流水"
    )

    objects = OfAccounts.as_manager()

    class Meta(Record.Meta):
        verbose_name = "时间银行复核"
        verbose_name_plural = "时间银行复核"
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1)
                & (Q(kind="contra", wrong__isnull=False) | (~Q(kind="contra") & Q(wrong__isnull=True))),
                name="approval_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(done__isnull=False, decided_by__isnull=False), name="approval_done"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(asked_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="approval_four_eyes",
                violation_error_message="提出的人不能自己复核。",
            ),
            models.UniqueConstraint(
                fields=["wrong"],
                condition=Q(state="waiting"),
                name="approval_once",
                violation_error_message="这一笔已经有人提出更正，等复核。",
            ),
        ]
        indexes = [models.Index(fields=["asked_at", "id"], name="approval_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.minutes}分钟"


@history.track()
class OutStatement(Record):
    """A statement for another bureau's bank: printed, signed on both sides, then the closing entry. `to_bank` in words.
    `public_id` is the form's key. `closes`: he leaves, so that the account is closed with it."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="out_statements", verbose_name="账户")
    to_bank = models.CharField("转到哪里", max_length=80, help_text="例如 某某市老干部局时间银行")
    minutes = models.PositiveIntegerField("分钟")
    closes = models.BooleanField("转出后销户", default=True)
    state = models.CharField("状态", max_length=8, choices=OutState, default=OutState.PRINTED)
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="转出单"
    )
    made_at = models.DateTimeField("开出时间")
    made_by = models.ForeignKey(verbose_name="经办人", **WHO)
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)
    ended_by = models.ForeignKey(verbose_name="办结人", **WHO)
    end_reason = models.CharField("取消原因", max_length=120, blank=True, default="", db_default="")

    objects = OfAccounts.as_manager()

    class Meta(Record.Meta):
        verbose_name = "转出单"
        verbose_name_plural = "转出单"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1), name="outstatement_minutes"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state="printed", voided_at__isnull=True),
                name="outstatement_once",
                violation_error_message="已经开了一张转出单，还没有办结。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to_bank} {self.minutes}分钟"
