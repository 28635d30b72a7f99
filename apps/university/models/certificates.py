"""结业证书."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.models import Record

from .schools import School
from .scoped import OfSchools
from .students import Enrolment


@history.track()
class Certificate(Record):
    """A certificate of completion, numbered by school and year of issue without gaps. Name and course stand as they
    were printed. Withdrawn, it stays and the check page says so; one enrolment has at most one that is valid."""

    school = models.ForeignKey(School, models.PROTECT, related_name="certificates", verbose_name="学校")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="certificates", verbose_name="学员")
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("顺序号")
    code = models.CharField("证书编号", max_length=16, unique=True)
    name = models.CharField("姓名", max_length=100)
    course = models.CharField("课程", max_length=60)
    term = models.CharField("学期", max_length=20)
    issued_on = models.DateField("发证日期")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    printed = models.PositiveSmallIntegerField("打印次数", default=0, db_default=0)
    withdrawn_on = models.DateField("撤销日期", null=True, blank=True)
    withdraw_reason = models.CharField("撤销原因", max_length=120, blank=True, db_default="")

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "结业证书"
        verbose_name_plural = "结业证书"
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["school", "year", "number"], name="certificate_number"),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(withdrawn_on__isnull=True, voided_at__isnull=True),
                name="certificate_one_valid",
                violation_error_message="已经发过结业证书。",
            ),
        ]

    def __str__(self) -> str:
        return self.code
