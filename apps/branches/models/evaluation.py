"""Evaluation by standards (六好, 五好, 示范支部): self-assessment, verification, naming (domain 3.1, 4.3 table 8).

Organisations and units go through the same machinery (同部署、同考核、同奖惩). There is no quota and no ranking.
"""

import decimal

from django.db import models
from django.db.models import Q

from apps.branches.choices import (
    EvaluationAct,
    EvaluationState,
    EvaluationSubject,
    HonourLevel,
    ItemNature,
)
from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Unit

from .entered import Entered
from .meetings import Meeting
from .organisations import Organisation
from .steps import Step

POINTS = {"max_digits": 6, "decimal_places": 2}
OPEN_STATES = (EvaluationState.DRAFTING, EvaluationState.RETURNED)
SUBJECT_ONCE = "这个对象这一年已按这个标准开过评估。"


@history.track()
class Standard(Record):
    """A standard with its items. Once an evaluation uses it, its items stand; a changed standard is a new one."""

    name = models.CharField("标准名称", max_length=60)
    subject = models.CharField("评估对象", max_length=10, choices=EvaluationSubject, default=EvaluationSubject.BRANCH)
    year_from = models.PositiveSmallIntegerField("从哪一年起")
    document_no = models.CharField("文号", max_length=60, blank=True, db_default="")
    closed_on = models.DateField("停用日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "评估标准"
        verbose_name_plural = "评估标准"
        ordering = ["-year_from", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "subject", "year_from"],
                condition=Q(voided_at__isnull=True),
                name="standard_once",
                violation_error_message="这个标准这一年已有一份，请改原来那份，或换一个起始年份。",
            ),
            models.CheckConstraint(
                condition=Q(year_from__range=(1990, 2100)),
                name="standard_year",
                violation_error_message="年份填四位数字，例如 2026。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.year_from}年起）"


@history.track()
class StandardItem(Record):
    """One line of a standard. `points` is the most it gives; a deduction takes up to so many away."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="items", verbose_name="评估标准")
    section = models.CharField("栏目", max_length=40, help_text="例如 组织设置好")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("内容", max_length=300)
    points = models.DecimalField("分值", **POINTS)
    nature = models.CharField("性质", max_length=10, choices=ItemNature, default=ItemNature.NORMAL)

    class Meta(Record.Meta):
        verbose_name = "标准内容"
        verbose_name_plural = "标准内容"
        ordering = ["standard_id", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["standard", "number"],
                condition=Q(voided_at__isnull=True),
                name="standarditem_number_once",
                violation_error_message="同一个标准里序号不能重复。",
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0), name="standarditem_points", violation_error_message="分值要大于 0。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}．{self.text}"


@history.track()
class Evaluation(Entered):
    """One subject's evaluation of a year. Its state is written by services/evaluations.py alone."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="evaluations", verbose_name="评估标准")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="evaluations", verbose_name="党组织"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="evaluations", verbose_name="单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    due_on = models.DateField("呈报期限")
    state = models.CharField("进度", max_length=10, choices=EvaluationState, default=EvaluationState.DRAFTING)
    story = models.TextField("事迹材料", blank=True, db_default="", default="")
    submitted_on = models.DateField("呈报日期", null=True, blank=True)
    verified_on = models.DateField("核查日期", null=True, blank=True)
    verifiers = models.CharField("核查人", max_length=120, blank=True, db_default="", default="")
    heard = models.BooleanField("听汇报", default=False, db_default=False)
    inspected = models.BooleanField("查台账", default=False, db_default=False)
    visited = models.BooleanField("看现场", default=False, db_default=False)
    talked = models.BooleanField("开座谈", default=False, db_default=False)
    opinion = models.CharField("核查意见", max_length=500, blank=True, db_default="", default="")
    decided_on = models.DateField("决定日期", null=True, blank=True)
    level = models.CharField("命名级别", max_length=10, choices=HonourLevel, blank=True, db_default="", default="")
    plaque_no = models.CharField("牌匾编号", max_length=40, blank=True, db_default="", default="")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    document_no = models.CharField("命名文号", max_length=60, blank=True, db_default="", default="")
    reward_amount = models.DecimalField("奖补金额（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    reward_on = models.DateField("奖补日期", null=True, blank=True)
    reward_purpose = models.CharField("奖补用途", max_length=120, blank=True, db_default="", default="")

    class Meta(Entered.Meta):
        verbose_name = "评估"
        verbose_name_plural = "达标创建评估"
        ordering = ["-year", "organisation__path", "unit__path", "id"]
        permissions = [("name_evaluation", "命名达标党组织和单位")]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, unit__isnull=False)
                | Q(organisation__isnull=False, unit__isnull=True),
                name="evaluation_one_subject",
                violation_error_message="党组织和单位只选一个。",
            ),
            models.UniqueConstraint(
                fields=["standard", "organisation", "year"],
                condition=Q(voided_at__isnull=True, organisation__isnull=False),
                name="evaluation_of_organisation_once",
                violation_error_message=SUBJECT_ONCE,
            ),
            models.UniqueConstraint(
                fields=["standard", "unit", "year"],
                condition=Q(voided_at__isnull=True, unit__isnull=False),
                name="evaluation_of_unit_once",
                violation_error_message=SUBJECT_ONCE,
            ),
            models.CheckConstraint(
                condition=~Q(state="named") | (~Q(level="") & Q(decided_on__isnull=False)),
                name="evaluation_named_has_level",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["verified", "named"]) | Q(verified_on__isnull=False),
                name="evaluation_verified_has_day",
            ),
            models.CheckConstraint(
                condition=Q(reward_amount__isnull=True) | (Q(reward_amount__gt=0) & Q(reward_on__isnull=False)),
                name="evaluation_reward",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-year"], name="evaluation_of_organisation"),
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=["drafting", "returned"], voided_at__isnull=True),
                name="evaluation_open",
            ),
            models.Index(
                fields=["submitted_on"], condition=Q(state="submitted", voided_at__isnull=True),
                name="evaluation_waiting",
            ),
            models.Index(fields=["valid_until"], condition=Q(state="named"), name="evaluation_valid"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.year}年 {self.standard.name}"

    @property
    def is_open(self) -> bool:
        """Whether the subject may still write its self-assessment."""
        return self.state in OPEN_STATES and self.voided_at is None

    @property
    def ways(self) -> list[str]:
        """How it was verified, in words."""
        names = ("heard", "inspected", "visited", "talked")
        return [self._meta.get_field(name).verbose_name for name in names if getattr(self, name)]


@history.track()
class EvaluationLine(Entered):
    """What was given for one item: 自评, 初核 (by the organisation above), 复核 (by the bureau)."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="lines", verbose_name="评估")
    item = models.ForeignKey(StandardItem, models.PROTECT, related_name="lines", verbose_name="内容")
    self_points = models.DecimalField("自评分", **POINTS, null=True, blank=True)
    self_note = models.CharField("自评说明", max_length=300, blank=True, db_default="", default="")
    verified_points = models.DecimalField("初核分", **POINTS, null=True, blank=True)
    rechecked_points = models.DecimalField("复核分", **POINTS, null=True, blank=True)
    verify_note = models.CharField("核查说明", max_length=300, blank=True, db_default="", default="")

    class Meta(Entered.Meta):
        verbose_name = "评分"
        verbose_name_plural = "评分"
        ordering = ["evaluation_id", "item__number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "item"], name="evaluationline_once"),
            models.CheckConstraint(
                condition=(Q(self_points__isnull=True) | Q(self_points__gte=0))
                & (Q(verified_points__isnull=True) | Q(verified_points__gte=0))
                & (Q(rechecked_points__isnull=True) | Q(rechecked_points__gte=0)),
                name="evaluationline_points",
            ),
        ]

    def __str__(self) -> str:
        return str(self.item)

    @property
    def final_points(self) -> decimal.Decimal | None:
        """What counts for naming: the last that was given."""
        given = (self.rechecked_points, self.verified_points)
        return next((points for points in given if points is not None), None)


class EvaluationStep(Step):
    """What was done to an evaluation, and from which state."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="steps", verbose_name="评估")
    act = models.CharField("事项", max_length=10, choices=EvaluationAct)
    state_before = models.CharField("办之前的进度", max_length=10, choices=EvaluationState)

    class Meta(Step.Meta):
        verbose_name = "评估经过"
        verbose_name_plural = "评估经过"

    def __str__(self) -> str:
        return f"{self.on} {self.get_act_display()}"


@history.track()
class MicroLecture(Entered):
    """微党课: a short lesson of a branch. The speaker is written as the branch calls him, member or guest."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="micro_lectures", verbose_name="党组织")
    title = models.CharField("题目", max_length=80)
    speaker = models.CharField("主讲人", max_length=60)
    held_on = models.DateField("日期")
    summary = models.CharField("内容简介", max_length=500, blank=True, db_default="", default="")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="micro_lectures", verbose_name="在哪次会上讲的"
    )

    class Meta(Entered.Meta):
        verbose_name = "微党课"
        verbose_name_plural = "微党课"
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["organisation", "-held_on"], name="microlecture_of_organisation")]

    def __str__(self) -> str:
        return f"{self.held_on} {self.title}"
