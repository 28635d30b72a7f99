"""Telling a class something: a text to whom one reaches, a line on the call sheet for everybody else.

The room asks `messaging` itself who can be texted: nobody is written a letter about a lesson of tomorrow.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from apps.common.errors import BusinessError
from apps.messaging.choices import Channel, DeliveryClass, DeliveryState
from apps.messaging.models import Delivery
from apps.messaging.recipients import Recipients
from apps.messaging.rules import SendingRules
from apps.messaging.services.deciding import withdraw_messages
from apps.messaging.services.posting import NewMessage, post
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.university.choices.life import Told
from apps.university.life_notices import CLASS_NOTICE
from apps.university.models import ClassGroup, ClassNotice, ClassSession, NoticeLine, Student

TEXTS = (Channel.SMS, Channel.SMS_FILE)
# A text in one of these states did not reach, or not surely.
NOT_THERE = (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.WITHDRAWN)


def tell(
    class_group: ClassGroup,
    students: Iterable[Student],
    kind: str,
    words: str,
    *,
    session: ClassSession | None = None,
    of_use_until: dt.datetime | None = None,
    actor,
    now: dt.datetime,
    on: dt.date,
    form_key: uuid.UUID | None = None,
    told_by: Mapping[int, int] | None = None,
) -> ClassNotice:
    """A notice with a line for each living student, and a text to those who can be texted, in the caller's transaction.
    `words` name nobody. `on`: the day of `now`. `told_by`: person id → message that another room posted about the same
    thing; then nothing more is sent. See rule book 9.59."""
    notice = ClassNotice.objects.create(
        public_id=form_key or uuid.uuid4(), class_group=class_group, session=session, kind=kind, words=words,
        of_use_until=of_use_until, made_at=now, made_by=actor,
    )  # fmt: skip
    living = [one for one in students if one.person.life_status == LifeStatus.LIVING]
    recipients = Recipients((), {one.pk for one in living}, rules=rule_values(SendingRules.rule_key, on=on), on=on)
    texted = {one.pk: f"class-notice:{notice.pk}:{one.pk}" for one in living if by_text(recipients, one.pk)}
    if told_by is not None:
        NoticeLine.objects.bulk_create(
            NoticeLine(notice=notice, student=one, message_id=told_by.get(one.pk)) for one in living
        )
        return notice
    messages = post(
        [
            NewMessage(
                key=key, delivery_class=DeliveryClass.URGENT, template=CLASS_NOTICE, person_id=pk, about_id=pk,
                context={"notice": notice.pk}, valid_until=of_use_until,
            )
            for pk, key in texted.items()
        ],
        now=now,
    )  # fmt: skip
    NoticeLine.objects.bulk_create(
        NoticeLine(notice=notice, student=one, message_id=messages.get(texted.get(one.pk, ""))) for one in living
    )
    return notice


def by_text(recipients: Recipients, person_id: int) -> bool:
    return recipients.next_for_person(person_id) in TEXTS


def to_ring(notice: ClassNotice) -> set[int]:
    """Ids of lines whose people nobody has told: no text, or one that did not arrive, and no call that reached."""
    lines = notice.lines.exclude(told=Told.YES)
    arrived = Delivery.objects.filter(items__message__in=lines.values("message"), channel__in=TEXTS)
    texted = set(arrived.exclude(state__in=NOT_THERE).values_list("items__message", flat=True))
    return {pk for pk, message in lines.values_list("pk", "message") if message not in texted}


@transaction.atomic
def record_calls(notice: ClassNotice, results: Collection[tuple[int, str, str]], *, actor, now: dt.datetime) -> int:
    """(line id, `Told`, note) as they come back from the call sheet; returns how many changed. A text of somebody who
    was told by telephone and that still waits is taken back."""
    lines = {line.pk: line for line in notice.lines.select_for_update()}
    if unknown := [pk for pk, _, _ in results if pk not in lines]:
        raise BusinessError(f"名单里没有这一行（{unknown[0]}），请刷新后再录。", code="unknown")
    changed = []
    for pk, told, note in results:
        line = lines[pk]
        if (line.told, line.note) != (told, note):
            line.told, line.note, line.told_at, line.told_by = told, note, now, actor
            changed.append(line)
    NoticeLine.objects.bulk_update(changed, ["told", "note", "told_at", "told_by"])
    withdraw_messages([line.message_id for line in changed if line.told == Told.YES and line.message_id])
    return len(changed)


def take_back(notice: ClassNotice) -> bool:
    """Texts that still wait are withdrawn; True when everybody was still untold, so that nobody need hear more."""
    ids = list(notice.lines.filter(message__isnull=False).values_list("message_id", flat=True))
    withdrawn = withdraw_messages(ids)
    return withdrawn >= len(ids) and not notice.lines.filter(told=Told.YES).exists()
