"""Draws: a window of days in which everybody asks, one list, one seed that nobody could choose, one order."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.accounts.access import unit_ids_for
from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Attachment, Record
from apps.organisation.models import Unit
from apps.people.models import Person, ProxyGrant
from apps.signups.choices import RoundState, SignUpSource

# A number drawn in public is drawn once, from that list and that secret; what was published stands.
KEEP_DRAW = pgtrigger.Trigger(
    name="keep_draw",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
    IF OLD.public_number <> '' AND (NEW.public_number, NEW.list_hash, NEW.secret_hash)
            IS DISTINCT FROM (OLD.public_number, OLD.list_hash, OLD.secret_hash) THEN
        RAISE EXCEPTION 'the draw of round % cannot be held again', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'public' AND (NEW.state, NEW.seed, NEW.result_file_id)
            IS DISTINCT FROM (OLD.state, OLD.seed, OLD.result_file_id) THEN
        RAISE EXCEPTION 'the result of round % is published', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
    """,
)


class RoundQuerySet(models.QuerySet):
    def visible_to(self, user, permission: str = "signups.view_round"):
        """Rounds of units on which a role with `permission` was granted; none for strangers."""
        ids = unit_ids_for(user, permission) if getattr(user, "is_authenticated", False) else None
        return self.filter(unit__in=sorted(ids)) if ids else self.none()

    def public(self):
        """What everybody may see, cancelled ones included."""
        return self.filter(voided_at__isnull=True)


class TicketQuerySet(models.QuerySet):
    def visible_to(self, user, permission: str = "signups.view_round"):
        """Tickets of the rounds that the user sees."""
        ids = unit_ids_for(user, permission) if getattr(user, "is_authenticated", False) else None
        return self.filter(round__unit__in=sorted(ids)) if ids else self.none()


@history.track(exclude=("secret",))
class Round(Record):
    """One draw over several offerings, and its window [opens_at, closes_at).

    In order: the list is frozen (`list_file`, `list_hash`) and a secret is committed to (`secret_hash`), both shown to
    everybody; then representatives of the students draw `public_number` in public; the seed is the SHA-256 of the
    three (rule book 9.15). `secret` is shown with the result. `public_number` and what it was drawn for never change
    once it stands. `remarks` are shown to everybody: lists that were set aside before the number was drawn, and why.
    """

    kind = models.CharField("种类", max_length=12, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="主办单位")
    name = models.CharField("名称", max_length=80)
    opens_at = models.DateTimeField("开始报名")
    closes_at = models.DateTimeField("截止报名")
    draws_at = models.DateTimeField("抽签时间", null=True, blank=True)
    draws_where = models.CharField("抽签地点", max_length=80, blank=True, db_default="")
    most_choices = models.PositiveSmallIntegerField("最多填几个志愿", default=3)
    state = models.CharField("状态", max_length=8, choices=RoundState, default=RoundState.COLLECTING, editable=False)
    list_file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    list_hash = models.CharField("名单校验值", max_length=64, blank=True, db_default="", editable=False)
    secret = EncryptedTextField("密封数", editable=False)
    secret_hash = models.CharField("密封数校验值", max_length=64, blank=True, db_default="", editable=False)
    public_number = models.CharField("现场抽取的数", max_length=20, blank=True, db_default="", editable=False)
    witnesses = models.CharField("见证人", max_length=200, blank=True, db_default="", editable=False)
    seed = models.CharField("种子", max_length=64, blank=True, db_default="", editable=False)
    result_file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    frozen_at = models.DateTimeField("封存时间", null=True, blank=True, editable=False)
    drawn_at = models.DateTimeField("抽签完成时间", null=True, blank=True, editable=False)
    published_at = models.DateTimeField("公布时间", null=True, blank=True, editable=False)
    told_at = models.DateTimeField("通知完成时间", null=True, blank=True, editable=False)
    remarks = models.TextField("公开说明", max_length=2000, blank=True, db_default="", editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "抽签批次"
        verbose_name_plural = "抽签批次"
        ordering = ["-opens_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="round_window",
                violation_error_message="截止报名要晚于开始报名。",
            )
        ]
        indexes = [models.Index(fields=["kind", "unit", "published_at"], name="round_kind")]
        triggers = [*Record.Meta.triggers, KEEP_DRAW]

    def __str__(self) -> str:
        return self.name


@history.track()
class Ticket(Record):
    """What one person, or two together, ask of a round: their choices in order stand as sign-ups with `ticket`.

    `number` is what stands in the public list instead of a name. `lots`: one and one more for each time they got
    nothing before. `wants`: how many offerings they would take at most.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="tickets", verbose_name="批次")
    number = models.CharField("抽签编号", max_length=12)
    priority = models.PositiveSmallIntegerField("优先类别", default=100, db_default=100)
    lots = models.PositiveSmallIntegerField("签数", default=1, db_default=1)
    wants = models.PositiveSmallIntegerField("最多要几门", default=1, db_default=1)
    source = models.CharField("来源", max_length=8, choices=SignUpSource)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    grant = models.ForeignKey(ProxyGrant, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "抽签表"
        verbose_name_plural = "抽签表"
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="ticket_number")]

    def __str__(self) -> str:
        return self.number


class TicketHolder(models.Model):
    """Who stands on a ticket: one, or a couple. Nobody stands on two of one round."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="holders")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="tickets")
    agreed = models.BooleanField("本人同意", default=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "抽签人"
        verbose_name_plural = "抽签人"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "person"],
                condition=Q(withdrawn_at__isnull=True),
                name="ticketholder_once",
                violation_error_message="已经填过这一批的报名表。",
            )
        ]

    def __str__(self) -> str:
        return str(self.ticket)
