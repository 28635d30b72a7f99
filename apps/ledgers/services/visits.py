"""A visit with all that came of it: the contact, the needs found, and whom it served who is not in the registry."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.ledgers.choices import EnteredVia
from apps.ledgers.choices.campaigns import GuestKind
from apps.ledgers.models import Contact, ContactGuest
from apps.registry.models import Cadre

from .contacts import ContactFacts, record_contact
from .need_checks import NeedFacts
from .needs import open_need


@dataclass(frozen=True, kw_only=True)
class FoundNeed:
    """Something that the visit brought to light; `reply_by` None: by the rules (rule book 8.1)."""

    category: str
    description: str
    reply_by: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody whom the visit also served: 军休 and others, without an entry in the registry."""

    name: str
    kind: str = GuestKind.ARMY
    unit: str = ""


@transaction.atomic
def record_visit(
    facts: ContactFacts,
    *,
    persons: Sequence[int],
    form_key: uuid.UUID,
    actor: User,
    on: dt.date,
    via: str = EnteredVia.STAFF,
    needs: Sequence[FoundNeed] = (),
    guests: Collection[Guest] = (),
) -> Contact:
    """Record a contact as `record_contact` does, open the needs it found for the first cadre of `persons`, and keep
    its guests. The same form sent twice is one contact with each need once. See rule book 8.24."""
    contact = record_contact(facts, persons=persons, form_key=form_key, actor=actor, on=on, via=via)
    open_found_needs(contact, needs, persons, actor=actor, on=on)
    keep_guests(contact, guests)
    return contact


def open_found_needs(
    contact: Contact, needs: Sequence[FoundNeed], persons: Sequence[int], *, actor: User, on: dt.date
) -> None:
    """Open what a contact found for the first cadre of `persons`; again it opens nothing twice."""
    if not needs:
        return
    cadres = {cadre.pk: cadre for cadre in Cadre.objects.current().filter(pk__in=persons)}
    whose = next((cadres[pk] for pk in persons if pk in cadres), None)
    if whose is None:
        raise BusinessError("需办事项要记在名册里的老同志名下，请先选他。", code="nobody", field="who")
    for place, need in enumerate(needs, 1):
        found = NeedFacts(
            category=need.category, description=need.description, found_on=contact.happened_on, source=contact.source,
            found_contact=contact, reply_by=need.reply_by,
        )  # fmt: skip
        try:
            open_need(found, cadre=whose, actor=actor, on=on, form_key=uuid.uuid5(contact.form_key, f"need:{place}"))
        except BusinessError as refusal:
            field = NEED_FIELDS.get(refusal.field or "", "text")
            raise BusinessError(refusal.sentence, code=refusal.code, field=f"need{place}_{field}") from refusal


NEED_FIELDS = {"category": "category", "description": "text", "reply_by": "reply"}


def keep_guests(contact: Contact, guests: Collection[Guest]) -> None:
    """The guests of a contact, each name once; those no longer named go."""
    names = {guest.name for guest in guests}
    contact.guests.exclude(name__in=names).delete()
    ContactGuest.objects.bulk_create(
        [ContactGuest(contact=contact, name=one.name, kind=one.kind, unit=one.unit) for one in guests],
        update_conflicts=True, unique_fields=["contact", "name"], update_fields=["kind", "unit"],
    )  # fmt: skip
