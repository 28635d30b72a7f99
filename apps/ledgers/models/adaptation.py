"""适老化改造 of a home: survey, quote, works, acceptance, and whether he is content."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record, Versioned
from apps.ledgers.choices import Satisfaction
from apps.ledgers.choices.adaptation import AdaptationEnd, AdaptationState, FundSource
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres
from .plans import Measure, Need


class AdaptationQuerySet(OfVisibleCadres):
    def standing(self):
        return self.filter(voided_at__isnull=True)

    def open(self):
        return self.standing().exclude(state__in=[AdaptationState.CLOSED, AdaptationState.CANCELLED])


@history.track()
class HomeAdaptation(Record):
    """One case. Its state moves only through services.adaptation, each move kept as a step that can be taken back.

    Amounts in yuan: `quoted` as the contractor asks, `paid` as accepted, `subsidy` the part that is not the person's
    own. `step_due_on` is the last day in time for what the case waits for. Photos are attachments of the case
    (queries.adaptation); where there are none, a reason says why. Linked to a measure of his plan, acceptance finishes
    that measure.
    """

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="adaptations", verbose_name="老同志")
    state = models.CharField(
        "进展", max_length=10, choices=AdaptationState, default=AdaptationState.SURVEY, db_default="survey",
        editable=False,
    )  # fmt: skip
    need = models.ForeignKey(
        Need, models.PROTECT, null=True, blank=True, related_name="adaptations", verbose_name="一人一策里的需求"
    )
    measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="adaptations", verbose_name="一人一策里的办法"
    )
    asked_on = models.DateField("提出日期")
    wish = models.CharField("想改什么", max_length=300, blank=True, db_default="")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    surveyed_on = models.DateField("勘查日期", null=True, blank=True)
    surveyor = models.CharField("勘查人", max_length=80, blank=True, db_default="")
    findings = models.CharField("住房情况和问题", max_length=500, blank=True, db_default="")
    contractor = models.CharField("施工单位", max_length=100, blank=True, db_default="")
    contractor_phone = models.CharField("施工单位电话", max_length=40, blank=True, db_default="")
    quoted_on = models.DateField("报价日期", null=True, blank=True)
    quoted = models.DecimalField("报价（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    fund_source = models.CharField("资金来源", max_length=10, choices=FundSource, blank=True, db_default="")
    subsidy = models.DecimalField("补助金额（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    over_reason = models.CharField("超过上限的理由", max_length=200, blank=True, db_default="")
    works_from = models.DateField("开工日期", null=True, blank=True)
    works_until = models.DateField("完工日期", null=True, blank=True)
    no_before_photo = models.CharField("没有改造前照片的原因", max_length=100, blank=True, db_default="")
    accepted_on = models.DateField("验收日期", null=True, blank=True)
    acceptor = models.CharField("验收人", max_length=80, blank=True, db_default="")
    acceptance_note = models.CharField("验收意见", max_length=300, blank=True, db_default="")
    paid = models.DecimalField("结算金额（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    no_after_photo = models.CharField("没有改造后照片的原因", max_length=100, blank=True, db_default="")
    satisfaction = models.CharField("是否满意", max_length=8, choices=Satisfaction, blank=True, db_default="")
    satisfaction_note = models.CharField("本人和家属的意见", max_length=300, blank=True, db_default="")
    replied_on = models.DateField("回访日期", null=True, blank=True)
    cancelled_on = models.DateField("取消日期", null=True, blank=True)
    cancel_because = models.CharField("为什么取消", max_length=10, choices=AdaptationEnd, blank=True, db_default="")
    cancel_note = models.CharField("取消说明", max_length=200, blank=True, db_default="")
    step_due_on = models.DateField("这一步的期限", null=True, blank=True, editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = AdaptationQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "适老化改造"
        verbose_name_plural = "适老化改造"
        ordering = ["-asked_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="cancelled") | (Q(cancelled_on__isnull=False) & ~Q(cancel_because="")),
                name="adaptation_cancelled_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["asking", "closed"]) | Q(accepted_on__isnull=False),
                name="adaptation_accepted_whole",
            ),
            models.CheckConstraint(
                condition=Q(quoted__isnull=True) | Q(quoted__gte=0),
                name="adaptation_quoted",
                violation_error_message="报价不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(subsidy__isnull=True) | (Q(subsidy__gte=0) & Q(subsidy__lte=F("quoted"))),
                name="adaptation_subsidy",
                violation_error_message="补助金额不能超过报价。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["step_due_on", "cadre"],
                name="adaptation_open",
                condition=Q(step_due_on__isnull=False, voided_at__isnull=True),
            ),
            models.Index(fields=["state", "-asked_on"], name="adaptation_state"),
        ]

    def __str__(self) -> str:
        return f"{self.asked_on:%Y-%m-%d} 适老化改造"


@history.track()
class AdaptationItem(Versioned):
    """What is built: a code of the list `adaptation_item`, where in the home, how many, the price of one in yuan."""

    adaptation = models.ForeignKey(HomeAdaptation, models.CASCADE, related_name="items", verbose_name="适老化改造")
    item = models.CharField("项目", max_length=12)
    place = models.CharField("位置", max_length=40, blank=True, db_default="")
    number = models.PositiveSmallIntegerField("数量", default=1)
    price = models.DecimalField("单价（元）", max_digits=9, decimal_places=2, null=True, blank=True)
    note = models.CharField("说明", max_length=100, blank=True, db_default="")
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(Versioned.Meta):
        verbose_name = "改造项目"
        verbose_name_plural = "改造项目"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gte=1), name="adaptationitem_number", violation_error_message="数量至少是 1。"
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0),
                name="adaptationitem_price",
                violation_error_message="单价不能是负数。",
            ),
        ]

    def __str__(self) -> str:
        return self.place or self.item


class AdaptationStep(models.Model):
    """A move of a case from one state to the next, with what its columns held before; undone, they hold it again."""

    adaptation = models.ForeignKey(
        HomeAdaptation, models.CASCADE, related_name="steps", db_index=False, verbose_name="适老化改造"
    )
    before_state = models.CharField("原来", max_length=10, choices=AdaptationState)
    after_state = models.CharField("到", max_length=10, choices=AdaptationState)
    happened_on = models.DateField("哪一天")
    before = models.JSONField("此前的值", default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="谁办的"
    )
    taken_back_at = models.DateTimeField("撤回时间", null=True, blank=True)
    finished_measure = models.BooleanField(default=False)

    class Meta:
        verbose_name = "办理过程"
        verbose_name_plural = "办理过程"
        ordering = ["id"]
        indexes = [models.Index(fields=["adaptation", "id"], name="adaptationstep_case")]

    def __str__(self) -> str:
        return f"{self.get_before_state_display()} → {self.get_after_state_display()}"
