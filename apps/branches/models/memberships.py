"""Who belongs to a party organisation, and who serves in it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.branches.choices import Link, PostKind
from apps.branches.rules.capability import Capability
from apps.common import history
from apps.common.models import Record
from apps.people.models import Person
from apps.registry.models import LifeEvent

from .capable import capability_trigger
from .organisations import Organisation


class SpanQuerySet(models.QuerySet):
    def current(self, on):
        """In force on a day: starts inclusive, ends exclusive."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on, voided_at__isnull=True)


@history.track()
class Membership(Record):
    """A person belongs to an organisation for a half-open span of days; at most one open formal link (domain 2.2)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name="党员")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships", verbose_name="党组织")
    link = models.CharField("组织关系", max_length=10, choices=Link, default=Link.FORMAL)
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True)
    reason_in = models.CharField("转入原因", max_length=60, blank=True, db_default="")
    reason_out = models.CharField("转出原因", max_length=60, blank=True, db_default="")
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = SpanQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "党员组织关系"
        verbose_name_plural = "党员组织关系"
        ordering = ["organisation_id", "person_id", "-starts_on", "id"]
        triggers = [
            *Record.Meta.triggers,
            capability_trigger(
                Capability.FORMAL_LINK, when="NEW.link = 'formal' AND NEW.ends_on IS NULL AND NEW.voided_at IS NULL"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_order"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(link="formal", ends_on__isnull=True, voided_at__isnull=True),
                name="membership_one_formal",
                violation_error_message="他的正式组织关系已在另一个党支部。",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="membership_once",
                violation_error_message="他已经在这个党组织里。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.organisation}"


@history.track()
class Post(Record):
    """A committee post held for a half-open span; a current one lets its holder's account see the branch."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts", verbose_name="党组织")
    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", verbose_name="任职人")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name="登录账号",
    )
    kind = models.CharField("职务", max_length=12, choices=PostKind)
    starts_on = models.DateField("任职日期")
    ends_on = models.DateField("免职日期（不含）", null=True, blank=True)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = SpanQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "支部任职"
        verbose_name_plural = "支部任职"
        ordering = ["organisation_id", "kind", "-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="post_order"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(kind="secretary", ends_on__isnull=True, voided_at__isnull=True),
                name="post_one_secretary",
                violation_error_message="这个党组织已有在任书记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()} {self.person}"
