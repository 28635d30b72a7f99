"""Requests for help, who was asked, who said yes."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Record
from apps.organisation.models import Community, Unit
from apps.people.models import Person, ProxyGrant
from apps.volunteers.choices.requests import AskedAs, Consent, Effort, ProposalState, RequestState

from .scoped import OfUnits
from .teams import Team
from .volunteers import Volunteer


@history.track(exclude=("place", "details"))
class ServiceRequest(Record):
    """Somebody needs help on a day. `receiver` is who is helped, `asked_by` the account that asked, as `asked_as`.

    `consent`: how he said yes where his branch asked for him. `public_id` is the form's key: sent twice it is one
    request. `service` is a code of `volunteer_service`; `starts` and `ends` are minutes since midnight of `on`,
    half-open. `unit` answers for it; `team` takes care of it once known.
    `efforts`: what it takes of the helper, held against his own word about what not to give him. `stage`: how far up it
    was reported that nobody is found, 0 nobody yet. `doubt`: what the receiver says did not happen as it was entered.
    `spends`: he pays with minutes of his own account (held when asked, captured when done). `place` and `details` are
    for whoever goes there, for nobody else.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="service_requests", verbose_name="受理单位")
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name="承接的队"
    )
    receiver = models.ForeignKey(Person, models.PROTECT, related_name="service_requests", verbose_name="谁需要帮忙")
    service = models.CharField("帮什么忙", max_length=12)
    on = models.DateField("哪天")
    starts = models.PositiveSmallIntegerField("开始（分钟）")
    ends = models.PositiveSmallIntegerField("结束（分钟）")
    wanted = models.PositiveSmallIntegerField("需要几位", default=1, db_default=1)
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="在哪个社区"
    )
    place = EncryptedTextField("地点")
    details = EncryptedTextField("说明")
    efforts = ArrayField(
        models.CharField(max_length=8, choices=Effort), verbose_name="会用到", default=list, blank=True
    )
    asked_as = models.CharField("谁提的", max_length=8, choices=AskedAs)
    consent = models.CharField("本人的意思", max_length=8, choices=Consent, blank=True, db_default="", editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )
    grant = models.ForeignKey(
        ProxyGrant, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="家属授权"
    )
    asked_at = models.DateTimeField("提出时间")
    spends = models.BooleanField("用时间币", default=False, db_default=False)
    state = models.CharField("状态", max_length=8, choices=RequestState, default=RequestState.OPEN, editable=False)
    stage = models.PositiveSmallIntegerField("上报到第几级", default=0, db_default=0, editable=False)
    escalated_at = models.DateTimeField("上报时间", null=True, blank=True, editable=False)
    doubt = models.CharField("对不上的地方", max_length=120, blank=True, db_default="", editable=False)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True, editable=False)
    end_reason = models.CharField("结束原因", max_length=200, blank=True, db_default="", editable=False)
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "求助"
        verbose_name_plural = "求助"
        ordering = ["on", "starts", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts"), ends__lte=24 * 60, wanted__range=(1, 9)),
                name="servicerequest_order",
                violation_error_message="结束时间要晚于开始时间，需要的人数是1到9位。",
            )
        ]
        indexes = [
            models.Index(fields=["on", "id"], name="servicerequest_live", condition=Q(state__in=["open", "agreed"])),
            models.Index(fields=["receiver", "-on"], name="servicerequest_receiver"),
            models.Index(fields=["unit", "state", "on"], name="servicerequest_unit"),
            models.Index(fields=["team", "-on"], name="servicerequest_team"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_state_display()}"


@history.track()
class Proposal(Record):
    """A volunteer thought of for a request, why, and what he said. `reason` holds no personal data of the receiver."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="proposals", verbose_name="求助")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="proposals", verbose_name="志愿者")
    reason = models.CharField("为什么合适", max_length=200, blank=True, db_default="")
    state = models.CharField("状态", max_length=8, choices=ProposalState, default=ProposalState.ASKED)
    asked_at = models.DateTimeField("问的时间", null=True, blank=True)
    answer_by = models.DateTimeField("请在何时前答复", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复登记人"
    )
    note = models.CharField("说明", max_length=120, blank=True, db_default="")
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    class OfRequests(OfUnits):
        unit_path = "request__unit"
        team_path = "request__team"

    objects = OfRequests.as_manager()

    class Meta(Record.Meta):
        verbose_name = "询问志愿者"
        verbose_name_plural = "询问志愿者"
        constraints = [
            models.UniqueConstraint(
                fields=["request", "volunteer"],
                condition=Q(voided_at__isnull=True),
                name="proposal_once",
                violation_error_message="已经问过这位志愿者。",
            )
        ]
        indexes = [
            models.Index(fields=["volunteer", "-asked_at"], name="proposal_volunteer"),
            models.Index(fields=["answer_by"], name="proposal_due", condition=Q(state="asked")),
        ]

    def __str__(self) -> str:
        return self.get_state_display()
