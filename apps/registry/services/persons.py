"""Adding and changing a cadre by hand, and voiding one with his person row."""

from dataclasses import dataclass, field

from django.db import transaction

from apps.common import audit, voiding
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.people import services as people
from apps.people.choices import PhoneKind
from apps.people.models import Person, Phone
from apps.registry.barred import refuse_barred
from apps.registry.models import Cadre

SEALED_OF_PERSON = ("residence", "registered_address")
SEALED_OF_CADRE = ("bank_account", "pension")


@dataclass(frozen=True)
class Typed:
    """What the form holds beside the model fields: encrypted values as typed (empty = unchanged, 清空 = erase), the
    citizen id likewise, the person's own pinyin, and why warnings are accepted."""

    citizen_id: str = ""
    sealed: dict[str, str] = field(default_factory=dict)
    reading: str = ""
    phone: str = ""
    accepted_because: str = ""


@transaction.atomic
def save_cadre(person: Person, cadre: Cadre, typed: Typed, *, actor, request=None) -> Cadre:
    """Store person and cadre together, new or changed, with audit entries for encrypted fields.

    A new one of the same name and a birth that does not contradict, and a citizen id at odds with the file, are
    warnings: they pass with `accepted_because`. A number that another person has is refused,
    and so are units and ranks that must not be held here.
    """
    new = person.pk is None
    refuse_barred(cadre)
    person.name = people.tidy_name(person.name)
    check = None
    warnings: list[str] = []
    if typed.citizen_id.strip():
        check = people.check_citizen_id(
            typed.citizen_id, birth_date=person.birth_date, sex=person.sex, besides=person.pk
        )
        warnings += check.warnings
        _take_from_id(person, check)
    if new and (twins := people.possible_twins(person.name, person.birth_date)):
        warnings.append(f"名册里已有 {len(twins)} 位同名且出生日期相同或不详的老同志，请先在“找人”里核对。")
    if warnings and not typed.accepted_because.strip():
        raise BusinessError(
            "".join(warnings) + "确认无误就在“为什么仍然这样登记”里写明理由再保存。",
            code="warning",
            field="accepted_because",
        )
    sealed = {name: typed.sealed.get(name, "") for name in SEALED_OF_PERSON}
    changed = people.save_person(person, sealed=sealed, check=check, reading=typed.reading)
    cadre.person = person
    changed += people.apply_sealed(cadre, {name: typed.sealed.get(name, "") for name in SEALED_OF_CADRE})
    cadre.save()
    if new and typed.phone.strip():
        people.save_phone(Phone(person=person, kind=PhoneKind.MOBILE), typed.phone, actor=actor, request=request)
    if changed or warnings:
        audit.record(
            "add" if new else "change",
            actor=actor,
            people=[person.pk],
            fields=changed,
            reason=typed.accepted_because.strip(),
            target=f"people.person:{person.pk}",
            request=request,
        )
    return cadre


def _take_from_id(person: Person, check: people.IdCheck) -> None:
    """What the file does not say, the citizen id does."""
    if check.number is None:
        return
    if person.birth_date is None:
        person.birth_date = PartialDate.of(check.number.birth)
    if person.sex == "0":
        person.sex = check.number.sex


@transaction.atomic
def void_cadre(cadre: Cadre, *, reason: str, actor, request=None) -> None:
    """Take a person out of the registry (entered twice, not ours): person and cadre together."""
    voiding.void(cadre.person, reason=reason, actor=actor, people=[cadre.pk], request=request)
    cadre.voided_at = cadre.person.voided_at
    cadre.save(update_fields=["voided_at"])


@transaction.atomic
def restore_cadre(cadre: Cadre, *, actor, request=None) -> None:
    """Put a voided person back; refused where his citizen id is held by another meanwhile."""
    person = cadre.person
    person.voided_at = None
    if (
        person.citizen_id_index
        and Person.objects.filter(citizen_id_index=person.citizen_id_index, voided_at__isnull=True)
        .exclude(pk=person.pk)
        .exists()
    ):
        raise BusinessError("这个身份证号已经登记在另一位老同志名下，不能恢复。", code="duplicate")
    voiding.restore(person, actor=actor, people=[cadre.pk], request=request)
    cadre.voided_at = None
    cadre.save(update_fields=["voided_at"])
