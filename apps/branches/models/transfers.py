"""组织关系转接: a member's formal relation goes from one branch to another, by letter (domain 3.4)."""

from django.db import models
from django.db.models import F, Q

from apps.branches.choices import AwayDecision, ReissueReason, TransferAct, TransferKind, TransferState
from apps.branches.rules.capability import Capability
from apps.branches.rules.transfers import OPEN, next_act, turn_of
from apps.common import history
from apps.common.fields import PartialDateField
from apps.people.models import Person, Whereabouts
from apps.registry.models import LifeEvent

from .capable import capability_trigger
from .entered import Entered
from .memberships import Membership
from .organisations import Organisation
from .steps import Step


class TransferQuerySet(models.QuerySet):
    def open(self):
        """Not accepted yet: the member belongs where he was."""
        return self.filter(state__in=OPEN, voided_at__isnull=True)

    def waiting(self):
        """Open, or accepted and without its receipt."""
        return self.filter(state__in=(*OPEN, TransferState.ACCEPTED), voided_at__isnull=True)

    def expired(self, on):
        """Letters whose days are over and that nobody accepted."""
        return self.filter(state=TransferState.UNDER_WAY, expires_on__lte=on, voided_at__isnull=True)

    def expiring(self, on, until):
        """Letters good today that end before `until` (exclusive)."""
        return self.filter(
            state=TransferState.UNDER_WAY, expires_on__gt=on, expires_on__lt=until, voided_at__isnull=True
        )


@history.track()
class Transfer(Entered):
    """One transfer. Until it is accepted he is a member of the old branch; at acceptance the old formal link closes
    and the new one opens in one transaction. `expires_on` is exclusive; who has left or comes from outside the city is
    named in `outside_name`."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="transfers", verbose_name="党员")
    kind = models.CharField("转接类型", max_length=6, choices=TransferKind, default=TransferKind.INSIDE)
    from_organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="transfers_out", verbose_name="转出党组织"
    )
    to_organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="transfers_in", verbose_name="转入党组织"
    )
    outside_name = models.CharField("外地（外单位）党组织", max_length=120, blank=True, db_default="")
    state = models.CharField("状态", max_length=10, choices=TransferState, default=TransferState.APPLIED)
    reason = models.CharField("转接原因", max_length=100, blank=True, db_default="")
    applied_on = models.DateField("申请日期")
    moved_on = models.DateField("到这一步的日期", help_text="等了多少天从这天算起")
    letter_no = models.CharField("介绍信编号", max_length=40, blank=True, db_default="")
    issued_on = models.DateField("开信日期", null=True, blank=True)
    valid_days = models.PositiveSmallIntegerField("有效天数", null=True, blank=True)
    expires_on = models.DateField("到何日（不含）", null=True, blank=True)
    dues_paid_to = PartialDateField("党费交到", null=True, blank=True)
    accepted_on = models.DateField("接收日期", null=True, blank=True)
    accepted_at = models.DateTimeField("接收登记时间", null=True, blank=True, editable=False)
    receipt_on = models.DateField("回执日期", null=True, blank=True)
    closed_because = models.CharField("退回、撤回原因", max_length=200, blank=True, db_default="")
    # The very rows that acceptance closed and opened: undoing turns exactly these back.
    left = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    joined = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    secondary = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    state_before_event = models.CharField(max_length=10, blank=True, db_default="", editable=False)

    objects = TransferQuerySet.as_manager()

    class Meta(Entered.Meta):
        verbose_name = "组织关系转接"
        verbose_name_plural = "组织关系转接"
        ordering = ["-applied_on", "-id"]
        triggers = [
            *Entered.Meta.triggers,
            capability_trigger(
                Capability.FORMAL_LINK,
                column="to_organisation_id",
                when="NEW.state IN ('applied', 'agreed', 'under_way') AND NEW.voided_at IS NULL",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=OPEN, voided_at__isnull=True),
                name="transfer_one_open",
                violation_error_message="他已有一件转接正在办，请先办完或撤回。",
            ),
            models.UniqueConstraint(
                fields=["letter_no"],
                condition=~Q(letter_no="") & ~Q(kind=TransferKind.IN) & Q(voided_at__isnull=True),
                name="transfer_letter_once",
                violation_error_message="这个介绍信编号已经用过，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(kind="inside", from_organisation__isnull=False, to_organisation__isnull=False)
                | Q(kind="out", from_organisation__isnull=False, to_organisation__isnull=True)
                | Q(kind="in", from_organisation__isnull=True, to_organisation__isnull=False),
                name="transfer_ends",
            ),
            models.CheckConstraint(
                condition=Q(from_organisation__isnull=True)
                | Q(to_organisation__isnull=True)
                | ~Q(from_organisation=F("to_organisation")),
                name="transfer_two_places",
                violation_error_message="转出和转入是同一个党组织，不用办转接。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("under_way", "accepted"))
                | Q(issued_on__isnull=False, expires_on__isnull=False),
                name="transfer_has_letter",
            ),
        ]
        indexes = [
            models.Index(fields=["from_organisation", "state"], name="transfer_from"),
            models.Index(fields=["to_organisation", "state"], name="transfer_to"),
            models.Index(fields=["state", "expires_on"], name="transfer_state"),
            models.Index(fields=["-applied_on", "-id"], name="transfer_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.from_name} → {self.to_name}"

    @property
    def from_name(self) -> str:
        return str(self.from_organisation) if self.from_organisation_id else self.outside_name

    @property
    def to_name(self) -> str:
        return str(self.to_organisation) if self.to_organisation_id else self.outside_name

    def is_expired(self, on) -> bool:
        """Nobody accepted it and the letter's days are over: 逾期."""
        return self.state == TransferState.UNDER_WAY and self.expires_on <= on

    def next_act(self, on) -> str:
        return next_act(self.kind, self.state, expired=self.is_expired(on))

    def turn(self, on):
        """The Side whose turn it is on a day."""
        return turn_of(self.kind, self.state, expired=self.is_expired(on))


class TransferStep(Step):
    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="steps", verbose_name="转接")
    act = models.CharField("办理", max_length=10, choices=TransferAct)

    class Meta(Step.Meta):
        verbose_name = "转接步骤"
        verbose_name_plural = "转接步骤"
        indexes = [models.Index(fields=["transfer", "id"], name="transferstep_transfer")]

    def __str__(self) -> str:
        return f"{self.on} {self.get_act_display()}"


class FormerLetter(models.Model):
    """A letter that another replaced: lost, past its day, or wrong. Its number is never used again."""

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="former_letters", verbose_name="转接")
    letter_no = models.CharField("原编号", max_length=40)
    issued_on = models.DateField("开信日期")
    expires_on = models.DateField("到何日（不含）")
    reason = models.CharField("换开原因", max_length=5, choices=ReissueReason)
    replaced_on = models.DateField("换开日期")

    class Meta:
        verbose_name = "换下的介绍信"
        verbose_name_plural = "换下的介绍信"
        ordering = ["id"]
        indexes = [models.Index(fields=["letter_no"], name="formerletter_number")]

    def __str__(self) -> str:
        return self.letter_no


class MoveDecision(Entered):
    """What was decided about a member who has moved away, once for each move: a period elsewhere, or a 迁居."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="move_decisions", verbose_name="党员")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="党组织")
    whereabouts = models.ForeignKey(Whereabouts, models.PROTECT, null=True, blank=True, related_name="+")
    event = models.ForeignKey(LifeEvent, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField("怎么办", max_length=8, choices=AwayDecision)
    reason = models.CharField("不转的原因", max_length=100, blank=True, db_default="")
    decided_on = models.DateField("决定日期")

    class Meta(Entered.Meta):
        verbose_name = "随人走的决定"
        verbose_name_plural = "随人走的决定"
        constraints = [
            models.UniqueConstraint(fields=["whereabouts"], name="movedecision_whereabouts"),
            models.UniqueConstraint(fields=["event"], name="movedecision_event"),
            models.CheckConstraint(
                condition=Q(whereabouts__isnull=False, event__isnull=True)
                | Q(whereabouts__isnull=True, event__isnull=False),
                name="movedecision_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_decision_display()}"
