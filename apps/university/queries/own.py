"""What one person asked for and has: for himself, and for whoever may enrol him (rule book 9.42). Reads only."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from apps.common.code_lists import names_of
from apps.people.models import Person
from apps.signups.choices import ACTIVE, OfferState, RoundState, SignUpSource, SignUpState
from apps.signups.models import Offer, SignUp, Ticket
from apps.signups.queries import positions_of
from apps.university.choices.schools import SessionState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, ClassSession, Enrolment
from apps.university.rules.openings import moment_words
from apps.university.rules.when import fee_words

from .catalogue import DISTRICT, Card, cards_of, with_facts

OVER_SHOWN = dt.timedelta(days=60)
MOST = 60
CLASS = "class"
# What the list of relations calls as a paper does, as it is said.
SPOKEN = {"子": "儿子", "女": "女儿"}


@dataclass
class Asked:
    """One sign-up for a class, as its person reads it. `position`: 第几位候补, 0 where he does not wait."""

    sign_up: SignUp
    card: Card
    now: dt.datetime
    position: int = 0
    offer: Offer | None = None
    enrolment: Enrolment | None = None
    next_session: ClassSession | None = None
    relations: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return self.sign_up.state

    @property
    def is_active(self) -> bool:
        return self.sign_up.state in ACTIVE

    @property
    def big(self) -> str:
        """The words that matter most."""
        if self.state == SignUpState.WAITING:
            return f"第{self.position}位候补" if self.position else "候补"
        if self.state == SignUpState.APPLIED:
            return "已进入抽签"
        if self.enrolment and self.enrolment.state != EnrolmentState.STUDYING:
            return self.enrolment.get_state_display()
        return self.sign_up.get_state_display()

    @property
    def before(self) -> int:
        """How many wait before him."""
        return max(0, self.position - 1)

    @property
    def fee_words(self) -> str:
        """What he owes, and where it is paid."""
        row = self.enrolment
        if row is None or row.state != EnrolmentState.STUDYING:
            return ""
        if not row.owes:
            return "学费已缴清。" if row.paid else "不用交学费。"
        discount = f"（{row.discount}）" if row.discount else ""
        until = f"请在{row.pay_by.month}月{row.pay_by.day}日以前" if row.pay_by else "请"
        rest = "还差" if row.paid else "学费"
        return f"{rest} {fee_words(row.owes)}{discount}，{until}到{self.card.group.school}窗口交，网上不收钱。"

    @property
    def tone(self) -> str:
        return {SignUpState.SEATED: "done", SignUpState.OFFERED: "late", SignUpState.WAITING: "soon",
                SignUpState.APPLIED: "info"}.get(self.sign_up.state, "")  # fmt: skip

    @property
    def who(self) -> str:
        """By whose hand it was entered."""
        sign_up = self.sign_up
        if sign_up.source == SignUpSource.PROXY and sign_up.grant:
            relative = sign_up.grant.relative
            relation = self.relations.get(relative.relation, "家属")
            return f"{SPOKEN.get(relation, relation)}{relative.name}代报"
        return sign_up.get_source_display()

    @property
    def may_undo(self) -> bool:
        """Within the minutes in which it can be as if it had not been."""
        until = self.sign_up.undo_until
        return self.is_active and self.sign_up.ticket_id is None and until is not None and self.now < until

    @property
    def may_leave(self) -> bool:
        """A ticket of a draw is taken back as a whole; an offer is answered."""
        return self.sign_up.state in (SignUpState.SEATED, SignUpState.WAITING) and self.runs

    @property
    def runs(self) -> bool:
        return timezone.localdate(self.now) < self.card.group.until

    @property
    def answer_by(self) -> str:
        return moment_words(self.offer.answer_by) if self.offer and self.offer.answer_by else ""

    @property
    def undo_until(self) -> str:
        until = timezone.localtime(self.sign_up.undo_until) if self.sign_up.undo_until else None
        return f"{until.hour}:{until.minute:02d}" if until else ""


@dataclass
class OwnTicket:
    """A ticket of a draw with its choices in order."""

    ticket: Ticket
    choices: list[Asked]
    now: dt.datetime

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed and taken back."""
        drawn = self.ticket.round
        in_window = drawn.opens_at <= self.now < drawn.closes_at
        return self.ticket.withdrawn_at is None and drawn.state == RoundState.COLLECTING and in_window

    @property
    def is_published(self) -> bool:
        return self.ticket.round.state == RoundState.PUBLISHED

    @property
    def closes(self) -> str:
        return moment_words(self.ticket.round.closes_at)

    @property
    def draws(self) -> str:
        return moment_words(self.ticket.round.draws_at)


def asked_of(person: Person, now: dt.datetime) -> list[Asked]:
    """What he asked for that stands, and what ended within two months; the latest first. Seven queries at most. See
    rule book 9.42."""
    rows = _rows(person).filter(Q(state__in=ACTIVE) | Q(ended_at__gt=now - OVER_SHOWN))
    return described(rows.order_by("-queued_at", "preference", "-pk")[:MOST], now)


def asked_one(person: Person, public_id, now: dt.datetime) -> Asked | None:
    found = described(_rows(person).filter(public_id=public_id), now)
    return found[0] if found else None


def standing_one(person: Person, group: ClassGroup) -> SignUp | None:
    """His sign-up for a class that stands, if there is one."""
    rows = SignUp.objects.active().filter(person=person, offering=group.offering_id)
    return rows.select_related("ticket").first()


def _rows(person: Person):
    rows = SignUp.objects.filter(person=person, offering__kind=CLASS, voided_at__isnull=True)
    return rows.select_related("offering", "ticket__round", "grant__relative")


def described(rows: Iterable[SignUp], now: dt.datetime) -> list[Asked]:
    """Each with its class, rank, offer, enrolment and next lesson."""
    rows = list(rows)
    if not rows:
        return []
    groups = with_facts(ClassGroup.objects.filter(offering__in={row.offering_id for row in rows}))
    cards = {card.group.offering_id: card for card in cards_of(groups.annotate(district=DISTRICT), now)}
    offers = {one.sign_up_id: one for one in _offers(rows)}
    enrolments = {one.sign_up_id: one for one in Enrolment.objects.filter(sign_up__in=rows, voided_at__isnull=True)}
    positions = positions_of(rows)
    held = [row.offering_id for row in rows if row.state == SignUpState.SEATED]
    sessions = next_sessions([cards[one].group.pk for one in held if one in cards], now) if held else {}
    relations = names_of("relation") if any(row.grant_id for row in rows) else {}
    return [
        Asked(
            row, cards[row.offering_id], now, positions.get(row.pk, 0), offers.get(row.pk), enrolments.get(row.pk),
            sessions.get(cards[row.offering_id].group.pk) if row.state == SignUpState.SEATED else None, relations,
        )
        for row in rows
        if row.offering_id in cards
    ]  # fmt: skip


def _offers(rows: list[SignUp]):
    waiting = [row.pk for row in rows if row.state == SignUpState.OFFERED]
    if not waiting:
        return Offer.objects.none()
    return Offer.objects.filter(sign_up__in=waiting, state=OfferState.OPEN, voided_at__isnull=True)


def next_sessions(groups: Iterable[int], now: dt.datetime) -> dict[int, ClassSession]:
    """class id → its next lesson that takes place."""
    rows = ClassSession.objects.current().filter(class_group__in=list(groups), ends_at__gt=now)
    rows = rows.exclude(state=SessionState.CANCELLED).select_related("room__campus")
    return {row.class_group_id: row for row in rows.order_by("class_group_id", "starts_at").distinct("class_group_id")}


def ticket_of(person: Person, drawn) -> Ticket | None:
    """His ticket in a round, not taken back."""
    rows = Ticket.objects.filter(round=drawn, holders__person=person, holders__withdrawn_at__isnull=True)
    return rows.filter(withdrawn_at__isnull=True).first()


def own_ticket(person: Person, public_id, now: dt.datetime) -> OwnTicket | None:
    ticket = Ticket.objects.filter(public_id=public_id, holders__person=person).select_related("round").first()
    if ticket is None:
        return None
    rows = described(_rows(person).filter(ticket=ticket).order_by("preference"), now)
    return OwnTicket(ticket, rows, now)


def tickets_among(asked: Iterable[Asked], now: dt.datetime) -> list[OwnTicket]:
    """Tickets whose draw is still to come, each with its choices; no query."""
    found: dict[int, OwnTicket] = {}
    for one in asked:
        if one.state == SignUpState.APPLIED and one.sign_up.ticket:
            ticket = one.sign_up.ticket
            found.setdefault(ticket.pk, OwnTicket(ticket, [], now)).choices.append(one)
    for ticket in found.values():
        ticket.choices.sort(key=lambda one: one.sign_up.preference)
    return list(found.values())
