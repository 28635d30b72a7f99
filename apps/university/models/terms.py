"""Terms and their phases."""

from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Unit
from apps.university.choices.schools import PhaseKind, Season

from .scoped import OfUnits


@history.track()
class Term(Record):
    """学期 of all schools of a unit and below; days half-open [starts_on, ends_on)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="主管单位")
    year = models.PositiveSmallIntegerField("年份")
    season = models.CharField("学期", max_length=8, choices=Season)
    starts_on = models.DateField("开学日期")
    ends_on = models.DateField("结束日期（不含）")

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "学期"
        verbose_name_plural = "学期"
        ordering = ["-starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "season"],
                condition=Q(voided_at__isnull=True),
                name="term_once",
                violation_error_message="这个学期已经有了。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="term_order",
                violation_error_message="结束日期要晚于开学日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.get_season_display()}"


class TermPhase(Record):
    """A stretch of a term, moments half-open; of one school or, without, of all of the term."""

    term = models.ForeignKey(Term, models.PROTECT, related_name="phases", verbose_name="学期")
    school = models.ForeignKey(
        "university.School", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学校"
    )
    kind = models.CharField("阶段", max_length=8, choices=PhaseKind)
    opens_at = models.DateTimeField("开始")
    closes_at = models.DateTimeField("结束")

    class Meta(Record.Meta):
        verbose_name = "学期阶段"
        verbose_name_plural = "学期阶段"
        ordering = ["opens_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "school", "kind"],
                condition=Q(voided_at__isnull=True),
                nulls_distinct=False,
                name="termphase_once",
                violation_error_message="这个阶段已经有了。",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="termphase_order",
                violation_error_message="结束要晚于开始。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
