"""Certificates of service (志愿服务记录证明), under the Ministry of Civil Affairs' order no. 67."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Unit
from apps.volunteers.choices.certificates import CertificateState

from .scoped import OfUnits
from .volunteers import Volunteer

WHO = {
    "to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+",
    "editable": False,
}  # fmt: skip


class CertificateQuerySet(OfUnits):
    team_path = "volunteer__memberships__team"

    def valid(self):
        """Given and not revoked."""
        return self.current().filter(state__in=["issued", "public"], revoked_on__isnull=True)


@history.track()
class ServiceCertificate(Record):
    """What a volunteer did in teams of `unit` on days [starts_on, ends_on): who organises records, who records
    certifies. `minutes`, `count`, `name` and `services` (codes of `volunteer_service`) stand as they were when it was
    issued, from confirmed records alone. Numbered by unit and year without gaps; `check_code` is printed on it, so that
    only who holds the paper looks it up. Revoked, it stays and the check page says so.
    """

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="certificates", verbose_name="志愿者")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="service_certificates", verbose_name="出具单位")
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）")
    purpose = models.CharField("用途", max_length=60, blank=True, db_default="")
    state = models.CharField(
        "状态", max_length=8, choices=CertificateState, default=CertificateState.APPLIED, editable=False
    )
    applied_at = models.DateTimeField("申请时间")
    applied_by = models.ForeignKey(verbose_name="登记人", **WHO)
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    accepted_by = models.ForeignKey(verbose_name="受理人", **WHO)
    refusal = models.CharField("不予开具的原因", max_length=120, blank=True, db_default="")
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    number = models.PositiveIntegerField("顺序号", null=True, blank=True)
    code = models.CharField("证明编号", max_length=20, null=True, blank=True, unique=True)  # noqa: DJ001 (none yet)
    check_code = models.CharField("查验码", max_length=6, blank=True, db_default="")
    name = models.CharField("姓名", max_length=100, blank=True, db_default="")
    minutes = models.PositiveIntegerField("志愿时长（分钟）", default=0, db_default=0)
    count = models.PositiveIntegerField("服务次数", default=0, db_default=0)
    services = ArrayField(models.CharField(max_length=12), verbose_name="服务类别", default=list, blank=True)
    issued_on = models.DateField("开具日期", null=True, blank=True)
    issued_by = models.ForeignKey(verbose_name="经办人", **WHO)
    published_on = models.DateField("公示日期", null=True, blank=True)
    printed = models.PositiveSmallIntegerField("打印次数", default=0, db_default=0)
    revoked_on = models.DateField("撤销日期", null=True, blank=True)
    revoke_reason = models.CharField("撤销原因", max_length=120, blank=True, db_default="")
    revoked_by = models.ForeignKey(verbose_name="撤销人", **WHO)

    objects = CertificateQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "服务证明"
        verbose_name_plural = "服务证明"
        ordering = ["-applied_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="servicecertificate_order"),
            models.CheckConstraint(
                condition=Q(state__in=["applied", "accepted", "refused"], code__isnull=True, issued_on__isnull=True)
                | Q(
                    state__in=["issued", "public"],
                    code__isnull=False,
                    issued_on__isnull=False,
                    minutes__gte=1,
                    count__gte=1,
                ),
                name="servicecertificate_whole",
            ),
            models.UniqueConstraint(fields=["unit", "year", "number"], name="servicecertificate_number"),
            models.UniqueConstraint(
                fields=["volunteer", "unit"],
                condition=Q(state__in=["applied", "accepted"], voided_at__isnull=True),
                name="servicecertificate_one_asked",
                violation_error_message="已经有一份申请在办。",
            ),
            models.UniqueConstraint(
                fields=["volunteer", "unit", "starts_on", "ends_on"],
                condition=Q(state__in=["issued", "public"], revoked_on__isnull=True, voided_at__isnull=True),
                name="servicecertificate_one_valid",
                violation_error_message="这段时间的证明已经开过。",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state", "-applied_at"], name="servicecertificate_unit"),
            models.Index(fields=["-published_on", "id"], name="servicecertificate_public"),
            models.Index(fields=["issued_on"], name="servicecertificate_issued"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code or self.get_state_display()
