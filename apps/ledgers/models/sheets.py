"""The call sheet: duties on paper, entered in a grid when the sheet is back."""

import uuid

from django.conf import settings
from django.db import models

from apps.common.models import Paper, Record
from apps.ledgers.choices import CallOutcome, SheetOrder
from apps.registry.models import Cadre

from .contacts import Contact
from .duties import Duty

LINES = uuid.UUID("5b0f4f0e-8c0f-4d0a-9f39-3a2f6a7d5c11")


class CallSheet(Record):
    """A numbered A4 list of duties for one caller and day; its paper is waited for until the results are entered.

    Cancelled, out or back is what its paper is. `until`: duties due on or before it were chosen. The form that made it
    gave its `public_id`, so that sent twice it is one sheet.
    """

    carer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="call_sheets", verbose_name="由谁打"
    )
    on_day = models.DateField("哪一天")
    until = models.DateField("到哪天到期的")
    order = models.CharField("排列", max_length=10, choices=SheetOrder, default=SheetOrder.DUE)
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
        indexes = [models.Index(fields=["carer", "-id"], name="callsheet_carer")]

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
        indexes = [models.Index(fields=["cadre"], name="callsheetline_open", condition=models.Q(contact__isnull=True))]

    def __str__(self) -> str:
        return f"{self.sheet_id}.{self.position}"

    @property
    def standing_contact(self) -> Contact | None:
        """What was recorded from this line, unless it was voided since; load `contact` beforehand."""
        return self.contact if self.contact_id and self.contact.voided_at is None else None

    @property
    def form_key(self) -> uuid.UUID:
        """Names the next result of this line: another one once a result stands, so that a second call is a second
        contact and the same form sent twice is one."""
        return uuid.uuid5(LINES, f"{self.pk}:{self.contact_id or 0}")
