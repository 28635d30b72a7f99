"""Treatments (两项待遇): the catalogue, an opened period of an item, what each person is due of it, sheets to sign."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Paper, Record
from apps.ledgers.choices.treatments import (
    ChangeKind,
    ClaimState,
    DueState,
    Every,
    OnDeath,
    PaidTo,
    ReceivedHow,
    SeniorBand,
    Standard,
    StopReason,
    TreatmentGroup,
)
from apps.ledgers.rules.treatments import period_words
from apps.organisation.models import Unit
from apps.registry.choices import RetireType
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres


@history.track()
class TreatmentItem(Record):
    """A line of the catalogue: to whom something is due, how often, in what measure, and whether he gets it himself.

    Empty conditions ask nothing. `level` is a code of the list `leader_rank`: due to those who enjoy it or a higher
    one. `min_age` must be completed by the last day of the period.
    """

    group = models.CharField("属于", max_length=10, choices=TreatmentGroup)
    name = models.CharField("项目", max_length=40)
    basis = models.CharField("依据（文号）", max_length=80, blank=True, db_default="")
    every = models.CharField("多久一次", max_length=8, choices=Every, default=Every.YEAR)
    measure = models.CharField("计量单位", max_length=6, default="元", help_text="元、次、份、月")
    paid_to = models.CharField(
        "怎样给", max_length=8, choices=PaidTo, default=PaidTo.PERSON,
        help_text="单位掌握使用的不逐人发，登记预算和为他花了什么",
    )  # fmt: skip
    standard = models.CharField("金额", max_length=14, choices=Standard, blank=True, db_default="")
    on_death = models.CharField("离世当期", max_length=8, choices=OnDeath, default=OnDeath.STOP)
    retire_types = ArrayField(
        models.CharField(max_length=12, choices=RetireType), verbose_name="离退休类型", default=list, db_default=[],
        blank=True, help_text="都不选就是不限",
    )  # fmt: skip
    level = models.CharField("现享受待遇在这一级以上", max_length=4, blank=True, db_default="")
    min_age = models.PositiveSmallIntegerField("满多少周岁", null=True, blank=True)
    only_members = models.BooleanField("只给中共党员", default=False, db_default=False)
    only_unable = models.BooleanField("只给生活不能自理的（重度以上失能）", default=False, db_default=False)
    ends_on = models.DateField("停用日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "待遇项目"
        verbose_name_plural = "待遇项目"
        ordering = ["group", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(voided_at__isnull=True),
                name="treatmentitem_name",
                violation_error_message="已经有这个项目。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TreatmentRun(Record):
    """An item in one period: the list of all who are due. Opened again, it takes in who came to be due since."""

    item = models.ForeignKey(TreatmentItem, models.PROTECT, related_name="runs", verbose_name="项目")
    period_start = models.DateField("哪一期")
    asked_amount = models.DecimalField("每人金额（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="开期人"
    )
    opened_on = models.DateField("开期日期")

    class Meta(Record.Meta):
        verbose_name = "待遇发放"
        verbose_name_plural = "待遇发放"
        ordering = ["-period_start", "item_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "period_start"],
                condition=Q(voided_at__isnull=True),
                name="treatmentrun_once",
                violation_error_message="这一期已经开过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} {period_words(self.item.every, self.period_start)}"


class TreatmentSheet(Record):
    """A signature sheet of a run: its paper is waited for until it is back, entered or scanned."""

    run = models.ForeignKey(TreatmentRun, models.PROTECT, related_name="sheets", verbose_name="哪一期")
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="+", verbose_name="纸质表")
    scope = models.CharField("范围", max_length=100, blank=True, db_default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="制表人"
    )
    entered_on = models.DateField("录完日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "签领表"
        verbose_name_plural = "签领表"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"签领表 {self.paper.code}"


class DueQuerySet(OfVisibleCadres):
    def standing(self):
        return self.filter(voided_at__isnull=True)


STATE = {
    DueState.WAITING: Q(issued_on__isnull=True, received_on__isnull=True, stopped_on__isnull=True),
    DueState.ISSUED: Q(issued_on__isnull=False, received_on__isnull=True, stopped_on__isnull=True),
    DueState.RECEIVED: Q(received_on__isnull=False),
    DueState.STOPPED: Q(received_on__isnull=True, stopped_on__isnull=False),
}


@history.track()
class TreatmentDue(Record):
    """What one cadre is due of one run; one a cadre, item and period.

    `quantity` in the item's measure; `amount` in yuan, NULL where the item has none or where it is some months of his
    basic 离休费, which no table holds in clear. `changed` is the sum of its entries (TreatmentChange): what is due now
    is `amount + changed`. Written set-based.
    """

    run = models.ForeignKey(TreatmentRun, models.PROTECT, related_name="dues", db_index=False, verbose_name="哪一期")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="treatment_dues", verbose_name="老干部")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, verbose_name="发放单位")
    quantity = models.DecimalField("数量", max_digits=6, decimal_places=2, default=1, db_default=1)
    amount = models.DecimalField("金额（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    changed = models.DecimalField("更正（元）", max_digits=10, decimal_places=2, default=0, db_default=0)
    issued_on = models.DateField("发出日期", null=True, blank=True)
    received_on = models.DateField("领到日期", null=True, blank=True)
    how = models.CharField("怎样领的", max_length=8, choices=ReceivedHow, blank=True, db_default="")
    receiver = models.CharField("领取人", max_length=30, blank=True, db_default="", help_text="本人领的空着")
    relation = models.CharField("和老同志的关系", max_length=20, blank=True, db_default="")
    note = models.CharField("备注", max_length=200, blank=True, db_default="")
    sheet = models.ForeignKey(
        TreatmentSheet, models.PROTECT, null=True, blank=True, related_name="dues", verbose_name="签领表"
    )
    stopped_on = models.DateField("停发日期", null=True, blank=True)
    stop_reason = models.CharField("停发原因", max_length=8, choices=StopReason, blank=True, db_default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name="登记人",
    )  # fmt: skip
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = DueQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "应发待遇"
        verbose_name_plural = "应发待遇"
        ordering = ["run_id", "unit_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "cadre"],
                condition=Q(voided_at__isnull=True),
                name="treatmentdue_once",
                violation_error_message="这位老同志这一期已经在名单上。",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True, stop_reason="")
                | (Q(stopped_on__isnull=False) & ~Q(stop_reason="")),
                name="treatmentdue_stopped_whole",
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(received_on__isnull=True) | Q(received_on__gte=F("issued_on")),
                name="treatmentdue_order",
                violation_error_message="领到日期不能早于发出日期。",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "unit", "id"], name="treatmentdue_run"),
            models.Index(
                fields=["closed_by_event"], name="treatmentdue_event", condition=Q(closed_by_event__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} {self.run}"

    @property
    def payable(self):
        """Yuan due now; None where no amount stands."""
        return None if self.amount is None else self.amount + self.changed

    @property
    def state(self) -> DueState:
        if self.received_on:
            return DueState.RECEIVED
        if self.stopped_on:
            return DueState.STOPPED
        return DueState.ISSUED if self.issued_on else DueState.WAITING


class ChangeQuerySet(models.QuerySet):
    def visible_to(self, user, permission: str = "ledgers.view_treatmentdue"):
        return self.filter(due__cadre__in=Cadre.objects.current().visible_to(user, permission).values("pk"))


class TreatmentChange(Record):
    """An entry that changes what a due is worth. Amounts are never written over: a wrong one is set right by another.

    `settled_on`: for 追回, the day the money was back.
    """

    due = models.ForeignKey(TreatmentDue, models.PROTECT, related_name="changes", verbose_name="哪一笔")
    kind = models.CharField("为什么", max_length=10, choices=ChangeKind)
    amount = models.DecimalField("加减多少（元）", max_digits=10, decimal_places=2, help_text="减少填负数")
    reason = models.CharField("说明", max_length=200)
    document_no = models.CharField("依据（文号、凭证号）", max_length=80, blank=True, db_default="")
    made_on = models.DateField("日期")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    settled_on = models.DateField("追回日期", null=True, blank=True)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = ChangeQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "待遇更正"
        verbose_name_plural = "待遇更正"
        ordering = ["-made_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0), name="treatmentchange_amount", violation_error_message="加减的金额不能是 0。"
            )
        ]
        indexes = [
            models.Index(
                fields=["made_on"], name="treatmentchange_reclaim",
                condition=Q(kind="reclaim", settled_on__isnull=True, voided_at__isnull=True),
            ),
            models.Index(
                fields=["closed_by_event"], name="treatmentchange_event", condition=Q(closed_by_event__isnull=False)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class SeniorClaim(Record):
    """高龄津贴: what the family did about it. Civil affairs pay it; the bureau only tells them in time (domain 3.7)."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="senior_claims", verbose_name="老干部")
    band = models.PositiveSmallIntegerField("年龄档", choices=SeniorBand)
    state = models.CharField("办到哪步", max_length=10, choices=ClaimState)
    on = models.DateField("哪天")
    by_whom = models.CharField("谁办的", max_length=40, blank=True, db_default="", help_text="例如 女儿、社区代办")
    note = models.CharField("说明", max_length=200, blank=True, db_default="")

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "高龄津贴申请"
        verbose_name_plural = "高龄津贴申请"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "band"],
                condition=Q(voided_at__isnull=True),
                name="seniorclaim_once",
                violation_error_message="这一档已经登记过，请打开那一条修改。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cadre_id} {self.band}"
