"""Tickets of a draw: what one person, or two together, ask of a round, until its window closes (rule book 9.10–9.12).

Locked in order: the persons, then the round (FOR KEY SHARE, so that applicants do not wait for one another and
freezing waits for all of them).
"""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.insert_select import reserve_ids
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.signups import drawing
from apps.signups.choices import ACTIVE, OfferingState, RoundState, SignUpState
from apps.signups.kinds import kind_of
from apps.signups.models import Offering, Round, SignUp, Ticket, TicketHolder

from .draw_weights import weigh

MOST_PERSONS = 2


def apply(
    round: Round,
    persons: Sequence[Person],
    choices: Sequence[Offering],
    *,
    wants: int = 1,
    source: str,
    actor,
    now: dt.datetime,
    form_key: uuid.UUID,
    grant=None,
) -> Ticket:
    """The ticket of one person or of a couple (both have agreed: they win or wait together); `choices` in order of
    preference, each its own sign-up a person in state APPLIED; `wants`: how many of them at most.

    Sent twice under one `form_key` it is one ticket. Raises BusinessError with the sentence: window, number of
    choices, already on a ticket, already signed up, not admitted there (age and so on, asked of the kind). See rule
    book 9.11.
    """
    with transaction.atomic():
        persons = _locked(persons)
        round = _shared(round)
        if (ticket := Ticket.objects.filter(public_id=form_key).first()) is not None:
            return _same(ticket, round, persons)
        _check_window(round, now)
        _check_alone(round, persons)
        choices = _as_they_stand(choices)
        _check_choices(round, persons, choices, wants, now)
        ticket = _write(round, persons, form_key, {"wants": wants, "source": source, "grant": grant}, actor)
        _ask(ticket, persons, list(enumerate(choices, 1)), actor, now)
        weigh(round, on=timezone.localdate(now), ticket=ticket)
        _record("draw.apply", ticket, persons, actor)
    ticket.refresh_from_db()
    return ticket


def change(ticket: Ticket, choices: Sequence[Offering], *, wants: int, actor, now: dt.datetime) -> Ticket:
    """Other choices or another order, under the same number; nothing changes where they are the same. Refusals as of
    `apply`. See rule book 9.11."""
    with transaction.atomic():
        ticket, persons, round = _open_ticket(ticket, now)
        asked = {(row.person_id, row.offering_id): row for row in _applied(ticket)}
        choices = _as_they_stand(choices)
        _check_choices(round, persons, choices, wants, now, had={offering for _, offering in asked})
        places = {offering.pk: place for place, offering in enumerate(choices, 1)}
        _end([row for row in asked.values() if row.offering_id not in places], "改了志愿", now)
        for (_, offering), row in asked.items():
            if offering in places and row.preference != places[offering]:
                row.preference = places[offering]
                row.save(update_fields=["preference"])
        for person in persons:
            fresh = [(place, one) for place, one in enumerate(choices, 1) if (person.pk, one.pk) not in asked]
            _ask(ticket, [person], fresh, actor, now)
        if ticket.wants != wants:
            ticket.wants = wants
            ticket.save(update_fields=["wants"])
        _record("draw.change", ticket, persons, actor)
    ticket.refresh_from_db()
    return ticket


def withdraw_ticket(ticket: Ticket, *, actor, now: dt.datetime) -> Ticket:
    """Take the whole ticket back before the window closes; he may fill in another. Done again it changes nothing.
    See rule book 9.11."""
    with transaction.atomic():
        if Ticket.objects.filter(pk=ticket.pk, withdrawn_at__isnull=False).exists():
            return Ticket.objects.get(pk=ticket.pk)
        ticket, persons, _ = _open_ticket(ticket, now)
        _end(list(_applied(ticket)), "撤回抽签表", now)
        ticket.holders.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
        ticket.withdrawn_at = now
        ticket.save(update_fields=["withdrawn_at"])
        _record("draw.withdraw", ticket, persons, actor)
    ticket.refresh_from_db()
    return ticket


def _locked(persons: Sequence[Person]) -> list[Person]:
    """The persons in the order given, locked in order of their number."""
    wanted = [person.pk for person in persons]
    if not 1 <= len(wanted) <= MOST_PERSONS or len(set(wanted)) != len(wanted):
        raise BusinessError("一张抽签表填一位，或两位同报的人。", field="persons")
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    found = {person.pk: person for person in rows}
    for person in found.values():
        if person.voided_at or person.life_status == LifeStatus.DECEASED:
            raise BusinessError("这份登记已停用，不能报名。请与学校联系。", field="persons")
    return [found[pk] for pk in wanted]


def _shared(round: Round) -> Round:
    """The round as it stands, which nobody freezes before this transaction ends."""
    return Round.objects.raw("SELECT * FROM signups_round WHERE id = %s FOR KEY SHARE", [round.pk])[0]


def _check_window(round: Round, now: dt.datetime) -> None:
    if round.voided_at or round.state == RoundState.CANCELLED:
        raise BusinessError("这一批抽签已取消。")
    if round.state != RoundState.COLLECTING or now >= round.closes_at:
        raise BusinessError(
            f"{_moment(round.closes_at)}已截止报名，不能再报、再改。请等抽签结果，或问学校有没有空名额。"
        )
    if now < round.opens_at:
        raise BusinessError(f"{_moment(round.opens_at)}开始报名，请到时再来。不用抢，截止前报的机会都一样。")


def _moment(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _check_alone(round: Round, persons: list[Person]) -> None:
    held = TicketHolder.objects.filter(round=round, person__in=persons, withdrawn_at__isnull=True)
    for holder in held.select_related("ticket").order_by("pk")[:1]:
        name = next(person.name for person in persons if person.pk == holder.person_id)
        raise BusinessError(
            f"{name}这一批已经填过抽签表，编号 {holder.ticket.number}。要改志愿，请打开那张表修改。", code="twice"
        )


def _as_they_stand(choices: Sequence[Offering]) -> list[Offering]:
    """The offerings anew, in the order given: what the page showed may have been called off since."""
    found = Offering.objects.in_bulk([one.pk for one in choices])
    return [found[one.pk] for one in choices]


def _check_choices(
    round: Round, persons: list[Person], choices: Sequence[Offering], wants: int, now: dt.datetime, had=frozenset()
) -> None:
    """`had`: offerings already asked for on this ticket."""
    keys = [offering.pk for offering in choices]
    if not keys:
        raise BusinessError("请至少选一个志愿。", field="choices")
    if len(keys) > round.most_choices:
        raise BusinessError(f"最多填 {round.most_choices} 个志愿。", field="choices")
    if len(set(keys)) != len(keys):
        raise BusinessError("同一个班选了两次，请改一个。", field="choices")
    if not 1 <= wants <= len(keys):
        raise BusinessError("最多要几门，不能多于填的志愿。", field="wants")
    for offering in choices:
        if offering.round_id != round.pk or offering.state != OfferingState.OPEN or offering.voided_at:
            raise BusinessError(f"“{offering.title}”不在这一批抽签里，请重新选。", field="choices")
    ids = [person.pk for person in persons]
    _check_not_signed_up(persons, [key for key in keys if key not in had])
    on = timezone.localdate(now)
    for offering in choices:
        for person_id, sentence in kind_of(offering).refusals(offering, ids, on).items():
            name = next(person.name for person in persons if person.pk == person_id)
            raise BusinessError(f"{name}不能报“{offering.title}”：{sentence}", code="not_admitted", field="choices")


def _check_not_signed_up(persons: list[Person], offerings: list[int]) -> None:
    rows = (
        SignUp.objects.active().filter(person__in=persons, offering__in=offerings).select_related("offering", "person")
    )
    for row in rows.order_by("pk")[:1]:
        raise BusinessError(f"{row.person.name}已经报过“{row.offering.title}”，请选别的班。", field="choices")


def _same(ticket: Ticket, round: Round, persons: list[Person]) -> Ticket:
    """The ticket that the form made before; another's form key is refused."""
    held = set(ticket.holders.values_list("person_id", flat=True))
    if ticket.round_id != round.pk or held != {person.pk for person in persons}:
        raise BusinessError("这张表已经用过，请重新打开报名页面。")
    return ticket


def _write(round: Round, persons: list[Person], form_key: uuid.UUID, values: dict, actor) -> Ticket:
    """Ticket and holders; whoever sent the same form or stood on another ticket at the same moment is told."""
    [pk] = reserve_ids(Ticket, 1)
    try:
        with transaction.atomic():
            ticket = Ticket.objects.create(
                pk=pk, public_id=form_key, round=round, number=drawing.ticket_number(pk), entered_by=actor, **values
            )
            TicketHolder.objects.bulk_create(TicketHolder(ticket=ticket, round=round, person=one) for one in persons)
    except IntegrityError as error:
        raise BusinessError("刚才已经收到一张抽签表，请回到“我的报名”看编号。", code="twice") from error
    return ticket


def _ask(ticket: Ticket, persons: list[Person], choices: list[tuple[int, Offering]], actor, now: dt.datetime) -> None:
    SignUp.objects.bulk_create(
        SignUp(
            offering=offering,
            person=person,
            state=SignUpState.APPLIED,
            queued_at=now,
            ticket=ticket,
            preference=preference,
            source=ticket.source,
            entered_by=actor,
            grant_id=ticket.grant_id,
        )
        for person in persons
        for preference, offering in choices
    )


def _applied(ticket: Ticket):
    return ticket.sign_ups.filter(state=SignUpState.APPLIED, voided_at__isnull=True).order_by("pk")


def _end(rows: list[SignUp], reason: str, now: dt.datetime) -> None:
    SignUp.objects.filter(pk__in=[row.pk for row in rows], state__in=ACTIVE).update(
        state=SignUpState.UNDONE, ended_at=now, end_reason=reason
    )


def _open_ticket(ticket: Ticket, now: dt.datetime) -> tuple[Ticket, list[Person], Round]:
    """The ticket, its persons and round, locked, if it may still be changed."""
    ids = ticket.holders.filter(withdrawn_at__isnull=True).values_list("person_id", flat=True)
    persons = list(Person.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk"))
    round = _shared(ticket.round)
    _check_window(round, now)
    ticket = Ticket.objects.select_for_update(of=("self",), no_key=True).get(pk=ticket.pk)
    if ticket.withdrawn_at:
        raise BusinessError("这张抽签表已经撤回。要报名，请重新填一张。")
    return ticket, persons, round


def _record(action: str, ticket: Ticket, persons: list[Person], actor) -> None:
    audit.record(
        action,
        actor=actor,
        people=[person.pk for person in persons],
        target=f"signups.ticket:{ticket.pk}",
        on_behalf_of=persons[0].pk if ticket.grant_id else None,
    )
