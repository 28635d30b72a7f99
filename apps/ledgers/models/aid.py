"""困难帮扶: one application, what was done to it, its evidence, and what is half typed (domain 2.7, 3.12)."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Attachment, Paper, Record
from apps.ledgers.choices.aid import (
    AidAct,
    AidApplicant,
    AidHelp,
    AidKind,
    AidState,
    AidVerdict,
    AidVia,
    EvidenceKind,
    PayMethod,
)
from apps.ledgers.rules.aid import COUNTED, OPEN
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres
from .funds import YUAN, AidBatch, AidMeeting, AidNotice, FundYear
from .plans import Measure, Need

# Health and money of the family: sealed, and left out of the history.
SEALED = (
    "household", "income", "expense", "medical", "housing", "statement", "kin_at_bureau", "findings", "unit_opinion",
    "review_opinion", "account",
)  # fmt: skip
OVER = ("refused", "withdrawn")


class AidQuerySet(OfVisibleCadres):
    def standing(self):
        return self.filter(voided_at__isnull=True)

    def open(self):
        return self.standing().filter(state__in=OPEN)

    def counted(self):
        """Those whose amount is taken from the budget."""
        return self.standing().filter(state__in=COUNTED)


@history.track(exclude=(*SEALED, "situations"))
class AidApplication(Record):
    """One application for one person and year; for the family of the dead with `for_survivors` (a kind of its own).

    One that was not refused or withdrawn a person, kind and year: so one grant at most. `granted` counts against the
    fund while `state` is one of `rules.aid.COUNTED`; both are written in one transaction (services.aid_steps). Who
    decides neither entered nor reviewed it: the database holds this too. A death turns it over to the family:
    `closed_by_event` marks these, with the state and applicant before, so that its undoing turns exactly these back.
    """

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="aid_applications", db_index=False,
                              verbose_name="老干部")  # fmt: skip
    fund = models.ForeignKey(FundYear, models.PROTECT, related_name="applications", db_index=False,
                             verbose_name="帮扶资金")  # fmt: skip
    year = models.PositiveSmallIntegerField("年度", editable=False)
    applicant = models.CharField("谁申请", max_length=8, choices=AidApplicant, default=AidApplicant.SELF)
    applicant_name = models.CharField("申请人姓名", max_length=60, blank=True, db_default="")
    applicant_relation = models.CharField("与老同志的关系", max_length=30, blank=True, db_default="")
    for_survivors = models.BooleanField("遗属申请", default=False, db_default=False, editable=False)
    kind = models.CharField("困难类别", max_length=10, choices=AidKind)
    help = models.CharField("希望怎样帮", max_length=10, choices=AidHelp, default=AidHelp.CASH, db_default="cash")
    situations = ArrayField(models.CharField(max_length=12), verbose_name="困难情形", default=list, db_default=[])
    requested = models.DecimalField("申请金额（元）", **YUAN, null=True, blank=True)
    applied_on = models.DateField("申请日期")
    late_reason = models.CharField("不在申请期的原因", max_length=200, blank=True, db_default="")
    via = models.CharField("怎样报来的", max_length=8, choices=AidVia, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="填报人"
    )
    household = EncryptedTextField("家庭人口和成员")
    income = EncryptedTextField("家庭月收入（元）")
    expense = EncryptedTextField("家庭月支出（元）")
    medical = EncryptedTextField("一年自费医药费（元）")
    housing = EncryptedTextField("住房情况")
    statement = EncryptedTextField("申请理由")
    kin_at_bureau = EncryptedTextField("在局里工作的亲属")

    state = models.CharField("进度", max_length=10, choices=AidState, default=AidState.APPLIED, editable=False)
    moved_on = models.DateField("这一步自何日", editable=False)
    closing_note = models.CharField(
        "退回、不批准、撤回的原因", max_length=200, blank=True, db_default="", editable=False
    )
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="申请表"
    )
    verified_on = models.DateField("核实日期", null=True, blank=True, editable=False)
    verifiers = models.CharField("核实人", max_length=120, blank=True, db_default="", editable=False)
    visited = models.BooleanField("入户看过", default=False, db_default=False, editable=False)
    findings = EncryptedTextField("核实情况")
    signed_on = models.DateField("单位签章日期", null=True, blank=True, editable=False)
    signer = models.CharField("单位签字人", max_length=60, blank=True, db_default="", editable=False)
    unit_opinion = EncryptedTextField("单位意见")
    reviewed_on = models.DateField("初审日期", null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name="初审人",
    )  # fmt: skip
    proposed = models.DecimalField("初审建议（元）", **YUAN, null=True, blank=True, editable=False)
    review_opinion = EncryptedTextField("初审意见")
    meeting = models.ForeignKey(
        AidMeeting, models.PROTECT, null=True, blank=True, related_name="applications", editable=False,
        verbose_name="审批会",
    )  # fmt: skip
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name="审批人",
    )  # fmt: skip
    decided_on = models.DateField("审批日期", null=True, blank=True, editable=False)
    granted = models.DecimalField("批准金额（元）", **YUAN, null=True, blank=True, editable=False)
    notice = models.ForeignKey(
        AidNotice, models.PROTECT, null=True, blank=True, related_name="applications", editable=False,
        verbose_name="公示",
    )  # fmt: skip
    batch = models.ForeignKey(
        AidBatch, models.PROTECT, null=True, blank=True, related_name="applications", editable=False,
        verbose_name="发放",
    )  # fmt: skip
    paid_on = models.DateField("发放日期", null=True, blank=True, editable=False)
    pay_method = models.CharField(
        "发放方式", max_length=8, choices=PayMethod, blank=True, db_default="", editable=False
    )
    payee = models.CharField("收款人", max_length=60, blank=True, db_default="", editable=False)
    payee_relation = models.CharField("收款人是老同志的", max_length=30, blank=True, db_default="", editable=False)
    account = EncryptedTextField("收款账号")
    received_on = models.DateField("签收日期", null=True, blank=True, editable=False)
    receiver = models.CharField("签收人", max_length=60, blank=True, db_default="", editable=False)
    receiver_relation = models.CharField("代领关系", max_length=30, blank=True, db_default="", editable=False)
    receipt = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="收条"
    )
    revisited_on = models.DateField("次年回访日期", null=True, blank=True, editable=False)
    revisit_note = models.CharField("次年回访", max_length=200, blank=True, db_default="", editable=False)
    need = models.ForeignKey(
        Need, models.PROTECT, null=True, blank=True, related_name="aid", editable=False, verbose_name="对应的需求"
    )
    measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="aid", editable=False, verbose_name="对应的办法"
    )
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )
    before_event = models.JSONField(null=True, blank=True, editable=False)

    objects = AidQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "困难帮扶申请"
        verbose_name_plural = "困难帮扶申请"
        ordering = ["-applied_on", "-id"]
        permissions = [("view_aid_details", "查看困难帮扶的家庭情况")]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "year", "for_survivors"],
                condition=~Q(state__in=OVER) & Q(voided_at__isnull=True),
                name="aid_once_a_year",
                violation_error_message="这位老同志今年已经有一份困难帮扶申请，每人每年只能帮扶一次。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (
                    (Q(entered_by__isnull=True) | ~Q(decided_by=F("entered_by")))
                    & (Q(reviewed_by__isnull=True) | ~Q(decided_by=F("reviewed_by")))
                ),
                name="aid_second_person",
                violation_error_message="填报或初审的人不能审批，请换一位同志。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=COUNTED)
                | (Q(granted__isnull=False) & Q(decided_by__isnull=False) & Q(meeting__isnull=False)),
                name="aid_decided_whole",
            ),
            models.CheckConstraint(condition=Q(granted__isnull=True) | Q(granted__gte=0), name="aid_granted"),
            models.CheckConstraint(
                condition=~Q(state__in=("noticed", "paid", "closed")) | Q(notice__isnull=False), name="aid_has_notice"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("paid", "closed")) | Q(batch__isnull=False, paid_on__isnull=False),
                name="aid_has_batch",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(received_on__isnull=False) & ~Q(receiver="")), name="aid_has_receipt"
            ),
            models.CheckConstraint(
                condition=Q(requested__isnull=True) | Q(requested__gte=0),
                name="aid_requested",
                violation_error_message="申请金额不能是负数。",
            ),
        ]
        indexes = [
            models.Index(fields=["fund", "state", "id"], name="aid_fund"),
            models.Index(fields=["cadre", "-applied_on"], name="aid_cadre"),
            models.Index(fields=["-applied_on", "-id"], name="aid_latest"),
            models.Index(
                fields=["state", "moved_on"], name="aid_waiting", condition=Q(state__in=OPEN, voided_at__isnull=True)
            ),
            models.Index(
                fields=["closed_by_event"], name="aid_event", condition=Q(closed_by_event__isnull=False)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.year}年困难帮扶"

    @property
    def counted(self) -> Decimal:
        """What it takes from the budget now."""
        return self.granted or Decimal(0) if self.state in COUNTED and self.voided_at is None else Decimal(0)

    @property
    def waits_for_family(self) -> bool:
        """He died since: nothing goes on before one of the family stands for it."""
        return self.for_survivors and not self.applicant_name

    @property
    def applicant_words(self) -> str:
        name = "　".join(filter(None, (self.applicant_name, self.applicant_relation)))
        return f"{self.get_applicant_display()}（{name}）" if name else self.get_applicant_display()


class AidStep(models.Model):
    """What was done, once and never changed. `kept` holds what the step wrote over, to be put back by an undo; no
    health, no money of the family. `undone` marks one that was taken back."""

    application = models.ForeignKey(AidApplication, models.PROTECT, related_name="steps", db_index=False,
                                    verbose_name="申请")  # fmt: skip
    act = models.CharField("事项", max_length=10, choices=AidAct)
    on = models.DateField("日期")
    state_before = models.CharField("办之前的进度", max_length=10, choices=AidState)
    kept = models.JSONField(default=dict, db_default={}, editable=False)
    note = models.CharField("说明", max_length=200, blank=True, db_default="")
    undone = models.BooleanField("已撤回", default=False, db_default=False)
    at = models.DateTimeField("登记时间", db_default=Now(), editable=False)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    via = models.CharField("谁办的", max_length=8, choices=AidVia, default=AidVia.STAFF, db_default="staff")

    class Meta:
        verbose_name = "帮扶经过"
        verbose_name_plural = "帮扶经过"
        ordering = ["id"]
        indexes = [models.Index(fields=["application", "id"], name="aidstep_application")]

    def __str__(self) -> str:
        return f"{self.on} {self.get_act_display()}"


class AidVote(models.Model):
    """What one meeting said of one application, who stayed out of it and why."""

    meeting = models.ForeignKey(AidMeeting, models.PROTECT, related_name="votes", verbose_name="审批会")
    application = models.ForeignKey(AidApplication, models.PROTECT, related_name="votes", verbose_name="申请")
    verdict = models.CharField("意见", max_length=8, choices=AidVerdict)
    amount = models.DecimalField("金额（元）", **YUAN, null=True, blank=True)
    recused = models.CharField("回避", max_length=300, blank=True, db_default="")
    note = models.CharField("说明", max_length=200, blank=True, db_default="")

    class Meta:
        verbose_name = "会议意见"
        verbose_name_plural = "会议意见"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "application"], name="aidvote_once")]

    def __str__(self) -> str:
        return self.get_verdict_display()


class AidEvidence(models.Model):
    """A proof that was handed in; the file is sealed, and removed when its time is over (rule book 8.46)."""

    application = models.ForeignKey(AidApplication, models.PROTECT, related_name="evidence", verbose_name="申请")
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="+", verbose_name="文件")
    kind = models.CharField("哪种证明", max_length=10, choices=EvidenceKind, default=EvidenceKind.OTHER)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "证明材料"
        verbose_name_plural = "证明材料"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_kind_display()


class AidDraft(models.Model):
    """What somebody has half typed for one person: sealed, his own, gone after thirty days."""

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="账号")
    cadre = models.ForeignKey(Cadre, models.CASCADE, related_name="+", verbose_name="老干部")
    data = EncryptedTextField("内容")
    updated_at = models.DateTimeField("保存时间", db_default=Now())

    class Meta:
        verbose_name = "帮扶申请草稿"
        verbose_name_plural = "帮扶申请草稿"
        constraints = [models.UniqueConstraint(fields=["user", "cadre"], name="aiddraft_once")]
        indexes = [models.Index(fields=["updated_at"], name="aiddraft_updated")]

    def __str__(self) -> str:
        return f"草稿 {self.pk}"
