"""What places there are, when they take place, and whose time they take."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from apps.accounts.models import DateRange
from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.signups.choices import Mode, OfferingState

from .draws import Round

MINUTES_A_DAY = 24 * 60


class MinuteRange(Func):
    function = "INT4RANGE"
    output_field = IntegerRangeField()


@history.track()
class Offering(Record):
    """One class, shift or activity that people ask for. `kind` is a key of `kinds`. Its places stand in `Places`.

    Taken in from `opens_at` (inclusive) to `closes_at` (exclusive); an offering by lottery belongs to a round, whose
    window holds, and after whose draw it goes on first come.
    """

    kind = models.CharField("种类", max_length=12, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="主办单位")
    title = models.CharField("名称", max_length=120)
    mode = models.CharField("录取方式", max_length=8, choices=Mode, default=Mode.LOTTERY)
    state = models.CharField("状态", max_length=8, choices=OfferingState, default=OfferingState.DRAFT)
    opens_at = models.DateTimeField("开始报名", null=True, blank=True)
    closes_at = models.DateTimeField("截止报名", null=True, blank=True)
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="offerings", verbose_name="抽签批次"
    )

    class Meta(Record.Meta):
        verbose_name = "名额"
        verbose_name_plural = "名额"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(opens_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="offering_window",
                violation_error_message="截止报名要晚于开始报名。",
            ),
        ]
        indexes = [models.Index(fields=["kind", "state"], name="offering_kind")]

    def __str__(self) -> str:
        return self.title


class Places(models.Model):
    """The places of an offering: the row that is locked when one is given. A row of its own, so that nobody's open
    form of the class grows stale with each sign-up.

    `taken` counts the sign-ups that hold a place (SEATED and OFFERED); a trigger of SignUp keeps it, and the check
    refuses more than `capacity`, whichever way a row comes in. `held_back` places are kept for the paper pad of the
    desk and are given to nobody else until they are released. `somebody_waits`: as it was when the row was locked
    (`services.locking`).
    """

    somebody_waits: bool

    offering = models.OneToOneField(Offering, models.CASCADE, primary_key=True, related_name="places")
    capacity = models.PositiveIntegerField("名额")
    held_back = models.PositiveIntegerField("留给登记本的名额", default=0, db_default=0)
    taken = models.PositiveIntegerField("已占名额", default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = "名额数"
        verbose_name_plural = "名额数"
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")),
                name="places_not_over",
                violation_error_message="名额不能少于已经录取和等待确认的人数。",
            ),
            models.CheckConstraint(
                condition=Q(held_back__lte=F("capacity")),
                name="places_held_back",
                violation_error_message="留给登记本的名额不能多于全部名额。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.taken}/{self.capacity}"

    @property
    def free(self) -> int:
        """What anybody may have now."""
        return max(0, self.capacity - self.taken - self.held_back)


class Weekly(models.Model):
    """A weekly time: `weekday` 1 is Monday; minutes since midnight, half-open; days half-open [first_on, until). One
    day alone is its own weekday and [day, day + 1)."""

    weekday = models.PositiveSmallIntegerField("星期")
    starts = models.PositiveSmallIntegerField("开始（分钟）")
    ends = models.PositiveSmallIntegerField("结束（分钟）")
    first_on = models.DateField("自何日起")
    until = models.DateField("到何日（不含）")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), ends__gt=F("starts"), ends__lte=MINUTES_A_DAY)
                & Q(until__gt=F("first_on")),
                name="%(class)s_order",
                violation_error_message="结束时间要晚于开始时间。",
            )
        ]


class OfferingTime(Weekly):
    """When an offering takes place. Written by the room that made the offering."""

    offering = models.ForeignKey(Offering, models.CASCADE, related_name="times")

    class Meta(Weekly.Meta):
        verbose_name = "上课时间"
        verbose_name_plural = "上课时间"

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}–{self.ends}"


class Occupied(Weekly):
    """Somebody's time, taken by a place he was given: nobody is in two places at once. Gone when the place is.

    What nobody signs up for takes time as well (`services.engaging`): `subject` names it as `app.model:pk`, `title` is
    what is said of it.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="occupied", db_index=False)
    sign_up = models.ForeignKey("SignUp", models.CASCADE, null=True, related_name="occupied")
    subject = models.CharField(max_length=60, blank=True, default="", db_default="")
    title = models.CharField(max_length=120, blank=True, default="", db_default="")

    class Meta(Weekly.Meta):
        verbose_name = "已占时间"
        verbose_name_plural = "已占时间"
        constraints = [
            *Weekly.Meta.constraints,
            ExclusionConstraint(
                name="occupied_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (MinuteRange("starts", "ends"), RangeOperators.OVERLAPS),
                    (DateRange("first_on", "until", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                violation_error_message="这个时间他已经有别的课程或活动。",
            ),
            models.CheckConstraint(
                condition=Q(sign_up__isnull=False, subject="") | Q(sign_up__isnull=True, subject__gt="", title__gt=""),
                name="occupied_by_one",
            ),
        ]
        indexes = [models.Index(fields=["subject"], name="occupied_subject", condition=Q(subject__gt=""))]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}–{self.ends}"

    @property
    def what(self) -> str:
        """What it is that takes the time."""
        return self.title if self.sign_up is None else self.sign_up.offering.title
