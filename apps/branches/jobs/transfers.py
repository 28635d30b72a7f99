"""What the clock says about transfers and 转正: to those whose turn it is, once an occasion.

Keys name the occasion and look back some days, so that a tick that was missed loses nothing and one that comes twice
tells nobody twice. No state is written: 逾期 is read from the letter's day.
"""

import datetime as dt
from collections.abc import Iterable

from apps.branches.choices import PostKind
from apps.branches.models import Post, Recruit, Transfer
from apps.branches.notices import RECRUIT_FULL, TRANSFER_EXPIRED, TRANSFER_EXPIRING, TRANSFER_SLOW
from apps.branches.occasions.transfers import (
    letters_expiring_between,
    probations_ending_between,
    steps_waiting_between,
)
from apps.branches.queries.transfers import RELATED, users_to_tell
from apps.branches.rules.recruits import RecruitRules
from apps.branches.rules.transfers import TransferRules
from apps.messaging.choices import DeliveryClass
from apps.messaging.rules import ZONE
from apps.messaging.services import NewMessage, post
from apps.organisation.queries import rule_values

LOOK_BACK = dt.timedelta(days=30)
DAY = dt.timedelta(days=1)


def tell_of_transfers(now: dt.datetime) -> int:
    """Post what is due; returns how many messages were asked for, those known already included."""
    today = now.astimezone(ZONE).date()
    rules = rule_values(TransferRules.rule_key, on=today)
    soon = letters_expiring_between(today + DAY, today + dt.timedelta(days=rules.expiring_days))
    late = letters_expiring_between(today - LOOK_BACK, today)
    slow = steps_waiting_between(today - LOOK_BACK, today - dt.timedelta(days=rules.waiting_days))
    messages = [
        *_of_transfers(soon, TRANSFER_EXPIRING, today),
        *_of_transfers(late, TRANSFER_EXPIRED, today),
        *_of_transfers(slow.exclude(pk__in=late.values("pk")).exclude(pk__in=soon.values("pk")), TRANSFER_SLOW, today),
        *_of_recruits(today),
    ]
    if messages:
        post(messages, now=now)
    return len(messages)


def _of_transfers(rows: Iterable[Transfer], template: str, today: dt.date) -> list[NewMessage]:
    found = list(rows.select_related(*RELATED).order_by("pk"))
    users = users_to_tell(found, today)
    return [
        _message(f"transfer:{row.pk}:{template}:{row.occasion_date}:{user}", template, user, row.person_id, row.pk)
        for row in found
        for user in users.get(row.pk, ())
    ]


def _of_recruits(today: dt.date) -> list[NewMessage]:
    ahead = dt.timedelta(days=rule_values(RecruitRules.rule_key, on=today).full_ahead_days)
    rows: list[Recruit] = list(probations_ending_between(today - LOOK_BACK, today + ahead).order_by("pk"))
    posts = Post.objects.current(today).filter(
        organisation_id__in={row.organisation_id for row in rows}, kind=PostKind.SECRETARY, user__is_active=True
    )
    secretaries = dict(posts.values_list("organisation_id", "user_id"))
    return [
        _message(f"recruit:{row.pk}:full:{row.occasion_date}:{user}", RECRUIT_FULL, user, row.person_id, row.pk)
        for row in rows
        if (user := secretaries.get(row.organisation_id))
    ]


def _message(key: str, template: str, user: int, person: int, subject: int) -> NewMessage:
    return NewMessage(
        key=key, delivery_class=DeliveryClass.DIGEST, template=template, user_id=user, about_id=person,
        context={"subject": subject},
    )  # fmt: skip
