"""The aid fund of a year, what a meeting decided, what was posted publicly, what was paid (domain 2.7, 3.12)."""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Paper, Record
from apps.ledgers.choices.aid import ObjectionOutcome, PayMethod
from apps.organisation.models import Unit

YUAN = {"max_digits": 12, "decimal_places": 2}


class FundQuerySet(models.QuerySet):
    def visible_to(self, user, permission: str = "ledgers.view_fundyear"):
        """Funds of the units on which a role with `permission` was granted."""
        return self.filter(unit__in=sorted(user.reach(permission)))

    def standing(self):
        return self.filter(voided_at__isnull=True)


@history.track()
class FundYear(Record):
    """The money of one unit for one year, for its people and those of the units below that have none of their own.

    `granted` is the sum of what was decided and not taken back, `adjusted` that of the adjustments: both are written
    with the rows they come from, in one transaction, and the database refuses more than there is. `opens_on` and
    `closes_on` (both included) are the days on which one may apply.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="aid_funds", verbose_name="单位")
    year = models.PositiveSmallIntegerField("年度")
    source = models.CharField("资金来源", max_length=120, help_text="例如 市财政预算")
    document_no = models.CharField("文号", max_length=80, blank=True, db_default="")
    budget = models.DecimalField("年初预算（元）", **YUAN)
    adjusted = models.DecimalField("调整合计（元）", **YUAN, default=Decimal(0), db_default=Decimal(0), editable=False)
    granted = models.DecimalField("已批准（元）", **YUAN, default=Decimal(0), db_default=Decimal(0), editable=False)
    opens_on = models.DateField("开始申请", null=True, blank=True, help_text="空着按规则里的日期")
    closes_on = models.DateField("申请截止（含当天）", null=True, blank=True, help_text="空着按规则里的日期")

    objects = FundQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "帮扶资金"
        verbose_name_plural = "帮扶资金"
        ordering = ["-year", "unit__path", "id"]
        permissions = [("decide_aid", "审批困难帮扶")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year"],
                condition=Q(voided_at__isnull=True),
                name="fundyear_once",
                violation_error_message="这个单位这一年已经登记过帮扶资金；金额有变请登记调整。",
            ),
            models.CheckConstraint(
                condition=Q(budget__gte=0),
                name="fundyear_budget",
                violation_error_message="预算不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(granted__gte=0, granted__lte=F("budget") + F("adjusted")),
                name="fundyear_not_over",
                violation_error_message="已批准的金额超过了预算。",
            ),
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True) | Q(closes_on__isnull=True) | Q(closes_on__gte=F("opens_on")),
                name="fundyear_window",
                violation_error_message="申请截止不能早于开始。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.unit.short_name or self.unit.name}困难帮扶"

    @property
    def total(self) -> Decimal:
        return self.budget + self.adjusted

    @property
    def left(self) -> Decimal:
        return self.total - self.granted


class FundAdjustment(models.Model):
    """More or less money, by a document. Written once. The form gave the `public_id`: sent twice it is one."""

    public_id = models.UUIDField("编号", unique=True, editable=False)
    fund = models.ForeignKey(FundYear, models.PROTECT, related_name="adjustments", verbose_name="帮扶资金")
    amount = models.DecimalField("增减（元）", **YUAN)
    on = models.DateField("日期")
    document_no = models.CharField("文号", max_length=80)
    reason = models.CharField("原因", max_length=200, blank=True, db_default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "资金调整"
        verbose_name_plural = "资金调整"
        ordering = ["on", "id"]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="fundadjustment_amount")]

    def __str__(self) -> str:
        return f"{self.on} {self.amount}"


class AidMeeting(Record):
    """The meeting (局务会) that decides. `deciders` are accounts, `others` names of those who have none, one a line.

    What it decided stands on the applications and in `AidVote`. The form gave the `public_id`.
    """

    fund = models.ForeignKey(FundYear, models.PROTECT, related_name="meetings", verbose_name="帮扶资金")
    held_on = models.DateField("开会日期")
    minutes_no = models.CharField("会议纪要编号", max_length=60)
    deciders = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name="参会人")
    others = models.CharField("其他参会人", max_length=300, blank=True, db_default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )

    class Meta(Record.Meta):
        verbose_name = "帮扶审批会"
        verbose_name_plural = "帮扶审批会"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "minutes_no"],
                condition=Q(voided_at__isnull=True),
                name="aidmeeting_once",
                violation_error_message="这个会议纪要编号已经登记过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.minutes_no}"

    @property
    def other_names(self) -> list[str]:
        return [name.strip() for name in self.others.replace("，", "、").split("、") if name.strip()]


class AidNotice(Record):
    """公示 of what was decided: on [starts_on, ends_on). Paid from `ends_on` on, where no objection stands."""

    fund = models.ForeignKey(FundYear, models.PROTECT, related_name="notices", verbose_name="帮扶资金")
    number = models.PositiveSmallIntegerField("第几批")
    starts_on = models.DateField("公示开始")
    ends_on = models.DateField("公示到何日（不含）")
    place = models.CharField("公示地点", max_length=120)
    contact = models.CharField("监督电话", max_length=60)
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公示单", editable=False
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )

    class Meta(Record.Meta):
        verbose_name = "帮扶公示"
        verbose_name_plural = "帮扶公示"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="aidnotice_order"),
            models.UniqueConstraint(fields=["fund", "number"], name="aidnotice_number"),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 批公示"

    @property
    def last_day(self) -> dt.date:
        return self.ends_on - dt.timedelta(days=1)


class AidBatch(Record):
    """One payment list. Who got what stands on the applications; bank accounts are sealed there."""

    fund = models.ForeignKey(FundYear, models.PROTECT, related_name="batches", verbose_name="帮扶资金")
    number = models.PositiveSmallIntegerField("第几批")
    paid_on = models.DateField("发放日期")
    method = models.CharField("发放方式", max_length=8, choices=PayMethod)
    voucher = models.CharField("凭证号", max_length=60, blank=True, db_default="")
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签领表", editable=False
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )

    class Meta(Record.Meta):
        verbose_name = "帮扶发放"
        verbose_name_plural = "帮扶发放"
        ordering = ["-paid_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["fund", "number"], name="aidbatch_number")]

    def __str__(self) -> str:
        return f"第 {self.number} 批发放"


class AidObjection(models.Model):
    """What somebody said against a notice, and what came of it. While it is open, whom it is about is not paid."""

    public_id = models.UUIDField("编号", unique=True, editable=False)
    notice = models.ForeignKey(AidNotice, models.PROTECT, related_name="objections", verbose_name="公示")
    application = models.ForeignKey(
        "ledgers.AidApplication", models.PROTECT, null=True, blank=True, related_name="objections",
        verbose_name="对谁有异议",
    )  # fmt: skip
    received_on = models.DateField("收到日期")
    content = EncryptedTextField("异议内容")
    outcome = models.CharField(
        "核查结果", max_length=8, choices=ObjectionOutcome, default=ObjectionOutcome.OPEN, db_default="open"
    )
    answered_on = models.DateField("核查日期", null=True, blank=True)
    answer = models.CharField("核查情况", max_length=200, blank=True, db_default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "公示异议"
        verbose_name_plural = "公示异议"
        ordering = ["id"]
        indexes = [models.Index(fields=["notice"], name="aidobjection_open", condition=Q(outcome="open"))]

    def __str__(self) -> str:
        return f"{self.received_on} {self.get_outcome_display()}"
