"""单位掌握使用 (特需费): what a unit has for a year and what it spent of it for whom (domain 0)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Unit
from apps.registry.models import Cadre

from .care import OfVisibleCadres
from .treatments import TreatmentItem


class OfOwnUnits(models.QuerySet):
    def visible_to(self, user, permission: str | None = None):
        """Rows of units that the user reaches with `permission` (default: view this model)."""
        permission = permission or f"ledgers.view_{self.model._meta.model_name}"
        return self.filter(unit__in=sorted(user.reach(permission)))


@history.track()
class UnitFund(Record):
    """What a unit may spend of one item in a year; one a unit, item and year. `spent` is the sum of what stands,
    raised and lowered with each entry by one conditional UPDATE, so that it never passes `amount` unapproved."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="treatment_funds", verbose_name="单位")
    item = models.ForeignKey(TreatmentItem, models.PROTECT, related_name="funds", verbose_name="项目")
    year = models.PositiveSmallIntegerField("年度")
    heads = models.PositiveIntegerField("人数", default=0)
    amount = models.DecimalField("预算（元）", max_digits=12, decimal_places=2)
    approved_over = models.DecimalField(
        "批准超支（元）", max_digits=12, decimal_places=2, default=0, db_default=0, editable=False
    )
    over_reason = models.CharField("超支理由和批准人", max_length=200, blank=True, db_default="", editable=False)
    spent = models.DecimalField("已用（元）", max_digits=12, decimal_places=2, default=0, db_default=0, editable=False)
    document_no = models.CharField("依据（文号）", max_length=80, blank=True, db_default="")

    objects = OfOwnUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "单位掌握经费"
        verbose_name_plural = "单位掌握经费（特需费）"
        permissions = [("approve_over", "批准单位掌握经费超支")]
        ordering = ["-year", "unit__path", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "item", "year"],
                condition=Q(voided_at__isnull=True),
                name="unitfund_once",
                violation_error_message="这个单位这一年已经有这项经费。",
            ),
            models.CheckConstraint(
                condition=Q(spent__lte=F("amount") + F("approved_over")),
                name="unitfund_within",
                violation_error_message="预算不能低于已经用掉的。",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0, spent__gte=0), name="unitfund_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}年{self.item}"

    @property
    def left(self):
        return self.amount + self.approved_over - self.spent


@history.track()
class UnitSpending(Record):
    """One spending for one cadre."""

    fund = models.ForeignKey(UnitFund, models.PROTECT, related_name="spendings", verbose_name="哪笔经费")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="unit_spendings", verbose_name="为谁")
    spent_on = models.DateField("哪天")
    what = models.CharField("用在哪里", max_length=100)
    amount = models.DecimalField("金额（元）", max_digits=10, decimal_places=2)
    voucher_no = models.CharField("票据、凭证号", max_length=60)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "经费支出"
        verbose_name_plural = "经费支出（为谁花了什么）"
        ordering = ["-spent_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="unitspending_amount", violation_error_message="金额要大于 0。"
            ),
            models.UniqueConstraint(
                fields=["fund", "voucher_no", "cadre", "amount"],
                condition=Q(voided_at__isnull=True),
                name="unitspending_once",
                violation_error_message="这张凭证为这位老同志的这笔支出已经记过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spent_on} {self.what}"
