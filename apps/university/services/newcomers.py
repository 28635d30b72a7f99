"""Students who are in no registry: entered at a school, after it was looked whether they are known (rule book 9.30)."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.people.choices import LifeStatus
from apps.people.models import Person, Relative
from apps.people.newcomers import PersonFacts, enter_person
from apps.people.services import save_relative
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

    @property
    def person(self) -> PersonFacts:
        return PersonFacts(
            name=self.name, sex=self.sex, birth_date=self.birth_date, citizen_id=self.citizen_id, phone=self.phone,
            residence=self.residence, known_different=self.known_different,
        )  # fmt: skip


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
    person = enter_person(facts.person, on=on, actor=actor, form_key=form_key, known_words=REGISTERED)
    _keep_contact(facts, person, actor)
    student = register(person, school, on=on, actor=actor)
    student.kind, student.level, student.former_unit = facts.kind, facts.level.strip(), facts.former_unit.strip()
    student.strengths = facts.strengths.strip()
    student.save(update_fields=["kind", "level", "former_unit", "strengths"])
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


def _keep_contact(facts: Newcomer, person: Person, actor) -> None:
    if not facts.contact_name.strip():
        return
    if not facts.contact_phone.strip():
        raise BusinessError("请填紧急联系人的电话。", code="contact", field="contact_phone")
    contact = Relative(
        person=person, name=facts.contact_name, relation=facts.contact_relation or "97", is_emergency=True
    )
    try:
        save_relative(contact, facts.contact_phone, actor=actor)
    except BusinessError as refusal:
        raise BusinessError(refusal.sentence, code=refusal.code, field="contact_phone") from refusal
