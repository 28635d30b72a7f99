"""What falls due in health and works at home, told once to whoever entered it or sees to it: counted, no names."""

import datetime as dt
from collections.abc import Iterable, Iterator

from apps.accounts.access import stand_ins
from apps.messaging.choices import DeliveryClass
from apps.messaging.rules import ZONE
from apps.messaging.services import NewMessage, post

from .models import Assessment, CheckUp, HomeAdaptation, Thought
from .notices import ADAPTATION_LATE, ASSESSMENT_DUE, RECHECK_DUE, THOUGHT_DUE

# Told on the day or, when nothing ran for some days, within the week after it.
LOOK_BACK = dt.timedelta(days=7)
LIVING = {"cadre__person__life_status": "living", "cadre__voided_at__isnull": True, "voided_at__isnull": True}


def tell_of_health(now: dt.datetime) -> int:
    """Post what fell due within the last week; returns how many messages were asked for. Called once a day; twice
    tells nobody twice, because keys name the row, its day and the receiver. One statement a subject."""
    today = now.astimezone(ZONE).date()
    rows = list(_due(today))
    acting = stand_ins({user for _, _, user in rows}, on=today) if rows else {}
    messages = [
        NewMessage(
            key=f"{key}:{acting.get(user, user)}", delivery_class=DeliveryClass.DIGEST, template=template,
            user_id=acting.get(user, user), context={},
        )
        for key, template, user in rows
    ]  # fmt: skip
    if messages:
        post(messages, now=now)
    return len(messages)


def _due(today: dt.date) -> Iterator[tuple[str, str, int]]:
    """(key without the receiver, template, user) of everything due."""
    span = (today - LOOK_BACK, today)
    assessments = Assessment.objects.latest().filter(next_due_on__range=span)
    yield from _of("assessment", ASSESSMENT_DUE, assessments, "next_due_on", "recorded_by")
    rechecks = CheckUp.objects.filter(recheck_by__range=span, rechecked_on__isnull=True)
    yield from _of("check_up", RECHECK_DUE, rechecks, "recheck_by", "recorded_by")
    thoughts = Thought.objects.filter(follow_up_on__range=span, followed_up_on__isnull=True)
    yield from _of("thought", THOUGHT_DUE, thoughts, "follow_up_on", "recorded_by")
    late = (span[0] - dt.timedelta(days=1), today - dt.timedelta(days=1))
    works = HomeAdaptation.objects.filter(step_due_on__range=late)
    yield from _of("adaptation", ADAPTATION_LATE, works, "step_due_on", "owner")


def _of(name: str, template: str, rows, day: str, whose: str) -> Iterable[tuple[str, str, int]]:
    found = rows.filter(**LIVING, **{f"{whose}__is_active": True}).order_by("pk").values_list("pk", day, whose)
    return ((f"{name}:{pk}:due:{due_on}", template, user) for pk, due_on, user in found)
