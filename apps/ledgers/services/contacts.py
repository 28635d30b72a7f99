"""Recording visits and calls, mending and voiding them; duties follow in the same transaction."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common.choices import Source
from apps.common.errors import BusinessError, StaleVersion
from apps.ledgers.choices import By, ContactKind, EnteredVia, Method
from apps.ledgers.models import Contact, ContactPerson
from apps.ledgers.rules import CALLS
from apps.people.models import Person
from apps.registry.models import Cadre

from .checks import follow_contact
from .settling import settle_duties
from .telling import tell_responsible

RECORD = "ledgers.record_contact"


@dataclass(frozen=True, kw_only=True)
class ContactFacts:
    """What a contact form says. `happened_on` is the day of the visit, never later than today; money in yuan;
    `outcome` (CallOutcome) for calls by telephone or WeChat, where it is asked for, and for nothing else."""

    happened_on: dt.date
    kind: str = ContactKind.ROUTINE
    method: str = Method.HOME
    by: str = By.STAFF
    outcome: str = ""
    source: str = Source.STAFF
    place: str = ""
    campaign: str = ""
    leaders: str = ""
    companions: str = ""
    gifts: str = ""
    money: Decimal | None = None
    summary: str = ""
    body_state: str = ""
    thoughts: str = ""
    feedback: str = ""
    needs: str = ""
    on_behalf_of: User | None = None

    def items(self) -> dict:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"outcome": self.outcome if self.method in CALLS else ""}


@transaction.atomic
def record_contact(
    facts: ContactFacts,
    *,
    persons: Collection[int],
    form_key: uuid.UUID,
    actor: User,
    on: dt.date,
    via: str = EnteredVia.STAFF,
) -> Contact:
    """Record one contact with all its participants, settle every duty of theirs that it keeps, and raise or close the
    check on somebody who does not answer. Who was responsible for a settled duty hears of it.

    `form_key` makes it idempotent: the same form sent twice, or twice at once, is the contact it made first.
    `persons` are cadres whom `actor` may record for, and people of their households. Refuses days to come.

    See rule book 4.13.
    """
    _check(facts, on)
    cadres = _check_persons(persons, actor)
    try:
        with transaction.atomic():
            contact = Contact.objects.create(**facts.items(), form_key=form_key, recorded_by=actor, entered_via=via)
    except IntegrityError as error:
        standing = Contact.objects.filter(form_key=form_key, recorded_by=actor).first()
        if standing is None:
            raise BusinessError("这张表已经用过。请重新打开再填。", code="form_used") from error
        return standing
    _put_participants(contact, persons)
    settle_duties(on=on, cadres=cadres, since=facts.happened_on)
    follow_contact(contact, cadres, actor=actor, on=on)
    tell_responsible(contact, on=on)
    return contact


@transaction.atomic
def change_contact(
    contact: Contact, facts: ContactFacts, *, persons: Collection[int], actor: User, on: dt.date, version: int
) -> Contact:
    """Mend a contact; duties that it no longer keeps open again, others that it now keeps are settled.

    `version` is that of the form; StaleVersion if somebody saved meanwhile.
    """
    _check(facts, on)
    standing = _lock(contact)
    if standing.version != version:
        raise StaleVersion
    before = set(standing.participants.values_list("person_id", flat=True))
    # Whoever was on it may stay although the actor cannot see him.
    _check_persons(set(persons) - before, actor, may_be_empty=bool(before & set(persons)))
    since = min(standing.happened_on, facts.happened_on)
    for name, value in facts.items().items():
        setattr(standing, name, value)
    standing.save(update_fields=list(facts.items()))
    standing.participants.exclude(person_id__in=persons).delete()
    _put_participants(standing, set(persons) - before)
    settle_duties(on=on, cadres=before | set(persons), since=since)
    follow_contact(standing, before | set(persons), actor=actor, on=on)
    standing.refresh_from_db(fields=["version"])
    return standing


@transaction.atomic
def void_contact(contact: Contact, *, actor: User, reason: str, on: dt.date) -> None:
    """Take a contact out of account; what it kept opens again. The row stays, with the reason."""
    if not reason.strip():
        raise BusinessError("请写明为什么作废。", code="reason", field="reason")
    standing = _lock(contact)
    if standing.voided_at is not None:
        return
    standing.voided_at = timezone.now()
    standing.void_reason = reason[:200]
    standing.save(update_fields=["voided_at", "void_reason"])
    people = list(standing.participants.values_list("person_id", flat=True))
    settle_duties(on=on, cadres=people, since=standing.happened_on)
    follow_contact(standing, people, actor=actor, on=on)


def _lock(contact: Contact) -> Contact:
    return Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)


def _check(facts: ContactFacts, on: dt.date) -> None:
    if facts.happened_on > on:
        raise BusinessError(f"时间不能晚于今天（{on.month}月{on.day}日）。", code="future", field="happened_on")
    if facts.method in CALLS and not facts.outcome:
        raise BusinessError("请选电话（微信）有没有接通。", code="outcome", field="outcome")


def _check_persons(persons: Collection[int], actor: User, *, may_be_empty: bool = False) -> set[int]:
    """The cadres among them; each must be the actor's to record for, or live in the household of one who is."""
    wanted = set(persons)
    if not wanted and not may_be_empty:
        raise BusinessError("请选看望的是哪位老同志。", code="nobody", field="who")
    own = set(Cadre.objects.current().visible_to(actor, RECORD).filter(pk__in=wanted).values_list("pk", flat=True))
    others = wanted - own
    if others:
        family = Person.objects.filter(pk__in=others, voided_at__isnull=True, cadre__isnull=True)
        family = family.filter(household__members__in=own)
        if set(family.values_list("pk", flat=True)) != others:
            raise BusinessError("所选的人里有您不能登记的，请重新选择。", code="stranger", field="who")
    return own


def _put_participants(contact: Contact, persons: Iterable[int]) -> None:
    ContactPerson.objects.bulk_create(
        [ContactPerson(contact=contact, person_id=pk) for pk in sorted(set(persons))], ignore_conflicts=True
    )
