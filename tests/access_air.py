"""空中课堂, the television schedule, 教研, 公益大讲堂 and reports in the world of the access matrix: one object of each
kind a side, and what each page asks for as (right, model whose key stands in the address, right to send)."""

import datetime as dt
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.university.models import (
    Course,
    CourseNomination,
    Lecture,
    LectureSeries,
    Lesson,
    LessonFile,
    LessonSeries,
    Programme,
    TeachingResearch,
)
from apps.university.services.lectures import LectureFacts, create_lecture, publish_lecture

DAY = dt.date(2026, 3, 1)
NOBODY, PUBLIC = "nobody", "public"


def _school(side):
    return side.objects["university.school"]


def _series(side) -> LessonSeries:
    return LessonSeries.objects.create(school=_school(side), name="书法入门")


def _lesson(side) -> Lesson:
    return Lesson.objects.create(
        series=side.objects["university.lessonseries"], title="执笔", kind="text", text="坐正",
        captions="WEBVTT\n", published_at=timezone.now(),
    )  # fmt: skip


def _file(side) -> LessonFile:
    name = default_storage.save("lessons/ab/matrix.pdf", ContentFile(b"%PDF-1.7 x"))
    return LessonFile.objects.create(
        lesson=side.objects["university.lesson"], public_id=uuid.uuid4(), role="handout", size=10,
        content_type="application/pdf", filename="x.pdf", storage_name=name,
    )  # fmt: skip


def _nomination(side) -> CourseNomination:
    course, _ = Course.objects.get_or_create(school=_school(side), name="剪纸")
    return CourseNomination.objects.create(school=_school(side), course=course, asked_on=DAY, reason="办得好")


def _lecture(side) -> Lecture:
    starts = timezone.make_aware(dt.datetime.combine(timezone.localdate() + dt.timedelta(9), dt.time(9)))
    facts = LectureFacts(
        series=side.objects["university.lectureseries"], title="护好关节", speaker="何医生", starts_at=starts,
        ends_at=starts + dt.timedelta(hours=1), place="一楼", seats=9, opens_at=timezone.now() - dt.timedelta(1),
    )  # fmt: skip
    return publish_lecture(create_lecture(facts, actor=None), actor=None, now=timezone.now())


AIR_OBJECTS = {
    "university.lessonseries": _series,
    "university.lesson": _lesson,
    "university.lessonfile": _file,
    "university.programme": lambda side: Programme.objects.create(
        school=_school(side), channel=f"频道{_school(side).pk}", on=DAY, starts=570, title="书法课堂"
    ),
    "university.coursenomination": _nomination,
    "university.teachingresearch": lambda side: TeachingResearch.objects.create(
        school=_school(side), held_on=DAY, topic="备课", people="王老师"
    ),
    "university.lectureseries": lambda side: LectureSeries.objects.create(school=_school(side), name="健康"),
    "university.lecture": _lecture,
}
_CHANGE_LESSON = ("university.change_lesson", "university.lesson")
_CHANGE_LECTURE = ("university.change_lecture", "university.lecture")
AIR_PAGES = {
    "admin:university_lessonseries_lessons": (
        "university.view_lessonseries", "university.lessonseries", NOBODY,
    ),
    **{f"admin:university_lesson_{page}": _CHANGE_LESSON for page in ("file", "publish")},
    # That of the world is a text.
    "admin:university_lesson_captions": (NOBODY, "university.lesson"),
    # No file is kept in the world.
    "admin:university_lesson_file_remove": (NOBODY, "university.lesson"),
    "admin:university_programme_paste": ("university.add_programme",),
    "admin:university_coursenomination_decide": ("university.change_coursenomination", "university.coursenomination"),
    "admin:university_teachingresearch_paper": ("university.change_teachingresearch", "university.teachingresearch"),
    "admin:university_teachingresearch_show": (NOBODY, "university.teachingresearch"),
    **{
        f"admin:university_lecture_{page}": _CHANGE_LECTURE
        for page in ("edit", "publish", "cancel", "turnout", "caller")
    },
    "admin:university_lecture_leave": (NOBODY, "university.lecture"),
    "admin:university_lecture_sheet": ("university.view_student", "university.lecture"),
    "admin:university_reports": ("university.view_enrolment",),
    # Without saying which list: held in tests/university/test_reports.py.
    "admin:university_report_list": (NOBODY,),
    "university:air": (PUBLIC,),
    "university:air_series": (PUBLIC, "university.lessonseries"),
    "university:air_lesson": (PUBLIC, "university.lesson"),
    # Held in tests/university/test_air.py and test_lectures.py: nobody of the world is or acts for an old comrade.
    "university:air_done": (NOBODY, "university.lesson"),
    "university:lesson_captions": (PUBLIC, "university.lesson"),
    "university:lesson_file": (PUBLIC, "university.lessonfile"),
    "university:tv": (PUBLIC,),
    "university:lesson_wish": (NOBODY,),
    "university:lectures": (PUBLIC,),
    "university:lecture": (PUBLIC, "university.lecture"),
    "university:lecture_join": (NOBODY, "university.lecture"),
    "university:lecture_leave": (NOBODY, "university.lecture"),
}  # fmt: skip
# Changed by a form of its own, because its seats are another row.
AIR_EXCEPTIONS = {
    "admin:university_lecture_change": ("university.view_lecture", "university.lecture", NOBODY),
}
