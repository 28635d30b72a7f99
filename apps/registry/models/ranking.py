"""Which column of the annual tables each rank counts in, from when, by which document."""

from django.db import models

from apps.common import history
from apps.common.models import Record
from apps.registry.choices import RankKind, StatisticsRank


@history.track()
class RankColumn(Record):
    """One rank of the code lists `leader_rank` or `grade_rank` and its statistics column from a day on.

    A later row of the same rank replaces an earlier one from its own day; what counted before stays countable. A rank
    without a row counts nowhere and is shown as missing.
    """

    kind = models.CharField("哪一种", max_length=12, choices=RankKind)
    code = models.CharField("职级", max_length=4)
    column = models.CharField("计入哪一栏", max_length=4, choices=StatisticsRank)
    effective_from = models.DateField("自何日起")
    source = models.CharField("依据", max_length=120, help_text="文件名称和文号")

    class Meta(Record.Meta):
        verbose_name = "职级对应统计栏目"
        verbose_name_plural = "职级对应统计栏目"
        ordering = ["kind", "code", "-effective_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code", "effective_from"],
                condition=models.Q(voided_at__isnull=True),
                name="rankcolumn_once",
                violation_error_message="这个职级自这一天起已有一行。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code} → {self.get_column_display()}"
