"""People who are in the registry twice: pairs that may be one, and what was merged (ADR 0018)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.common.models import Attachment, Record, Versioned
from apps.people.choices import MergeState, TwinReason

from .persons import Person


class TwinPairQuerySet(models.QuerySet):
    def waiting(self):
        """Still alike, and nobody has said that they are two."""
        return self.filter(gone_on__isnull=True, dismissed_at__isnull=True)


class TwinPair(Versioned):
    """Two people who may be one, found by indexed keys. `low` is the smaller key. Dismissed with a reason it is not
    shown again, whatever keys they share later; `gone_on`: the day on which they were found alike no more."""

    low = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="一位")
    high = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="另一位")
    reasons = ArrayField(models.CharField(max_length=12, choices=TwinReason), verbose_name="为什么像同一个人")
    score = models.PositiveSmallIntegerField("相像程度", default=0, db_default=0)
    found_on = models.DateField("哪天发现")
    gone_on = models.DateField("不再相像", null=True, blank=True)
    dismissed_at = models.DateTimeField("排除时间", null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="排除人"
    )
    dismiss_reason = models.CharField("为什么是两个人", max_length=200, blank=True, db_default="")

    objects = TwinPairQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = "可能重复的人"
        verbose_name_plural = "可能重复的人"
        ordering = ["-score", "low_id", "high_id"]
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="twinpair_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="twinpair_order"),
        ]
        indexes = [
            models.Index(
                fields=["-score", "low", "high"],
                name="twinpair_waiting",
                condition=Q(gone_on__isnull=True, dismissed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.low_id}、{self.high_id}"


class PersonMerge(Record):
    """Two entries of one person made one: proposed by one colleague, carried out by another, undone within thirty days.

    Done, `loser` is voided and an alias: his addresses and his audit rows lead to `winner`. `chosen` names the facts
    (keys of `ledgers.merging.facts`) whose value comes from the loser; it holds no values. `before` is the encrypted
    before-image. `left`: rows that undoing left with the winner because they were changed since.
    """

    winner = models.ForeignKey(Person, models.PROTECT, related_name="merged_into_me", verbose_name="保留")
    loser = models.ForeignKey(Person, models.PROTECT, related_name="merges", verbose_name="并入")
    state = models.CharField("情况", max_length=9, choices=MergeState, default=MergeState.PROPOSED)
    chosen = ArrayField(models.CharField(max_length=40), verbose_name="取并入那一份的项目", default=list, blank=True)
    reason = models.CharField("怎样知道是同一个人", max_length=200)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人", editable=False
    )
    proposed_at = models.DateTimeField("提出时间", editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人",
        editable=False,
    )  # fmt: skip
    decided_at = models.DateTimeField("复核时间", null=True, blank=True, editable=False)
    decision_note = models.CharField("复核意见", max_length=200, blank=True, db_default="", editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人",
        editable=False,
    )  # fmt: skip
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True, editable=False)
    before = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="合并以前", editable=False
    )
    moved = models.JSONField("移过来的", default=dict, editable=False)
    left = models.JSONField("撤销时没有移回的", default=list, editable=False)

    class Meta(Record.Meta):
        verbose_name = "重复的人合并"
        verbose_name_plural = "重复的人合并"
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(winner=F("loser")), name="personmerge_two"),
            models.UniqueConstraint(
                fields=["loser"],
                condition=Q(state__in=["proposed", "done"]),
                name="personmerge_once",
                violation_error_message="这份登记已经提出合并，或者已经并入另一份。",
            ),
        ]
        indexes = [
            models.Index(fields=["winner"], name="personmerge_aliases", condition=Q(state="done")),
            models.Index(fields=["state", "-proposed_at"], name="personmerge_state"),
        ]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.winner_id}"
