"""Organisation life: meetings, who was there, what was brought home to the frail, what was studied (domain 3.1)."""

from django.db import models
from django.db.models import Q

from apps.branches.choices import AttendanceState, DeliveryForm, MeetingKind, StudyForm
from apps.branches.rules.capability import Capability
from apps.common import history
from apps.common.models import Record
from apps.people.models import Person

from .capable import capability_trigger
from .entered import Entered
from .organisations import Organisation

LESSON_KINDS = ("assembly", "committee", "group", "lecture", "life", "review")


class Programme(Record):
    """A reusable order of items for 主题党日, such as "7+N"; of one organisation, or of all where it names none."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="programmes", verbose_name="党组织"
    )
    name = models.CharField("名称", max_length=60)
    items = models.TextField("固定环节", help_text="一行一项")
    own_items = models.TextField("自选环节", blank=True, db_default="", help_text="一行一项，每月挑着做")
    closed_on = models.DateField("停用日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "主题党日流程"
        verbose_name_plural = "主题党日流程"
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


@history.track()
class Meeting(Entered):
    """A meeting that took place. `said_present` is the head count typed before names were ticked; `expected` the
    number of members that day. Names are in Attendance."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="meetings", verbose_name="党组织")
    kind = models.CharField("会议类型", max_length=12, choices=MeetingKind)
    held_on = models.DateField("日期")
    held_at = models.TimeField("时间", null=True, blank=True)
    place = models.CharField("地点", max_length=80, blank=True, db_default="")
    is_online = models.BooleanField("线上", default=False, db_default=False)
    topic = models.CharField("主题", max_length=120)
    host = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主持人")
    recorder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人")
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name="流程"
    )
    items = models.TextField("议程", blank=True, db_default="", help_text="一行一项")
    minutes = models.TextField("会议记录", blank=True, db_default="")
    resolutions = models.TextField("决议", blank=True, db_default="")
    said_present = models.PositiveSmallIntegerField("实到人数")
    expected = models.PositiveSmallIntegerField("应到人数")
    guests = models.CharField("列席、外来人员", max_length=200, blank=True, db_default="")
    partners = models.ManyToManyField(
        Organisation, blank=True, related_name="joint_meetings", verbose_name="共建的党组织"
    )
    partner_names = models.CharField("共建的其他单位", max_length=120, blank=True, db_default="")

    class Meta(Entered.Meta):
        verbose_name = "会议"
        verbose_name_plural = "会议"
        ordering = ["-held_on", "-id"]
        indexes = [
            models.Index(fields=["organisation", "-held_on"], name="meeting_of_organisation"),
            models.Index(fields=["-held_on", "-id"], name="meeting_latest"),
        ]
        triggers = [
            *Entered.Meta.triggers,
            capability_trigger(
                Capability.LESSONS, when="NEW.kind IN ({})".format(", ".join(f"'{kind}'" for kind in LESSON_KINDS))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()}"


class Attendance(models.Model):
    """One member at one meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance", verbose_name="会议")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendance", verbose_name="党员")
    state = models.CharField("出席", max_length=8, choices=AttendanceState)
    reason = models.CharField("请假原因", max_length=40, blank=True, db_default="")

    class Meta:
        verbose_name = "出席情况"
        verbose_name_plural = "出席情况"
        ordering = ["meeting_id", "id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="branchattendance_once")]
        indexes = [models.Index(fields=["person", "meeting"], name="branchattendance_person")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.person_id}"


@history.track()
class HomeDelivery(Entered):
    """送学上门: what a member who could not come was brought. Promised while `delivered_on` is empty; with `meeting`
    it makes up for that one."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="deliveries", verbose_name="党组织")
    person = models.ForeignKey(Person, models.PROTECT, related_name="home_deliveries", verbose_name="党员")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="deliveries", verbose_name="补哪次会"
    )
    due_on = models.DateField("最晚哪天送到")
    delivered_on = models.DateField("送学日期", null=True, blank=True)
    form = models.CharField("方式", max_length=8, choices=DeliveryForm, default=DeliveryForm.VISIT)
    deliverer = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁去送"
    )
    content = models.CharField("送了什么、讲了什么", max_length=200, blank=True, db_default="")
    wishes = models.CharField("他的意见和需要", max_length=200, blank=True, db_default="")

    class Meta(Entered.Meta):
        verbose_name = "送学上门"
        verbose_name_plural = "送学上门"
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], condition=Q(voided_at__isnull=True), name="homedelivery_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "due_on"], condition=Q(delivered_on__isnull=True, voided_at__isnull=True),
                name="homedelivery_open",
            ),
            models.Index(fields=["organisation", "-delivered_on"], name="homedelivery_done"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person} {self.due_on}"


@history.track()
class StudyRecord(Entered):
    """What one member studied outside a meeting. No points, no ranking (domain 3.15)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="studies", verbose_name="党组织")
    person = models.ForeignKey(Person, models.PROTECT, related_name="studies", verbose_name="党员")
    studied_on = models.DateField("日期")
    form = models.CharField("形式", max_length=10, choices=StudyForm)
    theme = models.CharField("主题", max_length=120)
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1, null=True, blank=True)

    class Meta(Entered.Meta):
        verbose_name = "学习记录"
        verbose_name_plural = "学习记录"
        ordering = ["-studied_on", "-id"]
        indexes = [
            models.Index(fields=["organisation", "-studied_on"], name="study_of_organisation"),
            models.Index(fields=["-studied_on", "-id"], name="study_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.studied_on} {self.theme}"
