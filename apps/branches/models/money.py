"""Money of a branch: funds with what was spent of them, and allowances of its posts (domain 0)."""

from django.db import models
from django.db.models import F, Q

from apps.branches.choices import FundKind, PostKind
from apps.common import history
from apps.people.models import Person

from .entered import Entered
from .organisations import Organisation


@history.track()
class BranchFund(Entered):
    """What a branch may spend in a year: 工作经费 by budget, 党费返还 as received."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="funds", verbose_name="党组织")
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("种类", max_length=10, choices=FundKind)
    amount = models.DecimalField("全年金额（元）", max_digits=12, decimal_places=2)
    received = models.DecimalField("已拨到（元）", max_digits=12, decimal_places=2, default=0, db_default=0)
    document_no = models.CharField("依据、文号", max_length=60, blank=True, db_default="", default="")

    class Meta(Entered.Meta):
        verbose_name = "支部经费"
        verbose_name_plural = "支部经费"
        ordering = ["-year", "organisation_id", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "kind"], condition=Q(voided_at__isnull=True), name="branchfund_once",
                violation_error_message="这一年的这笔经费已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, received__gte=0), name="branchfund_amount",
                violation_error_message="金额不能是负数。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation} {self.year} {self.get_kind_display()}"


@history.track()
class FundEntry(Entered):
    """Money spent of a fund."""

    fund = models.ForeignKey(BranchFund, models.PROTECT, related_name="entries", verbose_name="经费")
    spent_on = models.DateField("日期")
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2)
    purpose = models.CharField("用在哪里", max_length=100)
    document_no = models.CharField("票据、凭证号", max_length=60, blank=True, db_default="", default="")
    handled_by = models.CharField("经手人", max_length=40, blank=True, db_default="", default="")

    class Meta(Entered.Meta):
        verbose_name = "经费支出"
        verbose_name_plural = "经费支出"
        ordering = ["spent_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="fundentry_amount", violation_error_message="金额要大于 0。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spent_on} {self.purpose}"


@history.track()
class AllowanceList(Entered):
    """The allowances of the posts of a branch for the months of [starts_on, ends_on): made from the posts, printed,
    signed, paid."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="allowance_lists", verbose_name="党组织"
    )
    starts_on = models.DateField("自哪个月起")
    ends_on = models.DateField("到哪个月（不含）")
    signed_on = models.DateField("签字日期", null=True, blank=True)
    paid_on = models.DateField("发放日期", null=True, blank=True)

    class Meta(Entered.Meta):
        verbose_name = "工作补贴发放表"
        verbose_name_plural = "工作补贴发放表"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "starts_on"], condition=Q(voided_at__isnull=True), name="allowancelist_once",
                violation_error_message="这个月起的发放表已经有了。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on"), starts_on__day=1, ends_on__day=1), name="allowancelist_months",
                violation_error_message="发放表按整月。",
            ),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(signed_on__isnull=False), name="allowancelist_steps",
                violation_error_message="先签字，后发放。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation} {self.starts_on:%Y-%m}"


class AllowanceLine(models.Model):
    """One holder of a post on a list."""

    list = models.ForeignKey(AllowanceList, models.CASCADE, related_name="lines", verbose_name="发放表")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="姓名")
    post = models.CharField("职务", max_length=12, choices=PostKind)
    months = models.PositiveSmallIntegerField("月数")
    monthly = models.DecimalField("每月（元）", max_digits=10, decimal_places=2)
    amount = models.DecimalField("合计（元）", max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = "补贴"
        verbose_name_plural = "补贴"
        ordering = ["list_id", "id"]
        constraints = [models.UniqueConstraint(fields=["list", "person"], name="allowanceline_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.amount}"
