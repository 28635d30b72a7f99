"""疗养 in batches: place, dates, quota; who was invited, goes, waits or does not want to (domain 1.4)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.ledgers.choices.treatments import ConvalescenceMode, PlaceState
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres


class ConvalescenceBatch(Record):
    """A group that goes together. `taken` counts the places in use (companions use none), raised by one conditional
    UPDATE with each acceptance: it never passes `quota`."""

    name = models.CharField("批次", max_length=60, help_text="例如 2026年第一批")
    mode = models.CharField("方式", max_length=10, choices=ConvalescenceMode, default=ConvalescenceMode.GATHERED)
    place = models.CharField("地点", max_length=80)
    starts_on = models.DateField("出发")
    ends_on = models.DateField("返回")
    quota = models.PositiveSmallIntegerField("名额")
    taken = models.PositiveSmallIntegerField("已占名额", default=0, db_default=0, editable=False)
    answer_by = models.DateField("答复期限", null=True, blank=True)
    leader = models.CharField("带队人", max_length=40, blank=True, db_default="")
    health_note = models.CharField(
        "身体条件", max_length=200, blank=True, db_default="",
        help_text="例如 近三个月没有住院，经医生同意；带常用药",
    )  # fmt: skip
    document_no = models.CharField("依据（文号）", max_length=80, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "疗养批次"
        verbose_name_plural = "疗养批次"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="convalescence_order",
                violation_error_message="返回日期不能早于出发日期。",
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("quota")),
                name="convalescence_quota",
                violation_error_message="名额不能少于已经答应参加的人数。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.place}）"

    @property
    def free(self) -> int:
        return self.quota - self.taken


@history.track()
class ConvalescencePlace(Record):
    """One cadre's place in a batch. Those who wait are asked in the order in which they began to wait."""

    batch = models.ForeignKey(ConvalescenceBatch, models.PROTECT, related_name="places", verbose_name="批次")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="convalescences", verbose_name="老干部")
    state = models.CharField("情况", max_length=8, choices=PlaceState, default=PlaceState.INVITED, editable=False)
    invited_on = models.DateField("邀请日期")
    answered_on = models.DateField("答复日期", null=True, blank=True)
    waiting_since = models.DateTimeField("开始等候", null=True, blank=True, editable=False)
    reason = models.CharField("不参加的原因", max_length=200, blank=True, db_default="")
    companion = models.CharField("陪同人", max_length=30, blank=True, db_default="")
    companion_relation = models.CharField("陪同人和他的关系", max_length=20, blank=True, db_default="")
    health_checked_on = models.DateField("核对身体条件的日期", null=True, blank=True)
    emergency_contact = models.CharField("紧急联系人", max_length=30, blank=True, db_default="")
    note = models.CharField("备注", max_length=200, blank=True, db_default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )
    # What he had answered before a death took him off the list; empty while no event did.
    state_before = models.CharField(max_length=8, blank=True, db_default="", editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "疗养名单"
        verbose_name_plural = "疗养名单"
        ordering = ["batch_id", "waiting_since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "cadre"],
                condition=Q(voided_at__isnull=True),
                name="convalescenceplace_once",
                violation_error_message="这位老同志已经在这一批。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.get_state_display()}"
