"""What becomes of volunteers and of those they help when two entries of one person are made one."""

import datetime as dt
from collections.abc import Iterator

from pghistory.models import Event

from apps.people.merging import MOVE, Edit, How, Rule, declare
from apps.people.models import Person

from .models import Volunteer

RULES = {
    "volunteers.Volunteer.person": Rule(How.STOP, "两份登记都是志愿者，请先作废其中一份志愿者登记。"),
    "volunteers.ServiceRequest.receiver": MOVE,
    "volunteers.ServiceRecord.receiver": MOVE,
    "volunteers.Donation.person": MOVE,
    "volunteers.Account.person": Rule(How.STOP, "两份登记都有时间账户，请先把其中一个转出并销户。"),
    "volunteers.Kinship.person": MOVE,
    "volunteers.Kinship.kin": MOVE,
    "volunteers.OutsidePost.person": MOVE,
    "volunteers.Patrol.person": MOVE,
    "volunteers.Problem.person": MOVE,
    "volunteers.PartyReport.person": MOVE,
    "volunteers.BrightRecord.person": MOVE,
    "volunteers.CaseLog.handler": MOVE,
}

NUMBERS = {"volunteers.CaseLog.subject": "是一件事的说法，不是人的编号"}


def volunteer_rows(winner: Person, loser: Person, now: dt.datetime) -> Iterator[Edit]:
    """All that hangs on the profile of a volunteer goes along with it; where both are volunteers nothing is merged."""
    for relation in Volunteer._meta.get_fields(include_hidden=True):
        if not (relation.one_to_many or relation.one_to_one) or not relation.auto_created:
            continue
        if issubclass(relation.related_model, Event):
            continue
        key = relation.field.attname
        for row in relation.related_model._base_manager.filter(**{key: loser.pk}).order_by("pk"):
            yield Edit(row, {key: winner.pk})


def plug() -> None:
    declare(rules=RULES, numbers=NUMBERS, changes=[volunteer_rows])
