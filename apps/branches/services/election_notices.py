"""Telling those whose turn it is in an election: counted lines, no names (design 4)."""

import datetime as dt

from django.utils import timezone

from apps.branches.choices import Turn
from apps.branches.models import Election, ElectionStep, TermShift
from apps.branches.queries.elections import users_to_tell, waiting_elections
from apps.branches.rules.election_steps import turn_of
from apps.branches.rules.elections import ElectionRules
from apps.messaging.choices import DeliveryClass
from apps.messaging.models import Message
from apps.messaging.rules import ZONE, Template, register_template
from apps.messaging.services import NewMessage, post, withdraw_messages
from apps.organisation.queries import rule_values

WAITS, STILL_WAITS, SHIFT_WAITS, SHIFT_ANSWERED = (
    "election.waits", "election.still_waits", "election.shift_waits", "election.shift_answered",
)  # fmt: skip
for _key, _label in (
    (WAITS, "换届有一步等您办"),
    (STILL_WAITS, "换届等上级答复已多日"),
    (SHIFT_WAITS, "延期、提前换届的请示等您答复"),
    (SHIFT_ANSWERED, "延期、提前换届的请示已有答复"),
):
    register_template(Template(key=_key, label=_label, unit="件"))
KEPT_DAYS = 30


def tell_next(election: Election, step: ElectionStep, *, actor) -> None:
    """Withdraw what waits of the step before and tell those whose turn it is now, the actor himself left out."""
    recall(f"election:{election.pk}:")
    turn = turn_of(election.state)
    if turn == Turn.NOBODY:
        return
    users = users_to_tell(election.organisation, turn, timezone.localdate())
    _post(f"election:{election.pk}:{step.pk}", WAITS, users, election, actor)


def tell_shift(shift: TermShift, *, actor) -> None:
    """A request goes to the superior, its answer to the branch."""
    base = f"termshift:{shift.pk}:"
    recall(base)
    asked = shift.decided_on is None
    turn = Turn.SUPERIOR if asked else Turn.BRANCH
    users = users_to_tell(shift.organisation, turn, timezone.localdate())
    _post(f"{base}{shift.state}", SHIFT_WAITS if asked else SHIFT_ANSWERED, users, shift, actor)


def remind_elections(now: dt.datetime) -> int:
    """Tell the superior once a week of what has waited for him too long. Again on the same day it changes nothing."""
    today = now.astimezone(ZONE).date()
    days = rule_values(ElectionRules.rule_key, on=today).waiting_days
    found = []
    for election in waiting_elections(today - dt.timedelta(days=days)):
        week = (today - election.waiting_since).days // 7
        key = f"election:{election.pk}:{election.state}:{election.waiting_since}:{week}"
        users = users_to_tell(election.organisation, Turn.SUPERIOR, today)
        found += [_message(key, STILL_WAITS, user, election, today) for user in users]
    return len(post(found, now=now)) if found else 0


def recall(base: str) -> None:
    """Withdraw the messages whose key begins so and that still wait."""
    waiting = Message.objects.filter(key__startswith=base, withdrawn_at__isnull=True)
    withdraw_messages(list(waiting.values_list("pk", flat=True)))


def _post(base: str, template: str, users: list[int], about: Election | TermShift, actor) -> None:
    now = timezone.now()
    today = now.astimezone(ZONE).date()
    told = [_message(base, template, user, about, today) for user in users if user != actor.pk]
    if told:
        post(told, now=now)


def _message(base: str, template: str, user: int, about: Election | TermShift, today: dt.date) -> NewMessage:
    return NewMessage(
        key=f"{base}:{user}",
        delivery_class=DeliveryClass.DIGEST,
        template=template,
        user_id=user,
        context={"organisation": about.organisation_id},
        valid_until=dt.datetime.combine(today + dt.timedelta(days=KEPT_DAYS), dt.time(0), ZONE),
    )
