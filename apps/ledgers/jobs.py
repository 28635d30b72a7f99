"""What the clock owes to colleagues: calls past their day, and who stands in for whom from today or until today.

Keys name the occasion and look back some days, so that a tick that was missed loses nothing and one that comes twice
tells nobody twice.
"""

import datetime as dt

from apps.accounts.access import stand_ins
from apps.accounts.models import Absence
from apps.messaging.choices import DeliveryClass
from apps.messaging.rules import ZONE
from apps.messaging.services import NewMessage, post
from apps.organisation.queries import rule_values, work_calendar

from .aid_notices import aid_messages
from .campaign_notices import campaign_messages
from .card_notices import card_messages
from .choices import InquiryState
from .family_notices import family_messages
from .inquiry_rules import InquiryRules
from .models import Inquiry
from .notices import (
    INQUIRY_ESCALATED,
    INQUIRY_OVERDUE,
    STAND_IN_BACK,
    STAND_IN_BEGINS,
    STAND_IN_ENDS,
)
from .plan_notices import plan_messages
from .queries import section_heads

LOOK_BACK = dt.timedelta(days=60)
ABSENCE_BACK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


def tell_colleagues(now: dt.datetime) -> int:
    """Post what is due; returns how many messages were asked for, those known already included."""
    today = now.astimezone(ZONE).date()
    messages = [
        *_overdue_inquiries(today),
        *_absences(today),
        *family_messages(today),
        *plan_messages(today),
        *campaign_messages(today),
        *card_messages(today),
        *aid_messages(today),
    ]
    if messages:
        post(messages, now=now)
    return len(messages)


def _message(key: str, template: str, user_id: int, **context) -> NewMessage:
    return NewMessage(key=key, delivery_class=DeliveryClass.DIGEST, template=template, user_id=user_id, context=context)


def _overdue_inquiries(today: dt.date) -> list[NewMessage]:
    """Whoever must act and whoever took the call hear the day after; the section some working days later."""
    rows = list(
        Inquiry.objects.open()
        .filter(due_on__gte=today - LOOK_BACK, due_on__lt=today)
        .only("state", "handler", "received_by", "due_on", "unit")
        .order_by("pk")
    )
    if not rows:
        return []
    rules, calendar = rule_values(InquiryRules.rule_key, on=today), work_calendar()
    heads = section_heads({row.unit_id for row in rows}, on=today)
    acting = stand_ins({user for row in rows for user in (row.handler_id, row.received_by_id)}, on=today)
    messages = []
    for row in rows:
        told = {row.received_by_id} | ({row.handler_id} if row.state == InquiryState.OPEN else set())
        base = f"inquiry:{row.pk}"
        messages += [
            _message(f"{base}:overdue:{row.due_on}:{user}", INQUIRY_OVERDUE, acting.get(user, user), inquiry=row.pk)
            for user in sorted(told)
        ]
        head = next(iter(heads.get(row.unit_id, ())), None)
        if head and today > calendar.add_workdays(row.due_on, rules.escalate_workdays):
            messages.append(_message(f"{base}:escalated:{row.due_on}", INQUIRY_ESCALATED, head, inquiry=row.pk))
    return messages


def _absences(today: dt.date) -> list[NewMessage]:
    """The first day and the last day to whoever acts; the day after to who is back."""
    rows = Absence.objects.filter(
        starts_on__lte=today, ends_on__gt=today - ABSENCE_BACK, voided_at__isnull=True
    ).order_by("pk")
    acting = stand_ins({row.user_id for row in rows}, on=today)
    messages = []
    for row in rows:
        substitute = acting.get(row.user_id, row.substitute_id)
        if row.starts_on >= today - ABSENCE_BACK and today < row.ends_on:
            key = f"stand_in:{row.pk}:begins:{substitute}"
            messages.append(_message(key, STAND_IN_BEGINS, substitute, absence=row.pk))
        until = f"{row.pk}:{row.ends_on}"
        if today >= row.ends_on - DAY:
            messages.append(_message(f"stand_in:ends:{until}", STAND_IN_ENDS, substitute, absence=row.pk))
        if today >= row.ends_on and row.user_id not in acting:
            messages.append(_message(f"stand_in:back:{until}", STAND_IN_BACK, row.user_id, absence=row.pk))
    return messages
