"""遗属: families of deceased comrades whom the bureau still looks after."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.ledgers.choices.medical import FamilyEnd
from apps.people.models import Relative
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres


class FamilyQuerySet(OfVisibleCadres):
    def standing(self):
        return self.filter(voided_at__isnull=True)

    def open(self):
        """Still looked after."""
        return self.standing().filter(ends_on__isnull=True)


@history.track()
class FamilyInCare(Record):
    """A relative of a deceased cadre on the register of 遗属; name, relation and phone are those of `relative`.

    `yearly`: he is to be visited each calendar year (遗属慰问); visits are contacts of that kind with the home of the
    deceased. Ended with a reason; a restored death ends it too and carries its mark, so that undoing opens it again.
    """

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="families", verbose_name="已故老同志")
    relative = models.ForeignKey(Relative, models.PROTECT, related_name="care", verbose_name="遗属")
    difficulties = ArrayField(
        models.CharField(max_length=10), default=list, db_default=[], blank=True, verbose_name="特殊困难"
    )
    yearly = models.BooleanField("每年慰问", default=True)
    starts_on = models.DateField("登记日期")
    address = models.CharField("住在哪里", max_length=60, blank=True, db_default="", help_text="只写到小区或乡镇")
    note = models.CharField("情况", max_length=300, blank=True, db_default="")
    ends_on = models.DateField("停止日期", null=True, blank=True, editable=False)
    end_because = models.CharField(
        "为什么停止", max_length=10, choices=FamilyEnd, blank=True, db_default="", editable=False
    )
    end_note = models.CharField("停止说明", max_length=200, blank=True, db_default="", editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = FamilyQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "遗属"
        verbose_name_plural = "遗属"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["relative"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="familyincare_once",
                violation_error_message="这位家属已经登记为遗属。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True, end_because="")
                | (Q(ends_on__gte=F("starts_on")) & ~Q(end_because="")),
                name="familyincare_ended_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relative.name}（遗属）"
