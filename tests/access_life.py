"""Class life of the senior university in the world of the access matrix: a class with one student a side, and what its
pages ask for as (right, model whose key stands in the address, right to send)."""

import datetime as dt
import uuid

from apps.signups.services.seats import sign_up
from apps.university.models import (
    AbsenceCase,
    Certificate,
    ClassChange,
    ClassGroup,
    ClassMerge,
    ClassNotice,
    Enrolment,
    Leave,
    SessionAct,
    StudentWork,
    Survey,
)
from tests.builders import make_class, make_person, make_school

DAY, LATER = dt.date(2026, 9, 8), dt.date(2026, 9, 15)
SUMMER = dt.datetime(2026, 8, 20, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))
STUDENT = "丁学员"
FOREIGN = "金丝雀乙"


def _class(side) -> ClassGroup:
    """The class of a side. Its own student has no canary: staff of the university may see him."""
    found = ClassGroup.objects.filter(school__unit=side.unit).order_by("pk").first()
    if found is None:
        found = make_class(make_school(f"{side.unit.name}老年大学", unit=side.unit), capacity=10)
    return found


def _enrolment(side) -> Enrolment:
    group = _class(side)
    found = Enrolment.objects.filter(class_group=group, state="in").order_by("pk").first()
    if found is None:
        name = FOREIGN if side.cadre.person.name == FOREIGN else STUDENT
        person = make_person(name, birth_date="1955-02-03")
        row = sign_up(group.offering, person, source="desk", actor=None, now=SUMMER, form_key=uuid.uuid4())
        found = Enrolment.objects.get(sign_up=row)
    return found


def _session(side):
    return _class(side).sessions.order_by("number").first()


def _other(side) -> ClassGroup:
    first = _class(side)
    return make_class(first.school, weekday=4, capacity=10)


def _notice(side) -> ClassNotice:
    return ClassNotice.objects.create(
        class_group=_class(side), session=_session(side), kind="off", words="停课", made_at=SUMMER
    )


def _act(side) -> SessionAct:
    session = _session(side)
    return SessionAct.objects.create(
        session=session, class_group=session.class_group, kind="sub", reason="生病", done_at=SUMMER,
        before={
            "starts_at": session.starts_at.isoformat(), "ends_at": session.ends_at.isoformat(), "room": None,
            "state": "planned", "reason": "", "teachers": [],
        },
    )  # fmt: skip


def _change(side) -> ClassChange:
    row = _enrolment(side)
    return ClassChange.objects.create(old=row, new=row, reason="时间不合适", done_at=SUMMER)


def _certificate(side) -> Certificate:
    row = _enrolment(side)
    return Certificate.objects.create(
        school=row.class_group.school, enrolment=row, year=2026, number=1, code=f"2026-{row.pk}",
        name=row.student.person.name, course="书法", term="2026年秋季", issued_on=DAY,
    )  # fmt: skip


LIFE_OBJECTS = {
    "university.classgroup": _class,
    "university.school": lambda side: _class(side).school,
    "university.classsession": _session,
    "university.enrolment": _enrolment,
    "university.student": lambda side: _enrolment(side).student,
    "university.classnotice": _notice,
    "university.sessionact": _act,
    "university.leave": lambda side: Leave.objects.create(
        student=_enrolment(side).student, first_on=DAY, until=LATER, by="phone"
    ),
    "university.absencecase": lambda side: AbsenceCase.objects.create(
        enrolment=_enrolment(side), basis="weeks", since=DAY
    ),
    "university.certificate": _certificate,
    "university.survey": lambda side: Survey.objects.create(class_group=_class(side), opens_on=DAY, closes_on=LATER),
    "university.studentwork": lambda side: StudentWork.objects.create(
        class_group=_class(side),
        student=_enrolment(side).student,
        title="秋山",
        text="秋山如画",
        consent_by="paper",
        consent_on=DAY,
    ),
    "university.classchange": _change,
    "university.classmerge": lambda side: ClassMerge.objects.create(
        source=_class(side), class_group=_other(side), reason="人数不够", asked_at=SUMMER
    ),
}

NOBODY = "nobody"
_ACT = "admin:university_sessionact"
LIFE_PAGES = {
    f"{_ACT}_lesson": ("university.view_classsession", "university.classsession"),
    **{
        f"{_ACT}_{page}": ("university.change_sessionact", "university.classsession")
        for page in ("cancel", "move", "substitute", "make_up")
    },
    f"{_ACT}_undo": ("university.change_sessionact", "university.sessionact"),
    f"{_ACT}_roll": ("university.view_rollcall", "university.classsession", "university.change_rollcall"),
    f"{_ACT}_sheet": ("university.view_rollcall", "university.classsession"),
    f"{_ACT}_doors": ("university.change_rollcall",),
    f"{_ACT}_door": ("university.change_rollcall", "university.school"),
    f"{_ACT}_coverage": ("university.view_rollcall",),
    f"{_ACT}_timetable": ("university.view_classsession",),
    f"{_ACT}_notice": ("university.view_student", "university.classnotice", "university.change_sessionact"),
    f"{_ACT}_calls": ("university.view_student", "university.classnotice"),
    f"{_ACT}_class": ("university.view_classgroup", "university.classgroup"),
    f"{_ACT}_cancel_class": ("university.change_classmerge", "university.classgroup"),
    f"{_ACT}_merge": ("university.change_classmerge", "university.classgroup"),
    f"{_ACT}_complete": ("university.change_certificate", "university.classgroup"),
    "admin:university_classchange_pick": ("university.view_enrolment", "university.classgroup"),
    "admin:university_classchange_move": ("university.change_classchange", "university.enrolment"),
    "admin:university_classchange_undo": ("university.change_classchange", "university.classchange"),
    # Names students: asks for the right to see them beside that to see the merge, which the leader alone has.
    "admin:university_classmerge_answers": (
        "university.view_student", "university.classmerge", "university.change_classmerge",
    ),
    "admin:university_certificate_of_class": ("university.view_certificate", "university.classgroup"),
    "admin:university_certificate_print_class": ("university.change_certificate", "university.classgroup"),
    "admin:university_certificate_late": ("university.change_certificate", "university.enrolment"),
    "admin:university_certificate_print": ("university.change_certificate", "university.certificate"),
    "admin:university_certificate_withdraw": ("university.change_certificate", "university.certificate"),
    "admin:university_survey_open": ("university.change_survey", "university.classgroup"),
    "admin:university_survey_figures": ("university.view_survey", "university.survey"),
    "admin:university_survey_sheet": ("university.view_survey", "university.survey"),
    "admin:university_survey_enter": ("university.change_survey", "university.survey"),
    "admin:university_studentwork_enter": ("university.change_studentwork", "university.classgroup"),
    "admin:university_studentwork_withdraw": ("university.change_studentwork", "university.studentwork"),
    "admin:university_leave_find": ("university.change_leave",),
    "admin:university_leave_enter": ("university.change_leave", "university.student"),
    "admin:university_leave_end": ("university.change_leave", "university.leave"),
    "admin:university_absencecase_due": ("university.view_absencecase",),
    "admin:university_absencecase_call": ("university.change_absencecase", "university.enrolment"),
    "admin:university_absencecase_decide": ("university.change_absencecase", "university.absencecase"),
}  # fmt: skip
# Made by acts, shown by the stock pages, never typed there.
LIFE_EXCEPTIONS = {
    **{
        f"admin:university_{model}_add": (NOBODY,)
        for model in (
            "sessionact",
            "leave",
            "absencecase",
            "certificate",
            "classchange",
            "classmerge",
            "survey",
            "studentwork",
        )
    },
    **{
        f"admin:university_{model}_change": (f"university.view_{model}", f"university.{model}", NOBODY)
        for model in (
            "sessionact",
            "leave",
            "absencecase",
            "certificate",
            "classchange",
            "classmerge",
            "survey",
            "studentwork",
        )
    },
}
