"""Somebody who is in no register: entered once, after it was looked whether he is known (rule book 9.30, 10.1)."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from apps.common import audit, crypto
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.common.phone import parse_phone
from apps.organisation.models import Community

from .choices import PhoneKind
from .models import Person, Phone
from .services import IdCheck, check_citizen_id, possible_twins, save_person, save_phone, tidy_name


@dataclass(frozen=True)
class PersonFacts:
    """What the form says. `known_different`: staff looked at the people of the same name, and why he is another."""

    name: str
    sex: str = "0"
    birth_date: PartialDate | None = None
    citizen_id: str = ""
    phone: str = ""
    residence: str = ""
    community: Community | None = None
    known_different: str = ""


@transaction.atomic
def enter_person(facts: PersonFacts, *, on: dt.date, actor, form_key: uuid.UUID, known_words: str) -> Person:
    """A new person. Somebody who is known by number, or by name and phone, is refused with `known_words`: the way to
    him. The same form again gives the same person."""
    known = Person.objects.filter(public_id=form_key).first()
    if known is not None:
        return known
    person = Person(
        public_id=form_key, name=tidy_name(facts.name), sex=facts.sex, birth_date=facts.birth_date,
        community=facts.community,
    )  # fmt: skip
    check = _checked_id(facts, person, on, known_words)
    if person.birth_date is None:
        raise BusinessError("请填出生日期；填了身份证号的可以空着。", code="birth", field="birth_date")
    _refuse_known(facts, person, check is not None, known_words)
    try:
        with transaction.atomic():
            save_person(person, sealed={"residence": facts.residence}, check=check)
    except IntegrityError as error:
        raise BusinessError("刚才已经登记过，请刷新后再看。", code="again") from error
    if facts.phone.strip():
        save_phone(Phone(person=person, kind=PhoneKind.MOBILE), facts.phone, actor=actor)
    audit.record("add", actor=actor, people=[person.pk], target=f"people.person:{person.pk}")
    return person


def _checked_id(facts: PersonFacts, person: Person, on: dt.date, known_words: str) -> IdCheck | None:
    """The number read and compared; what the form leaves open is taken from it."""
    if not facts.citizen_id.strip():
        return None
    try:
        check = check_citizen_id(facts.citizen_id, birth_date=facts.birth_date, sex=facts.sex, on=on)
    except BusinessError as refusal:
        if refusal.code != "duplicate":
            raise
        raise BusinessError(known_words, code="duplicate", field="citizen_id") from refusal
    if check.number is None:
        raise BusinessError("请填身份证号，或者空着。", code="citizen_id", field="citizen_id")
    if check.warnings:
        raise BusinessError("".join(check.warnings) + "请核对以后再登记。", code="warning", field="citizen_id")
    person.birth_date = facts.birth_date or PartialDate.of(check.number.birth)
    if person.sex == "0":
        person.sex = check.number.sex
    return check


def _refuse_known(facts: PersonFacts, person: Person, has_id: bool, known_words: str) -> None:
    """The same name on the same phone is the same person; the same name and birth may be, and somebody must look."""
    if facts.phone.strip():
        try:
            digits = parse_phone(facts.phone).digits
        except ValueError as error:
            raise BusinessError(str(error), code="phone", field="phone") from error
        owners = Phone.objects.filter(number_index=crypto.blind_index("phone", digits)).order_by()
        if Person.objects.filter(pk__in=owners.values("person_id"), name=person.name, voided_at__isnull=True).exists():
            raise BusinessError(known_words, code="duplicate", field="phone")
    twins = possible_twins(person.name, person.birth_date)
    if has_id:
        twins = [twin for twin in twins if twin.citizen_id_index is None]
    if twins and not facts.known_different.strip():
        raise BusinessError(
            f"已有 {len(twins)} 位同名、出生日期相同或不详的人。请先用身份证号或手机号找一下；"
            "确实是另一个人的，在“为什么是另一个人”里写明再登记。",
            code="twins",
            field="known_different",
        )
