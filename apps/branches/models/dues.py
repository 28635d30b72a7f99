"""Party dues: what each member owes, who is exempt, what was paid (domain 2.2, 3.2). A month is its first day.

No payment is taken here and no account of a bank is kept: the branch records what it received.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.branches.choices import DuesKind, DuesMethod, DuesSource, DuesTable, ExemptionKind, ExemptionReason
from apps.branches.rules.capability import Capability
from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Attachment
from apps.people.models import Person

from .capable import Capable, capability_trigger
from .entered import Entered
from .organisations import Organisation

DUES = capability_trigger(Capability.DUES)


class DuesOff(Entered):
    """The dues module is not used in an organisation and below; what was recorded stays. Whole units are switched by
    the rule set `branches.dues`."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="党组织")
    reason = models.CharField("原因", max_length=100)

    class Meta(Entered.Meta):
        verbose_name = "停用党费模块"
        verbose_name_plural = "停用党费模块的党组织"
        ordering = ["organisation_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(voided_at__isnull=True), name="duesoff_once",
                violation_error_message="这个党组织已经停用党费模块。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.organisation)


class DuesYear(Capable, Entered):
    """The branch has fixed its amounts for a year, and published them once."""

    needs = Capability.DUES

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="dues_years", verbose_name="党组织")
    year = models.PositiveSmallIntegerField("年度")
    decided_on = models.DateField("支部哪天定的")
    published_on = models.DateField("哪天公布的", null=True, blank=True)

    class Meta(Entered.Meta):
        verbose_name = "党费年度核定"
        verbose_name_plural = "党费年度核定"
        ordering = ["-year", "organisation_id", "id"]
        triggers = [*Entered.Meta.triggers, DUES]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year"], condition=Q(voided_at__isnull=True), name="duesyear_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}"


@history.track(exclude=("base",))
class DuesBase(Capable, Entered):
    """What a member owes a month from `starts_on` to the next row of the same year, or to its end. Fixed each January
    by the rules in force then; a later row of the year carries its reason. The base (pension) is sealed."""

    needs = Capability.DUES

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="dues_bases", verbose_name="党组织")
    person = models.ForeignKey(Person, models.PROTECT, related_name="dues_bases", verbose_name="党员")
    year = models.PositiveSmallIntegerField("年度")
    starts_on = models.DateField("自哪个月起")
    base = EncryptedTextField("交纳基数")
    rate = models.DecimalField("比例（%）", max_digits=5, decimal_places=2)
    amount = models.DecimalField("每月应交（元）", max_digits=10, decimal_places=2)
    source = models.CharField("基数从哪来", max_length=10, choices=DuesSource)
    reason = models.CharField("年中调整的原因", max_length=100, blank=True, db_default="", default="")
    fixed_on = models.DateField("哪天核定的")

    class Meta(Entered.Meta):
        verbose_name = "党费标准"
        verbose_name_plural = "党费标准"
        permissions = [("fix_dues", "看和核定党费交纳基数")]
        ordering = ["-year", "organisation_id", "person_id", "starts_on", "id"]
        triggers = [*Entered.Meta.triggers, DUES]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "starts_on"], condition=Q(voided_at__isnull=True), name="duesbase_once",
                violation_error_message="他这个月起的标准已经定过。",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__day=1, starts_on__year=F("year")), name="duesbase_month",
                violation_error_message="标准从某个月的 1 日算起，并在核定的年度里。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="duesbase_amount", violation_error_message="金额不能是负数。"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organisation", "year"], name="duesbase_of_year")]

    def __str__(self) -> str:
        return f"{self.person} {self.year}"


@history.track()
class DuesExemption(Capable, Entered):
    """Reduced or no dues for the months of [starts_on, ends_on): the branch decides, the organisation above approves.
    In force once approved."""

    needs = Capability.DUES

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="dues_exemptions", verbose_name="党组织"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="dues_exemptions", verbose_name="党员")
    kind = models.CharField("免交还是少交", max_length=8, choices=ExemptionKind)
    amount = models.DecimalField("少交到每月（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    starts_on = models.DateField("自哪个月起")
    ends_on = models.DateField("到哪个月（不含）")
    reason = models.CharField("原因类别", max_length=10, choices=ExemptionReason)
    decided_on = models.DateField("支部决议日期")
    approved_on = models.DateField("上级批准日期", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name="批准人",
    )  # fmt: skip

    class Meta(Entered.Meta):
        verbose_name = "党费减免"
        verbose_name_plural = "党费减免"
        ordering = ["-starts_on", "-id"]
        triggers = [*Entered.Meta.triggers, DUES]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on"), starts_on__day=1, ends_on__day=1), name="duesexemption_months",
                violation_error_message="减免按整月：起止都在某月 1 日，止晚于起。",
            ),
            models.CheckConstraint(
                condition=Q(kind="zero", amount__isnull=True) | Q(kind="reduced", amount__gt=0),
                name="duesexemption_amount", violation_error_message="少交的要填每月交多少；免交的不填。",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["person", "starts_on"], name="duesexemption_of_person"),
            models.Index(fields=["organisation", "-starts_on"], name="duesexemption_of_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()}"


@history.track()
class DuesPayment(Capable, Entered):
    """What a member paid for one month, on one receipt with others of the same hand-over; or of his own free will,
    beside the months (`voluntary`). `part` tells a difference paid later from the first payment of a month."""

    needs = Capability.DUES

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="dues_payments", verbose_name="党组织")
    person = models.ForeignKey(Person, models.PROTECT, related_name="dues_payments", verbose_name="党员")
    month = models.DateField("哪个月的")
    kind = models.CharField("种类", max_length=10, choices=DuesKind)
    part = models.PositiveSmallIntegerField("第几笔", default=0, db_default=0, editable=False)
    due = models.DecimalField("应交（元）", max_digits=10, decimal_places=2)
    paid = models.DecimalField("实交（元）", max_digits=12, decimal_places=2)
    paid_on = models.DateField("交纳日期")
    method = models.CharField("方式", max_length=10, choices=DuesMethod)
    payer_name = models.CharField("代交人", max_length=40, blank=True, db_default="", default="")
    receipt_year = models.PositiveSmallIntegerField("收据年度")
    receipt_no = models.PositiveIntegerField("收据号")
    approved_on = models.DateField("上级同意补交的日期", null=True, blank=True)
    approval = models.CharField("上级同意补交的文件", max_length=60, blank=True, db_default="", default="")
    to_centre = models.BooleanField("全额上缴中央", default=False, db_default=False, editable=False)
    forwarded_on = models.DateField("上缴日期", null=True, blank=True)
    bio = models.CharField("党员简要情况", max_length=300, blank=True, db_default="", default="")

    class Meta(Entered.Meta):
        verbose_name = "党费"
        verbose_name_plural = "党费记录"
        ordering = ["-paid_on", "-id"]
        triggers = [*Entered.Meta.triggers, DUES]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "month", "part"],
                condition=~Q(kind="voluntary") & Q(voided_at__isnull=True),
                name="duespayment_once",
                violation_error_message="他这个月的党费已经记过。",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1, paid__gt=0), name="duespayment_shape",
                violation_error_message="金额要大于 0，月份写某月 1 日。",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organisation", "-paid_on"], name="duespayment_of_branch"),
            models.Index(fields=["organisation", "receipt_year", "-receipt_no"], name="duespayment_receipt"),
            models.Index(fields=["-paid_on", "-id"], name="duespayment_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.month:%Y-%m}"

    @property
    def receipt(self) -> str:
        return f"{self.receipt_year}-{self.receipt_no:04}"


class DuesUpload(Capable, Entered):
    """An uploaded table of a branch's dues: looked at, then written once or given up. The file is purged with its
    kind; the differences are computed each time."""

    needs = Capability.DUES

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="dues_uploads", verbose_name="党组织")
    table = models.CharField("内容", max_length=10, choices=DuesTable)
    year = models.PositiveSmallIntegerField("年度")
    method = models.CharField("方式", max_length=10, choices=DuesMethod, default=DuesMethod.CASH)
    source = models.CharField("基数从哪来", max_length=10, choices=DuesSource, default=DuesSource.PAY_SLIP)
    upload = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="文件")
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)
    written = models.PositiveIntegerField("写入几行", default=0, db_default=0)

    class Meta(Entered.Meta):
        verbose_name = "党费导入"
        verbose_name_plural = "党费导入"
        ordering = ["-id"]
        triggers = [*Entered.Meta.triggers, DUES]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year} {self.get_table_display()}"
