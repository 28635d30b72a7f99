"""Talks (宣讲): who speaks, of what, in which campaign, where and before how many; what schools ask for."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Attachment, Record
from apps.organisation.models import Division, Unit
from apps.volunteers.choices.talks import AskState, BookingState, PlaceKind, TalkAudience, TalkState
from apps.volunteers.choices.volunteers import DayPart

from .records import ServiceRecord
from .scoped import OfUnits
from .teams import Team
from .volunteers import Volunteer

DAY_ENDS = 24 * 60
MOST_AUDIENCE = 100_000_000
WHO = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+",
       "editable": False}  # fmt: skip


@history.track()
class TalkTopic(Record):
    """What may be talked about, with its material. `is_open`: offered to the public on the booking page."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="talk_topics", verbose_name="主办单位")
    title = models.CharField("题目", max_length=60)
    outline = models.TextField("提纲", max_length=1000, blank=True, db_default="")
    audience = models.CharField("讲给谁听", max_length=8, choices=TalkAudience, default=TalkAudience.ANYBODY)
    minutes = models.PositiveSmallIntegerField("讲多久（分钟）", default=60, db_default=60)
    is_open = models.BooleanField("接受预约", default=True, db_default=True, help_text="勾上以后，网上看得到、可以约")
    file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="讲稿、课件"
    )

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "宣讲题目"
        verbose_name_plural = "宣讲题目"
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "title"],
                condition=Q(voided_at__isnull=True),
                name="talktopic_title",
                violation_error_message="已经有同名的宣讲题目。",
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(10, 480)),
                name="talktopic_minutes",
                violation_error_message="讲多久填 10 到 480 分钟。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@history.track()
class Lecturer(Record):
    """A volunteer who gives talks, [joined_on, left_on). His half days are those he said as a volunteer; `divisions`:
    where he is glad to go, none: anywhere. `team` keeps his hours."""

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="lecturing", verbose_name="志愿者")
    team = models.ForeignKey(Team, models.PROTECT, related_name="lecturers", verbose_name="宣讲团")
    topics = models.ManyToManyField(TalkTopic, related_name="lecturers", blank=True, verbose_name="能讲的题目")
    divisions = models.ManyToManyField(Division, related_name="+", blank=True, verbose_name="愿意去的区县")
    note = models.CharField("说明", max_length=120, blank=True, db_default="", help_text="例如 要车接送、只讲一小时")
    joined_on = models.DateField("聘任日期")
    left_on = models.DateField("退出日期", null=True, blank=True, editable=False)
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    class OfLecturers(OfUnits):
        unit_path = "team__unit"

        def active(self):
            return self.filter(left_on__isnull=True, voided_at__isnull=True)

    objects = OfLecturers.as_manager()

    class Meta(Record.Meta):
        verbose_name = "宣讲员"
        verbose_name_plural = "宣讲员"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer"],
                condition=Q(voided_at__isnull=True, left_on__isnull=True),
                name="lecturer_once",
                violation_error_message="他已经是宣讲员。",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                name="lecturer_order",
                violation_error_message="退出日期不能早于聘任日期。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.volunteer)


@history.track()
class TalkCampaign(Record):
    """An action such as “百千万”, [starts_on, ends_on), with what it aims at. What was reached is computed
    (`queries.talks.progress_of`), never typed. `is_public`: its numbers stand on the public page."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="talk_campaigns", verbose_name="主办单位")
    name = models.CharField("行动", max_length=60)
    summary = models.CharField("简介", max_length=300, blank=True, db_default="")
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）")
    lecturers = models.PositiveIntegerField("目标：宣讲员（人）", null=True, blank=True)
    sessions = models.PositiveIntegerField("目标：场次（场）", null=True, blank=True)
    audience = models.PositiveBigIntegerField("目标：受众（人次）", null=True, blank=True)
    is_public = models.BooleanField("公开进度", default=True, db_default=True, help_text="只公开数字，不公开人名")

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "宣讲行动"
        verbose_name_plural = "宣讲行动"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="talkcampaign_order",
                violation_error_message="结束日期要晚于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=Q(voided_at__isnull=True),
                name="talkcampaign_name",
                violation_error_message="已经有同名的宣讲行动。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@history.track()
class TalkRound(Record):
    """One of several rounds of a campaign (巡回讲座 3轮), [starts_on, ends_on)."""

    campaign = models.ForeignKey(TalkCampaign, models.PROTECT, related_name="rounds", verbose_name="宣讲行动")
    name = models.CharField("轮次", max_length=30, help_text="例如 第一轮")
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）")
    sessions = models.PositiveIntegerField("目标：场次（场）", null=True, blank=True)
    audience = models.PositiveBigIntegerField("目标：受众（人次）", null=True, blank=True)

    class OfCampaigns(OfUnits):
        unit_path = "campaign__unit"

    objects = OfCampaigns.as_manager()

    class Meta(Record.Meta):
        verbose_name = "宣讲轮次"
        verbose_name_plural = "宣讲轮次"
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="talkround_order",
                violation_error_message="结束日期要晚于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["campaign", "name"],
                condition=Q(voided_at__isnull=True),
                name="talkround_name",
                violation_error_message="这个行动已经有同名的轮次。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}{self.name}"


@history.track(exclude=("contact", "phone"))
class TalkBooking(Record):
    """What a school, village or firm asked for by the public form. `public_id` is the form's key: sent twice it is one
    booking. `unit` answers it. `on`, `starts`: what lecturers are asked for now, minutes since midnight."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="talk_bookings", verbose_name="受理单位")
    host = models.CharField("单位名称", max_length=60)
    place_kind = models.CharField("单位类型", max_length=8, choices=PlaceKind)
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在区县"
    )
    place = models.CharField("地点", max_length=120)
    contact = EncryptedTextField("联系人")
    phone = EncryptedTextField("联系电话")
    topic = models.ForeignKey(
        TalkTopic, models.PROTECT, null=True, blank=True, related_name="bookings", verbose_name="想听的题目"
    )
    wish = models.CharField("还想说的", max_length=200, blank=True, db_default="")
    days = ArrayField(models.DateField(), verbose_name="方便的日子", size=3)
    part = models.CharField("时段", max_length=4, choices=DayPart, blank=True, db_default="")
    expected = models.PositiveBigIntegerField("大约多少人听")
    asked_at = models.DateTimeField("提出时间")
    entered_by = models.ForeignKey(verbose_name="登记人", **WHO)
    state = models.CharField("状态", max_length=4, choices=BookingState, default=BookingState.NEW, editable=False)
    on = models.DateField("商定的日期", null=True, blank=True, editable=False)
    starts = models.PositiveSmallIntegerField("商定的开始（分钟）", null=True, blank=True, editable=False)
    minutes = models.PositiveSmallIntegerField("商定的时长（分钟）", null=True, blank=True, editable=False)
    reason = models.CharField("没有安排的原因", max_length=120, blank=True, db_default="", editable=False)
    answered_at = models.DateTimeField("办结时间", null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(verbose_name="办理人", **WHO)

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "宣讲预约"
        verbose_name_plural = "宣讲预约"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expected__range=(1, MOST_AUDIENCE)),
                name="talkbooking_expected",
                violation_error_message="人数从 1 起填。",
            ),
            models.CheckConstraint(
                condition=Q(state="new", answered_at__isnull=True)
                | Q(state="yes", answered_at__isnull=False)
                | Q(state="no", answered_at__isnull=False, reason__gt=""),
                name="talkbooking_answer",
            ),
        ]
        indexes = [models.Index(fields=["unit", "state", "-asked_at"], name="talkbooking_unit")]

    def __str__(self) -> str:
        return f"{self.host}"

    @property
    def number(self) -> str:
        """What is said on the telephone: 宣讲 2026-00017."""
        return f"{self.asked_at:%Y}-{self.pk:05d}"


@history.track()
class TalkAsk(Record):
    """A lecturer was asked for a booking at a time, and what he said."""

    booking = models.ForeignKey(TalkBooking, models.PROTECT, related_name="asks", verbose_name="宣讲预约")
    lecturer = models.ForeignKey(Lecturer, models.PROTECT, related_name="asks", verbose_name="宣讲员")
    on = models.DateField("日期")
    starts = models.PositiveSmallIntegerField("开始（分钟）")
    minutes = models.PositiveSmallIntegerField("时长（分钟）")
    state = models.CharField("答复", max_length=8, choices=AskState, default=AskState.ASKED)
    asked_at = models.DateTimeField("问的时间")
    asked_by = models.ForeignKey(verbose_name="谁问的", **WHO)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    note = models.CharField("说明", max_length=120, blank=True, db_default="")

    class OfBookings(OfUnits):
        unit_path = "booking__unit"

    objects = OfBookings.as_manager()

    class Meta(Record.Meta):
        verbose_name = "询问宣讲员"
        verbose_name_plural = "询问宣讲员"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "lecturer", "on", "starts"],
                condition=Q(voided_at__isnull=True),
                name="talkask_once",
                violation_error_message="这个时间已经问过他。",
            )
        ]

    def __str__(self) -> str:
        return self.get_state_display()


@history.track()
class Talk(Record):
    """One talk (场). `starts` is minutes since midnight. Once it was held `audience` says how many heard it (人次)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="talks", verbose_name="主办单位")
    campaign = models.ForeignKey(
        TalkCampaign, models.PROTECT, null=True, blank=True, related_name="talks", db_index=False,
        verbose_name="宣讲行动",
    )  # fmt: skip
    round = models.ForeignKey(
        TalkRound, models.PROTECT, null=True, blank=True, related_name="talks", verbose_name="轮次"
    )
    booking = models.OneToOneField(
        TalkBooking, models.PROTECT, null=True, blank=True, related_name="talk", editable=False, verbose_name="预约"
    )
    topic = models.ForeignKey(TalkTopic, models.PROTECT, related_name="talks", verbose_name="题目")
    lecturers = models.ManyToManyField(Lecturer, through="TalkLecturer", related_name="talks", verbose_name="宣讲员")
    on = models.DateField("日期")
    starts = models.PositiveSmallIntegerField("开始（分钟）")
    minutes = models.PositiveSmallIntegerField("时长（分钟）")
    host = models.CharField("听讲单位", max_length=60)
    place_kind = models.CharField("单位类型", max_length=8, choices=PlaceKind)
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在区县"
    )
    place = models.CharField("地点", max_length=120, help_text="线上的写平台名称")
    expected = models.PositiveBigIntegerField("预计人数", null=True, blank=True)
    audience = models.PositiveBigIntegerField("受众（人次）", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=TalkState, default=TalkState.PLANNED, editable=False)
    reason = models.CharField("取消的原因", max_length=120, blank=True, db_default="", editable=False)
    photo = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="照片"
    )

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "宣讲场次"
        verbose_name_plural = "宣讲场次"
        ordering = ["-on", "-starts", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="held", audience__isnull=False) | (~Q(state="held") & Q(audience__isnull=True)),
                name="talk_held",
                violation_error_message="讲过的要填受众人次。",
            ),
            models.CheckConstraint(
                condition=Q(audience__isnull=True) | Q(audience__lte=MOST_AUDIENCE),
                name="talk_audience",
                violation_error_message="受众人次不能超过 1 亿，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(1, DAY_ENDS), starts__lt=DAY_ENDS) & Q(minutes__lte=DAY_ENDS - F("starts")),
                name="talk_time",
                violation_error_message="这一场要在当天讲完，请核对开始时间和时长。",
            ),
            models.CheckConstraint(condition=Q(round__isnull=True) | Q(campaign__isnull=False), name="talk_round"),
        ]
        indexes = [
            models.Index(fields=["campaign"], include=["audience"], name="talk_campaign", condition=Q(state="held")),
            models.Index(fields=["campaign", "-on"], name="talk_of_campaign"),
            models.Index(fields=["unit", "-on"], name="talk_unit"),
            models.Index(fields=["on", "id"], name="talk_ahead", condition=Q(state="planned")),
        ]

    def __str__(self) -> str:
        return f"{self.host} {self.on}"

    @property
    def ends(self) -> int:
        return self.starts + self.minutes


class TalkLecturer(models.Model):
    """Who gives a talk; `record` is his piece of 志愿时长 once it was held."""

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="speakers", db_index=False)
    lecturer = models.ForeignKey(Lecturer, models.PROTECT, related_name="speaking", verbose_name="宣讲员")
    record = models.OneToOneField(
        ServiceRecord, models.PROTECT, null=True, blank=True, related_name="talk", editable=False
    )

    class Meta:
        verbose_name = "讲课的人"
        verbose_name_plural = "讲课的人"
        constraints = [models.UniqueConstraint(fields=["talk", "lecturer"], name="talklecturer_once")]

    def __str__(self) -> str:
        return str(self.lecturer)
