"""空中课堂: putting lessons in order, their files, publishing, and 我学完了这一课."""

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import PurePath

from django.core.files.base import File
from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.people.models import Person
from apps.university import lesson_store
from apps.university.choices.air import FileRole, LessonKind
from apps.university.models import Lesson, LessonDone, LessonFile, LessonSeries
from apps.university.rules.air import LessonRules, check_outside
from apps.university.rules.captions import clean_captions
from apps.university.rules.media import MB, Media, NotMedia, look_at_audio, look_at_handout, look_at_video

Kind, Role = LessonKind, FileRole


def _rules(lesson_or_series, on: dt.date) -> LessonRules:
    series = lesson_or_series.series if isinstance(lesson_or_series, Lesson) else lesson_or_series
    return rule_values(LessonRules.rule_key, on=on, unit=series.school.unit)


def _target(lesson: Lesson) -> str:
    return f"university.lesson:{lesson.pk}"


def save_lesson(lesson: Lesson, *, on: dt.date) -> Lesson:
    """Store what was typed. Its address outside must be on an approved site; a published lesson stays one that can be
    seen. BusinessError names the field."""
    if lesson.outside_url:
        try:
            lesson.outside_url = check_outside(lesson.outside_url, _rules(lesson, on))
        except ValueError as error:
            raise BusinessError(str(error), code="outside", field="outside_url") from error
    if lesson.pk and _has_other_kind(lesson):
        raise BusinessError("已经传了文件，不能改形式。请先移除文件。", code="kind", field="kind")
    if lesson.published_at:
        require_content(lesson)
    lesson.save()
    return lesson


def _has_other_kind(lesson: Lesson) -> bool:
    """Whether files were kept for another kind of lesson than it is about to be."""
    kept = lesson.files.filter(removed_at__isnull=True).exclude(role=Role.HANDOUT)
    return kept.exists() and Lesson.objects.values_list("kind", flat=True).get(pk=lesson.pk) != lesson.kind


def next_position(series: LessonSeries) -> int:
    last = series.lessons.current().order_by("-position").values_list("position", flat=True).first()
    return (last or 0) + 1


def limit_of(lesson: Lesson, role: str, rules: LessonRules) -> int:
    """How large a file of this role may be, in MB. See rule book 9.60."""
    if role == Role.HANDOUT:
        return rules.handout_mb
    if lesson.kind == Kind.AUDIO:
        return rules.audio_mb
    return rules.slow_mb if role == Role.SLOW else rules.video_mb


def roles_for(lesson: Lesson) -> list[FileRole]:
    """Which files such a lesson may have; the slow version comes after the first."""
    if lesson.kind == Kind.TEXT:
        return [Role.HANDOUT]
    return [Role.MAIN, Role.SLOW, Role.HANDOUT]


def check_file(lesson: Lesson, role: str, file: File, rules: LessonRules) -> Media:
    """What the file really is; BusinessError of `file` for one too large, of another kind, broken or cut off."""
    if role not in roles_for(lesson):
        raise BusinessError("文字课只能传讲义。", code="role", field="role")
    most = limit_of(lesson, role, rules)
    if file.size > most * MB:
        raise BusinessError(
            f"这个文件有 {file.size / MB:.0f} MB，最多 {most} MB。请把画面调小一点，或者分成两讲。",
            code="too_large", field="file",
        )  # fmt: skip
    look: Callable = look_at_handout if role == Role.HANDOUT else look_at_video
    if lesson.kind == Kind.AUDIO and role != Role.HANDOUT:
        look = look_at_audio
    try:
        return look(file, file.size)
    except NotMedia as error:
        raise BusinessError(str(error), code="kind", field="file") from error


def add_file(
    lesson: Lesson, role: str, file: File, *, actor, now: dt.datetime, on: dt.date, form_key: uuid.UUID
) -> LessonFile:
    """Keep a file of a lesson; one of the same role is replaced, its file removed after the commit. The same form
    twice is one file. Checks come first: nothing is kept of what is refused. See rule book 9.60."""
    standing = LessonFile.objects.filter(public_id=form_key).first()
    if standing is not None:
        return standing
    found = check_file(lesson, role, file, _rules(lesson, on))
    with lesson_store.stored(file, found.ending) as name, transaction.atomic():
        Lesson.objects.select_for_update(of=("self",)).get(pk=lesson.pk)
        if known := LessonFile.objects.filter(public_id=form_key).first():
            transaction.on_commit(lambda: lesson_store.remove(name), robust=True)
            return known
        _drop(lesson, role, now)
        row = LessonFile.objects.create(
            lesson=lesson, public_id=form_key, role=role, content_type=found.content_type, size=file.size,
            seconds=found.seconds, filename=_plain_name(file.name, found.ending), storage_name=name,
        )  # fmt: skip
        audit.record("lesson.file", actor=actor, target=_target(lesson), fields=[role])
    return row


def _plain_name(name: str | None, ending: str) -> str:
    stem = "".join(letter for letter in PurePath(name or "").stem if letter.isprintable() and letter not in '\\/"')
    return f"{stem[:80] or '课件'}.{ending}"


def _drop(lesson: Lesson, role: str, now: dt.datetime) -> int:
    rows = list(LessonFile.objects.select_for_update().filter(lesson=lesson, role=role, removed_at__isnull=True))
    for row in rows:
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        transaction.on_commit(partial(lesson_store.remove, row.storage_name), robust=True)
    return len(rows)


@transaction.atomic
def remove_file(lesson: Lesson, role: str, *, actor, now: dt.datetime) -> None:
    """Take a file away; a published lesson keeps what makes it one. Once more does nothing."""
    lesson = Lesson.objects.select_for_update(of=("self",)).select_related("series__school").get(pk=lesson.pk)
    if not _drop(lesson, role, now):
        return
    if lesson.published_at:
        require_content(lesson)
    audit.record("lesson.file", actor=actor, target=_target(lesson), fields=[role], reason="removed")


@transaction.atomic
def set_captions(lesson: Lesson, data: bytes | None, *, actor) -> int:
    """Captions written anew from `data`, or none; returns how many sentences. BusinessError of `captions`."""
    lesson = Lesson.objects.select_for_update(of=("self",)).get(pk=lesson.pk)
    try:
        lesson.captions = clean_captions(data) if data is not None else ""
    except ValueError as error:
        raise BusinessError(str(error), code="captions", field="captions") from error
    lesson.save(update_fields=["captions"])
    audit.record("lesson.file", actor=actor, target=_target(lesson), fields=["captions"])
    return lesson.captions.count(" --> ")


def require_content(lesson: Lesson) -> None:
    """What somebody who opens it would look for. BusinessError where it is missing."""
    if lesson.kind == Kind.TEXT:
        if not lesson.text.strip():
            raise BusinessError("文字课还没有课文，请先填写。", code="empty", field="text")
        return
    if not lesson.outside_url and not lesson.files.filter(role=Role.MAIN, removed_at__isnull=True).exists():
        raise BusinessError(
            f"{lesson.get_kind_display()}还没有文件，也没有外面的网址。请先上传。", code="empty", field="outside_url"
        )


@transaction.atomic
def publish(lesson: Lesson, *, actor, now: dt.datetime) -> Lesson:
    """The public, or the students, may see it from now on. Once more does nothing."""
    lesson = Lesson.objects.select_for_update(of=("self",)).select_related("series__school").get(pk=lesson.pk)
    if lesson.published_at:
        return lesson
    if lesson.voided_at or lesson.series.voided_at:
        raise BusinessError("已经作废，不能公布。", code="voided")
    require_content(lesson)
    lesson.published_at = now
    lesson.save(update_fields=["published_at"])
    audit.record("lesson.publish", actor=actor, target=_target(lesson))
    return lesson


@transaction.atomic
def take_back(lesson: Lesson, *, actor) -> Lesson:
    """Nobody but staff sees it any more; what people finished stays theirs. Once more does nothing."""
    lesson = Lesson.objects.select_for_update(of=("self",)).get(pk=lesson.pk)
    if lesson.published_at is not None:
        lesson.published_at = None
        lesson.save(update_fields=["published_at"])
        audit.record("lesson.take_back", actor=actor, target=_target(lesson))
    return lesson


@transaction.atomic
def put_in_order(series: LessonSeries, lessons: list[int], *, actor) -> None:
    """Number the lessons of a series as listed (ids); all of its current ones must be there, each once."""
    LessonSeries.objects.select_for_update(of=("self",)).get(pk=series.pk)
    known = set(series.lessons.current().values_list("pk", flat=True))
    if len(lessons) != len(known) or set(lessons) != known:
        raise BusinessError("这套课刚有增减，请刷新以后再排。", code="order")
    for place, pk in enumerate(lessons, 1):
        Lesson.objects.filter(pk=pk).exclude(position=place).update(position=place)
    audit.record("change", actor=actor, target=f"university.lessonseries:{series.pk}", fields=["position"])


@transaction.atomic
def move(lesson: Lesson, step: int, *, actor) -> None:
    """One place up (-1) or down (+1) among the lessons of its series; at the end it stays."""
    rows = list(lesson.series.lessons.current().order_by("position", "pk").values_list("pk", flat=True))
    here = rows.index(lesson.pk)
    there = min(max(here + step, 0), len(rows) - 1)
    rows.insert(there, rows.pop(here))
    put_in_order(lesson.series, rows, actor=actor)


def finish(lesson: Lesson, person: Person) -> None:
    """我学完了这一课: pressed by himself; nothing is measured. Once more does nothing. See rule book 9.62."""
    LessonDone.objects.bulk_create([LessonDone(person=person, lesson=lesson)], ignore_conflicts=True)


def unfinish(lesson: Lesson, person: Person) -> None:
    """Taken back by himself."""
    LessonDone.objects.filter(person=person, lesson=lesson).delete()
