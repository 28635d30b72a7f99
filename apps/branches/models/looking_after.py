"""联系党员: which committee member keeps in touch with which member."""

from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.people.models import Person

from .entered import Entered
from .memberships import SpanQuerySet
from .organisations import Organisation


@history.track()
class MemberContact(Entered):
    """A committee member looks after a member for a half-open span of days; one at a time within an organisation."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="member_contacts", verbose_name="党组织"
    )
    keeper = models.ForeignKey(Person, models.PROTECT, related_name="keeps_in_touch_with", verbose_name="联系人")
    member = models.ForeignKey(Person, models.PROTECT, related_name="kept_in_touch_by", verbose_name="党员")
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True)

    objects = SpanQuerySet.as_manager()

    class Meta(Entered.Meta):
        verbose_name = "联系党员"
        verbose_name_plural = "联系党员"
        ordering = ["organisation_id", "keeper_id", "member_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membercontact_order"
            ),
            models.UniqueConstraint(
                fields=["organisation", "member"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="membercontact_once",
                violation_error_message="已经有人联系这位党员。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.keeper} {self.member}"
