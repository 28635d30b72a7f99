"""Teachers: who applies, is tried, hired for a time, hired again, or leaves (rule book 9.26)."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from apps.common import attachments, audit, crypto
from apps.common.citizen_id import CitizenIdError, parse_citizen_id
from apps.common.errors import BusinessError
from apps.common.phone import parse_phone
from apps.common.scans import Scan
from apps.people.choices import PhoneKind
from apps.people.models import Person, Phone
from apps.people.services import check_citizen_id, save_person, save_phone, tidy_name
from apps.university.choices.schools import TeacherState
from apps.university.choices.teachers import AssessmentKind, AssessmentResult
from apps.university.models import (
    School,
    SessionTeacher,
    Teacher,
    TeacherAssessment,
    TeacherHiring,
    TeacherPaper,
)

MOST_PAPERS = 20


@dataclass(frozen=True)
class TeacherFacts:
    """Who applies. `citizen_id` and `mobile` as typed; by either a person already known is found."""

    school: School
    name: str
    sex: str
    birth_date: str
    subjects: str
    experience: str = ""
    citizen_id: str = ""
    mobile: str = ""


@transaction.atomic
def apply(facts: TeacherFacts, *, on: dt.date, actor) -> Teacher:
    """Somebody asks to teach. A person known by citizen id, or by name and phone, is the same one; nobody is looked
    for by name alone."""
    person = _person(facts, on=on, actor=actor)
    if Teacher.objects.current().filter(school=facts.school, person=person).exists():
        raise BusinessError("这位老师在这所学校已经登记过，请在名单里查找。", code="known", field="name")
    teacher = Teacher.objects.create(
        school=facts.school, person=person, subjects=facts.subjects, experience=facts.experience
    )
    audit.record("teacher.apply", actor=actor, people=[person.pk], target=_target(teacher))
    return teacher


def _person(facts: TeacherFacts, *, on: dt.date, actor) -> Person:
    name = tidy_name(facts.name)
    known = _known(facts, name, on)
    if known is not None:
        return known
    check = None
    if facts.citizen_id.strip():
        check = check_citizen_id(facts.citizen_id, birth_date=facts.birth_date or None, sex=facts.sex, on=on)
        if check.warnings:
            raise BusinessError("".join(check.warnings), code="citizen_id", field="citizen_id")
    person = Person(name=name, sex=facts.sex, birth_date=facts.birth_date or None)
    save_person(person, sealed={}, check=check)
    if facts.mobile.strip():
        save_phone(Phone(person=person, kind=PhoneKind.MOBILE, position=1), facts.mobile, actor=actor)
    return person


def _known(facts: TeacherFacts, name: str, on: dt.date) -> Person | None:
    """By exact number only; another name on that number is refused, not taken over."""
    people = Person.objects.living()
    found = None
    if facts.citizen_id.strip():
        try:
            number = parse_citizen_id(facts.citizen_id, on=on).number
        except CitizenIdError as error:
            raise BusinessError(error.sentence, code="citizen_id", field="citizen_id") from error
        found = people.filter(citizen_id_index=crypto.blind_index("citizen_id", number)).first()
        if found is not None and found.name != name:
            raise BusinessError("这个身份证号登记在另一个姓名名下，请核对。", code="other", field="citizen_id")
    if found is None and facts.mobile.strip():
        try:
            index = crypto.blind_index("phone", parse_phone(facts.mobile).digits)
        except ValueError as error:
            raise BusinessError(str(error), code="phone", field="mobile") from error
        found = people.filter(phones__number_index=index, name=name).first()
    return found


@transaction.atomic
def change_phone(teacher: Teacher, text: str, *, actor) -> None:
    """The number by which he is rung. Somebody of the registry has his changed there."""
    row = _locked(teacher)
    if hasattr(row.person, "cadre"):
        raise BusinessError("这位老师在老干部名册里，电话请由老干部工作人员修改。", code="registry", field="mobile")
    phone = row.person.phones.filter(kind=PhoneKind.MOBILE).first()
    save_phone(phone or Phone(person=row.person, kind=PhoneKind.MOBILE, position=1), text, actor=actor)


@transaction.atomic
def assess(row: TeacherAssessment, *, actor) -> TeacherAssessment:
    """试讲、考核、听课 with its result."""
    row.save()
    audit.record("teacher.assess", actor=actor, people=[row.teacher.person_id], target=_target(row.teacher))
    return row


@transaction.atomic
def hire(teacher: Teacher, *, starts_on: dt.date, last_on: dt.date, document_no: str, actor) -> TeacherHiring:
    """Hired for a time, or hired again after one: refuses a stretch that overlaps another, and who failed his last
    试讲 (rule book 9.26)."""
    row = _locked(teacher)
    if last_on < starts_on:
        raise BusinessError("聘期结束不能早于开始。", field="last_on")
    for other in row.hirings.filter(voided_at__isnull=True):
        until = other.ended_on or other.last_on
        if starts_on <= until and other.starts_on <= last_on:
            raise BusinessError(f"和已有的聘期（{other.starts_on} 至 {until}）重叠。", field="starts_on")
    if row.state in (TeacherState.APPLIED, TeacherState.REFUSED):
        trial = row.appraisals.filter(kind=AssessmentKind.TRIAL, voided_at__isnull=True).first()
        if trial is not None and trial.result == AssessmentResult.FAILED:
            raise BusinessError("最近一次试讲不合格，请重新试讲再聘。", code="failed")
    made = TeacherHiring.objects.create(
        teacher=row, starts_on=starts_on, last_on=last_on, document_no=document_no.strip()
    )
    row.state, row.left_on = TeacherState.HIRED, None
    row.hired_on = row.hired_on or starts_on
    row.save(update_fields=["state", "left_on", "hired_on"])
    audit.record("teacher.hire", actor=actor, people=[row.person_id], target=_target(row))
    return made


@transaction.atomic
def end(teacher: Teacher, *, on: dt.date, reason: str, now: dt.datetime, actor) -> None:
    """Hired no longer. Refused while lessons to come are his: they want another teacher first."""
    row = _locked(teacher)
    if row.state not in (TeacherState.HIRED, TeacherState.RESERVE):
        raise BusinessError(f"这位老师{row.get_state_display()}，不用解聘。", code="state")
    left = SessionTeacher.objects.filter(teacher=row, starts_at__gte=now, starts_at__date__gt=on).count()
    if left:
        raise BusinessError(f"以后还有 {left} 次课是他上，请先在班级里换老师。", code="busy", field="on")
    for hiring in row.hirings.filter(voided_at__isnull=True, ended_on__isnull=True, last_on__gt=on):
        hiring.ended_on, hiring.end_reason = max(on, hiring.starts_on), reason
        hiring.save(update_fields=["ended_on", "end_reason"])
    row.state, row.left_on = TeacherState.LEFT, on
    row.save(update_fields=["state", "left_on"])
    audit.record("teacher.end", actor=actor, people=[row.person_id], target=_target(row), reason=reason)


@transaction.atomic
def put_aside(teacher: Teacher, *, state: TeacherState, reason: str, actor) -> None:
    """Kept in reserve, or not taken; not for one who is hired."""
    row = _locked(teacher)
    if row.state in (TeacherState.HIRED, TeacherState.LEFT) or state not in (
        TeacherState.RESERVE,
        TeacherState.REFUSED,
    ):
        raise BusinessError(f"这位老师{row.get_state_display()}，不能改成{state.label}。", code="state")
    row.state = state
    row.save(update_fields=["state"])
    audit.record("teacher.put_aside", actor=actor, people=[row.person_id], target=_target(row), reason=reason)


@transaction.atomic
def add_paper(teacher: Teacher, kind: str, scan: Scan, *, on: dt.date, actor) -> TeacherPaper:
    row = _locked(teacher)
    if row.papers.filter(voided_at__isnull=True).count() >= MOST_PAPERS:
        raise BusinessError(f"每位老师最多存 {MOST_PAPERS} 份材料，请先删去旧的。", field="file")
    file = attachments.store(
        scan.data, subject=f"university.teacher:{row.pk}", purpose="teacher_paper", filename=scan.filename,
        content_type=scan.content_type, actor=actor, keep_days=None,
    )  # fmt: skip
    made = TeacherPaper.objects.create(teacher=row, kind=kind, file=file, added_on=on)
    audit.record("teacher.paper", actor=actor, people=[row.person_id], target=_target(row))
    return made


@transaction.atomic
def drop_paper(paper: TeacherPaper, *, now: dt.datetime, actor) -> None:
    """Taken off; the file is removed, the row says when."""
    row = TeacherPaper.objects.select_for_update(of=("self",)).select_related("teacher", "file").get(pk=paper.pk)
    if row.voided_at:
        return
    row.voided_at, row.void_reason = now, "删去材料"
    row.save(update_fields=["voided_at", "void_reason"])
    transaction.on_commit(lambda: attachments.purge(row.file))
    audit.record("teacher.drop_paper", actor=actor, people=[row.teacher.person_id], target=_target(row.teacher))


def _locked(teacher: Teacher) -> Teacher:
    row = Teacher.objects.select_for_update(of=("self",)).get(pk=teacher.pk)
    if row.voided_at:
        raise BusinessError("这条教师登记已作废。", code="state")
    return row


def _target(teacher: Teacher) -> str:
    return f"university.teacher:{teacher.pk}"
