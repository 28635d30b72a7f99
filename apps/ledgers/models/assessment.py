"""What a cadre can still do for himself, measured from time to time; and, behind its own right, what he thinks."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Record
from apps.ledgers.choices import Method
from apps.ledgers.choices.assessment import DueBecause, Raise, Scale, ThoughtKind
from apps.registry.choices import Ability, Living
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres


class AssessmentQuerySet(OfVisibleCadres):
    def standing(self):
        return self.filter(voided_at__isnull=True)

    def latest(self):
        """The newest standing one of each cadre."""
        return self.standing().filter(is_latest=True)


@history.track(exclude=("note",))
class Assessment(Record):
    """One assessment of ability. `level` is worked out by rules.assessment from scale, score and what raises it; of
    another scale it is told. Living, difficulties and wishes stand here as they were seen on that day.

    `next_due_on` is the last day in time for the next one, by the rules in force then; a discharge from hospital brings
    it forward (`pulled_by_event`, with the day that stood before) and gives it back when it is undone. Exactly one
    standing row of a cadre is the latest. Read behind `registry.view_health`.
    """

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="assessments", db_index=False, verbose_name="老同志")
    assessed_on = models.DateField("评估日期")
    assessor = models.CharField("评估人（机构）", max_length=80)
    scale = models.CharField("量表", max_length=10, choices=Scale, default=Scale.NATIONAL)
    scale_name = models.CharField("其他量表的名称", max_length=40, blank=True, db_default="")
    score = models.PositiveSmallIntegerField("得分", null=True, blank=True)
    dementia = models.BooleanField("确诊痴呆", default=False)
    mental = models.BooleanField("确诊其他精神和行为障碍", default=False)
    risk_events = models.PositiveSmallIntegerField(
        "近 30 天照护风险事件（次）", default=0, help_text="跌倒、噎食、自伤、走失等"
    )
    coma = models.BooleanField("昏迷", default=False)
    base_level = models.PositiveSmallIntegerField("按得分的等级", choices=Ability, editable=False)
    level = models.PositiveSmallIntegerField("能力等级", choices=Ability, editable=False)
    raised_by = ArrayField(
        models.CharField(max_length=10, choices=Raise), default=list, db_default=[], blank=True, editable=False,
        verbose_name="提高等级的原因",
    )  # fmt: skip
    seriously_ill = models.BooleanField("患重病", default=False)
    frequent_illness = models.BooleanField("高发病", default=False)
    double_high = models.BooleanField("双高期", default=False, editable=False)
    living = models.CharField("居住方式", max_length=10, choices=Living, blank=True, db_default="")
    difficulties = ArrayField(
        models.CharField(max_length=10), default=list, db_default=[], blank=True, verbose_name="特殊困难"
    )
    wishes = ArrayField(
        models.CharField(max_length=10), default=list, db_default=[], blank=True, verbose_name="希望得到的服务"
    )
    note = EncryptedTextField("评估说明")
    next_due_on = models.DateField("下次评估期限", editable=False)
    due_because = models.CharField("期限的由来", max_length=10, choices=DueBecause, editable=False)
    unpulled_due_on = models.DateField(null=True, blank=True, editable=False)
    pulled_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )
    is_latest = models.BooleanField(default=True, db_default=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "能力评估"
        verbose_name_plural = "能力评估"
        ordering = ["-assessed_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre"], condition=Q(is_latest=True, voided_at__isnull=True), name="assessment_one_latest"
            ),
            models.UniqueConstraint(
                fields=["cadre", "assessed_on", "scale"],
                condition=Q(voided_at__isnull=True),
                name="assessment_once_a_day",
                violation_error_message="这一天已经用这个量表评估过。要更正，请改那一条。",
            ),
            models.CheckConstraint(condition=Q(level__gte=models.F("base_level")), name="assessment_never_lowered"),
        ]
        indexes = [
            models.Index(fields=["cadre", "-assessed_on"], name="assessment_cadre"),
            models.Index(
                fields=["next_due_on", "cadre"],
                name="assessment_due",
                condition=Q(is_latest=True, voided_at__isnull=True),
            ),
            models.Index(
                fields=["level", "cadre"],
                name="assessment_level",
                condition=Q(is_latest=True, voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessed_on:%Y-%m-%d} {self.get_level_display()}"


class ThoughtQuerySet(OfVisibleCadres):
    def standing(self):
        return self.filter(voided_at__isnull=True)


@history.track(exclude=("content", "advice"))
class Thought(Record):
    """思想动态 or 心理疏导: one talk and what was made of it. Behind `registry.view_thoughts`, each look logged; on no
    card, list or page of the person himself. `follow_up_on` is the day to ask again; `followed_up_on` when it was."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="thoughts", db_index=False, verbose_name="老同志")
    kind = models.CharField("类型", max_length=10, choices=ThoughtKind)
    happened_on = models.DateField("哪一天")
    method = models.CharField("方式", max_length=10, choices=Method, default=Method.HOME)
    counsellor = models.CharField("谁谈的（疏导人）", max_length=80)
    content = EncryptedTextField("情况")
    advice = EncryptedTextField("疏导和建议")
    follow_up_on = models.DateField("哪天再了解", null=True, blank=True)
    followed_up_on = models.DateField("已了解的日期", null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = ThoughtQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "思想动态和心理疏导"
        verbose_name_plural = "思想动态和心理疏导"
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(follow_up_on__isnull=True) | Q(follow_up_on__gte=models.F("happened_on")),
                name="thought_follow_up_order",
                violation_error_message="再了解的日期不能早于这一次。",
            )
        ]
        indexes = [
            models.Index(fields=["cadre", "-happened_on"], name="thought_cadre"),
            models.Index(
                fields=["follow_up_on"],
                name="thought_follow_up",
                condition=Q(follow_up_on__isnull=False, followed_up_on__isnull=True, voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.happened_on:%Y-%m-%d} {self.get_kind_display()}"
