"""Tiers that facts now speak for, until somebody decides."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.common.models import Versioned
from apps.ledgers.choices import Level, Reason
from apps.registry.models import Cadre

from .care import OfVisibleCadres


class TierAdvice(Versioned):
    """After a roster changed what is known of a cadre: the tier that is suggested now, where it is another one than was
    decided. Never takes effect by itself; deciding, either way, removes it."""

    cadre = models.OneToOneField(Cadre, models.CASCADE, related_name="tier_advice", verbose_name="老干部")
    level = models.PositiveSmallIntegerField("建议等级", choices=Level)
    reasons = ArrayField(
        models.CharField(max_length=20, choices=Reason),
        verbose_name="建议理由",
        default=list,
        db_default=[],
        blank=True,
    )
    advised_on = models.DateField("提出日期")

    objects = OfVisibleCadres.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = "服务等级建议"
        verbose_name_plural = "服务等级建议"

    def __str__(self) -> str:
        return f"{self.cadre} {self.get_level_display()}"
