"""Volunteers who are in no register yet: a person and his being a volunteer in one act (rule book 10.1)."""

import datetime as dt
import uuid

from django.db import transaction

from apps.common.errors import BusinessError
from apps.organisation.models import Unit
from apps.people.newcomers import PersonFacts, enter_person
from apps.volunteers.models import Volunteer

from .volunteers import VolunteerFacts, register

REGISTERED = "已经有这个人的资料。请在“登记志愿者”里用身份证号、手机号找到他，再点“登记为志愿者”。"


@transaction.atomic
def register_newcomer(
    facts: PersonFacts, unit: Unit, *, agreed: bool, on: dt.date, actor, form_key: uuid.UUID,
    offers: VolunteerFacts | None = None,
) -> Volunteer:  # fmt: skip
    """The same form again gives the same volunteer. `agreed`: he himself agreed that this is kept of him. See rule book
    10.1."""
    known = Volunteer.objects.select_related("person").filter(person__public_id=form_key).first()
    if known is not None:
        return known
    if not agreed:
        raise BusinessError("要先得到他本人同意，才能登记他的资料。", code="consent", field="agreed")
    person = enter_person(facts, on=on, actor=actor, form_key=form_key, known_words=REGISTERED)
    return register(person, unit, on=on, actor=actor, facts=offers)
