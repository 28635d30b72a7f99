"""What units send in: monthly change reports, yearly checks of what is known of their people, lists of deceased."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common.fields import EncryptedTextField, PartialDateField
from apps.common.models import Attachment, Job, Paper, Record
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.choices import CheckAnswer, DeceasedListState, NewcomerState, ReportLineKind, ReportState

from .events import LifeEvent


class UnitReport(Record):
    """每月变动报告 of one unit about one calendar month (`month` is its first day).

    A row begins with the first line or with the sending; a unit without a row has not reported. Sent, it stays open
    for lines that are learnt of later (补报); a clerk may give it back to be sent again. `due_on` is what was asked
    when it was first sent, so that a later rule makes nobody late.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="change_reports", verbose_name="单位")
    month = models.DateField("月份")
    state = models.CharField("状态", max_length=6, choices=ReportState, default=ReportState.DRAFT, db_default="draft")
    no_change = models.BooleanField("本月无变动", default=False, db_default=False)
    due_on = models.DateField("应报日期", null=True, blank=True)
    sent_on = models.DateField("报送日期", null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人"
    )
    on_behalf = models.BooleanField("代录", default=False, db_default=False)
    amended_on = models.DateField("最近补报", null=True, blank=True)
    returned_on = models.DateField("退回日期", null=True, blank=True)
    return_reason = models.CharField("为什么退回", max_length=200, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "每月变动报告"
        verbose_name_plural = "每月变动报告"
        ordering = ["-month", "unit_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "month"],
                name="unitreport_once",
                violation_error_message="这个单位这个月的报告已经有了。",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="unitreport_first_of_month"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(sent_on__isnull=False, due_on__isnull=False),
                name="unitreport_sent_says_when",
            ),
        ]
        indexes = [models.Index(fields=["month", "unit"], name="unitreport_month", condition=Q(state="sent"))]

    def __str__(self) -> str:
        return f"{self.unit} {self.month:%Y年%-m月}"


class ReportLine(Record):
    """One change in a report. About somebody in the registry it is a life event that waits for a clerk; about a newly
    retired person it waits until a clerk adds him to the registry or says why not. Taken back, it is voided."""

    report = models.ForeignKey(UnitReport, models.PROTECT, related_name="lines", verbose_name="报告")
    kind = models.CharField("情况", max_length=10, choices=ReportLineKind)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="report_lines", verbose_name="老同志"
    )
    event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="report_lines", verbose_name="人员变动"
    )
    # Whether the event was made by this line: taking the line back takes back no one else's word.
    is_first_word = models.BooleanField(default=False, db_default=False, editable=False)
    happened_on = PartialDateField("什么时候")
    detail = EncryptedTextField("说明")
    name = models.CharField("姓名", max_length=100, blank=True, db_default="")
    birth_date = PartialDateField("出生日期", null=True, blank=True)
    citizen_id = EncryptedTextField("身份证号")
    citizen_id_index = models.BinaryField(null=True, editable=False)
    post = models.CharField("职务（职级）", max_length=200, blank=True, db_default="")
    state = models.CharField("办理", max_length=8, choices=NewcomerState, blank=True, default="", db_default="")
    decision_note = models.CharField("为什么不登记", max_length=200, blank=True, db_default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="填报人"
    )

    class Meta(Record.Meta):
        verbose_name = "变动"
        verbose_name_plural = "变动"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "person", "kind", "happened_on"],
                condition=Q(voided_at__isnull=True),
                name="reportline_once",
                violation_error_message="这件事这份报告里已经有了。",
            ),
            models.UniqueConstraint(
                fields=["report", "name", "birth_date"],
                condition=Q(voided_at__isnull=True, kind="retired"),
                nulls_distinct=False,
                name="reportline_newcomer_once",
                violation_error_message="这位新退休人员这份报告里已经有了。",
            ),
            models.CheckConstraint(
                condition=Q(kind="retired", state__in=["waiting", "added", "rejected"], event__isnull=True)
                | (~Q(kind="retired") & Q(person__isnull=False, state="")),
                name="reportline_newcomer_state",
            ),
        ]
        indexes = [
            models.Index(fields=["report"], name="reportline_waiting", condition=Q(state="waiting", voided_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.name or self.person} {self.get_kind_display()}"


class UnitCheck(Record):
    """信息核对 of one unit in one year: a printed sheet that is corrected by hand and comes back as a grid."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="yearly_checks", verbose_name="单位")
    year = models.PositiveSmallIntegerField("年度")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="纸质表")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发起人"
    )
    finished_on = models.DateField("录完日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "信息核对"
        verbose_name_plural = "年度信息核对"
        ordering = ["-year", "unit_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year"],
                name="unitcheck_once",
                violation_error_message="这个单位今年的核对已经发起。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}年信息核对"


class CheckLine(Record):
    """One person on the sheet, in its order, and what the unit answered. Answers take effect when they are saved."""

    sheet = models.ForeignKey(UnitCheck, models.PROTECT, related_name="lines", verbose_name="核对表")
    person = models.ForeignKey(Person, models.PROTECT, related_name="check_lines", verbose_name="老同志")
    position = models.PositiveIntegerField("序号")
    answer = models.CharField("核对结果", max_length=8, choices=CheckAnswer, blank=True, default="", db_default="")
    changed = models.CharField("改了什么", max_length=200, blank=True, db_default="")
    event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="check_lines", verbose_name="人员变动"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    entered_on = models.DateField("录入日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "核对的人"
        verbose_name_plural = "核对的人"
        ordering = ["sheet_id", "position"]
        constraints = [models.UniqueConstraint(fields=["sheet", "person"], name="checkline_once")]
        indexes = [models.Index(fields=["sheet"], name="checkline_open", condition=Q(answer=""))]

    def __str__(self) -> str:
        return f"{self.person} {self.get_answer_display()}"


class DeceasedList(Record):
    """死亡人员名单 of another office, compared with the registry: what fits becomes reports to verify, never deaths.

    The file and the list of rows that fitted nobody are encrypted and purged after 30 days; counts stay.
    """

    state = models.CharField("状态", max_length=8, choices=DeceasedListState, default=DeceasedListState.WAITING)
    listed_on = PartialDateField("名单是哪年哪月的")
    upload = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="原文件")
    digest = models.BinaryField("文件指纹", editable=False)
    unmatched = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="没有对上的行"
    )
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="后台任务")
    counts = models.JSONField("计数", default=dict)
    refusal = models.CharField("为什么不能用", max_length=500, blank=True, db_default="")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")

    class Meta(Record.Meta):
        verbose_name = "离世人员名单"
        verbose_name_plural = "离世人员名单比对"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["uploaded_by", "digest"],
                condition=Q(state__in=["waiting", "done"]),
                name="deceasedlist_once",
                violation_error_message="这个文件已经比对过。",
            )
        ]

    def __str__(self) -> str:
        return f"第 {self.pk} 份名单"
