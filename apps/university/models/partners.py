"""Whom a school works with: partners with their agreements, and practice bases (domain 1.4)."""

from django.db import models
from django.db.models import F, Q

from apps.common.models import Attachment, Record
from apps.university.choices.rooms import BaseKind, PartnerKind

from .schools import Campus, School
from .scoped import OfPartners, OfSchools


class Partner(Record):
    """A college, party school, township or company that gives rooms, teachers or practice."""

    school = models.ForeignKey(School, models.PROTECT, related_name="partners", verbose_name="学校")
    name = models.CharField("合作单位", max_length=80)
    kind = models.CharField("类型", max_length=8, choices=PartnerKind)
    contact = models.CharField("联系人", max_length=30, blank=True, db_default="")
    phone = models.CharField("电话", max_length=40, blank=True, db_default="")
    note = models.CharField("合作内容", max_length=300, blank=True, db_default="")

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "合作单位"
        verbose_name_plural = "合作单位"
        ordering = ["school", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"],
                condition=Q(voided_at__isnull=True),
                name="partner_name",
                violation_error_message="这所学校已经登记过这个单位。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Agreement(Record):
    """合作办学协议. `last_on` is the last day it holds, empty for one without end. `campus`: what it makes possible."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements", verbose_name="合作单位")
    title = models.CharField("协议", max_length=80)
    number = models.CharField("编号、文号", max_length=40, blank=True, db_default="")
    campus = models.ForeignKey(
        Campus, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name="合办的校区、教学点"
    )
    signed_on = models.DateField("签订日期")
    starts_on = models.DateField("生效日期")
    last_on = models.DateField("到期日", null=True, blank=True, help_text="长期有效的空着")
    ended_on = models.DateField("提前终止日期", null=True, blank=True)
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="扫描件"
    )
    note = models.CharField("要点", max_length=300, blank=True, db_default="")

    objects = OfPartners.as_manager()

    class Meta(Record.Meta):
        verbose_name = "合作协议"
        verbose_name_plural = "合作协议"
        ordering = [F("last_on").asc(nulls_last=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("starts_on")),
                name="agreement_order",
                violation_error_message="到期日不能早于生效日期。",
            )
        ]

    def __str__(self) -> str:
        return self.title


class PracticeBase(Record):
    """教学实践基地、党性教育基地."""

    school = models.ForeignKey(School, models.PROTECT, related_name="bases", verbose_name="学校")
    name = models.CharField("基地", max_length=80)
    kind = models.CharField("类型", max_length=8, choices=BaseKind)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="bases", verbose_name="合作单位"
    )
    address = models.CharField("地址", max_length=120, blank=True, db_default="")
    contact = models.CharField("联系人、电话", max_length=60, blank=True, db_default="")
    since = models.DateField("挂牌日期", null=True, blank=True)
    ended_on = models.DateField("撤牌日期", null=True, blank=True)
    note = models.CharField("能做什么", max_length=300, blank=True, db_default="")

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "实践基地"
        verbose_name_plural = "实践基地"
        ordering = ["school", "name", "id"]

    def __str__(self) -> str:
        return self.name
