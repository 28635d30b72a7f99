"""That two persons are kin: verified from a paper before anything is given."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.people.newcomers import PersonFacts, enter_person
from apps.volunteers.models import Kinship
from apps.volunteers.rules.bank import LINEAL

REGISTERED = "已经有这个人的资料。请在“核实亲属”里用完整的手机号、身份证号找到他。"


@transaction.atomic
def verify(person: Person, kin: Person, relation: str, proof: str, *, unit: Unit, actor, on: dt.date) -> Kinship:
    """`relation`: what `kin` is to `person`; spouses and lineal relatives only. The same again gives the same row.
    See rule book 10.34."""
    if person.pk == kin.pk:
        raise BusinessError("请选另外一位。", code="same", field="kin")
    if relation not in LINEAL:
        raise BusinessError("这里只核实配偶和直系亲属，别的亲属不能受赠，不用核实。", code="relation", field="relation")
    if not proof.strip():
        raise BusinessError("请写凭什么材料核实的，例如户口簿。", code="proof", field="proof")
    pair = Q(person=person, kin=kin) | Q(person=kin, kin=person)
    if (known := Kinship.objects.current().filter(pair).first()) is not None:
        if known.person_id == person.pk and known.relation == relation:
            return known
        raise BusinessError("这两位的亲属关系已经核实过。要改，请先终止原来的一条。", code="known", field="kin")
    try:
        with transaction.atomic():
            row = Kinship.objects.create(
                unit=unit, person=person, kin=kin, relation=relation, proof=proof.strip()[:120], verified_on=on,
                verified_by=actor,
            )  # fmt: skip
    except IntegrityError as error:
        raise BusinessError("刚有人核实过这两位，请刷新。", code="concurrent") from error
    audit.record("kinship.verify", actor=actor, people=[person.pk, kin.pk], target=f"volunteers.kinship:{row.pk}")
    return row


@transaction.atomic
def verify_newcomer(
    person: Person, facts: PersonFacts, relation: str, proof: str, *, unit: Unit, actor, on: dt.date, form_key: UUID
) -> Kinship:
    """The relative is in no register yet: he is entered, and verified, in one. The same form again gives the same row.
    See rule book 10.34."""
    kin = enter_person(facts, on=on, actor=actor, form_key=form_key, known_words=REGISTERED)
    return verify(person, kin, relation, proof, unit=unit, actor=actor, on=on)


@transaction.atomic
def end(kinship: Kinship, reason: str, *, actor, on: dt.date) -> None:
    """Divorced, or entered wrongly. What was given stays given."""
    if not reason.strip():
        raise BusinessError("请写明为什么终止。", code="reason", field="reason")
    changed = Kinship.objects.current().filter(pk=kinship.pk).update(ended_on=on, end_reason=reason.strip()[:120])
    if changed:
        people = [kinship.person_id, kinship.kin_id]
        audit.record("kinship.end", actor=actor, people=people, target=f"volunteers.kinship:{kinship.pk}")
