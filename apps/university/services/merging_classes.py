"""并班: two classes below the minimum become one. Everybody of the class that ends is asked; who agrees is moved, the
others get their fee back."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.signups.models import Places
from apps.university.choices.life import Answer, MergeState, NoticeKind
from apps.university.models import ClassGroup, ClassMerge, Enrolment, MergeAnswer
from apps.university.queries.class_people import studying
from apps.university.queries.similar_classes import open_classes, somebody_waits
from apps.university.rules.lessons import day_of

from .closing_classes import cancel_class, locked
from .lessons import checked_reason, title_of
from .moving import move
from .telling import tell


@transaction.atomic
def ask_to_merge(
    source: ClassGroup, target: ClassGroup, *, reason: str, actor, now: dt.datetime, form_key: uuid.UUID
) -> ClassMerge:
    """Begin to ask: a line for everybody in `source`. Refused where `target` cannot take them all."""
    known = ClassMerge.objects.filter(public_id=form_key).first()
    if known is not None:
        return known
    source, reason = locked(source), checked_reason(reason)
    into: Any = open_classes(source).filter(pk=target.pk).first()
    if into is None:
        raise BusinessError("请选同一学期、还开着的另一个班。", code="closed", field="target")
    rows = list(studying(source))
    if into.free < len(rows):
        raise BusinessError(
            f"“{target}”只剩 {max(into.free, 0)} 个名额，这个班有 {len(rows)} 人。先给那个班加名额，或者换一个班。",
            code="full", field="target",
        )  # fmt: skip
    if somebody_waits(target):
        raise BusinessError(f"“{target}”有人在候补，不能并入。", code="queue", field="target")
    if ClassMerge.objects.filter(source=source, state=MergeState.ASKING, voided_at__isnull=True).exists():
        raise BusinessError("这个班已经在征求并班意见。", code="asking")
    merge = ClassMerge.objects.create(
        public_id=form_key, source=source, class_group=target, reason=reason, asked_at=now, asked_by=actor
    )
    MergeAnswer.objects.bulk_create(MergeAnswer(merge=merge, enrolment=row) for row in rows)
    if rows:
        words = (
            f"{title_of(source)}人数不够，想并到{title_of(target)}。"
            "您是否同意，请在“我的课”里答复，或者打电话告诉学校；不同意的，学费全部退还。"
        )
        tell(
            source, [row.student for row in rows], NoticeKind.MERGING, words, actor=actor, now=now, on=day_of(now)
        )  # fmt: skip
    audit.record("class.ask_to_merge", actor=actor, target=f"university.classmerge:{merge.pk}", reason=reason)
    return merge


@transaction.atomic
def note_answers(merge: ClassMerge, answers: Collection[tuple[int, str, str]], *, actor, now: dt.datetime) -> int:
    """(line id, `Answer` or empty, note); returns how many changed."""
    _asking(merge)
    lines = {line.pk: line for line in merge.answers.select_for_update()}
    changed = []
    for pk, answer, note in answers:
        line = lines.get(pk)
        if line is None:
            raise BusinessError("名单变了，请刷新后再录。", code="unknown")
        if (line.answer, line.note) != (answer, note):
            line.answer, line.note, line.answered_at, line.noted_by = answer, note, now, actor
            changed.append(line)
    MergeAnswer.objects.bulk_update(changed, ["answer", "note", "answered_at", "noted_by"])
    return len(changed)


@transaction.atomic
def answer_merge(line: MergeAnswer, answer: str, *, note: str, actor, now: dt.datetime) -> None:
    """The student's own word, or his family's, to being moved; it may change until the merge is carried out."""
    _asking(line.merge)
    MergeAnswer.objects.filter(pk=line.pk).update(answer=answer, note=note, answered_at=now, noted_by=actor)
    audit.record(
        "class.answer_merge", actor=actor, target=f"university.classmerge:{line.merge_id}",
        people=[line.enrolment.student_id],
    )  # fmt: skip


@transaction.atomic
def carry_out(merge: ClassMerge, *, actor, now: dt.datetime) -> int:
    """Move who agreed, cancel the class for the rest; refused while somebody who is still in it has not answered.
    Returns how many were moved. See rule book 9.52."""
    merge = _asking(merge)
    inside = set(studying(merge.source).values_list("pk", flat=True))
    lines = [line for line in merge.answers.select_related("enrolment__student__person") if line.enrolment_id in inside]
    if waiting := sum(not line.answer for line in lines):
        raise BusinessError(f"还有 {waiting} 位没有答复。都问到了再并；问不到的记“不同意”，学费全退。", code="waiting")
    moving = [line.enrolment for line in lines if line.answer == Answer.YES]
    people = [row.student_id for row in moving]
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    keys = [merge.source.offering_id, merge.class_group.offering_id]
    list(Places.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    target = ClassGroup.objects.select_related("offering", "school").get(pk=merge.class_group_id)
    for row in (
        Enrolment.objects.filter(pk__in=[one.pk for one in moving])
        .select_related("sign_up", "student__person")
        .order_by("pk")
    ):
        _move(row, target, merge, actor, now)
    if moving:
        students = [row.student for row in moving]
        words = f"{title_of(merge.source)}已并入{title_of(target)}，请到那个班上课，第一次课以那个班的课表为准。"
        tell(target, students, NoticeKind.MERGED, words, actor=actor, now=now, on=day_of(now))
    cancel_class(merge.source, reason=f"并入{target}", actor=actor, now=now)
    merge.state, merge.done_at = MergeState.DONE, now
    merge.save(update_fields=["state", "done_at"])
    audit.record(
        "class.merge", actor=actor, target=f"university.classmerge:{merge.pk}", reason=merge.reason, people=people
    )
    return len(moving)


def _move(row: Enrolment, target: ClassGroup, merge: ClassMerge, actor, now: dt.datetime) -> None:
    try:
        move(
            row,
            target,
            reason="并班",
            actor=actor,
            now=now,
            form_key=uuid.uuid5(merge.public_id, str(row.pk)),
            merge=merge,
        )
    except BusinessError as refusal:
        raise BusinessError(f"{row.student.person.name}转不过去：{refusal.sentence}", code=refusal.code) from refusal


@transaction.atomic
def drop_merge(merge: ClassMerge, *, actor, now: dt.datetime) -> None:
    """不并了: everything stays as it is; answers are kept."""
    merge = _asking(merge)
    merge.state, merge.done_at = MergeState.DROPPED, now
    merge.save(update_fields=["state", "done_at"])
    rows = [row.student for row in studying(merge.source)]
    if rows:
        words = f"{title_of(merge.source)}不并班了，照原来的时间上课。"
        tell(merge.source, rows, NoticeKind.AS_PLANNED, words, actor=actor, now=now, on=day_of(now))
    audit.record("class.drop_merge", actor=actor, target=f"university.classmerge:{merge.pk}")


def _asking(merge: ClassMerge) -> ClassMerge:
    merge = (
        ClassMerge.objects.select_for_update(of=("self",))
        .select_related("source__course", "source__school", "class_group__course", "class_group__school")
        .get(pk=merge.pk)
    )
    if merge.state != MergeState.ASKING:
        raise BusinessError("这次并班已经办结。", code="done")
    return merge
