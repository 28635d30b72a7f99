"""Supervision of organisations: what was found, until when it is to be mended, and whether it was (督导检查)."""

from django.db import models
from django.db.models import Q

from apps.branches.choices import RecheckResult
from apps.common import history
from apps.common.models import Record

from .entered import Entered
from .organisations import Organisation


@history.track()
class Inspection(Record):
    """A visit of the superior to an organisation. Closed when every finding of it is closed, or there is none."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="inspections", verbose_name="党组织")
    inspected_on = models.DateField("检查日期")
    inspectors = models.CharField("检查人", max_length=120)
    subject = models.CharField("检查内容", max_length=120)
    summary = models.CharField("总体情况", max_length=500, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "督导检查"
        verbose_name_plural = "督导检查"
        ordering = ["-inspected_on", "-id"]
        indexes = [models.Index(fields=["organisation", "-inspected_on"], name="inspection_of_organisation")]

    def __str__(self) -> str:
        return f"{self.inspected_on} {self.subject}"


@history.track()
class InspectionFinding(Entered):
    """One thing to be mended. The branch answers; the superior checks again and closes it or gives a new deadline."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="findings", verbose_name="督导检查")
    position = models.PositiveSmallIntegerField("序号", default=1)
    content = models.CharField("发现的问题", max_length=300)
    due_on = models.DateField("整改期限")
    answer = models.CharField("整改情况", max_length=500, blank=True, db_default="")
    answered_on = models.DateField("报告整改的日期", null=True, blank=True)
    rechecked_on = models.DateField("复查日期", null=True, blank=True)
    result = models.CharField("复查结果", max_length=10, choices=RecheckResult, blank=True, db_default="")
    recheck_note = models.CharField("复查意见", max_length=300, blank=True, db_default="")

    class Meta(Entered.Meta):
        verbose_name = "检查发现的问题"
        verbose_name_plural = "检查发现的问题"
        ordering = ["inspection_id", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="") | Q(rechecked_on__isnull=False), name="inspectionfinding_result_has_day"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=~Q(result="done") & Q(voided_at__isnull=True),
                name="inspectionfinding_open",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.content

    @property
    def is_closed(self) -> bool:
        return self.result == RecheckResult.DONE

    @property
    def state(self) -> str:
        """In words: what is to be done next."""
        if self.is_closed:
            return "已整改到位"
        if self.answered_on and not (self.rechecked_on and self.rechecked_on >= self.answered_on):
            return "已报告，等复查"
        return "要继续整改" if self.result == RecheckResult.AGAIN else "待整改"
