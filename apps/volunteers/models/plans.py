"""What a team means to do in a year, and what came of it."""

from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.models import Record

from .scoped import OfTeams
from .teams import Team


@history.track()
class TeamPlan(Record):
    """The plan of one team for one calendar year, and its review. One a year."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="plans", verbose_name="志愿服务队")
    year = models.PositiveSmallIntegerField("年度")
    goals = models.TextField("目标", max_length=1000)
    measures = models.TextField("安排", max_length=2000, blank=True, db_default="", help_text="分月写也可以")
    planned_on = models.DateField("制定日期", null=True, blank=True)
    review = models.TextField("年终总结", max_length=2000, blank=True, db_default="")
    reviewed_on = models.DateField("总结日期", null=True, blank=True)

    objects = OfTeams.as_manager()

    class Meta(Record.Meta):
        verbose_name = "年度计划"
        verbose_name_plural = "年度计划"
        ordering = ["-year", "team_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "year"],
                condition=Q(voided_at__isnull=True),
                name="teamplan_year",
                violation_error_message="这支队这一年的计划已经有了，请打开那一份修改。",
            ),
            models.CheckConstraint(
                condition=Q(year__range=(2000, 2100)),
                name="teamplan_years",
                violation_error_message="年度请填 2000 到 2100。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}{self.year}年度计划"
