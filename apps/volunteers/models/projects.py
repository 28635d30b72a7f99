"""Projects, their shifts, and who took which turn."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Community
from apps.signups.models import Offering, SignUp
from apps.volunteers.choices.shifts import ProjectState, SignWay, TurnState
from apps.volunteers.rules.times import WEEKDAYS, day_words, span_words

from .requests import ServiceRequest
from .scoped import OfTeams, OfUnits
from .teams import Team
from .volunteers import Volunteer

DAY_ENDS = 24 * 60


@history.track()
class Project(Record):
    """What a team does again and again. `service` is a code of `volunteer_service`."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="projects", verbose_name="志愿服务队")
    name = models.CharField("项目", max_length=60)
    service = models.CharField("服务类别", max_length=12)
    summary = models.CharField("做什么", max_length=300, blank=True, db_default="")
    place = models.CharField("地点", max_length=120)
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在社区"
    )
    conditions = models.CharField("对志愿者的要求", max_length=200, blank=True, db_default="")
    age_to = models.PositiveSmallIntegerField("年龄上限", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=ProjectState, default=ProjectState.DRAFT, editable=False)

    objects = OfTeams.as_manager()

    class Meta(Record.Meta):
        verbose_name = "志愿服务项目"
        verbose_name_plural = "志愿服务项目"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "name"],
                condition=Q(voided_at__isnull=True),
                name="project_name",
                violation_error_message="这支队已经有同名的项目。",
            )
        ]

    def __str__(self) -> str:
        return self.name


@history.track()
class ShiftSeries(Record):
    """The same shift every week: makes shifts for the days [first_on, until) that are not made yet."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="series", verbose_name="项目")
    weekday = models.PositiveSmallIntegerField("星期")
    starts = models.PositiveSmallIntegerField("开始（分钟）")
    ends = models.PositiveSmallIntegerField("结束（分钟）")
    first_on = models.DateField("自何日起")
    until = models.DateField("到何日（不含）")
    capacity = models.PositiveSmallIntegerField("需要几位")
    skip_holidays = models.BooleanField("节假日不排", default=True, db_default=True)

    class OfProjects(OfUnits):
        unit_path = "project__team__unit"
        team_path = "project__team"

    objects = OfProjects.as_manager()

    class Meta(Record.Meta):
        verbose_name = "每周班次"
        verbose_name_plural = "每周班次"
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), ends__gt=F("starts"), ends__lte=DAY_ENDS, until__gt=F("first_on")),
                name="shiftseries_order",
                violation_error_message="结束要晚于开始。",
            )
        ]

    def __str__(self) -> str:
        return f"每周{WEEKDAYS[self.weekday - 1]}{span_words(self.starts, self.ends)}"


@history.track()
class Shift(Record):
    """A piece of service on one day, minutes since midnight half-open. Its places are `offering`'s (kind "shift").

    Of a project (anybody may ask for a place) or of one request for help (`request`: whoever said yes to it has one).
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="shifts", verbose_name="志愿服务队")
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="shifts", verbose_name="项目"
    )
    series = models.ForeignKey(
        ShiftSeries, models.PROTECT, null=True, blank=True, related_name="shifts", editable=False
    )
    request = models.OneToOneField(
        ServiceRequest, models.PROTECT, null=True, blank=True, related_name="shift", editable=False,
        verbose_name="求助",
    )  # fmt: skip
    offering = models.OneToOneField(Offering, models.PROTECT, related_name="shift", editable=False, verbose_name="名额")
    on = models.DateField("日期")
    starts = models.PositiveSmallIntegerField("开始（分钟）")
    ends = models.PositiveSmallIntegerField("结束（分钟）")
    place = models.CharField("地点", max_length=120)
    leader = models.ForeignKey(
        Volunteer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="带班人"
    )

    objects = OfTeams.as_manager()

    class Meta(Record.Meta):
        verbose_name = "班次"
        verbose_name_plural = "班次"
        ordering = ["-on", "starts", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts"), ends__lte=DAY_ENDS),
                name="shift_order",
                violation_error_message="结束时间要晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=Q(project__isnull=False, request__isnull=True)
                | Q(project__isnull=True, request__isnull=False),
                name="shift_of_one",
            ),
            models.UniqueConstraint(
                fields=["series", "on"], condition=Q(series__isnull=False), name="shift_once_a_week"
            ),
        ]
        indexes = [
            models.Index(fields=["on", "id"], name="shift_day"),
            models.Index(fields=["team", "on"], name="shift_team"),
        ]

    def __str__(self) -> str:
        return f"{self.offering} {day_words(self.on)}"


@history.track()
class Turn(Record):
    """One volunteer's place in one shift, made when he gets it; when he came and went, if that is known."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="turns", verbose_name="班次")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="turns", verbose_name="志愿者")
    sign_up = models.OneToOneField(SignUp, models.PROTECT, related_name="turn", editable=False)
    state = models.CharField("状态", max_length=8, choices=TurnState, default=TurnState.EXPECTED, editable=False)
    came_at = models.DateTimeField("签到", null=True, blank=True)
    left_at = models.DateTimeField("签退", null=True, blank=True)
    came_way = models.CharField("怎样签到", max_length=6, choices=SignWay, blank=True, db_default="")
    left_way = models.CharField("怎样签退", max_length=6, choices=SignWay, blank=True, db_default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    class OfShifts(OfUnits):
        unit_path = "shift__team__unit"
        team_path = "shift__team"

    objects = OfShifts.as_manager()

    class Meta(Record.Meta):
        verbose_name = "到岗"
        verbose_name_plural = "到岗"
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(came_at__isnull=False, left_at__gt=F("came_at")),
                name="turn_order",
                violation_error_message="签退要晚于签到。",
            )
        ]
        indexes = [models.Index(fields=["volunteer", "state"], name="turn_volunteer")]

    def __str__(self) -> str:
        return self.get_state_display()
