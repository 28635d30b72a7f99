"""The register of serving leaders (在职领导名册)."""

import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from apps.accounts.models import DateRange
from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Unit


class InOfficeQuerySet(models.QuerySet):
    def on(self, day):
        """In office on a day: starts inclusive, ends exclusive; an unknown start is open to the past."""
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=day),
            Q(ends_on__isnull=True) | Q(ends_on__gt=day),
            voided_at__isnull=True,
        )


@history.track()
class ServingLeader(Record):
    """One post of a serving leader from a day to another (half-open). Posts of the same leader share `leader_key`.

    `title` is the full title as it is read out (市委常委、组织部部长); two offices held at once are one title. Lists
    stand in the order of `order_no`, never of pinyin (domain 0).
    """

    leader_key = models.UUIDField("哪位领导", default=uuid.uuid4, editable=False)
    name = models.CharField("姓名", max_length=60)
    title = models.CharField("职务全称", max_length=120, help_text="例如 市委常委、组织部部长")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    order_no = models.PositiveIntegerField("排序号", default=9999, db_default=9999, help_text="名次，小的在前")
    starts_on = models.DateField("任职自", null=True, blank=True)
    ends_on = models.DateField("到何日（不含）", null=True, blank=True, help_text="在任就空着")
    office_phone = models.CharField("办公电话", max_length=40, blank=True, db_default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号"
    )
    note = models.CharField("备注", max_length=200, blank=True, db_default="")

    objects = InOfficeQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "在职领导"
        verbose_name_plural = "在职领导名册"
        ordering = ["order_no", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="servingleader_order",
                violation_error_message="离任日期要晚于任职日期。",
            ),
            ExclusionConstraint(
                name="servingleader_one_post",
                expressions=[
                    ("leader_key", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
                violation_error_message="这位领导在这段时间已经登记了一个职务。",
            ),
        ]
        indexes = [
            models.Index(fields=["order_no", "id"], name="servingleader_list"),
            models.Index(fields=["leader_key"], name="servingleader_who"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.name}"
