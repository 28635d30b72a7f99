"""Those who serve (老干部工作专兼职人员), and their training."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from apps.accounts.access import unit_ids_for
from apps.common import history
from apps.common.fields import EncryptedTextField, PartialDateField
from apps.common.models import Record
from apps.organisation.models import Unit
from apps.people.choices import Sex
from apps.registry.choices import WorkerCategory


class WorkerQuerySet(models.QuerySet):
    def visible_to(self, user, permission: str = "registry.view_worker"):
        """Workers of the units on which a role with `permission` was granted; none for strangers."""
        return self.filter(unit_id__in=sorted(unit_ids_for(user, permission)))

    def serving(self, day):
        """At work on a day: starts inclusive, ends exclusive; an unknown start is open to the past."""
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=day),
            Q(ends_on__isnull=True) | Q(ends_on__gt=day),
            voided_at__isnull=True,
        )


@history.track(exclude=("mobile", "mobile_index", "citizen_id_index"))
class Worker(Record):
    """Somebody who does the work for retired cadres, full-time or beside other duties (table 2 of domain 4.3).

    An account is not needed. From–to is half-open. The mobile number is encrypted; of the citizen id, where the
    bureau's table has one, only what recognises the same person again is kept.
    """

    name = models.CharField("姓名", max_length=60)
    category = models.CharField("专兼职", max_length=4, choices=WorkerCategory)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="workers", verbose_name="单位")
    post = models.CharField("职务（职级）", max_length=120, blank=True, db_default="")
    office_phone = models.CharField("办公电话", max_length=40, blank=True, db_default="")
    mobile = EncryptedTextField("手机号码")
    mobile_index = models.BinaryField(null=True, editable=False)
    citizen_id_index = models.BinaryField(null=True, editable=False)
    sex = models.CharField("性别", max_length=1, choices=Sex, default=Sex.UNKNOWN, db_default="0")
    birth_date = PartialDateField("出生日期", null=True, blank=True)
    ethnicity = models.CharField("民族", max_length=2, blank=True, db_default="")
    native_place = models.CharField("籍贯", max_length=60, blank=True, db_default="")
    political_status = models.CharField("政治面貌", max_length=2, blank=True, db_default="")
    joined_party_on = PartialDateField("入党时间", null=True, blank=True)
    education = models.CharField("文化程度", max_length=4, blank=True, db_default="")
    professional_title = models.CharField("职称", max_length=60, blank=True, db_default="")
    staff_category = models.CharField("人员类别", max_length=4, blank=True, db_default="")
    org_area = models.CharField("组织区域", max_length=4, blank=True, db_default="")
    starts_on = models.DateField("从事老干部工作自", null=True, blank=True)
    ends_on = models.DateField("到何日（不含）", null=True, blank=True, help_text="还在岗就空着")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号"
    )
    note = models.CharField("备注", max_length=200, blank=True, db_default="")

    objects = WorkerQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "专兼职工作人员"
        verbose_name_plural = "专兼职工作人员"
        ordering = ["unit__path", "category", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="worker_order",
                violation_error_message="离岗日期要晚于到岗日期。",
            ),
            models.UniqueConstraint(
                fields=["citizen_id_index"],
                condition=Q(voided_at__isnull=True, ends_on__isnull=True),
                name="worker_citizen_id_once",
                violation_error_message="这个身份证号已经登记在另一位在岗人员名下。",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "category", "id"], name="worker_unit"),
            models.Index(fields=["name"], name="worker_name"),
        ]

    def __str__(self) -> str:
        return self.name


class TrainingQuerySet(models.QuerySet):
    def visible_to(self, user, permission: str = "registry.view_training"):
        """Trainings held by the units on which a role with `permission` was granted."""
        return self.filter(unit_id__in=sorted(unit_ids_for(user, permission)))

    def in_year(self, year: int):
        """Those that begin in a calendar year."""
        return self.filter(starts_on__year=year, voided_at__isnull=True)


@history.track()
class Training(Record):
    """A training of those who serve. `last_on` is the last day itself; it belongs to the year in which it begins."""

    title = models.CharField("培训名称", max_length=120)
    organiser = models.CharField("主办单位", max_length=120, blank=True, db_default="", help_text="例如 省委老干部局")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    starts_on = models.DateField("开始日期")
    last_on = models.DateField("结束日期（含）")
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1, validators=[MinValueValidator(0)], default=0)
    place = models.CharField("地点", max_length=120, blank=True, db_default="")
    note = models.CharField("备注", max_length=200, blank=True, db_default="")

    objects = TrainingQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "培训"
        verbose_name_plural = "工作人员培训"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("starts_on")),
                name="training_order",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=0), name="training_hours", violation_error_message="学时不能是负数。"
            ),
        ]
        indexes = [models.Index(fields=["unit", "starts_on"], name="training_unit")]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """Who took part in a training; struck off rather than voided, with an audit entry."""

    training = models.ForeignKey(Training, models.PROTECT, related_name="attendances", verbose_name="培训")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="attendances", verbose_name="工作人员")

    class Meta:
        verbose_name = "参加培训"
        verbose_name_plural = "参加培训"
        constraints = [models.UniqueConstraint(fields=["training", "worker"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.training_id}"
