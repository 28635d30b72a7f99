"""The call sheet: duties on paper, entered in a grid when the sheet is back."""

from django.conf import settings
from django.db import models

from apps.common.models import Paper, Record
from apps.ledgers.choices import CallOutcome, SheetState
from apps.registry.models import Cadre

from .contacts import Contact
from .duties import Duty


class CallSheet(Record):
    """A numbered A4 list of duties for one caller and day; its paper is waited for until the results are entered."""

    carer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="call_sheets", verbose_name="由谁打"
    )
    on_day = models.DateField("哪一天")
    state = models.CharField("状态", max_length=10, choices=SheetState, default=SheetState.PRINTED)
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="+", verbose_name="纸质表")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="打印人"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    entered_at = models.DateTimeField("录入时间", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "电话单"
        verbose_name_plural = "电话单"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.carer} {self.on_day}"


class CallSheetLine(models.Model):
    """One cadre on the sheet, with the duties that his call is for. `contact` is what the grid recorded."""

    sheet = models.ForeignKey(CallSheet, models.CASCADE, related_name="lines", verbose_name="电话单")
    position = models.PositiveSmallIntegerField("序号")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="+", verbose_name="老同志")
    duties = models.ManyToManyField(Duty, related_name="+", verbose_name="要办的事")
    outcome = models.CharField("结果", max_length=10, choices=CallOutcome, blank=True, db_default="")
    contact = models.OneToOneField(
        Contact, models.PROTECT, null=True, blank=True, related_name="sheet_line", verbose_name="联系记录"
    )

    class Meta:
        verbose_name = "电话单的一行"
        verbose_name_plural = "电话单的行"
        ordering = ["sheet_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "position"], name="callsheetline_position"),
            models.UniqueConstraint(fields=["sheet", "cadre"], name="callsheetline_cadre"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}.{self.position}"
