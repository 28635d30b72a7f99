"""What of 空中课堂 somebody sees, and where he stopped."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from apps.common.code_lists import names_of
from apps.people.acting import actings_of
from apps.people.models import Person
from apps.university.models import Lesson, LessonDone, LessonFile, LessonSeries, Student

INTERESTS = "course_interest"
VIEW = "university.view_lesson"


@dataclass(frozen=True)
class Viewer:
    """Who looks: `person` is he himself (never somebody he acts for), `students` whether lessons for students are open
    to him."""

    person: Person | None = None
    student: bool = False


def viewer_of(user, on: dt.date) -> Viewer:
    """Nobody known for visitors and staff. A family account that acts for a student may watch with him."""
    if not getattr(user, "is_authenticated", False):
        return Viewer()
    found = actings_of(user, on)
    own = next((acting.person for acting in found if not acting.is_proxy), None)
    ids = [acting.person.pk for acting in found]
    return Viewer(own, bool(ids) and Student.objects.current().filter(pk__in=ids).exists())


def may_watch(lesson: Lesson, viewer: Viewer) -> bool:
    """A published lesson that is open, or that students may see."""
    return bool(lesson.published_at and lesson.voided_at is None) and (lesson.is_open or viewer.student)


def series_to_show(*, text: str = "", interest: str = "") -> QuerySet[LessonSeries]:
    """Series with a published lesson, by words in their names, courses, teachers or lessons; `number` of them."""
    rows = LessonSeries.objects.shown().select_related("school", "course")
    if interest:
        rows = rows.filter(Q(interest=interest) | Q(interest="", course__interests__contains=[interest]))
    for word in text.split()[:4]:
        lessons = Lesson.objects.published().filter(
            Q(title__icontains=word) | Q(teacher_name__icontains=word) | Q(summary__icontains=word)
        )
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(summary__icontains=word)
            | Q(course__name__icontains=word)
            | Q(pk__in=lessons.values("series_id"))
        )
    standing = Q(lessons__published_at__isnull=False, lessons__voided_at__isnull=True)
    return rows.annotate(number=Count("lessons", filter=standing)).order_by("position", "name", "pk")


def interests_shown() -> list[tuple[str, str]]:
    """Code and name of every interest under which something is to be seen."""
    rows = LessonSeries.objects.shown()
    codes = set(rows.exclude(interest="").values_list("interest", flat=True))
    for found in rows.filter(interest="", course__isnull=False).values_list("course__interests", flat=True):
        codes.update(found)
    return [(code, name) for code, name in names_of(INTERESTS).items() if code in codes]


def lessons_of(series: LessonSeries) -> QuerySet[Lesson]:
    files = Prefetch("files", LessonFile.objects.filter(removed_at__isnull=True), to_attr="current_files")
    return series.lessons.published().order_by("position", "pk").prefetch_related(files)


def done_among(person: Person | None, lessons) -> set[int]:
    """Ids of those of `lessons` that he has finished."""
    if person is None:
        return set()
    return set(LessonDone.objects.filter(person=person, lesson__in=lessons).values_list("lesson_id", flat=True))


@dataclass(frozen=True)
class Going:
    """A series that somebody has begun: the lesson to go on with, None when he has finished all."""

    series: LessonSeries
    done: int
    number: int
    next: Lesson | None = None


def goings_of(person: Person | None, limit: int = 3) -> list[Going]:
    """接着学: series he finished a lesson of lately, the latest first; three statements."""
    if person is None:
        return []
    recent = (
        LessonDone.objects.filter(person=person).order_by("-done_at", "-pk").values_list("lesson__series", flat=True)
    )
    ids = list(dict.fromkeys(recent[:100]))[:limit]
    lessons = list(Lesson.objects.published().filter(series__in=ids).order_by("position", "pk"))
    done = done_among(person, [lesson.pk for lesson in lessons])
    known = LessonSeries.objects.shown().in_bulk(ids)
    found = []
    for pk in ids:
        own = [lesson for lesson in lessons if lesson.series_id == pk]
        if pk in known and own:
            left = next((lesson for lesson in own if lesson.pk not in done), None)
            found.append(Going(known[pk], sum(one.pk in done for one in own), len(own), left))
    return found
