"""换届: one election of an organisation's committee, from asking the superior to the new posts (domain 0, 3.1).

No paper of a single voter is kept, only what the signed count sheet says.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.branches.choices import ElectionState, ExclusionCategory, NominatedBy, PostKind, ShiftKind, ShiftState
from apps.branches.rules.capability import Capability
from apps.branches.rules.election_steps import CLOSED
from apps.common import history
from apps.common.models import Record
from apps.people.models import Person

from .capable import Capable, capability_trigger
from .entered import Entered
from .meetings import Meeting
from .organisations import Organisation


class ElectionQuerySet(models.QuerySet):
    def open(self):
        """Neither finished nor cancelled; at most one an organisation."""
        return self.filter(voided_at__isnull=True).exclude(state__in=CLOSED)


@history.track()
class Election(Capable, Entered):
    """One election. `term_ended_on` is the last day of the term it ends; `without_vote` counts full members who have
    no vote at present (留党察看); state, waiting_since and what the superior wrote are changed by services only."""

    needs = Capability.ELECTION

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="elections", verbose_name="党组织")
    state = models.CharField("办到哪一步", max_length=12, choices=ElectionState, default=ElectionState.PREPARING)
    waiting_since = models.DateField("到这一步的日期")
    term_ended_on = models.DateField("上届任期届满日", null=True, blank=True)
    seats = models.PositiveSmallIntegerField("应选名额")
    planned_on = models.DateField("选举大会日期")
    place = models.CharField("选举大会地点", max_length=80, blank=True, db_default="")
    without_vote = models.PositiveSmallIntegerField("没有表决权的正式党员", default=0, db_default=0)
    method = models.TextField("选举办法", blank=True, db_default="")
    hands_on_exclusions = models.PositiveSmallIntegerField("赞成不计入名单的人数", null=True, blank=True)
    request_document = models.CharField("请示文号", max_length=60, blank=True, db_default="")
    consent_document = models.CharField("同意换届的批复文号", max_length=60, blank=True, db_default="")
    report_document = models.CharField("报告文号", max_length=60, blank=True, db_default="")
    reply_document = models.CharField("选举结果批复文号", max_length=60, blank=True, db_default="")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="elections", editable=False, verbose_name="会议"
    )

    objects = ElectionQuerySet.as_manager()

    class Meta(Entered.Meta):
        verbose_name = "换届"
        verbose_name_plural = "换届"
        ordering = ["-planned_on", "-id"]
        triggers = [*Entered.Meta.triggers, capability_trigger(Capability.ELECTION)]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=~Q(state__in=[state.value for state in CLOSED]) & Q(voided_at__isnull=True),
                name="election_one_open",
                violation_error_message="这个党组织已经有一次换届在办。",
            ),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=20), name="election_seats"),
        ]
        indexes = [models.Index(fields=["state", "waiting_since"], name="election_waiting")]

    def __str__(self) -> str:
        return f"{self.organisation} 换届 {self.planned_on}"


class ElectionStep(models.Model):
    """One act: written once; `undone_at` when it was taken back. `kept` holds what taking it back needs: ids and
    dates, no names."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="steps", verbose_name="换届")
    act = models.CharField("办了什么", max_length=12)
    from_state = models.CharField("从", max_length=12, choices=ElectionState)
    to_state = models.CharField("到", max_length=12, choices=ElectionState)
    on = models.DateField("日期")
    entered_on = models.DateField("登记日期")
    document_no = models.CharField("文号", max_length=60, blank=True, db_default="")
    note = models.CharField("说明", max_length=200, blank=True, db_default="")
    kept = models.JSONField(default=dict, blank=True, editable=False)
    at = models.DateTimeField("登记时间", db_default=Now(), editable=False)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_staff = models.BooleanField("工作人员代录", default=False, db_default=False)
    undone_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = "换届步骤"
        verbose_name_plural = "换届步骤"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.election_id} {self.act}"


@history.track()
class Candidate(Record):
    """Somebody who stands, or whose name voters wrote in. `post` is what he was given after being elected."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="candidates", verbose_name="换届")
    person = models.ForeignKey(Person, models.PROTECT, related_name="candidacies", verbose_name="姓名")
    nominated_by = models.CharField("提名方式", max_length=10, choices=NominatedBy, default=NominatedBy.MEMBERS)
    recommended = models.PositiveSmallIntegerField("推荐票数", null=True, blank=True)
    examined = models.BooleanField("支部已考察，符合条件", default=False, db_default=False)
    consented = models.BooleanField("本人同意做候选人", default=False, db_default=False)
    elected_in = models.PositiveSmallIntegerField("第几次投票选出", null=True, blank=True, editable=False)
    post = models.CharField("任职", max_length=12, choices=PostKind, blank=True, db_default="", editable=False)

    class Meta(Record.Meta):
        verbose_name = "候选人"
        verbose_name_plural = "候选人"
        ordering = ["election_id", "person__name_stroke_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["election", "person"],
                condition=Q(voided_at__isnull=True),
                name="candidate_once",
                violation_error_message="他已经在候选人名单里。",
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


@history.track()
class Exclusion(Record):
    """A member who is not counted among those who must come: the superior and the meeting must both agree."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="exclusions", verbose_name="换届")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="姓名")
    category = models.CharField("原因", max_length=10, choices=ExclusionCategory)
    superior_agrees = models.BooleanField("上级同意", null=True, blank=True, editable=False)
    meeting_agrees = models.BooleanField("大会通过", null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = "不计入应到人数的党员"
        verbose_name_plural = "不计入应到人数的党员"
        ordering = ["election_id", "person__name_stroke_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["election", "person"],
                condition=Q(voided_at__isnull=True),
                name="exclusion_once",
                violation_error_message="他已经在不计入名单里。",
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


@history.track()
class Ballot(Entered):
    """One round of voting as the signed count sheet says it. `issued` is empty until the papers are counted."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="ballots", verbose_name="换届")
    number = models.PositiveSmallIntegerField("第几次投票")
    held_on = models.DateField("日期")
    voters = models.PositiveSmallIntegerField("有选举权的党员")
    excluded = models.PositiveSmallIntegerField("不计入的党员")
    needed = models.PositiveSmallIntegerField("至少到会")
    present = models.PositiveSmallIntegerField("实到")
    seats = models.PositiveSmallIntegerField("应选")
    issued = models.PositiveSmallIntegerField("发出选票", null=True, blank=True)
    returned = models.PositiveSmallIntegerField("收回选票", null=True, blank=True)
    invalid = models.PositiveSmallIntegerField("废票", null=True, blank=True)
    tellers = models.CharField("监票人、计票人", max_length=80, blank=True, db_default="")

    class Meta(Entered.Meta):
        verbose_name = "投票"
        verbose_name_plural = "投票"
        ordering = ["election_id", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["election", "number"], condition=Q(voided_at__isnull=True), name="ballot_number_once"
            ),
            models.CheckConstraint(
                condition=Q(issued__isnull=True)
                | Q(
                    issued__lte=F("present"), returned__lte=F("issued"), invalid__lte=F("returned"),
                    present__lte=F("voters"),
                ),
                name="ballot_papers_add_up",
            ),
            models.CheckConstraint(
                condition=Q(excluded__lte=F("voters"), present__gte=F("needed")), name="ballot_quorum"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.election_id} 第{self.number}次投票"

    @property
    def valid(self) -> int:
        return (self.returned or 0) - (self.invalid or 0)


class BallotVote(models.Model):
    """What one candidate got in one round."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="votes", verbose_name="投票")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="votes", verbose_name="候选人")
    in_favour = models.PositiveSmallIntegerField("赞成")
    against = models.PositiveSmallIntegerField("反对", default=0, db_default=0)
    abstained = models.PositiveSmallIntegerField("弃权", default=0, db_default=0)

    class Meta:
        verbose_name = "得票"
        verbose_name_plural = "得票"
        ordering = ["ballot_id", "candidate__person__name_stroke_key", "id"]
        constraints = [models.UniqueConstraint(fields=["ballot", "candidate"], name="ballotvote_once")]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.candidate_id}"


@history.track()
class TermShift(Capable, Entered):
    """A request to hold an election later or earlier than the term says. Both dates are the last day of a term;
    an approved delay moves the organisation's own."""

    needs = Capability.ELECTION

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="term_shifts", verbose_name="党组织")
    kind = models.CharField("延期还是提前", max_length=6, choices=ShiftKind)
    state = models.CharField("状态", max_length=10, choices=ShiftState, default=ShiftState.ASKED, editable=False)
    term_ends_on = models.DateField("原任期届满日", help_text="延期过的，是最早的届满日")
    until = models.DateField("改到哪天")
    reason = models.CharField("原因", max_length=200)
    asked_on = models.DateField("请示日期")
    decided_on = models.DateField("答复日期", null=True, blank=True, editable=False)
    document_no = models.CharField("批复文号", max_length=60, blank=True, db_default="", editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="答复人"
    )
    answer = models.CharField("答复意见", max_length=200, blank=True, db_default="", editable=False)

    class Meta(Entered.Meta):
        verbose_name = "延期、提前换届"
        verbose_name_plural = "延期、提前换届"
        ordering = ["-asked_on", "-id"]
        triggers = [*Entered.Meta.triggers, capability_trigger(Capability.ELECTION)]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state="asked", voided_at__isnull=True),
                name="termshift_one_asked",
                violation_error_message="已经有一份请示在等上级答复。",
            ),
            models.CheckConstraint(
                condition=Q(kind="delay", until__gt=F("term_ends_on")) | Q(kind="early", until__lt=F("term_ends_on")),
                name="termshift_direction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.until}"
