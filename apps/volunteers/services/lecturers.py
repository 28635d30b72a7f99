"""Lecturers join the pool and leave it. Alone writes Lecturer's end."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.attachments import purge, store
from apps.common.errors import BusinessError
from apps.common.scans import Scan
from apps.signups.services.locking import lock_persons
from apps.volunteers.choices.talks import AskState, TalkState
from apps.volunteers.models import Lecturer, Talk, TalkAsk, TalkLecturer
from apps.volunteers.queries.volunteers import may_serve


@transaction.atomic
def join(lecturer: Lecturer, *, actor: User | None, on: dt.date) -> Lecturer:
    """A new lecturer is kept. Who may be given nothing (paper missing, left, died) is refused (rule book 10.61)."""
    lock_persons([lecturer.volunteer_id])
    if sentence := may_serve([lecturer.volunteer_id], on).get(lecturer.volunteer_id):
        raise BusinessError(sentence, code="barred", field="volunteer")
    if Lecturer.objects.active().filter(volunteer=lecturer.volunteer_id).exists():
        raise BusinessError("他已经是宣讲员。", code="twice", field="volunteer")
    lecturer.save()
    return lecturer


@transaction.atomic
def leave(lecturer: Lecturer, *, on: dt.date, actor: User, now: dt.datetime) -> Lecturer:
    """He gives no more talks from `on`; questions to him end. Refused while a talk waits for him. Left already: nothing
    happens."""
    lock_persons([lecturer.volunteer_id])
    row = Lecturer.objects.select_for_update(of=("self",)).get(pk=lecturer.pk)
    if row.left_on is not None:
        return row
    if on < row.joined_on:
        raise BusinessError(f"退出日期不能早于聘任日期 {row.joined_on:%Y-%m-%d}。", code="order", field="on")
    ahead = TalkLecturer.objects.filter(
        lecturer=row, talk__state=TalkState.PLANNED, talk__on__gte=on, talk__voided_at__isnull=True
    ).count()
    if ahead:
        raise BusinessError(f"他后面还有 {ahead} 场宣讲。请先换人或取消，再办退出。", code="ahead")
    TalkAsk.objects.filter(lecturer=row, state=AskState.ASKED).update(state=AskState.WITHDRAWN, answered_at=now)
    row.left_on = on
    row.save(update_fields=["left_on"])
    audit.record("lecturer.leave", actor=actor, people=[row.volunteer_id], target=f"volunteers.lecturer:{row.pk}")
    return row


def end_by_death(event: int, person: int, *, now: dt.datetime) -> list[str]:
    """He is no lecturer any more, and what he was asked ends. Returns a sentence for each talk that needs somebody
    else. The person is locked by the caller."""
    today = timezone.localdate(now)
    rows = Lecturer.objects.select_for_update(of=("self",)).active().filter(volunteer=person)
    for row in rows:
        row.left_on, row.closed_by_event = max(today, row.joined_on), event
        row.save(update_fields=["left_on", "closed_by_event"])
    asked = TalkAsk.objects.filter(lecturer__volunteer=person, state=AskState.ASKED)
    asked.update(state=AskState.WITHDRAWN, answered_at=now)
    ahead = Talk.objects.filter(
        speakers__lecturer__volunteer=person, state=TalkState.PLANNED, on__gte=today, voided_at__isnull=True
    )
    return [f"他{talk.on.month}月{talk.on.day}日在{talk.host}的宣讲要换人。" for talk in ahead.order_by("on", "pk")]


def reopen_after_death(event: int) -> None:
    """It was no death: he is a lecturer as before; who asked him asks again."""
    Lecturer.objects.filter(closed_by_event=event).update(left_on=None, closed_by_event=None)


@transaction.atomic
def keep_file(row, name: str, scan: Scan, *, purpose: str, actor: User):
    """A file of a topic (`file`) or a talk (`photo`): the one before it is removed."""
    before = getattr(row, name)
    label = row._meta.label_lower
    made = store(
        scan.data, subject=f"{label}:{row.pk}", purpose=purpose, filename=scan.filename,
        content_type=scan.content_type, actor=actor, keep_days=None,
    )  # fmt: skip
    setattr(row, name, made)
    row.save(update_fields=[name])
    if before is not None:
        purge(before)
    audit.record("talk.file", actor=actor, target=f"{label}:{row.pk}")
    return row
