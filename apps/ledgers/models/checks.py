"""When nobody answers: somebody goes the same day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.common.models import Record
from apps.ledgers.choices import CheckResult
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres
from .contacts import Contact


class CheckQuerySet(OfVisibleCadres):
    def open(self):
        return self.filter(closed_at__isnull=True, voided_at__isnull=True)


class SafetyCheck(Record):
    """当日上门核实: a person living alone did not answer twice in one day; open until somebody reports having seen or
    spoken to him. At most one open a cadre. `closing_contact` is the visit or call that ended it."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="safety_checks", verbose_name="老同志")
    raised_on = models.DateField("哪一天")
    raised_at = models.DateTimeField("发出时间", db_default=Now())
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="由谁的记录发出"
    )
    last_call = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="最后一次没接通"
    )
    result = models.CharField("结果", max_length=10, choices=CheckResult, blank=True, db_default="")
    closing_contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="closed_checks", verbose_name="核实记录"
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报告人"
    )
    closed_at = models.DateTimeField("核实时间", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True, db_default="")
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = CheckQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "当日上门核实"
        verbose_name_plural = "当日上门核实"
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre"],
                condition=Q(closed_at__isnull=True, voided_at__isnull=True),
                name="safetycheck_one_open",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, result="") | (Q(closed_at__isnull=False) & ~Q(result="")),
                name="safetycheck_result",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("raised_at")), name="safetycheck_order"
            ),
        ]
        indexes = [models.Index(fields=["-raised_at"], name="safetycheck_open", condition=Q(closed_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.cadre} {self.raised_on}"
