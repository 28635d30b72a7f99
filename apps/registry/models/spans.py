"""What stood before: closed spans of units, types, ranks and treatments."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.accounts.models import DateRange
from apps.common.models import Attachment
from apps.organisation.models import Unit
from apps.registry.choices import SpanKind, StandingKind

from .cadre import Cadre


class ClosedSpan(models.Model):
    """What stood before: half-open [starts_on, ends_on); an unknown start is open to the past.

    `document_no` and `scan` are of the change that ended it, which established what came after.
    """

    starts_on = models.DateField("自何日起", null=True, blank=True)
    ends_on = models.DateField("到何日（不含）")
    document_no = models.CharField("文号", max_length=80, blank=True, db_default="")
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件扫描件"
    )
    closed_by_event = models.ForeignKey(
        "registry.LifeEvent",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="由哪件事引起",
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        abstract = True


class UnitSpan(ClosedSpan):
    """A past managing or counting unit."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="unit_spans", verbose_name="老干部")
    kind = models.CharField("哪种单位", max_length=8, choices=SpanKind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")

    class Meta:
        verbose_name = "单位变动"
        verbose_name_plural = "单位变动"
        ordering = ["cadre_id", "kind", "-ends_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(starts_on__lt=F("ends_on")), name="unitspan_order"
            ),
            ExclusionConstraint(
                name="unitspan_no_overlap",
                expressions=[
                    ("cadre", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.starts_on}–{self.ends_on}"


class StandingSpan(ClosedSpan):
    """A past retirement type, rank or treatment, by code."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="standing_spans", verbose_name="老干部")
    kind = models.CharField("哪一项", max_length=12, choices=StandingKind)
    value = models.CharField("内容", max_length=12, blank=True)

    class Meta:
        verbose_name = "职级和待遇变动"
        verbose_name_plural = "职级和待遇变动"
        ordering = ["cadre_id", "kind", "-ends_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(starts_on__lt=F("ends_on")), name="standingspan_order"
            ),
            ExclusionConstraint(
                name="standingspan_no_overlap",
                expressions=[
                    ("cadre", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value} {self.starts_on}–{self.ends_on}"
