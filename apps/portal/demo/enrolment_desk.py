"""What a demo desk has done: students of this term, a waiting list with somebody to ring, numbers, a pad, 老生续读."""

import datetime as dt
import random
import uuid

from django.db.models import F
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.signups.choices import AttemptWay, Mode, OfferState, SignUpSource, SignUpState
from apps.signups.models import Offer, SignUp
from apps.signups.services.offers import record_attempt
from apps.signups.services.seats import set_capacity, withdraw
from apps.university.choices.schools import ClassState, PhaseKind
from apps.university.models import ClassGroup, TermPhase
from apps.university.services import continuing, pad
from apps.university.services.desk import enrol
from apps.university.services.monitors import set_monitor
from apps.university.services.queue import call_next, make_numbers, set_handed_out

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
A_CLASS, CLASSES = 10, 6
OVER = 3  # so many more than places ask for a small class
PAD_LINES, NUMBERS, CALLED = 40, 60, 12


def write_enrolment_desk(staff, *, on: dt.date) -> None:
    """Everything by the services that the pages use. The draws are on random, with a seed of their own."""
    clerk = staff["daxue"]
    draws = random.Random(20261122)  # noqa: S311 (invented acts, not secrets)
    people = list(Person.objects.living().filter(cadre__isnull=False, birth_date__gte="1953").order_by("pk")[:400])
    now = timezone.make_aware(dt.datetime.combine(on, dt.time(9, 40)))
    _fill_this_term(people, draws, clerk)
    small = _fill_small(people, draws, clerk, now)
    _numbers_and_pads(people, draws, clerk, now, small)
    _continue(clerk, now)


def _fill_this_term(people: list[Person], draws: random.Random, clerk) -> None:
    """Classes that are on, those that go on first; each with a monitor."""
    running = ClassGroup.objects.filter(state=ClassState.RUNNING, offering__mode=Mode.FIRST_COME)
    running = running.select_related("school__unit", "offering", "term", "course").order_by("pk")
    followed = set(ClassGroup.objects.filter(follows__isnull=False).values_list("follows", flat=True))
    for one in sorted(running, key=lambda row: (row.pk not in followed, row.pk))[:CLASSES]:
        if SignUp.objects.filter(offering=one.offering_id).exists():
            continue
        at = one.offering.opens_at + HOUR
        rows = _enrol_some(one, draws.sample(people, min(len(people), 2 * A_CLASS)), A_CLASS, clerk, at)
        # The day-end sheet counts by when a row came in, which was last term.
        SignUp.objects.filter(offering=one.offering_id).update(created_at=F("queued_at"))
        if rows:
            set_monitor(one, rows[0].person_id, actor=clerk, on=timezone.localdate(at))


def _enrol_some(class_group: ClassGroup, people: list[Person], most: int, clerk, at: dt.datetime) -> list[SignUp]:
    found: list[SignUp] = []
    for place, person in enumerate(people):
        if len(found) == most:
            break
        way = SignUpSource.PHONE if place % 4 == 3 else SignUpSource.DESK
        moment = at + dt.timedelta(minutes=3 * place)
        try:
            found.append(enrol(class_group, person, way=way, actor=clerk, now=moment, form_key=uuid.uuid4()))
        except BusinessError:
            continue
    return found


def _fill_small(people: list[Person], draws: random.Random, clerk, now: dt.datetime) -> list[ClassGroup]:
    """The smallest classes that take people now: full, some waiting, a place given back and somebody to ring."""
    rows = ClassGroup.objects.filter(
        state=ClassState.PUBLISHED, offering__mode=Mode.FIRST_COME, offering__opens_at__lt=now,
        offering__closes_at__gt=now,
    ).select_related("school__unit", "offering__places", "term", "course")  # fmt: skip
    small = list(rows.order_by("offering__places__capacity", "pk")[:5])
    for place, one in enumerate(small[:3]):
        free = one.offering.places.free
        asked = draws.sample(people, min(len(people), 3 * free + 9))
        made = _enrol_some(one, asked, free + OVER, clerk, now - 3 * HOUR)
        seated = [row for row in made if row.state == SignUpState.SEATED]
        if seated:
            withdraw(seated[0], reason="要去外地带孙子", actor=clerk, now=now - 2 * HOUR)
        if place == 1:
            _ring(one, clerk, now - HOUR)
    for one in small[3:5]:
        set_capacity(one.offering, one.offering.places.capacity, 2, actor=clerk, now=now)
    return small[3:5]


def _ring(class_group: ClassGroup, clerk, now: dt.datetime) -> None:
    offer = Offer.objects.filter(sign_up__offering=class_group.offering_id, state=OfferState.OPEN).first()
    if offer is not None:
        record_attempt(
            offer, way=AttemptWay.PHONE, reached=True, note="本人接的，和老伴商量一下", actor=clerk, now=now,
            form_key=uuid.uuid4(),
        )  # fmt: skip


def _numbers_and_pads(people, draws: random.Random, clerk, now: dt.datetime, classes: list[ClassGroup]) -> None:
    if not classes:
        return
    school, term = classes[0].school, classes[0].term
    day = make_numbers(school, timezone.localdate(now), NUMBERS, actor=clerk, form_key=uuid.uuid4())
    for number in range(CALLED):
        call_next(day, number)
    set_handed_out(day, CALLED + 7)
    used = pad.make_pad(school, term, lines=PAD_LINES, actor=clerk, on=timezone.localdate(now))
    pad.make_pad(school, term, lines=PAD_LINES, actor=clerk, on=timezone.localdate(now))
    class_group = classes[0]
    entries = [
        pad.Entry(line, now - 2 * HOUR + dt.timedelta(minutes=4 * line.position), person, class_group)
        for line, person in zip(used.lines.order_by("position")[:6], draws.sample(people, 6), strict=False)
    ]
    pad.enter_lines(used, entries, actor=clerk, now=now)
    type(used).objects.filter(pk=used.pk).update(used_on=timezone.localdate(now))


def _continue(clerk, now: dt.datetime) -> None:
    """One class whose school gave its old students longer: places kept, the first of them said yes."""
    rows = ClassGroup.objects.filter(state=ClassState.PUBLISHED, follows__isnull=False, offering__mode=Mode.FIRST_COME)
    one = rows.select_related("school", "term", "offering").order_by("pk").first()
    if one is None:
        return
    TermPhase.objects.get_or_create(
        term=one.term, school=one.school, kind=PhaseKind.CONTINUING, voided_at=None,
        defaults={"opens_at": now - 10 * DAY, "closes_at": now + 10 * DAY},
    )  # fmt: skip
    continuing.continue_class(one, actor=clerk, now=now - DAY)
    offers = Offer.objects.filter(sign_up__offering=one.offering_id, state=OfferState.OPEN).order_by("pk")
    for place, offer in enumerate(offers[:5]):
        what = continuing.STOPS if place == 4 else continuing.GOES_ON
        try:
            continuing.answer(offer, what, key=uuid.uuid4(), actor=clerk, now=now)
        except BusinessError:
            continue
