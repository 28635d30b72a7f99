"""医药费统筹 by person and period, and the three guarantees checked by unit."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.ledgers.choices.treatments import Guarantee, GuaranteeResult
from apps.ledgers.rules.treatments import in_arrears
from apps.organisation.models import Unit
from apps.registry.models import Cadre

from .care import OfVisibleCadres
from .unit_funds import OfOwnUnits


@history.track()
class MedicalFee(Record):
    """A person's medical costs of one quarter, in yuan. `cost` is what should be covered; the unit paid some directly,
    he advanced the rest and gets it back. `arrears` = cost − paid by the unit − reimbursed (rule book 8.33)."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="medical_fees", db_index=False, verbose_name="老干部")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="负担单位")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度", choices=[(one, f"第{one}季度") for one in (1, 2, 3, 4)])
    cost = models.DecimalField("应由统筹负担（元）", max_digits=12, decimal_places=2)
    paid_by_unit = models.DecimalField("单位直接付（元）", max_digits=12, decimal_places=2, default=0)
    advanced = models.DecimalField("本人垫付（元）", max_digits=12, decimal_places=2, default=0)
    reimbursed = models.DecimalField("已报销给本人（元）", max_digits=12, decimal_places=2, default=0)
    arrears = models.DecimalField("拖欠（元）", max_digits=12, decimal_places=2, default=0, editable=False)
    note = models.CharField("说明", max_length=200, blank=True, db_default="", help_text="不写病名")

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "医药费统筹"
        verbose_name_plural = "医药费统筹"
        ordering = ["-year", "-quarter", "unit__path", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "year", "quarter"],
                condition=Q(voided_at__isnull=True),
                name="medicalfee_once",
                violation_error_message="这位老同志这一季度已经登记过，请打开那一条修改。",
            ),
            models.CheckConstraint(
                condition=Q(cost__gte=0, paid_by_unit__gte=0, advanced__gte=0, reimbursed__gte=0),
                name="medicalfee_positive",
                violation_error_message="金额不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(reimbursed__lte=F("advanced")),
                name="medicalfee_reimbursed",
                violation_error_message="报销给本人的不能多于他垫付的。",
            ),
            models.CheckConstraint(
                condition=Q(cost__gte=F("paid_by_unit") + F("reimbursed")),
                name="medicalfee_within",
                violation_error_message="单位付的加报销的，不能多于应由统筹负担的。",
            ),
            models.CheckConstraint(
                condition=Q(arrears=F("cost") - F("paid_by_unit") - F("reimbursed")), name="medicalfee_arrears_true"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-year", "-quarter", "unit"], name="medicalfee_arrears",
                condition=Q(arrears__gt=0, voided_at__isnull=True),
            ),
            models.Index(fields=["unit", "year", "quarter"], name="medicalfee_unit"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.year}年第{self.quarter}季度"

    def clean(self):
        """The arrears follow from what was typed, before the constraints are asked."""
        zero = Decimal(0)
        self.arrears = in_arrears(self.cost or zero, self.paid_by_unit or zero, self.reimbursed or zero)


@history.track()
class GuaranteeCheck(Record):
    """三个机制: whether a unit kept one guarantee in one quarter, on what evidence, and what must be mended by when."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="guarantee_checks", verbose_name="单位")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度", choices=[(one, f"第{one}季度") for one in (1, 2, 3, 4)])
    guarantee = models.CharField("哪一项", max_length=8, choices=Guarantee)
    result = models.CharField("检查结果", max_length=10, choices=GuaranteeResult)
    evidence = models.CharField("看了什么材料", max_length=200, help_text="例如 发放凭证、报销台账、拨款文件")
    finding = models.CharField("问题", max_length=300, blank=True, db_default="")
    mend_by = models.DateField("整改期限", null=True, blank=True)
    mended_on = models.DateField("整改完成", null=True, blank=True)
    checked_on = models.DateField("检查日期")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="检查人"
    )

    objects = OfOwnUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "三个机制检查"
        verbose_name_plural = "三个机制检查（离休费、医药费、财政支持）"
        ordering = ["-year", "-quarter", "unit__path", "guarantee", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "quarter", "guarantee"],
                condition=Q(voided_at__isnull=True),
                name="guaranteecheck_once",
                violation_error_message="这个单位这一季度这一项已经检查过，请打开那一条修改。",
            ),
            models.CheckConstraint(
                condition=Q(result="kept") | ~Q(finding=""),
                name="guaranteecheck_finding",
                violation_error_message="没有按时足额的，请写清问题。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}年第{self.quarter}季度 {self.get_guarantee_display()}"
