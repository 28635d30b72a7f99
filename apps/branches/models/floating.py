"""流动党员登记表: members who live elsewhere for a time and whose formal relation stays here (domain 2.2, 3.4)."""

from django.db import models
from django.db.models import F, Q

from apps.branches.choices import FloatingStudy
from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.people.models import Person
from apps.registry.models import LifeEvent

from .entered import Entered
from .memberships import Membership
from .organisations import Organisation
from .transfers import Transfer


class FloatingQuerySet(models.QuerySet):
    def current(self, on):
        """Away on a day: starts inclusive, ends exclusive."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on, voided_at__isnull=True)


@history.track(exclude=("address",))
class FloatingStay(Entered):
    """A stay elsewhere, half-open. `organisation` is the home branch; a host branch of ours takes him as a secondary
    member (`guest`) while he is there, another is only named."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="floating_stays", verbose_name="党员")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="floating_members", verbose_name="所在党组织"
    )
    starts_on = models.DateField("开始流动时间")
    ends_on = models.DateField("结束流动时间（不含）", null=True, blank=True)
    city = models.CharField("现居住市县", max_length=60)
    address = EncryptedTextField("现居住详细地址")
    host = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="hosted_members", verbose_name="流入党组织"
    )
    host_name = models.CharField("流入地党组织（不在本市的）", max_length=120, blank=True, db_default="")
    study = models.CharField("怎么参加学习", max_length=6, choices=FloatingStudy, default=FloatingStudy.HOST)
    contact_name = models.CharField("支部联系人", max_length=40, blank=True, db_default="")
    note = models.CharField("备注", max_length=200, blank=True, db_default="")
    guest = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    # Which transfer ended it, so that undoing the acceptance reopens exactly this.
    ended_by = models.ForeignKey(Transfer, models.PROTECT, null=True, blank=True, related_name="+", editable=False)

    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = FloatingQuerySet.as_manager()

    class Meta(Entered.Meta):
        verbose_name = "流动党员"
        verbose_name_plural = "流动党员登记表"
        ordering = ["organisation_id", "-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="floatingstay_order",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="floatingstay_one_open",
                violation_error_message="他已经登记为流动党员，还没有结束。",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-starts_on"], name="floatingstay_home"),
            models.Index(fields=["host", "-starts_on"], name="floatingstay_host"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.city}"
