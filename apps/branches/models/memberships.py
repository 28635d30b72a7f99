"""Who belongs to a party organisation, and who serves in it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from apps.branches.choices import HowPosted, Link, PostKind
from apps.branches.rules.belonging import not_a_member
from apps.branches.rules.capability import Capability, able, refusal
from apps.branches.rules.levels import wrong_link
from apps.common import history
from apps.common.models import Record
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import LifeEvent

from .capable import capability_trigger, place_trigger
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
    group = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="group_members", verbose_name="党小组"
    )
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
            place_trigger(Organisation.steplen),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "link", "person"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="membership_open",
            )
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

    def clean(self):
        """What a kind and a level allow, and who may have a formal relation (domain 2.2, 2.2.1); ended links stay."""
        super().clean()
        if self.ends_on is not None or self.voided_at or self.person_id is None or self.organisation_id is None:
            return
        kind, level = self.organisation.kind, self.organisation.level
        if self.link == Link.FORMAL and not able(kind, Capability.FORMAL_LINK):
            raise ValidationError({"organisation": refusal(kind, Capability.FORMAL_LINK)}, code="incapable")
        if sentence := wrong_link(kind, level, self.link):
            raise ValidationError({"link": sentence}, code="link")
        if self.link == Link.FORMAL and self._state.adding:
            living = self.person.life_status == LifeStatus.LIVING
            if sentence := not_a_member(self.person.political_status, is_living=living):
                raise ValidationError({"person": sentence}, code="not_a_member")
        if self.group_id is not None and not self.group.is_group_of(self.organisation):
            raise ValidationError({"group": "请选这个党支部自己的党小组。"}, code="group")


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
    how = models.CharField("产生方式", max_length=10, choices=HowPosted, blank=True, db_default="")
    document_no = models.CharField("任职文号", max_length=60, blank=True, db_default="")
    starts_on = models.DateField("任职日期")
    term_ends_on = models.DateField("任期到", null=True, blank=True)
    ends_on = models.DateField("免职日期（不含）", null=True, blank=True)
    reason_out = models.CharField("免职原因", max_length=60, blank=True, db_default="")
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
            models.UniqueConstraint(
                fields=["person", "organisation", "kind"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="post_once",
                violation_error_message="他已在担任这个职务。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "kind"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="post_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()} {self.person}"
