"""Volunteers: cadres and others; what they can do, want to do, and when."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Attachment, Record
from apps.organisation.models import Community, Unit
from apps.people.models import Person
from apps.volunteers.choices.volunteers import DayPart, StatementKind

from .scoped import OfUnits

ACTIVE = Q(left_on__isnull=True, voided_at__isnull=True)


class VolunteerQuerySet(OfUnits):
    def active(self):
        return self.filter(ACTIVE)


@history.track(exclude=("contact_name", "contact_phone", "strength_grams"))
class Volunteer(Record):
    """A person as a volunteer. `unit` registered him: whose role reaches it sees him. `skills` and `wishes` are codes
    of the lists `volunteer_skill` and `volunteer_service`. `weekly_minutes`: as much as he wants to do a week at most
    (量力而行); empty: he did not say. `communities`: where he is glad to go; none: near his home.
    `strength_grams`: letters and pairs of `strengths`, to be searched.
    `contact_*`: whom to ring if something happens to him. `national_no`: his number in the national volunteer system.
    """

    person = models.OneToOneField(
        Person, models.PROTECT, primary_key=True, related_name="volunteer", verbose_name="人员"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="volunteers", verbose_name="登记单位")
    joined_on = models.DateField("登记日期")
    left_on = models.DateField("退出日期", null=True, blank=True)
    leave_reason = models.CharField("退出原因", max_length=120, blank=True, db_default="")
    national_no = models.CharField("全国志愿服务系统编号", max_length=30, blank=True, db_default="")
    skills = ArrayField(models.CharField(max_length=12), verbose_name="专长", default=list, blank=True)
    wishes = ArrayField(models.CharField(max_length=12), verbose_name="愿意做的服务", default=list, blank=True)
    strengths = models.CharField("专长说明", max_length=200, blank=True, db_default="", help_text="职称、从业年限等")
    strength_grams = ArrayField(models.TextField(), default=list, editable=False)
    weekly_minutes = models.PositiveIntegerField("每周最多（分钟）", null=True, blank=True)
    communities = models.ManyToManyField(Community, related_name="+", blank=True, verbose_name="愿意去的社区")
    contact_name = EncryptedTextField("紧急联系人")
    contact_phone = EncryptedTextField("紧急联系电话")
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = VolunteerQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "志愿者"
        verbose_name_plural = "志愿者"
        permissions = [("view_volunteer_contact", "查看志愿者的电话和紧急联系人")]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                name="volunteer_order",
                violation_error_message="退出日期不能早于登记日期。",
            )
        ]
        indexes = [
            models.Index(fields=["unit", "left_on"], name="volunteer_unit"),
            GinIndex(fields=["skills"], name="volunteer_skills", condition=ACTIVE, fastupdate=False),
            GinIndex(fields=["wishes"], name="volunteer_wishes", condition=ACTIVE, fastupdate=False),
            GinIndex(fields=["strength_grams"], name="volunteer_strengths", condition=ACTIVE, fastupdate=False),
        ]

    def __str__(self) -> str:
        return str(self.person)


class VolunteerTime(models.Model):
    """A half day of the week on which he is free. `weekday` 1 is Monday."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="times")
    weekday = models.PositiveSmallIntegerField("星期")
    part = models.CharField("时段", max_length=4, choices=DayPart)

    class Meta:
        verbose_name = "有空的时间"
        verbose_name_plural = "有空的时间"
        ordering = ["weekday", "part"]
        constraints = [
            models.UniqueConstraint(fields=["weekday", "part", "volunteer"], name="volunteertime_once"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="volunteertime_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.part}"


class OfVolunteers(OfUnits):
    """Rows with a key to a volunteer."""

    unit_path = "volunteer__unit"
    team_path = "volunteer__memberships__team"


@history.track()
class VolunteerStatement(Record):
    """A signed paper (自愿、身体、家属、保险), in force [starts_on, ends_on); without an end until he leaves.

    The health statement is his own word that he is fit for it, never a diagnosis.
    """

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="statements", verbose_name="志愿者")
    kind = models.CharField("哪种", max_length=8, choices=StatementKind)
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True)
    document_no = models.CharField("编号、保单号", max_length=60, blank=True, db_default="")
    insurer = models.CharField("保险公司", max_length=60, blank=True, db_default="")
    limits = models.CharField("请勿安排", max_length=120, blank=True, db_default="", help_text="例如 不爬楼、不走夜路")
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="扫描件"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = OfVolunteers.as_manager()

    class Meta(Record.Meta):
        verbose_name = "志愿者书面材料"
        verbose_name_plural = "志愿者书面材料"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="volunteerstatement_order",
                violation_error_message="结束日期要晚于开始日期。",
            )
        ]
        indexes = [
            models.Index(fields=["volunteer", "kind"], name="volunteerstatement_kind"),
            models.Index(
                fields=["ends_on"],
                name="volunteerstatement_ends",
                condition=Q(voided_at__isnull=True, ends_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
