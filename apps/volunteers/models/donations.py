"""Donations taken in by love stations (爱心驿站) and teams: what, how much, from whom, to whom. No money account."""

from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.people.models import Person

from .scoped import OfTeams
from .teams import Team


@history.track()
class Donation(Record):
    """Items given to a team and handed on. `value` is an estimate in yuan, empty where nobody reckoned it. An empty
    `donor` did not want to be named. `receipt_no` is given by `services.donations`, one row of numbers for each team
    and year. The recipient is a body or somebody in words, or a `person` of the registry."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="donations", verbose_name="驿站、志愿队")
    receipt_no = models.CharField("收据号", max_length=24, editable=False)
    item = models.CharField("物品", max_length=60, help_text="例如 图书、书包、棉衣")
    quantity = models.DecimalField("数量", max_digits=12, decimal_places=2)
    measure = models.CharField("单位", max_length=8, default="件", help_text="件、本、套、公斤")
    value = models.DecimalField("估值（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    donor = models.CharField("捐赠人", max_length=60, blank=True, db_default="", help_text="不愿留名的空着")
    on = models.DateField("接收日期")
    recipient = models.CharField("受赠方", max_length=60, blank=True, db_default="", help_text="学校、村、困难群众等")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受赠人（名册里的）"
    )
    given_on = models.DateField("送到的日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True, db_default="")

    objects = OfTeams.as_manager()

    class Meta(Record.Meta):
        verbose_name = "捐赠"
        verbose_name_plural = "捐赠"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "receipt_no"], name="donation_receipt"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & (Q(value__isnull=True) | Q(value__gte=0)),
                name="donation_amounts",
                violation_error_message="数量要大于 0，估值不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(given_on__isnull=True) | Q(given_on__gte=F("on")),
                name="donation_order",
                violation_error_message="送到的日期不能早于接收日期。",
            ),
        ]
        indexes = [models.Index(fields=["team", "-on"], name="donation_team")]

    def __str__(self) -> str:
        return f"{self.item} {self.receipt_no}"
