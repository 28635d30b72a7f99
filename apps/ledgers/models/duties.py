"""What is owed in a period, and for which days it was planned."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.common.models import Versioned
from apps.ledgers.choices import ClosedReason, DutyKind, Means
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres
from .contacts import Contact

UNOWED = (ClosedReason.NOT_OWED, ClosedReason.UNDONE, ClosedReason.WAIVED)


class DutyQuerySet(OfVisibleCadres):
    def open(self):
        """Neither done nor closed."""
        return self.filter(satisfied_by__isnull=True, closed_on__isnull=True)

    def overdue(self, on):
        """Open with the last day gone by: due yesterday is overdue by one day."""
        return self.open().filter(due_on__lt=on)

    def missed(self, on):
        """Not done within its period, whether still open, made up for later, or closed after it. Days off between
        `due_on` and the end of the period still count as in time."""
        never = Q(satisfied_by__isnull=True) & (Q(closed_on__isnull=True) | Q(closed_on__gte=F("period_end")))
        late = Q(satisfied_on__gte=F("period_end"))
        return self.filter(never | late, period_end__lte=on).exclude(closed_reason__in=UNOWED)


class Duty(Versioned):
    """One obligation of one period. Planned by `ledgers.services`; done when a qualifying contact stands.

    `period_start` inclusive, `period_end` exclusive, `due_on` the last working day of the period, by which it is to be
    done. A contact after the period makes up for it: `satisfied_on` says when, and statistics still count it as
    missed. Festivals carry the name of their campaign in `basis`. `means` is set by the planner (rules.means_of).
    """

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="duties", db_index=False, verbose_name="老干部")
    kind = models.CharField("要办的事", max_length=14, choices=DutyKind)
    period_start = models.DateField("期间开始")
    period_end = models.DateField("期间结束（不含）")
    due_on = models.DateField("最后期限")
    means = models.CharField("怎样办", max_length=6, choices=Means, blank=True, default="", db_default="")
    basis = models.CharField("依据", max_length=40, blank=True, db_default="")
    satisfied_by = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="satisfied_duties", db_index=False,
        editable=False, verbose_name="办结记录",
    )  # fmt: skip
    satisfied_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    closed_on = models.DateField("结束日期", null=True, blank=True, editable=False)
    closed_reason = models.CharField(
        "结束原因", max_length=14, choices=ClosedReason, blank=True, db_default="", editable=False
    )
    closed_note = models.CharField("说明", max_length=200, blank=True, db_default="", editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = DutyQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = "联系看望任务"
        verbose_name_plural = "联系看望任务"
        ordering = ["due_on", "id"]
        permissions = [("view_today", "看今日待办"), ("waive_duty", "批准不再办理")]
        constraints = [
            models.UniqueConstraint(fields=["cadre", "kind", "period_start"], name="duty_once"),
            models.CheckConstraint(
                condition=Q(period_start__lt=F("period_end"), due_on__lt=F("period_end")), name="duty_order"
            ),
            models.CheckConstraint(
                condition=Q(satisfied_by__isnull=True, satisfied_on__isnull=True)
                | Q(satisfied_by__isnull=False, satisfied_on__isnull=False),
                name="duty_satisfied_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "cadre"],
                name="duty_open_due",
                condition=Q(satisfied_by__isnull=True, closed_on__isnull=True),
            ),
            models.Index(fields=["satisfied_by"], name="duty_satisfied_by", condition=Q(satisfied_by__isnull=False)),
            models.Index(
                fields=["closed_by_event"], name="duty_closed_by_event", condition=Q(closed_by_event__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"

    @property
    def words(self) -> str:
        """What is to be done and how, where that is not what the kind says: 电话或微信联系（改为上门）."""
        kind = self.get_kind_display()
        return f"{kind}（改为{self.get_means_display()}）" if self.means else kind


class DutyRun(models.Model):
    """A day for which the duties of everybody were planned, with the newest rule set or calendar day that the run
    knew. Changes of people up to `seen_until` have been taken up since."""

    day = models.DateField("日期", unique=True)
    rules_changed_at = models.DateTimeField("规则最后修改", null=True)
    seen_until = models.DateTimeField("变动看到哪里", null=True)
    planned = models.PositiveIntegerField("新排", default=0)
    withdrawn = models.PositiveIntegerField("撤回", default=0)
    finished_at = models.DateTimeField("完成时间", db_default=Now())

    class Meta:
        verbose_name = "任务计划"
        verbose_name_plural = "任务计划"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"
