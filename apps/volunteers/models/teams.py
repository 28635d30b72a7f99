"""Teams of volunteers, who is in them, what they plan for a year."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from apps.accounts.models import DateRange
from apps.branches.models import Organisation
from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Community, Division, Unit
from apps.volunteers.choices.teams import TeamKind, TeamRole

from .scoped import OfTeams, OfUnits


class OfTheTeam(OfUnits):
    team_path = ""


@history.track()
class Team(Record):
    """A team. `unit` answers for it: whose role reaches that unit works on it. `brand` is what it is known for."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="teams", verbose_name="主管单位")
    name = models.CharField("队名", max_length=60)
    kind = models.CharField("类型", max_length=8, choices=TeamKind)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="teams", verbose_name="所属党组织"
    )
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="服务区县"
    )
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="teams", verbose_name="服务社区"
    )
    brand = models.CharField("服务品牌", max_length=40, blank=True, db_default="", help_text="例如 红耆课堂")
    venue = models.CharField("活动地点", max_length=120, blank=True, db_default="")
    phone = models.CharField("联系电话", max_length=40)
    introduction = models.TextField("简介", max_length=1000, blank=True, db_default="")
    founded_on = models.DateField("成立日期", null=True, blank=True)
    closed_on = models.DateField("解散日期", null=True, blank=True)

    objects = OfTheTeam.as_manager()

    class Meta(Record.Meta):
        verbose_name = "志愿服务队"
        verbose_name_plural = "志愿服务队"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(voided_at__isnull=True),
                name="team_name",
                violation_error_message="已经有同名的志愿服务队。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(founded_on__isnull=True) | Q(closed_on__gte=F("founded_on")),
                name="team_order",
                violation_error_message="解散日期不能早于成立日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMemberQuerySet(OfTeams):
    def on(self, day: dt.date):
        """Memberships of a day, not voided."""
        ends = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
        return self.filter(ends, starts_on__lte=day, voided_at__isnull=True)


@history.track()
class TeamMember(Record):
    """A volunteer in a team, half-open [starts_on, ends_on). A new role is a new row."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="members", verbose_name="志愿服务队")
    volunteer = models.ForeignKey("Volunteer", models.PROTECT, related_name="memberships", verbose_name="志愿者")
    role = models.CharField("担任", max_length=8, choices=TeamRole, default=TeamRole.MEMBER)
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True)
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = TeamMemberQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "队员"
        verbose_name_plural = "队员"
        ordering = ["team_id", "starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="teammember_order",
                violation_error_message="结束日期要晚于开始日期。",
            ),
            ExclusionConstraint(
                name="teammember_once",
                expressions=[
                    ("team", RangeOperators.EQUAL),
                    ("volunteer", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
                violation_error_message="这段时间他已经在这支队里。",
            ),
            ExclusionConstraint(
                name="teammember_one_leader",
                expressions=[
                    ("team", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True, role="leader"),
                violation_error_message="这段时间这支队已经有队长。",
            ),
        ]
        indexes = [models.Index(fields=["volunteer", "role"], name="teammember_volunteer")]

    def __str__(self) -> str:
        return f"{self.team} {self.get_role_display()}"
