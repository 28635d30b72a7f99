"""Places: asked for, taken back, given up, passed on. Every act is one transaction and does nothing the second time."""

import datetime as dt
import uuid

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.people.models import Person, ProxyGrant
from apps.signups.choices import ACTIVE, OfferingState, OfferReason, SignUpSource, SignUpState
from apps.signups.kinds import kind_of
from apps.signups.models import Offer, Offering, Places, SignUp
from apps.signups.opening import check_open
from apps.signups.rules import SignUpRules

from .giving import end, take_seats
from .locking import lock_persons, lock_places
from .passing import offer_free
from .telling import cancelled, removed, signed_up

EVERYBODY = 100
# Under this key, or still standing for the same.
ASKED = """
SELECT id, public_id, offering_id, person_id, state FROM signups_signup
WHERE public_id = %s OR (offering_id = %s AND person_id = %s AND state = ANY(%s) AND voided_at IS NULL)
"""
FORM_USED = "这张表已经用过。请重新打开再填。"
JUST_TAKEN = "刚才有别的人在办同一件事，没有办成。请再点一次。"


def sign_up(
    offering: Offering,
    person: Person,
    *,
    source: str,
    actor: User | None,
    now: dt.datetime,
    form_key: uuid.UUID,
    grant: ProxyGrant | None = None,
    priority: int = EVERYBODY,
    queued_at: dt.datetime | None = None,
) -> SignUp:
    """First come: SEATED while there is a place, else WAITING. The same form again gives the row it made.

    A free place goes to those who wait before it goes to him. Places held back are for source PAD, whose `queued_at`
    is the time of its line in the pad and must lie in the window; other sources ask `now`. STAFF is not held to the
    window. Raises BusinessError with the sentence: not open, already asked, refused by the room, form of somebody
    else. See rule book 9.4.
    """
    if grant is not None and grant.person_id != person.pk:
        raise ValueError("the grant is another person's")
    asked_at = queued_at or now
    if asked_at > now:
        raise BusinessError("登记的时间还没有到，请核对。", code="future", field="queued_at")
    try:
        with transaction.atomic():
            lock_persons([person.pk])
            if (known := _asked_before(offering, person, form_key)) is not None:
                return known
            row = SignUp(
                public_id=form_key, offering=offering, person=person, priority=priority, queued_at=asked_at,
                source=source, entered_by=actor, grant=grant,
            )  # fmt: skip
            return _take_in(row, now)
    except IntegrityError as error:
        raise _in_words(error) from error


def _take_in(row: SignUp, now: dt.datetime) -> SignUp:
    """All that the lock on the person guards is read before the places are locked: many wait for these."""
    on = timezone.localdate(now)
    sentence = kind_of(row.offering).refusals(row.offering, [row.person_id], on).get(row.person_id)
    rules = rule_values(SignUpRules.rule_key, on=on, unit=row.offering.unit)
    places = lock_places([row.offering_id])[row.offering_id]
    row.offering = offering = places.offering
    check_open(offering, row.source, row.queued_at if row.source == SignUpSource.PAD else now)
    if sentence:
        raise BusinessError(sentence, code="refused")
    row.undo_until = now + dt.timedelta(minutes=rules.undo_minutes)
    has_place = _has_place(places, row.source, now)
    row.state, row.seated_at = (SignUpState.SEATED, now) if has_place else (SignUpState.WAITING, None)
    row.save(force_insert=True)
    if has_place:
        take_seats(offering, [row], now=now)
    _note("signup.make", row, row.entered_by, behalf=row.grant_id is not None)
    signed_up(offering, row, now=now)
    return row


@transaction.atomic
def undo(sign_up: SignUp, *, actor: User | None, now: dt.datetime) -> SignUp:
    """As if it had not been, before `undo_until`: no trace in the ranks, and a place goes to the next (rule book 9.3).

    Raises BusinessError when it is too late; undone already it stays so.
    """
    row, places = _locked(sign_up)
    if row.state == SignUpState.UNDONE:
        return row
    _check_active(row)
    if row.undo_until is None or now >= row.undo_until:
        raise BusinessError("可以撤销的时间已经过了。不想要了，请点“退出”，或者打电话告诉我们。", code="too_late")
    _end(places, row, SignUpState.UNDONE, now=now)
    _note("signup.undo", row, actor)
    return row


@transaction.atomic
def withdraw(sign_up: SignUp, *, reason: str, actor: User | None, now: dt.datetime) -> SignUp:
    """He gives up his place, an offer or his rank; a place goes to the next. Withdrawn already it stays so.

    What waits for a draw is withdrawn with its ticket.
    """
    row, places = _locked(sign_up)
    if row.state == SignUpState.WITHDRAWN:
        return row
    _check_active(row)
    if row.state == SignUpState.APPLIED:
        raise BusinessError("这一项等着抽签，请撤回或修改抽签表。", code="applied")
    _end(places, row, SignUpState.WITHDRAWN, now=now, reason=reason)
    _note("signup.withdraw", row, actor, reason)
    return row


@transaction.atomic
def remove(sign_up: SignUp, *, reason: str, actor: User, now: dt.datetime) -> SignUp:
    """Staff take somebody off, say why, and he is told. Removed already it stays so."""
    row, places = _locked(sign_up)
    if row.state == SignUpState.REMOVED:
        return row
    _check_active(row)
    if not reason.strip():
        raise BusinessError("请写明为什么移出。", code="reason", field="reason")
    _end(places, row, SignUpState.REMOVED, now=now, reason=reason.strip())
    _note("signup.remove", row, actor, reason)
    removed(places.offering, row, now=now)
    return row


@transaction.atomic
def set_capacity(
    offering: Offering, capacity: int, held_back: int, *, actor: User | None, now: dt.datetime
) -> list[Offer]:
    """More or fewer places, and how many of them are kept for the pad; new ones are offered by rank.

    Raises BusinessError where fewer remain than are taken.
    """
    places = lock_places([offering.pk])[offering.pk]
    if capacity < places.taken:
        raise BusinessError(
            f"已经录取和等待确认的有{places.taken}人，名额不能少于{places.taken}个。", code="taken", field="capacity"
        )
    if not 0 <= held_back <= capacity - places.taken:
        raise BusinessError(
            f"还没有给出去的有{capacity - places.taken}个名额，留给登记本的填 0 到 {capacity - places.taken}。",
            code="held_back", field="held_back",
        )  # fmt: skip
    if (places.capacity, places.held_back) != (capacity, held_back):
        places.capacity, places.held_back = capacity, held_back
        places.save(update_fields=["capacity", "held_back"])
        fields = ["capacity", "held_back"]
        audit.record("places.change", actor=actor, fields=fields, target=f"signups.offering:{offering.pk}")
    return offer_free(places, now=now, reason=OfferReason.ADDED)


@transaction.atomic
def cancel_offering(offering: Offering, *, reason: str, actor: User | None, now: dt.datetime) -> int:
    """It does not take place: everybody on it is told. Returns how many there were; cancelled already, none."""
    places = lock_places([offering.pk])[offering.pk]
    if places.offering.state == OfferingState.CANCELLED:
        return 0
    places.offering.state = OfferingState.CANCELLED
    places.offering.save(update_fields=["state"])
    rows = list(SignUp.objects.active().filter(offering=offering.pk).order_by("pk"))
    end(places, rows, SignUpState.CANCELLED, now=now, reason=reason)
    cancelled(places.offering, rows, now=now)
    people = [row.person_id for row in rows]
    target = f"signups.offering:{offering.pk}"
    audit.record("offering.cancel", actor=actor, people=people, reason=reason, target=target)
    return len(rows)


@transaction.atomic
def pass_on(offering: Offering, now: dt.datetime) -> list[Offer]:
    """Offer free places to those who wait, in rank order, leaving out whom the room refuses; they keep their rank.

    Every act that frees a place does so by itself; this is for what no act tells of (somebody may have a place again).
    See rule book 9.5.
    """
    return offer_free(lock_places([offering.pk])[offering.pk], now=now)


def _asked_before(offering: Offering, person: Person, form_key: uuid.UUID) -> SignUp | None:
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [str(form_key), offering.pk, person.pk, list(ACTIVE)])
        rows = cursor.fetchall()
    for pk, key, offering_id, person_id, _ in rows:
        if key == form_key:
            if (offering_id, person_id) != (offering.pk, person.pk):
                raise BusinessError(FORM_USED, code="form_used")
            return SignUp.objects.get(pk=pk)
    if rows:
        words = f"已经报过“{offering.title}”了，现在是“{SignUpState(rows[0][-1]).label}”，不用再报。"
        raise BusinessError(words, code="again")
    return None


def _has_place(places: Places, source: str, now: dt.datetime) -> bool:
    """Whether he gets a place. Those who wait come first; a line of the pad uses up a place held back."""
    if source == SignUpSource.PAD and places.held_back and places.taken < places.capacity:
        Places.objects.filter(pk=places.pk).update(held_back=F("held_back") - 1)
        return True
    if places.free > 0 and places.somebody_waits:
        offer_free(places, now=now)
    return places.free > 0


def _locked(sign_up: SignUp) -> tuple[SignUp, Places]:
    """The sign-up as it is now, its person and its places locked."""
    lock_persons([sign_up.person_id])
    places = lock_places([sign_up.offering_id])[sign_up.offering_id]
    row = SignUp.objects.get(pk=sign_up.pk)
    row.offering = places.offering
    return row, places


def _check_active(row: SignUp) -> None:
    if row.state not in ACTIVE or row.voided_at is not None:
        raise BusinessError(f"这份报名已经是“{row.get_state_display()}”。请刷新页面。", code="state")


def _end(places: Places, row: SignUp, state: str, *, now: dt.datetime, reason: str = "") -> None:
    end(places, [row], state, now=now, reason=reason)
    offer_free(places, now=now)


def _note(action: str, row: SignUp, actor: User | None, reason: str = "", *, behalf: bool = False) -> None:
    audit.record(
        action, actor=actor, people=[row.person_id], reason=reason, target=f"signups.signup:{row.pk}",
        on_behalf_of=row.person_id if behalf else None,
    )  # fmt: skip


def _in_words(error: IntegrityError) -> BusinessError:
    """What the database refused although it had been looked at before: somebody came in by another way."""
    if "signups_signup_public_id" in str(error):
        return BusinessError(FORM_USED, code="form_used")
    return BusinessError(JUST_TAKEN, code="conflict")
