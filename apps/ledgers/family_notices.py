"""What the clock owes to staff about families: grants about to end, wishes that wait, families of two minds."""

import datetime as dt

from apps.accounts.access import acting_holders
from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage
from apps.organisation.queries import rule_values, work_calendar
from apps.people.choices import ChangeState, LifeStatus
from apps.people.family_rules import FamilyRules, waits_too_long
from apps.people.models import ChangeRequest, ProxyGrant
from apps.registry.models import Cadre

from .notices import GRANT_ENDS, REQUEST_CONTRADICTS, REQUEST_WAITS
from .queries import responsible_for_cadres

LOOK_BACK = dt.timedelta(days=60)


def grants_ending_between(start: dt.date, end: dt.date):
    """Grants in force of the living that end in [start, end], both included: a queryset."""
    return ProxyGrant.objects.standing().filter(
        agreed_on__isnull=False, ends_on__range=(start, end), person__life_status=LifeStatus.LIVING
    )


def requests_waiting_since(start: dt.date):
    """Wishes that wait, asked on `start` or later: a queryset."""
    return ChangeRequest.objects.filter(
        state=ChangeState.WAITING, asked_on__gte=start, voided_at__isnull=True,
        person__life_status=LifeStatus.LIVING,
    )  # fmt: skip


def family_messages(today: dt.date) -> list[NewMessage]:
    """Each grant once, `notice_days` before it ends, to who looks after the person (else the clerks of his unit); each
    wish to the clerks: at once where it contradicts somebody, else when it waits too long. Keyed: twice is once."""
    rules = rule_values(FamilyRules.rule_key, on=today)
    grants = list(
        grants_ending_between(today, today + dt.timedelta(days=rules.notice_days))
        .order_by("pk").values_list("pk", "person_id", "ends_on")
    )  # fmt: skip
    waiting = requests_waiting_since(today - LOOK_BACK).order_by("pk")
    wishes = list(waiting.values_list("pk", "person_id", "asked_on", "rival_id"))
    if not grants and not wishes:
        return []
    people = {person for _, person, *_ in [*grants, *wishes]}
    unit_of = dict(Cadre.objects.filter(pk__in=people, voided_at__isnull=True).values_list("pk", "managing_unit_id"))
    clerks = acting_holders(set(unit_of.values()), "clerk", "section_head", on=today)
    carers = responsible_for_cadres({pk: unit_of[pk] for _, pk, _ in grants if pk in unit_of}, on=today)
    messages = []
    for grant, person, ends_on in grants:
        receivers = [carers[person]] if carers.get(person) else clerks.get(unit_of.get(person), [])
        messages += _lines(f"proxy:{grant}:ends:{ends_on}", GRANT_ENDS, receivers)
    calendar = work_calendar()
    for wish, person, asked_on, rival in wishes:
        receivers = clerks.get(unit_of.get(person), [])
        if rival:
            messages += _lines(f"change_request:{wish}:rival", REQUEST_CONTRADICTS, receivers)
        if waits_too_long(asked_on, today, rules, calendar):
            messages += _lines(f"change_request:{wish}:waits", REQUEST_WAITS, receivers)
    return messages


def _lines(key: str, template: str, users: list[int]) -> list[NewMessage]:
    return [
        NewMessage(key=f"{key}:{user}", delivery_class=DeliveryClass.DIGEST, template=template, user_id=user)
        for user in users
    ]
