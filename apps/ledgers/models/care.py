"""How much care a cadre is owed, and who gives it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.ledgers.choices import CareRole, Level, Reason
from apps.registry.models import Cadre, LifeEvent


class OfVisibleCadres(models.QuerySet):
    def visible_to(self, user, permission: str | None = None):
        """Rows of cadres whom one of the user's scopes with `permission` (default: view this model) covers."""
        permission = permission or f"ledgers.view_{self.model._meta.model_name}"
        return self.filter(cadre__in=Cadre.objects.current().visible_to(user, permission).values("pk"))


@history.track()
class CareTier(Record):
    """How much care a cadre is owed: decided by staff, with the suggestion they saw kept beside it.

    Obligations begin with the first full period on or after `effective_on`.
    """

    cadre = models.OneToOneField(Cadre, models.PROTECT, related_name="care_tier", verbose_name="老干部")
    level = models.PositiveSmallIntegerField("服务等级", choices=Level)
    is_focus = models.BooleanField("重点联系对象", default=False, db_default=False)
    high_risk = models.BooleanField("高风险对象", default=False, db_default=False)
    effective_on = models.DateField("自何日起")
    suggested_level = models.PositiveSmallIntegerField("建议等级", choices=Level, null=True, blank=True)
    suggested_reasons = ArrayField(
        models.CharField(max_length=20, choices=Reason),
        verbose_name="建议理由",
        default=list,
        db_default=[],
        blank=True,
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确定人"
    )
    decided_on = models.DateField("确定日期")
    note = models.CharField("说明", max_length=200, blank=True, db_default="")

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "服务等级"
        verbose_name_plural = "服务等级"
        indexes = [
            models.Index(fields=["cadre"], name="caretier_focus", condition=Q(is_focus=True)),
            models.Index(fields=["cadre"], name="caretier_high_risk", condition=Q(high_risk=True)),
            models.Index(fields=["level"], name="caretier_level"),
            BrinIndex(fields=["updated_at"], name="caretier_updated", pages_per_range=16, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} {self.get_level_display()}"


class AssignmentQuerySet(OfVisibleCadres):
    def open(self):
        return self.filter(ends_on__isnull=True, voided_at__isnull=True)

    def primary(self):
        return self.filter(role=CareRole.PRIMARY)


@history.track()
class CareAssignment(Record):
    """Who cares for a cadre, for a half-open span; one open 责任人 a cadre, any number of helpers (domain 3.8)."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="care_assignments", verbose_name="老干部")
    carer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="care_assignments", verbose_name="责任人"
    )
    role = models.CharField("担任", max_length=10, choices=CareRole, default=CareRole.PRIMARY, db_default="primary")
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True)
    override_reason = models.CharField("超出人数的理由", max_length=200, blank=True, db_default="")
    handover_note = models.CharField("交接说明", max_length=500, blank=True, db_default="")
    # What was open when it ended, one line each, as it stood then (queries.pairing.open_items).
    handover_items = models.TextField("交接时还没办的事", blank=True, db_default="", editable=False)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="指定人"
    )
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "责任人"
        verbose_name_plural = "责任人"
        ordering = ["cadre_id", "role", "-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="careassignment_order"
            ),
            models.UniqueConstraint(
                fields=["cadre"],
                condition=Q(role="primary", ends_on__isnull=True, voided_at__isnull=True),
                name="careassignment_one_primary",
                violation_error_message="这位老同志已经有责任人。要换人，请用“交接”。",
            ),
            models.UniqueConstraint(
                fields=["cadre", "carer"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="careassignment_once",
                violation_error_message="这位同志已经在负责他。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["carer", "cadre"],
                name="careassignment_open",
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.carer} {self.get_role_display()}"
