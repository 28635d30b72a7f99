"""What was done: the record of service (民政部令第67号), confirmed by the leader; care confirmed by who received it."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Community
from apps.people.models import Person
from apps.signups.models.offerings import MinuteRange
from apps.volunteers.choices.requests import ConfirmedAs
from apps.volunteers.choices.shifts import RecordSource, RecordState
from apps.volunteers.rules.times import day_words, length_words

from .projects import Project, Turn
from .requests import ServiceRequest
from .scoped import OfTeams
from .teams import Team
from .volunteers import Volunteer


@history.track()
class ServiceRecord(Record):
    """One volunteer served on one day. `minutes` is the time really served, at most `ends` - `starts` (minutes since
    midnight, half-open). Two records of one volunteer never overlap; a refused one stands in nobody's way.

    志愿时长 is the sum of the CONFIRMED ones. Care for a person earns 时间币 besides, once `confirmation` is there.
    """

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="records", verbose_name="志愿者")
    team = models.ForeignKey(Team, models.PROTECT, related_name="records", verbose_name="志愿服务队")
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="records", verbose_name="项目"
    )
    turn = models.OneToOneField(
        Turn, models.PROTECT, null=True, blank=True, related_name="record", editable=False, verbose_name="到岗"
    )
    request = models.ForeignKey(
        ServiceRequest, models.PROTECT, null=True, blank=True, related_name="records", verbose_name="求助"
    )
    receiver = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="服务对象"
    )
    service = models.CharField("服务类别", max_length=12)
    on = models.DateField("日期")
    starts = models.PositiveSmallIntegerField("开始（分钟）")
    ends = models.PositiveSmallIntegerField("结束（分钟）")
    minutes = models.PositiveSmallIntegerField("时长（分钟）")
    place = models.CharField("地点", max_length=120, blank=True, db_default="")
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在社区"
    )
    content = models.CharField("服务内容", max_length=300, blank=True, db_default="")
    evaluation = models.CharField("服务评价", max_length=120, blank=True, db_default="")
    source = models.CharField("来源", max_length=8, choices=RecordSource)
    state = models.CharField("状态", max_length=8, choices=RecordState, default=RecordState.WAITING, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="记录人"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name="确认人",
    )  # fmt: skip
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True, editable=False)
    refusal = models.CharField("未通过的原因", max_length=120, blank=True, db_default="", editable=False)
    exported_at = models.DateTimeField("导出到全国系统的时间", null=True, blank=True, editable=False)

    objects = OfTeams.as_manager()

    class Meta(Record.Meta):
        verbose_name = "服务记录"
        verbose_name_plural = "服务记录"
        ordering = ["-on", "-starts", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts"), ends__lte=24 * 60, minutes__gte=1)
                & Q(minutes__lte=F("ends") - F("starts")),
                name="servicerecord_order",
                violation_error_message="时长要大于0，也不能超过开始到结束的时间。",
            ),
            ExclusionConstraint(
                name="servicerecord_no_overlap",
                expressions=[
                    ("volunteer", RangeOperators.EQUAL),
                    ("on", RangeOperators.EQUAL),
                    (MinuteRange("starts", "ends"), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True) & ~Q(state="refused"),
                violation_error_message="这段时间他已经有别的服务记录。",
            ),
        ]
        indexes = [
            models.Index(fields=["volunteer", "on"], name="servicerecord_volunteer"),
            models.Index(fields=["team", "state", "-on"], name="servicerecord_team"),
            models.Index(fields=["on", "id"], name="servicerecord_day"),
        ]

    def __str__(self) -> str:
        return f"{day_words(self.on)} {self.length_words}"

    @property
    def length_words(self) -> str:
        return length_words(self.minutes)


@history.track()
class CareConfirmation(Record):
    """Who was helped (or his family, or the community) says that it was done, and for how many minutes.

    `public_id` is the form's key. One for each record; a wrong one is put right by a contra entry, never edited.
    """

    record = models.OneToOneField(ServiceRecord, models.PROTECT, related_name="confirmation", verbose_name="服务记录")
    confirmed_as = models.CharField("谁确认的", max_length=8, choices=ConfirmedAs)
    minutes = models.PositiveSmallIntegerField("确认的时长（分钟）")
    satisfied = models.BooleanField("满意", null=True, blank=True)
    words = models.CharField("想说的话", max_length=200, blank=True, db_default="")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="确认的账号"
    )
    confirmed_at = models.DateTimeField("确认时间")

    class OfRecords(OfTeams):
        unit_path = "record__team__unit"
        team_path = "record__team"

    objects = OfRecords.as_manager()

    class Meta(Record.Meta):
        verbose_name = "服务确认"
        verbose_name_plural = "服务确认"
        constraints = [models.CheckConstraint(condition=Q(minutes__gte=1), name="careconfirmation_minutes")]

    def __str__(self) -> str:
        return f"{self.get_confirmed_as_display()} {length_words(self.minutes)}"
