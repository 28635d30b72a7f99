"""Offers: a place is kept for somebody until he answers, and nobody loses his rank because nobody reached him."""

import datetime as dt
import logging
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values, work_calendar
from apps.signups.choices import AttemptWay, OfferReason, OfferState, SignUpState
from apps.signups.kinds import kind_of, last_moment
from apps.signups.models import Offer, OfferAttempt, Offering, Places, SignUp
from apps.signups.queries import offerings_to_pass_on
from apps.signups.rules import Attempt, SignUpRules, answer_by, clock_starts

from .giving import end, seat
from .locking import lock_persons, lock_places
from .passing import offer_free
from .seats import FORM_USED
from .telling import accepted, not_reached

OVER = "这一项快要开始或者已经开始了，来不及安排，这个名额不能再接受。谢谢您，请另选一项。"
log = logging.getLogger(__name__)
_CLOSED = {
    OfferState.ACCEPTED: "这个名额已经接受了。",
    OfferState.DECLINED: "这个名额已经放弃了。想再排候补，请重新报名。",
    OfferState.LAPSED: "答复时间过了，名额已经给了下一位。想再排候补，请重新报名。",
    OfferState.UNREACHED: "没有联系上，名额已经给了下一位。候补位次没有变，有名额还会再问。",
    OfferState.WITHDRAWN: "这个名额已经收回，请刷新页面看看现在的情况。",
}


@transaction.atomic
def record_attempt(
    offer: Offer, *, way: str, reached: bool, note: str, actor: User, now: dt.datetime, form_key: uuid.UUID
) -> OfferAttempt:
    """Somebody rang, wrote or went there, `way` an AttemptWay. His time to answer runs from reaching him, or from the
    attempt that makes it enough; a place of a class that goes on keeps the day it has. The same form again gives the
    row it made. See rule book 9.7."""
    if way not in AttemptWay.values:
        raise BusinessError("请选是怎样联系的。", code="way", field="way")
    offer, _ = _locked(offer)
    if known := OfferAttempt.objects.filter(public_id=form_key).first():
        if known.offer_id != offer.pk:
            raise BusinessError(FORM_USED, code="form_used")
        return known
    _check_open(offer)
    made = OfferAttempt.objects.create(
        public_id=form_key, offer=offer, at=now, way=way, reached=reached, note=note.strip(), made_by=actor
    )
    _set_clock(offer, now)
    _note("offer.attempt", offer, actor)
    return made


def accept(offer: Offer, *, actor: User | None, now: dt.datetime, via: str) -> SignUp:
    """He takes the place; `via` is the SignUpSource of the answer. As long as it was not passed on he is in time.

    What has changed since it was offered is looked at again (ages, cap, clash): refused with the sentence, and the
    offer stands, so that he can give up something else. Accepted already it stays so.
    """
    try:
        with transaction.atomic():
            lock_persons([offer.sign_up.person_id])
            offer, places = _locked(offer)
            row = offer.sign_up
            if offer.state == OfferState.ACCEPTED:
                return row
            _check_open(offer)
            until = last_moment(places.offering)
            if until is not None and now >= until:
                raise BusinessError(OVER, code="over")
            on = timezone.localdate(now)
            if sentence := kind_of(places.offering).refusals(places.offering, [row.person_id], on).get(row.person_id):
                raise BusinessError(sentence, code="refused")
            _answer(offer, OfferState.ACCEPTED, actor, now, via)
            seat(places.offering, [row], now=now)
            _note("offer.accept", offer, actor)
            accepted(places.offering, row, via=via, now=now)
            return row
    except IntegrityError as error:
        raise BusinessError("这个时间刚刚报了别的课程或活动。请刷新页面再看。", code="conflict") from error


@transaction.atomic
def decline(offer: Offer, *, actor: User | None, now: dt.datetime, via: str) -> SignUp:
    """He does not want it; the next is offered it. Declined already it stays so."""
    offer, places = _locked(offer)
    if offer.state == OfferState.DECLINED:
        return offer.sign_up
    _check_open(offer)
    _answer(offer, OfferState.DECLINED, actor, now, via)
    end(places, [offer.sign_up], SignUpState.DECLINED, now=now)
    offer_free(places, now=now)
    _note("offer.decline", offer, actor)
    return offer.sign_up


def lapse_due(now: dt.datetime) -> int:
    """End offers whose time is over, and pass on what is free; returns how many ended (rule book 9.8).

    Of a kind that closes before it begins, all offers end then, and nothing is passed on. Else who was reached and kept
    silent is off the list; whom nobody reached goes back to his old rank, and rests for some days, so that the same
    place is not offered to him again at once. One offering is one transaction, so that several workers do no harm; one
    that fails is logged by its number and keeps nobody else waiting.
    """
    ended = 0
    due = Offer.objects.filter(state=OfferState.OPEN, answer_by__lte=now, voided_at__isnull=True)
    late = set(due.values_list("sign_up__offering_id", flat=True))
    for offering in sorted(late | set(offerings_to_pass_on(now))):
        try:
            ended += _settle(offering, now)
        except Exception:
            log.exception("places of offering %s were not passed on", offering)
    return ended


@transaction.atomic
def _settle(offering: int, now: dt.datetime) -> int:
    places = lock_places([offering])[offering]
    due = Offer.objects.filter(
        sign_up__offering=offering, state=OfferState.OPEN, answer_by__lte=now, voided_at__isnull=True
    )
    offers = list(due.select_related("sign_up").order_by("pk"))
    until = last_moment(places.offering)
    is_over = until is not None and now >= until
    silent = [offer for offer in offers if offer.reached_at is not None]
    missed = [offer for offer in offers if offer.reached_at is None]
    for group, state in ((silent, OfferState.LAPSED), (missed, OfferState.UNREACHED)):
        Offer.objects.filter(pk__in=[offer.pk for offer in group]).update(state=state, answered_at=now)
    if silent:
        end(places, [offer.sign_up for offer in silent], SignUpState.LAPSED, now=now, reason="到期没有答复")
    if missed and is_over:
        end(places, [offer.sign_up for offer in missed], SignUpState.LAPSED, now=now, reason="开始以前没有联系上")
    elif missed:
        _back_to_rank(places, missed, now)
    offer_free(places, now=now)
    return len(offers)


def _back_to_rank(places: Places, offers: list[Offer], now: dt.datetime) -> None:
    rules = rule_values(SignUpRules.rule_key, on=timezone.localdate(now), unit=places.offering.unit)
    rest = now + dt.timedelta(days=rules.rest_days)
    rows = [offer.sign_up_id for offer in offers]
    SignUp.objects.filter(pk__in=rows).update(state=SignUpState.WAITING, rest_until=rest)
    places.taken -= len(rows)
    not_reached(places.offering, offers, now=now)


def retime(offering: Offering, now: dt.datetime) -> None:
    """It takes place at another time: open offers are to be answered accordingly. The places are locked by the
    caller."""
    rows = Offer.objects.filter(sign_up__offering=offering, state=OfferState.OPEN, voided_at__isnull=True)
    for offer in rows.select_related("sign_up__person", "sign_up__offering__unit").order_by("pk"):
        _set_clock(offer, now)


def _set_clock(offer: Offer, now: dt.datetime) -> None:
    """When he was reached, and by when he is asked to answer, from all attempts; never later than its kind offers."""
    attempts = [Attempt(row.at, row.way, row.reached) for row in offer.attempts.all()]
    rules = rule_values(SignUpRules.rule_key, on=timezone.localdate(now), unit=offer.sign_up.offering.unit)
    offer.reached_at = min((one.at for one in attempts if one.reached), default=None)
    start = clock_starts(attempts, offer.sign_up.person.reach_by, rules)
    if offer.reason != OfferReason.CONTINUING:
        until = last_moment(offer.sign_up.offering)
        asked = answer_by(start, rules, work_calendar()) if start is not None else None
        offer.answer_by = min((one for one in (asked, until) if one is not None), default=None)
    offer.save(update_fields=["reached_at", "answer_by"])


def _locked(offer: Offer) -> tuple[Offer, Places]:
    """The offer as it is now, its places locked; its person only where the caller has locked him before."""
    offering = offer.sign_up.offering_id
    places = lock_places([offering])[offering]
    offer = Offer.objects.select_related("sign_up__person").get(pk=offer.pk)
    offer.sign_up.offering = places.offering
    return offer, places


def _check_open(offer: Offer) -> None:
    if offer.state != OfferState.OPEN or offer.voided_at is not None:
        raise BusinessError(_CLOSED.get(OfferState(offer.state), "这个名额已经收回。"), code="state")


def _answer(offer: Offer, state: str, actor: User | None, now: dt.datetime, via: str) -> None:
    offer.state, offer.answered_at, offer.answered_by, offer.via = state, now, actor, via
    offer.save(update_fields=["state", "answered_at", "answered_by", "via"])


def _note(action: str, offer: Offer, actor: User | None) -> None:
    audit.record(action, actor=actor, people=[offer.sign_up.person_id], target=f"signups.offer:{offer.pk}")
