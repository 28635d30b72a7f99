"""The register of 遗属: who is on it, and their visits."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError, StaleVersion
from apps.ledgers.choices import ContactKind
from apps.ledgers.choices.medical import FamilyEnd
from apps.ledgers.models import Contact, FamilyInCare
from apps.people import services as people_services
from apps.people.choices import LifeStatus
from apps.people.models import Relative
from apps.registry.models import Cadre

from .contacts import ContactFacts, record_contact


@dataclass(frozen=True, kw_only=True)
class FamilyFacts:
    """`relative`: one of the deceased's contact persons, or None for somebody new, told by name, relation and phone."""

    relative: Relative | None = None
    name: str = ""
    relation: str = "10"
    phone: str = ""
    difficulties: tuple[str, ...] = ()
    yearly: bool = True
    address: str = ""
    note: str = ""


@transaction.atomic
def register_family(facts: FamilyFacts, *, cadre: Cadre, actor: User, on: dt.date, form_key: uuid.UUID) -> FamilyInCare:
    """Put a relative of a deceased comrade on the register; the same form sent twice is one row, and whoever is on it
    is not entered again. See rule book 8.18."""
    cadre = Cadre.objects.select_for_update(of=("self",)).select_related("person").get(pk=cadre.pk)
    standing = FamilyInCare.objects.filter(public_id=form_key, cadre=cadre).first()
    if standing is not None:
        return standing
    if cadre.person.life_status != LifeStatus.DECEASED:
        raise BusinessError("这位老同志没有登记离世，家人不登记为遗属。", code="living")
    relative = facts.relative or _new_relative(facts, cadre, actor)
    if FamilyInCare.objects.open().filter(relative=relative).exists():
        raise BusinessError("这位家属已经登记为遗属。", code="known", field="relative")
    row = FamilyInCare.objects.create(
        public_id=form_key, cadre=cadre, relative=relative, difficulties=list(facts.difficulties), yearly=facts.yearly,
        address=facts.address.strip(), note=facts.note.strip(), starts_on=on, recorded_by=actor,
    )  # fmt: skip
    _note("family.register", row, actor)
    return row


def _new_relative(facts: FamilyFacts, cadre: Cadre, actor: User) -> Relative:
    if not facts.name.strip():
        raise BusinessError("请选一位家属，或者填新的姓名。", code="name", field="name")
    relative = Relative(person=cadre.person, name=facts.name, relation=facts.relation)
    people_services.save_relative(relative, facts.phone, actor=actor)
    return relative


@transaction.atomic
def change_family(row: FamilyInCare, facts: FamilyFacts, *, actor: User, version: int) -> FamilyInCare:
    """Mend what is known of them; StaleVersion if somebody saved since `version`."""
    standing = FamilyInCare.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if standing.version != version:
        raise StaleVersion
    standing.difficulties, standing.yearly = list(facts.difficulties), facts.yearly
    standing.address, standing.note = facts.address.strip(), facts.note.strip()
    standing.save(update_fields=["difficulties", "yearly", "address", "note"])
    _note("family.change", standing, actor)
    return standing


@transaction.atomic
def end_family(row: FamilyInCare, *, because: str, note: str = "", actor: User, on: dt.date) -> FamilyInCare:
    """No longer looked after, with the reason. Ended already: nothing."""
    standing = FamilyInCare.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if standing.ends_on is not None:
        return standing
    if because not in FamilyEnd.values:
        raise BusinessError("请选为什么停止。", code="because", field="because")
    if because == FamilyEnd.OTHER and not note.strip():
        raise BusinessError("请写明原因。", code="note", field="note")
    standing.ends_on, standing.end_because, standing.end_note = max(on, standing.starts_on), because, note.strip()
    standing.save(update_fields=["ends_on", "end_because", "end_note"])
    _note("family.end", standing, actor)
    return standing


@transaction.atomic
def take_up_family(row: FamilyInCare, *, actor: User) -> FamilyInCare:
    """Looked after again: takes back the end. Open already: nothing."""
    standing = FamilyInCare.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if standing.ends_on is None:
        return standing
    if standing.closed_by_event_id:
        raise BusinessError("这是因为登记了老同志在世而停止的，不能单独恢复。", code="event")
    if FamilyInCare.objects.open().filter(relative=standing.relative_id).exists():
        raise BusinessError("这位家属已经重新登记过。", code="known")
    standing.ends_on, standing.end_because, standing.end_note = None, "", ""
    standing.save(update_fields=["ends_on", "end_because", "end_note"])
    _note("family.take_up", standing, actor)
    return standing


@transaction.atomic
def visit_family(row: FamilyInCare, facts: ContactFacts, *, actor: User, on: dt.date, form_key: uuid.UUID) -> Contact:
    """遗属慰问: a contact with the home of the deceased."""
    if facts.kind != ContactKind.FAMILY:
        raise BusinessError("这里只记遗属慰问。", code="kind", field="kind")
    return record_contact(facts, persons=[row.cadre_id], form_key=form_key, actor=actor, on=on)


def _note(action: str, row: FamilyInCare, actor: User) -> None:
    audit.record(action, actor=actor, people=[row.cadre_id], target=f"ledgers.familyincare:{row.pk}")
