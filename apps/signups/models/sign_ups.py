"""Who asked for a place, in which order, and what he was offered."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.people.models import Person, ProxyGrant
from apps.signups.choices import ACTIVE, AttemptWay, OfferReason, OfferState, SignUpSource, SignUpState

from .draws import Ticket
from .offerings import Offering

# The order of everybody who asked: the only one there is.
RANK = (F("priority").asc(), F("lot").asc(nulls_last=True), F("queued_at").asc(), F("id").asc())


COUNT_PLACES = pgtrigger.Trigger(
    name="count_places",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "voided_at", "offering_id") | pgtrigger.Delete,
    declare=[("was", "integer := 0"), ("now_held", "integer := 0")],
    func="""
    IF TG_OP <> 'INSERT' THEN was := (OLD.state IN ('seated', 'offered') AND OLD.voided_at IS NULL)::integer; END IF;
    IF TG_OP <> 'DELETE' THEN
        now_held := (NEW.state IN ('seated', 'offered') AND NEW.voided_at IS NULL)::integer;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.offering_id = NEW.offering_id THEN
        IF was <> now_held THEN
            UPDATE signups_places SET taken = taken + now_held - was WHERE offering_id = NEW.offering_id;
        END IF;
    ELSE
        IF was = 1 THEN UPDATE signups_places SET taken = taken - 1 WHERE offering_id = OLD.offering_id; END IF;
        IF now_held = 1 THEN UPDATE signups_places SET taken = taken + 1 WHERE offering_id = NEW.offering_id; END IF;
    END IF;
    RETURN NULL;
    """,
)


class SignUpQuerySet(models.QuerySet):
    def active(self):
        return self.filter(state__in=ACTIVE, voided_at__isnull=True)

    def in_rank(self):
        """Smaller priority class first, then the lot drawn, then the time, then the number of the row."""
        return self.order_by(*RANK)


@history.track()
class SignUp(Record):
    """One person's asking for one offering. `services` is the only writer.

    Rank is (priority, lot, queued_at, id), smallest first; `lot` is the number drawn, empty where the first to come is
    first. `queued_at` is when he asked: of a paper pad, the time of its line. `public_id` is the key of the form, so
    that sent twice it is one sign-up. `undo_until`: the moment until which he may take it back as if it had not been.
    `rest_until`: not offered anything before, because nobody could reach him; his rank stays.
    """

    offering = models.ForeignKey(Offering, models.PROTECT, related_name="sign_ups", db_index=False, verbose_name="名额")
    person = models.ForeignKey(Person, models.PROTECT, related_name="sign_ups", verbose_name="报名人")
    state = models.CharField("状态", max_length=8, choices=SignUpState)
    priority = models.PositiveSmallIntegerField("优先类别", default=100, db_default=100)
    lot = models.PositiveIntegerField("签号", null=True, blank=True)
    queued_at = models.DateTimeField("报名时间")
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="sign_ups", verbose_name="抽签表"
    )
    preference = models.PositiveSmallIntegerField("志愿", default=1, db_default=1)
    source = models.CharField("来源", max_length=8, choices=SignUpSource)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    grant = models.ForeignKey(
        ProxyGrant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="家属授权"
    )
    undo_until = models.DateTimeField("可撤销到", null=True, blank=True)
    rest_until = models.DateTimeField("暂不递补到", null=True, blank=True)
    seated_at = models.DateTimeField("录取时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=200, blank=True, db_default="")
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = SignUpQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "报名"
        verbose_name_plural = "报名"
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "person"],
                condition=Q(state__in=[str(state) for state in ACTIVE], voided_at__isnull=True),
                name="signup_once",
                violation_error_message="已经报过这一项。",
            ),
        ]
        indexes = [
            models.Index("offering", *RANK, name="signup_rank", condition=Q(state="waiting", voided_at__isnull=True)),
            models.Index(fields=["offering", "state"], name="signup_offering_state"),
            models.Index(fields=["person", "state"], name="signup_person_state"),
        ]
        triggers = [*Record.Meta.triggers, COUNT_PLACES]

    def __str__(self) -> str:
        return self.get_state_display()


@history.track()
class Offer(Record):
    """A place kept for somebody until he answers. `answer_by` is empty until he was reached or the second attempt was
    made; working hours are counted from then. A place of a class that goes on (CONTINUING), and of a kind that closes
    before it begins, has its day from the start.
    """

    sign_up = models.ForeignKey(SignUp, models.PROTECT, related_name="offers", verbose_name="报名")
    reason = models.CharField("怎样空出", max_length=8, choices=OfferReason, default=OfferReason.FREED)
    state = models.CharField("状态", max_length=10, choices=OfferState, default=OfferState.OPEN)
    made_at = models.DateTimeField("通知时间")
    reached_at = models.DateTimeField("联系上的时间", null=True, blank=True)
    answer_by = models.DateTimeField("请在何时前答复", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复登记人"
    )
    via = models.CharField("怎样答复", max_length=8, choices=SignUpSource, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "递补名额"
        verbose_name_plural = "递补名额"
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up"], condition=Q(state="open", voided_at__isnull=True), name="offer_one_open"
            )
        ]
        indexes = [models.Index(fields=["answer_by"], name="offer_due", condition=Q(state="open"))]

    def __str__(self) -> str:
        return self.get_state_display()


class OfferAttempt(models.Model):
    """One attempt to reach somebody about an offer. `public_id` is the key of the form."""

    public_id = models.UUIDField(unique=True, editable=False)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="attempts")
    at = models.DateTimeField("时间")
    way = models.CharField("方式", max_length=10, choices=AttemptWay)
    reached = models.BooleanField("联系上了", default=False)
    note = models.CharField("说明", max_length=120, blank=True, db_default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "联系情况"
        verbose_name_plural = "联系情况"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.way} {self.at}"
