"""Outside posts of old comrades, their patrols, what these found, 党员报到 and 四亮."""

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
from apps.people.models import Person
from apps.volunteers.choices.posts import PlaceLevel, PostEnd, ProblemOutcome, ProblemState

from .scoped import OfUnits


class OutsidePostQuerySet(OfUnits):
    def on(self, day: dt.date):
        """Held on a day, not voided."""
        ends = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
        return self.filter(ends, starts_on__lte=day, voided_at__isnull=True)


@history.track()
class OutsidePost(Record):
    """A post that somebody holds outside the bureau, half-open [starts_on, ends_on); without an end where no term was
    set. `unit` follows it up: whose role reaches that unit works on it. `kind` and `field` are codes of the lists
    `outside_post` and `service_field`. `is_association`: of a registered association, to which the limits for retired
    leading cadres apply (rule book 10.51). `renewed_from`: the post whose next term it is."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="outside_posts", verbose_name="登记单位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="outside_posts", verbose_name="老同志")
    kind = models.CharField("岗位", max_length=12)
    duty = models.CharField(
        "具体职务", max_length=60, blank=True, default="", db_default="", help_text="例如 会长、书记、第三网格网格员"
    )
    body = models.CharField("任职单位（组织）", max_length=100, help_text="例如 南华社区、榕树村红白理事会")
    field = models.CharField("作用发挥领域", max_length=12)
    level = models.CharField("任职在", max_length=8, choices=PlaceLevel)
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区县")
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="outside_posts", verbose_name="社区"
    )
    place = models.CharField("街巷、小区、村", max_length=100, blank=True, default="", db_default="")
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True, help_text="没有定任期的空着")
    appointed_by = models.CharField("聘任、推选的单位", max_length=100, blank=True, db_default="")
    document_no = models.CharField("聘书、文件号", max_length=80, blank=True, db_default="")
    is_association = models.BooleanField(
        "属于社会团体、基金会、民办非企业单位兼职", default=False, db_default=False,
        help_text="依法登记的协会、学会、基金会等要勾；社区、村、网格里的岗位不勾",
    )  # fmt: skip
    approval_no = models.CharField("兼职审批（备案）文号", max_length=80, blank=True, db_default="")
    approved_on = models.DateField("批准日期", null=True, blank=True)
    is_paid = models.BooleanField("领取薪酬、奖金、津贴", default=False, db_default=False)
    ended_because = models.CharField(
        "离任原因", max_length=8, choices=PostEnd, blank=True, db_default="", editable=False
    )
    ended_note = models.CharField("离任说明", max_length=120, blank=True, db_default="", editable=False)
    renewed_from = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="renewed_as", editable=False, verbose_name="上一任期"
    )
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = OutsidePostQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "社会任职"
        verbose_name_plural = "社会任职"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="outsidepost_order",
                violation_error_message="结束日期要晚于开始日期。",
            ),
            ExclusionConstraint(
                name="outsidepost_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("body", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
                violation_error_message="这段时间他已经登记了同一个单位的同一个岗位，请核对日期，或者在原来那条上办续任。",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-starts_on"], name="outsidepost_unit"),
            models.Index(fields=["ends_on"], name="outsidepost_ends", condition=Q(voided_at__isnull=True)),
            models.Index(
                fields=["person"], name="outsidepost_society", condition=Q(voided_at__isnull=True, is_association=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.duty}".strip()


@history.track()
class Patrol(Record):
    """One round of somebody, in a post of his or as a volunteer: minutes on the way, what was seen."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="patrols", verbose_name="老同志")
    post = models.ForeignKey(
        OutsidePost, models.PROTECT, null=True, blank=True, related_name="patrols", verbose_name="岗位"
    )
    on = models.DateField("日期")
    minutes = models.PositiveSmallIntegerField("用时（分钟）")
    place = models.CharField("地点", max_length=100)
    seen = models.CharField("看到什么", max_length=300, blank=True, db_default="")

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "巡查记录"
        verbose_name_plural = "巡查记录"
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__range=(1, 1440)),
                name="patrol_minutes",
                violation_error_message="用时填 1 到 1440 分钟。",
            )
        ]
        indexes = [
            models.Index(fields=["unit", "-on"], name="patrol_unit"),
            models.Index(fields=["person", "-on"], name="patrol_person"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.place}"


class ProblemQuerySet(OfUnits):
    def open(self):
        return self.filter(closed_on__isnull=True, voided_at__isnull=True)

    def late(self, day: dt.date, report_days: int, close_days: int):
        """Open ones of which a step is overdue on a day (rule book 10.53)."""
        unreported = Q(reported_on__isnull=True, found_on__lt=day - dt.timedelta(report_days))
        unclosed = Q(reported_on__lt=day - dt.timedelta(close_days))
        return self.open().filter(unreported | unclosed)


@history.track()
class Problem(Record):
    """Something found on a patrol or in a post: found, reported to somebody, closed with what came of it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="problems_found", verbose_name="发现人")
    patrol = models.ForeignKey(
        Patrol, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name="巡查", editable=False
    )
    found_on = models.DateField("发现日期")
    what = models.CharField("什么问题", max_length=200)
    place = models.CharField("地点", max_length=100)
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区"
    )
    reported_to = models.CharField("报给谁", max_length=80, blank=True, db_default="", editable=False)
    reported_on = models.DateField("上报日期", null=True, blank=True, editable=False)
    closed_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    outcome = models.CharField(
        "办理结果", max_length=8, choices=ProblemOutcome, blank=True, db_default="", editable=False
    )
    result = models.CharField("结果说明", max_length=200, blank=True, db_default="", editable=False)

    objects = ProblemQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "发现的问题"
        verbose_name_plural = "发现的问题"
        ordering = ["found_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(reported_on__isnull=True) | Q(reported_on__gte=F("found_on")))
                & (Q(closed_on__isnull=True) | Q(closed_on__gte=F("found_on"))),
                name="problem_order",
                violation_error_message="上报和办结日期不能早于发现日期。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, outcome="") | (Q(closed_on__isnull=False) & ~Q(outcome="")),
                name="problem_outcome",
                violation_error_message="办结要写结果。",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-found_on"], name="problem_unit"),
            models.Index(
                fields=["unit", "found_on"], name="problem_open",
                condition=Q(closed_on__isnull=True, voided_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.what

    @property
    def state(self) -> ProblemState:
        if self.closed_on is not None:
            return ProblemState.CLOSED
        return ProblemState.REPORTED if self.reported_on is not None else ProblemState.FOUND


@history.track()
class PartyReport(Record):
    """党员报到: a member told the party organisation of the community where he lives that he is there to be asked, and
    what he is glad to do. Confirmed by that organisation. In force [on, ends_on)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="party_reports", verbose_name="党员")
    on = models.DateField("报到日期")
    community = models.ForeignKey(Community, models.PROTECT, related_name="party_reports", verbose_name="社区")
    compound = models.CharField("小区", max_length=60, blank=True, db_default="")
    host = models.CharField("报到的党组织", max_length=80, help_text="例如 南华社区党委")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="组织关系所在党组织"
    )
    wishes = models.CharField("愿意做的事", max_length=200, blank=True, db_default="")
    confirmed_on = models.DateField("社区确认日期", null=True, blank=True, editable=False)
    confirmed_by = models.CharField("社区确认人", max_length=40, blank=True, db_default="", editable=False)
    ends_on = models.DateField("到何日（不含）", null=True, blank=True, help_text="搬走、转走的填")
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "党员报到"
        verbose_name_plural = "党员报到"
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(ends_on__isnull=True) | Q(ends_on__gt=F("on")))
                & (Q(confirmed_on__isnull=True) | Q(confirmed_on__gte=F("on"))),
                name="partyreport_order",
                violation_error_message="确认和结束的日期不能早于报到日期。",
            ),
            ExclusionConstraint(
                name="partyreport_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("community", RangeOperators.EQUAL),
                    (DateRange("on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
                violation_error_message="他已经到这个社区报到过。",
            ),
        ]
        indexes = [models.Index(fields=["unit", "-on"], name="partyreport_unit")]

    def __str__(self) -> str:
        return self.host


@history.track()
class BrightRecord(Record):
    """四亮: what a member did to be seen as one; `kind` is a code of the list `four_bright`."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="bright_records", verbose_name="党员")
    kind = models.CharField("哪一亮", max_length=12)
    on = models.DateField("日期")
    words = models.CharField("内容", max_length=300, help_text="亮承诺写承诺的话，亮成效写做成了什么")
    place = models.CharField("在哪里", max_length=100, blank=True, db_default="")

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "四亮记录"
        verbose_name_plural = "四亮记录"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "on", "words"],
                condition=Q(voided_at__isnull=True),
                name="brightrecord_once",
                violation_error_message="这一条已经登记过。",
            )
        ]
        indexes = [models.Index(fields=["unit", "-on"], name="brightrecord_unit")]

    def __str__(self) -> str:
        return self.words
