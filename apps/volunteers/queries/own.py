"""What one person has as a volunteer: places in shifts, hours, papers. For himself, and for whoever may enrol him."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from apps.people.models import Person
from apps.signups.choices import ACTIVE, OfferState, SignUpSource, SignUpState
from apps.signups.models import Offer, SignUp
from apps.signups.queries import positions_of
from apps.volunteers.choices.shifts import RecordState, TurnState
from apps.volunteers.choices.volunteers import StatementKind
from apps.volunteers.models import ServiceRecord, Shift, Turn, Volunteer

from .front import Card
from .records import served_minutes
from .volunteers import missing_of, papers_of, rules_of, stands

OVER_SHOWN = dt.timedelta(days=30)
MOST = 60
SHIFT = "shift"
TONES = {SignUpState.SEATED: "done", SignUpState.OFFERED: "late", SignUpState.WAITING: "soon"}


@dataclass(frozen=True)
class Place:
    """One sign-up for a shift of a project, as its person reads it. `position`: 第几位候补, 0: he does not wait."""

    sign_up: SignUp
    card: Card
    now: dt.datetime
    position: int = 0
    offer: Offer | None = None
    turn: Turn | None = None

    @property
    def state(self) -> str:
        return self.sign_up.state

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def big(self) -> str:
        """The words that matter most."""
        if self.state == SignUpState.WAITING:
            return f"第{self.position}位候补" if self.position else "候补"
        if self.turn is not None and self.turn.state in (TurnState.CAME, TurnState.ABSENT, TurnState.EXCUSED):
            return self.turn.get_state_display()
        if self.state == SignUpState.SEATED:
            return "报上了" if not self.card.is_over else "等队长登记"
        return self.sign_up.get_state_display()

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "")

    @property
    def before(self) -> int:
        """How many wait before him."""
        return max(0, self.position - 1)

    @property
    def is_today(self) -> bool:
        return self.card.shift.on == timezone.localdate(self.now)

    @property
    def who(self) -> str:
        """By whose hand it was entered."""
        row = self.sign_up
        if row.source == SignUpSource.PROXY and row.grant:
            return f"家属{row.grant.relative.name}代报"
        return row.get_source_display()

    @property
    def may_undo(self) -> bool:
        until = self.sign_up.undo_until
        return self.is_active and until is not None and self.now < until and not self._came

    @property
    def may_leave(self) -> bool:
        return self.state in (SignUpState.SEATED, SignUpState.WAITING) and not self.card.is_over and not self._came

    @property
    def _came(self) -> bool:
        return self.turn is not None and self.turn.state == TurnState.CAME

    @property
    def undo_until(self) -> str:
        until = timezone.localtime(self.sign_up.undo_until) if self.sign_up.undo_until else None
        return f"{until.hour}:{until.minute:02d}" if until else ""

    @property
    def answer_by(self) -> str:
        if self.offer is None or self.offer.answer_by is None:
            return ""
        local = timezone.localtime(self.offer.answer_by)
        return f"{local.month}月{local.day}日 {local.hour}:{local.minute:02d}"


def _rows(person: Person):
    rows = SignUp.objects.filter(
        person=person, offering__kind=SHIFT, offering__shift__request__isnull=True, voided_at__isnull=True
    )
    return rows.select_related("grant__relative")


def places_of(person: Person, now: dt.datetime) -> list[Place]:
    """What is to come, and what was within a month; by day. Five queries at most."""
    since = timezone.localdate(now) - OVER_SHOWN
    rows = _rows(person).filter(offering__shift__on__gte=since, offering__shift__voided_at__isnull=True)
    return described(rows.order_by("offering__shift__on", "offering__shift__starts", "-pk")[:MOST], now)


def place_of(person: Person, key, now: dt.datetime) -> Place | None:
    found = described(_rows(person).filter(public_id=key), now)
    return found[0] if found else None


def standing_place(person: Person, offering: int) -> SignUp | None:
    """His sign-up for a shift that stands, if there is one."""
    return SignUp.objects.active().filter(person=person, offering=offering).first()


def described(rows: Iterable[SignUp], now: dt.datetime) -> list[Place]:
    """Each with its shift, rank, offer and turn."""
    rows = list(rows)
    if not rows:
        return []
    # Also of projects and teams that ended since: what he did there stays his.
    shifts = Shift.objects.filter(offering__in={row.offering_id for row in rows}).select_related(
        "project__community", "team", "offering__places"
    )
    cards = {row.offering_id: Card(row, now) for row in shifts}
    waiting = [row.pk for row in rows if row.state == SignUpState.OFFERED]
    open_offers = Offer.objects.filter(sign_up__in=waiting, state=OfferState.OPEN, voided_at__isnull=True)
    offers = {row.sign_up_id: row for row in open_offers} if waiting else {}
    turns = {row.sign_up_id: row for row in Turn.objects.current().filter(sign_up__in=[row.pk for row in rows])}
    positions = positions_of(rows)
    return [
        Place(
            row, cards[row.offering_id], now, positions.get(row.pk, 0), offers.get(row.pk), turns.get(row.pk)
        )
        for row in rows
        if row.offering_id in cards
    ]  # fmt: skip


# Hours ---------------------------------------------------------------------------------------------------------------


def hours_of(volunteer_id: int, year: int | None) -> int:
    """志愿时长 in minutes, of a calendar year or of all."""
    first, until = (dt.date(year, 1, 1), dt.date(year + 1, 1, 1)) if year else (None, None)
    return served_minutes([volunteer_id], first, until).get(volunteer_id, 0)


def own_records(volunteer_id: int, year: int | None):
    """His records, the latest first; refused ones too, because he asks why."""
    rows = ServiceRecord.objects.current().filter(volunteer=volunteer_id).select_related("team", "project")
    if year:
        rows = rows.filter(on__gte=dt.date(year, 1, 1), on__lt=dt.date(year + 1, 1, 1))
    return rows.order_by("-on", "-starts", "-pk")


def waiting_minutes(rows) -> int:
    """Of records that the leader has not confirmed yet."""
    return sum(rows.filter(state=RecordState.WAITING).order_by().values_list("minutes", flat=True))


# Papers --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnPaper:
    """One kind of paper: the one in force, or that it is missing, or when the last one ended."""

    label: str
    words: str
    tone: str
    needed: bool
    limits: str = ""


def own_papers(volunteer: Volunteer, on: dt.date) -> list[OwnPaper]:
    """Every kind that he signed or has to, with when it ends; two queries besides the volunteer's own."""
    rows = papers_of([volunteer.pk]).get(volunteer.pk, [])
    rules = rules_of([volunteer], on)[volunteer.pk]
    lacking = missing_of(volunteer, rows, on, rules)
    found = []
    for kind, label in StatementKind.choices:
        of_kind = [row for row in rows if row.kind == kind]
        current = next((row for row in of_kind if stands(row, on)), None)
        if current is None and not of_kind and kind not in lacking:
            continue
        found.append(_paper(label, current, of_kind, kind in lacking, on, rules.warn_days))
    return found


def _paper(label, current, rows, is_lacking: bool, on: dt.date, warn_days: int) -> OwnPaper:
    if current is None:
        ended = max((row.ends_on for row in rows if row.ends_on and row.ends_on <= on), default=None)
        words = f"{_day(ended)}已经到期" if ended else "还没有"
        words += "，请签好交来" if is_lacking else ""
        return OwnPaper(label, words, "late" if is_lacking else "", is_lacking)
    if current.ends_on is None:
        return OwnPaper(label, "长期有效", "done", False, current.limits)
    last = current.ends_on - dt.timedelta(days=1)
    soon = (current.ends_on - on).days <= warn_days
    return OwnPaper(label, f"到{_day(last)}", "soon" if soon else "done", soon, current.limits)


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def volunteer_of(person: Person, on: dt.date) -> Volunteer | None:
    """He as a volunteer on a day; None where he is none or has left."""
    stays = Q(left_on__isnull=True) | Q(left_on__gt=on)
    return Volunteer.objects.current().filter(stays, pk=person.pk).select_related("person", "unit").first()
