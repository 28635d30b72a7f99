"""民主评议党员 by year, and 谈心谈话 between officers and members (domain 3.1)."""

from django.db import models
from django.db.models import Q

from apps.branches.choices import ReviewResult
from apps.branches.rules.capability import Capability
from apps.common import history
from apps.people.models import Person

from .capable import Capable, capability_trigger
from .entered import Entered
from .meetings import Meeting
from .organisations import Organisation


@history.track()
class Review(Capable, Entered):
    """What the meeting found about one member for one year; a member has one a year."""

    needs = Capability.LESSONS

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="reviews", verbose_name="党组织")
    person = models.ForeignKey(Person, models.PROTECT, related_name="party_reviews", verbose_name="党员")
    year = models.PositiveSmallIntegerField("年度")
    result = models.CharField("评议结果", max_length=10, choices=ReviewResult)
    note = models.CharField("说明", max_length=200, blank=True, db_default="")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="reviews", verbose_name="哪次会评议"
    )

    class Meta(Entered.Meta):
        verbose_name = "民主评议结果"
        verbose_name_plural = "民主评议党员"
        ordering = ["-year", "organisation_id", "id"]
        triggers = [*Entered.Meta.triggers, capability_trigger(Capability.LESSONS)]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "year"],
                condition=Q(voided_at__isnull=True),
                name="review_once",
                violation_error_message="他这一年已有评议结果。",
            ),
            models.CheckConstraint(condition=Q(year__range=(1949, 2100)), name="review_year"),
        ]
        indexes = [models.Index(fields=["organisation", "-year"], name="review_of_organisation")]

    def __str__(self) -> str:
        return f"{self.year}年 {self.person}"


@history.track()
class Talk(Entered):
    """谈心谈话: that an officer talked with a member, and about what. What was said in confidence is not written."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="talks", verbose_name="党组织")
    person = models.ForeignKey(Person, models.PROTECT, related_name="talks", verbose_name="党员")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="谈话人")
    talked_on = models.DateField("日期")
    theme = models.CharField("谈什么", max_length=120, help_text="写主题，不写心里话")

    class Meta(Entered.Meta):
        verbose_name = "谈心谈话"
        verbose_name_plural = "谈心谈话"
        ordering = ["-talked_on", "-id"]
        indexes = [models.Index(fields=["organisation", "-talked_on"], name="talk_of_organisation")]

    def __str__(self) -> str:
        return f"{self.talked_on} {self.person}"
