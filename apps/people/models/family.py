"""Who may act for an old comrade, and what he or somebody for him asked to have changed."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from apps.accounts.models import DateRange
from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Attachment, Paper, Record, Versioned
from apps.people.choices import (
    ChangeKind,
    ChangeState,
    GrantEnd,
    GrantMethod,
    GuardianAs,
    ProxyScope,
    SpokenHow,
)

from .persons import Person, Phone, Relative

SCOPE_FIELDS = {
    ProxyScope.ENROL: "may_enrol",
    ProxyScope.PROMISES: "sees_promises",
    ProxyScope.HEALTH: "sees_health",
}


class ProxyGrantQuerySet(models.QuerySet):
    def standing(self):
        """Neither stopped nor voided, whether their days have begun or ended."""
        return self.filter(closed_at__isnull=True, voided_at__isnull=True)

    def current(self, on: dt.date):
        """In force on a day: agreed to, not stopped, within [starts_on, ends_on)."""
        return self.standing().filter(agreed_on__isnull=False, starts_on__lte=on, ends_on__gt=on)


@history.track(exclude=("spoken_words",))
class ProxyGrant(Record):
    """家属授权: what one relative may do for one person, for a time, and how the person agreed to it.

    Half-open [starts_on, ends_on), at most as long as the rules say. `agreed_on` is empty while a printed form has not
    come back: nothing may be done by it until then. `user` is the account opened for the relative. `closed_at` ends it
    at once, whoever closed it; a death carries `closed_by_event`, so that undoing it opens exactly these again.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="proxy_grants", verbose_name="老同志")
    relative = models.ForeignKey(Relative, models.PROTECT, related_name="grants", verbose_name="家属")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="proxy_grants",
        verbose_name="账号",
    )  # fmt: skip
    may_enrol = models.BooleanField("报名办事", default=False)
    sees_promises = models.BooleanField("看承诺", default=False)
    sees_health = models.BooleanField("看健康", default=False)
    method = models.CharField("怎样同意", max_length=8, choices=GrantMethod)
    agreed_on = models.DateField("同意日期", null=True, blank=True)
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）")

    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权书", editable=False
    )
    proof = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明扫描件", editable=False
    )
    heard_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="听取人"
    )
    spoken_how = models.CharField("怎样说的", max_length=5, choices=SpokenHow, blank=True, db_default="")
    spoken_words = EncryptedTextField("原话")
    guardian_document = models.CharField("监护证明", max_length=120, blank=True, db_default="")
    guardian_as = models.CharField("监护关系", max_length=6, choices=GuardianAs, blank=True, db_default="")

    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    closed_at = models.DateTimeField("停止时间", null=True, blank=True, editable=False)
    closed_because = models.CharField("怎样停止", max_length=6, choices=GrantEnd, blank=True, db_default="")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="停止人"
    )
    close_note = models.CharField("停止原因", max_length=200, blank=True, db_default="")
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = ProxyGrantQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "家属授权"
        verbose_name_plural = "家属授权"
        ordering = ["ends_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="proxygrant_order",
                violation_error_message="到期日要晚于开始日。",
            ),
            models.CheckConstraint(
                condition=Q(may_enrol=True) | Q(sees_promises=True) | Q(sees_health=True),
                name="proxygrant_some_scope",
                violation_error_message="请至少勾一项能办的事。",
            ),
            models.CheckConstraint(
                condition=~Q(method="spoken") | Q(heard_by__isnull=False, spoken_words__isnull=False),
                name="proxygrant_spoken_whole",
                violation_error_message="口头同意要写明谁听的、原话是什么。",
            ),
            models.CheckConstraint(
                condition=~Q(method="guardian") | (~Q(guardian_document="") & ~Q(guardian_as="")),
                name="proxygrant_guardian_whole",
                violation_error_message="监护人办理要写明证明和监护关系。",
            ),
            ExclusionConstraint(
                name="proxygrant_once",
                expressions=[
                    ("relative", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(closed_at__isnull=True, voided_at__isnull=True),
                violation_error_message="这位家属在这段时间已经有授权，请先停止或续期那一份。",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "ends_on"], name="proxygrant_person"),
            models.Index(
                fields=["ends_on", "id"],
                name="proxygrant_ending",
                condition=Q(closed_at__isnull=True, voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relative_id} → {self.person_id}"

    def allows(self, scope: str) -> bool:
        return getattr(self, SCOPE_FIELDS[ProxyScope(scope)])

    @property
    def scopes(self) -> list[ProxyScope]:
        return [scope for scope in ProxyScope if self.allows(scope)]

    @property
    def scope_words(self) -> str:
        return "、".join(scope.label for scope in self.scopes)

    def is_current(self, on: dt.date) -> bool:
        """As `ProxyGrantQuerySet.current` asks it."""
        whole = self.agreed_on is not None and self.closed_at is None and self.voided_at is None
        return whole and self.starts_on <= on < self.ends_on


class GrantRenewal(Versioned):
    """A renewal by phone: who called when, who agreed to it, and until when it holds since."""

    grant = models.ForeignKey(ProxyGrant, models.PROTECT, related_name="renewals", verbose_name="家属授权")
    called_on = models.DateField("打电话的日子")
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="打电话的人")
    words = models.CharField("怎么说的", max_length=200)
    former_end = models.DateField("原来到何日")
    ends_on = models.DateField("续到何日（不含）")

    class Meta(Versioned.Meta):
        verbose_name = "授权续期"
        verbose_name_plural = "授权续期"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["grant", "ends_on"], name="grantrenewal_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("former_end")), name="grantrenewal_longer"),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.ends_on}"


@history.track(exclude=("wanted",))
class ChangeRequest(Record):
    """What a person, or somebody on his behalf, asked to have changed, until staff have verified it.

    `public_id` is the form's key: sent twice it is one request. `grant` is that of the proxy who asked, none for the
    person himself. `topic` says what it is about, so that acts of two people on the same thing are found
    (`change_requests.rival_of`): phone, address, or `app.model:key` for acts of rooms above. `rival` is the
    request or act that this one contradicts.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="change_requests", verbose_name="老同志")
    kind = models.CharField("改什么", max_length=7, choices=ChangeKind)
    topic = models.CharField("事项", max_length=80)
    wanted = EncryptedTextField("要改成")
    replaces = models.ForeignKey(
        Phone, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="代替哪个号码"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁提的")
    grant = models.ForeignKey(
        ProxyGrant, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name="凭哪份授权"
    )
    asked_on = models.DateField("提出日期")
    state = models.CharField("情况", max_length=9, choices=ChangeState, default=ChangeState.WAITING)
    rival = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="和哪一条相反"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    decided_on = models.DateField("办理日期", null=True, blank=True)
    verified = models.CharField("怎样核实的", max_length=200, blank=True, db_default="")
    answer = models.CharField("给本人的答复", max_length=200, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "改电话和住址"
        verbose_name_plural = "改电话和住址"
        ordering = ["asked_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic", "asked_by"],
                condition=Q(state="waiting", voided_at__isnull=True),
                name="changerequest_one_waiting",
                violation_error_message="您已经提过，工作人员正在核实。",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "topic", "-asked_on"], name="changerequest_topic"),
            models.Index(fields=["asked_on", "id"], name="changerequest_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_on}"
