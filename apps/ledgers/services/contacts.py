"""Recording visits and calls, mending and voiding them; duties follow in the same transaction."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common.choices import Source
from apps.common.errors import BusinessError, StaleVersion
from apps.ledgers.choices import By, ContactKind, EnteredVia, Method
from apps.ledgers.models import Contact, ContactPerson
from apps.ledgers.rules import CALLS
from apps.people.models import Person
from apps.registry.models import Cadre

from .checks import follow_contact, follow_contacts
from .settling import settle_duties
from .stops import let_go
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
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return values | {"outcome": self.outcome if self.method in CALLS else ""}


@dataclass(frozen=True, kw_only=True)
class NewContact:
    """A filled-in form: what it says, whom it served, and the key that names it."""

    facts: ContactFacts
    persons: tuple[int, ...]
    form_key: uuid.UUID


@dataclass(frozen=True)
class Recorded:
    """By form key: the contacts that stand now, and why each of the others was refused."""

    contacts: dict[uuid.UUID, Contact] = field(default_factory=dict)
    refused: dict[uuid.UUID, BusinessError] = field(default_factory=dict)


def record_contact(
    facts: ContactFacts,
    *,
    persons: Collection[int],
    form_key: uuid.UUID,
    actor: User,
    on: dt.date,
    via: str = EnteredVia.STAFF,
) -> Contact:
    """Record one contact with all its participants, as `record_contacts` does; raises the refusal.

    See rule book 4.13.
    """
    form = NewContact(facts=facts, persons=tuple(persons), form_key=form_key)
    done = record_contacts([form], actor=actor, on=on, via=via)
    if form_key in done.refused:
        raise done.refused[form_key]
    return done.contacts[form_key]


@transaction.atomic
def record_contacts(
    forms: Collection[NewContact], *, actor: User, on: dt.date, via: str = EnteredVia.STAFF
) -> Recorded:
    """Record contacts with all their participants, settle every duty of theirs that they keep, and raise or close the
    checks on people who do not answer. Who was responsible for a settled duty hears of it. A refused form leaves the
    others standing; the same few statements for one form and for sixty.

    `form_key` makes each idempotent: the same form sent twice, or twice at once, is the contact it made first.
    `persons` are cadres whom `actor` may record for, and people of their households. Refuses days to come.

    See rule book 4.13.
    """
    done = Recorded()
    own = _own_cadres({pk for form in forms for pk in form.persons}, actor)
    cadres_of: dict[uuid.UUID, set[int]] = {}
    for form in forms:
        try:
            _check(form.facts, on)
            cadres_of[form.form_key] = _check_persons(form.persons, own)
        except BusinessError as refusal:
            done.refused[form.form_key] = refusal
    made = _put_contacts([form for form in forms if form.form_key in cadres_of], done, actor=actor, via=via)
    if made:
        cadres = set().union(*(cadres_of[contact.form_key] for contact in made))
        # Checks first: they lock the cadres in order, so that two grids with the same people take turns.
        follow_contacts({contact: cadres_of[contact.form_key] for contact in made}, actor=actor, on=on)
        settle_duties(on=on, cadres=cadres, since=min(contact.happened_on for contact in made))
        tell_responsible(made, on=on)
    return done


def _put_contacts(forms: Collection[NewContact], done: Recorded, *, actor: User, via: str) -> list[Contact]:
    """Write those whose form key is new, with participants, and return them as the table holds them. In `done` go
    these, those that the same form made before, and the refusals of forms that were somebody else's."""
    rows = {
        form.form_key: Contact(**form.facts.items(), form_key=form.form_key, recorded_by=actor, entered_via=via)
        for form in forms
    }
    # A form sent at once by two hands waits here for the first, and then changes nothing.
    Contact.objects.bulk_create(rows.values(), ignore_conflicts=True)
    standing = Contact.objects.filter(form_key__in=rows, recorded_by=actor).order_by("pk")
    done.contacts.update({contact.form_key: contact for contact in standing})
    for key in rows.keys() - done.contacts.keys():
        done.refused[key] = BusinessError("这张表已经用过。请重新打开再填。", code="form_used")
    made = [contact for key, contact in done.contacts.items() if contact.public_id == rows[key].public_id]
    persons = {form.form_key: form.persons for form in forms}
    _put_participants({contact: persons[contact.form_key] for contact in made})
    return made


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
    added = set(persons) - before
    _check_persons(added, _own_cadres(added, actor), may_be_empty=bool(before & set(persons)))
    since = min(standing.happened_on, facts.happened_on)
    for name, value in facts.items().items():
        setattr(standing, name, value)
    standing.save(update_fields=list(facts.items()))
    standing.participants.exclude(person_id__in=persons).delete()
    _put_participants({standing: added})
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
    let_go(standing)
    follow_contact(standing, people, actor=actor, on=on)


def _lock(contact: Contact) -> Contact:
    return Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)


def _check(facts: ContactFacts, on: dt.date) -> None:
    if facts.happened_on > on:
        raise BusinessError(f"时间不能晚于今天（{on.month}月{on.day}日）。", code="future", field="happened_on")
    if facts.method in CALLS and not facts.outcome:
        raise BusinessError("请选电话（微信）有没有接通。", code="outcome", field="outcome")


def _own_cadres(persons: Collection[int], actor: User) -> set[int]:
    """The cadres among them whom `actor` may record for."""
    return set(Cadre.objects.current().visible_to(actor, RECORD).filter(pk__in=persons).values_list("pk", flat=True))


def _check_persons(persons: Collection[int], own: Collection[int], *, may_be_empty: bool = False) -> set[int]:
    """The cadres among them; each must be in `own` or live in the household of one of `persons` who is."""
    wanted = set(persons)
    if not wanted and not may_be_empty:
        raise BusinessError("请选看望的是哪位老同志。", code="nobody", field="who")
    cadres = wanted & set(own)
    others = wanted - cadres
    if others:
        family = Person.objects.filter(pk__in=others, voided_at__isnull=True, cadre__isnull=True)
        family = family.filter(household__members__in=cadres)
        if set(family.values_list("pk", flat=True)) != others:
            raise BusinessError("所选的人里有您不能登记的，请重新选择。", code="stranger", field="who")
    return cadres


def _put_participants(persons_of: Mapping[Contact, Collection[int]]) -> None:
    links = [
        ContactPerson(contact=row, person_id=pk) for row, people in persons_of.items() for pk in sorted(set(people))
    ]
    ContactPerson.objects.bulk_create(links, ignore_conflicts=True)
