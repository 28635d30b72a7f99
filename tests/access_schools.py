"""Schools, courses, classes and teachers in the world of the access matrix: one object of each kind a side, and what
each page asks for as (right, model whose key stands in the address, right to send)."""

import datetime

from apps.common import attachments
from apps.university.models import (
    Agreement,
    Campus,
    Course,
    Department,
    Major,
    Partner,
    PracticeBase,
    Room,
    RoomRepair,
    TeacherPaper,
)
from tests.builders import make_class, make_person, make_school, make_teacher, make_term

DAY = datetime.date(2026, 3, 1)
NOBODY = "nobody"


def _school(side):
    return side.objects.get("university.school") or make_school(f"{side.unit.name}老年大学", unit=side.unit)


def _file(name: str):
    return attachments.store(b"%PDF-1.4 x", subject="", purpose=name, filename="x.pdf", content_type="application/pdf")


def _course(side) -> Course:
    return Course.objects.create(school=_school(side), name="太极拳", poster=_file("course_poster"))


def _partner(side) -> Partner:
    return Partner.objects.create(school=_school(side), name="职业学院", kind="college")


def _agreement(side) -> Agreement:
    return Agreement.objects.create(
        partner=side.objects["university.partner"],
        title="办学协议",
        signed_on=DAY,
        starts_on=DAY,
        scan=_file("agreement"),
    )


def _teacher(side):
    """Of the other district the name is a canary, as its cadre's."""
    name = side.cadre.person.name
    teacher = make_teacher(school=_school(side), person=make_person(f"{name}师" if name.endswith("乙") else "王老师"))
    TeacherPaper.objects.create(pk=teacher.pk, teacher=teacher, kind="cv", file=_file("teacher_paper"), added_on=DAY)
    return teacher


def _class(side):
    return make_class(_school(side), capacity=10)


SCHOOL_OBJECTS = {
    "university.school": _school,
    "university.campus": lambda side: Campus.objects.get(school=_school(side)),
    "university.room": lambda side: Room.objects.get(campus__school=_school(side)),
    "university.roomrepair": lambda side: RoomRepair.objects.create(
        room=side.objects["university.room"], trouble="灯不亮", reported_on=DAY, reporter="王"
    ),
    "university.department": lambda side: Department.objects.create(school=_school(side), name="书画系"),
    "university.major": lambda side: Major.objects.create(
        department=side.objects["university.department"], name="书法"
    ),
    "university.course": _course,
    "university.term": lambda side: make_term(side.unit),
    "university.teacher": _teacher,
    "university.classgroup": _class,
    "university.partner": _partner,
    "university.agreement": _agreement,
    "university.practicebase": lambda side: PracticeBase.objects.create(
        school=_school(side), name="美术馆", kind="teach"
    ),
}  # fmt: skip


def _acts(model: str, *names: str) -> dict[str, tuple]:
    right = f"university.change_{model}"
    return {f"admin:university_{model}_{name}": (right, f"university.{model}") for name in names}


ADD, VIEW = "university.add_classgroup", "university.view_classgroup"
SCHOOL_PAGES = {
    "admin:university_school_tree": ("university.view_school",),
    "admin:university_roomrepair_out": ("university.view_roomrepair",),
    **_acts("roomrepair", "order", "finish", "drop", "back"),
    **_acts("agreement", "scan"),
    "admin:university_agreement_file": ("university.view_agreement", "university.agreement"),
    **_acts("course", "poster"),
    "admin:university_course_file": ("university.view_course", "university.course"),
    **_acts("term", "phases"),
    "admin:university_classgroup_begin": (ADD,),
    "admin:university_classgroup_copy": (ADD,),
    "admin:university_classgroup_import": (ADD,),
    "admin:university_classgroup_template": (ADD,),
    "admin:university_classgroup_out": (VIEW,),
    "admin:university_classgroup_publish": ("university.change_classgroup",),
    **_acts("classgroup", "show"),
    "admin:university_teacher_load": ("university.view_teacher",),
    **_acts("teacher", "phone", "assess", "hire", "end", "aside", "paper", "drop"),
    "admin:university_teacher_file": ("university.view_teacher", "university.teacher"),
}
