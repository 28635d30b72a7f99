"""Students who are in no registry: entered at a school, after it was looked whether they are known (rule book 9.30)."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from apps.common import audit, crypto
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.common.phone import parse_phone
from apps.people import services as people
from apps.people.choices import LifeStatus, PhoneKind
from apps.people.models import Person, Phone, Relative
from apps.university.choices.schools import Admits
from apps.university.choices.students import StudentKind
from apps.university.models import School, Student

from .students import register

REGISTERED = "已经有这位学员的资料。请在上面的框里用身份证号、手机号或卡号找到他，点“登记为本校学员”。"


@dataclass(frozen=True)
class Newcomer:
    """What the form says. `known_different`: staff looked at the people of the same name, and why he is another."""

    name: str
    sex: str = "0"
    birth_date: PartialDate | None = None
    citizen_id: str = ""
    phone: str = ""
    residence: str = ""
    former_unit: str = ""
    level: str = ""
    strengths: str = ""
    kind: str = StudentKind.OTHER
    contact_name: str = ""
    contact_relation: str = "97"
    contact_phone: str = ""
    known_different: str = ""


@transaction.atomic
def register_newcomer(facts: Newcomer, school: School, *, on: dt.date, actor, form_key: uuid.UUID) -> Student:
    """A person and his student card in one act. The same form again gives the same student; somebody who is known by
    number, or by name and phone, is refused with the way to him."""
    known = Student.objects.select_related("person").filter(person__public_id=form_key).first()
    if known is not None:
        return known
    if school.admits == Admits.CADRES:
        raise BusinessError(
            f"{school}只收离退休干部。他是离退休干部的，请先在老干部名册里登记；不是的，请到收其他老年人的学校报名。",
            code="admits",
            field="name",
        )
    person = Person(public_id=form_key, name=people.tidy_name(facts.name), sex=facts.sex, birth_date=facts.birth_date)
    check = _checked_id(facts, person, on)
    if person.birth_date is None:
        raise BusinessError("请填出生日期；填了身份证号的可以空着。", code="birth", field="birth_date")
    _refuse_known(facts, person, check is not None)
    try:
        with transaction.atomic():
            people.save_person(person, sealed={"residence": facts.residence}, check=check)
    except IntegrityError as error:
        raise BusinessError("刚才已经登记过，请刷新后再看。", code="again") from error
    if facts.phone.strip():
        people.save_phone(Phone(person=person, kind=PhoneKind.MOBILE), facts.phone, actor=actor)
    _keep_contact(facts, person, actor)
    student = register(person, school, on=on, actor=actor)
    student.kind, student.level, student.former_unit = facts.kind, facts.level.strip(), facts.former_unit.strip()
    student.strengths = facts.strengths.strip()
    student.save(update_fields=["kind", "level", "former_unit", "strengths"])
    audit.record("add", actor=actor, people=[person.pk], target=f"people.person:{person.pk}")
    return student


@transaction.atomic
def take_in(person: Person, school: School, *, on: dt.date, actor) -> Student:
    """Somebody who is known already becomes a student of this school. The dead and the voided are refused."""
    if person.voided_at is not None:
        raise BusinessError("这份登记已经作废，请用另一份。", code="voided")
    if person.life_status != LifeStatus.LIVING:
        raise BusinessError("这一位登记为已离世或正在核实，不能登记为学员。登记错了的，请老干部局先更正。", code="life")
    if school.admits == Admits.CADRES and not _is_cadre(person):
        raise BusinessError(f"{school}只收离退休干部。", code="admits")
    return register(person, school, on=on, actor=actor)


def _is_cadre(person: Person) -> bool:
    cadre = getattr(person, "cadre", None)
    return cadre is not None and cadre.voided_at is None


def _checked_id(facts: Newcomer, person: Person, on: dt.date) -> people.IdCheck | None:
    """The number read and compared; what the form leaves open is taken from it."""
    if not facts.citizen_id.strip():
        return None
    try:
        check = people.check_citizen_id(facts.citizen_id, birth_date=facts.birth_date, sex=facts.sex, on=on)
    except BusinessError as refusal:
        if refusal.code != "duplicate":
            raise
        raise BusinessError(REGISTERED, code="duplicate", field="citizen_id") from refusal
    if check.number is None:
        raise BusinessError("请填身份证号，或者空着。", code="citizen_id", field="citizen_id")
    if check.warnings:
        raise BusinessError("".join(check.warnings) + "请核对以后再登记。", code="warning", field="citizen_id")
    person.birth_date = facts.birth_date or PartialDate.of(check.number.birth)
    if person.sex == "0":
        person.sex = check.number.sex
    return check


def _refuse_known(facts: Newcomer, person: Person, has_id: bool) -> None:
    """The same name on the same phone is the same person; the same name and birth may be, and somebody must look."""
    if facts.phone.strip():
        try:
            digits = parse_phone(facts.phone).digits
        except ValueError as error:
            raise BusinessError(str(error), code="phone", field="phone") from error
        owners = Phone.objects.filter(number_index=crypto.blind_index("phone", digits)).order_by()
        if Person.objects.filter(pk__in=owners.values("person_id"), name=person.name, voided_at__isnull=True).exists():
            raise BusinessError(REGISTERED, code="duplicate", field="phone")
    twins = people.possible_twins(person.name, person.birth_date)
    if has_id:
        twins = [twin for twin in twins if twin.citizen_id_index is None]
    if twins and not facts.known_different.strip():
        raise BusinessError(
            f"已有 {len(twins)} 位同名、出生日期相同或不详的人。请先用身份证号或手机号找一下；"
            "确实是另一个人的，在“为什么是另一个人”里写明再登记。",
            code="twins",
            field="known_different",
        )


def _keep_contact(facts: Newcomer, person: Person, actor) -> None:
    if not facts.contact_name.strip():
        return
    if not facts.contact_phone.strip():
        raise BusinessError("请填紧急联系人的电话。", code="contact", field="contact_phone")
    contact = Relative(
        person=person, name=facts.contact_name, relation=facts.contact_relation or "97", is_emergency=True
    )
    try:
        people.save_relative(contact, facts.contact_phone, actor=actor)
    except BusinessError as refusal:
        raise BusinessError(refusal.sentence, code=refusal.code, field="contact_phone") from refusal
