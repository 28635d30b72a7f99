import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.messaging.models import Delivery, Message
from apps.people.choices import LifeStatus
from apps.signups.choices import SignUpSource, SignUpState
from apps.signups.models import Offer, SignUp
from apps.university.choices.schools import PhaseKind
from apps.university.jobs.reminding import remind_university
from apps.university.models import Certificate, ClassSession, Course, Enrolment, LessonWish, Term, TermPhase
from apps.university.notices import first_day_facts, payment_facts, term_facts
from apps.university.occasions import people
from apps.university.rules.classes import Slot
from apps.university.services.classes import ClassFacts, create_class
from apps.university.services.students import register
from tests.builders import make_cadre, make_person, make_unit, make_user

from .test_students import make_school

# Wednesday; the term begins on Monday, 30 November.
NOW = dt.datetime(2026, 11, 25, 2, tzinfo=dt.UTC)
FIRST = dt.date(2026, 11, 30)

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return make_school(make_unit())


def make_class(school, *, first_on=FIRST, year=2026, season="autumn", **over):
    term, _ = Term.objects.get_or_create(
        unit=school.unit, year=year, season=season,
        defaults={"starts_on": first_on, "ends_on": first_on + dt.timedelta(days=120)},
    )  # fmt: skip
    course, _ = Course.objects.get_or_create(school=school, name="书法")
    facts = ClassFacts(
        term=term, school=school, course=course, code="1班", capacity=20,
        slots=(Slot(first_on.isoweekday(), 540, 630),), first_on=first_on,
        until=first_on + dt.timedelta(days=30), **over,
    )  # fmt: skip
    return create_class(facts, actor=None)


def enrol(group, person, **over):
    student = register(person, group.school, on=NOW.date(), actor=None)
    row = SignUp.objects.create(
        offering=group.offering, person=person, state=SignUpState.SEATED, queued_at=NOW, source=SignUpSource.DESK,
        seated_at=NOW,
    )  # fmt: skip
    return Enrolment.objects.create(sign_up=row, class_group=group, student=student, **over)


def keys(template):
    return sorted(Message.objects.filter(template=template).values_list("person_id", flat=True))


def at(day: int, month: int = 11):
    return dt.datetime(2026, month, day, 2, tzinfo=dt.UTC)


def test_the_first_day_is_told_three_days_before_once_and_taken_back(school):
    group = make_class(school)
    wang, gone = make_cadre("王根生", unit=school.unit).person, make_person("李德厚", life_status=LifeStatus.DECEASED)
    row = enrol(group, wang)
    enrol(group, gone)

    assert remind_university(at(26)).people == 0
    assert remind_university(at(27)).people == 1
    assert remind_university(at(28)).people == 0
    assert keys(people.FIRST_DAY) == [wang.pk]
    context = {**Message.objects.get().context, "person": wang.pk}
    said = first_day_facts(context)
    assert (said["称呼"], said["电话"]) == ("王根生同志", school.phone)
    assert said["事项"].startswith("“书法1班”11月30日（星期一）上午9:00第一次上课")
    row.state = "left"
    row.save()
    assert remind_university(at(28)).recalled == 1
    assert set(Delivery.objects.values_list("state", flat=True)) <= {"withdrawn"}
    assert Message.objects.count() == 1


def test_lessons_of_tomorrow_are_told_to_who_wishes_it(school):
    group = make_class(school)
    eager, other = make_person("赵秀英"), make_person("钱桂芳")
    for person in (eager, other):
        enrol(group, person)
    LessonWish.objects.create(person=eager)
    remind_university(at(29))

    remind_university(at(6, 12))
    remind_university(at(6, 12))

    assert keys(people.LESSON) == [eager.pk]
    ClassSession.objects.filter(class_group=group, number=3).update(state="off")
    assert remind_university(at(13, 12)).people == 0


def test_payment_is_asked_for_while_something_is_owed(school):
    group = make_class(school)
    owes, paid = make_person("孙玉兰"), make_person("周福生")
    enrol(group, owes, fee_due=Decimal(200), paid=Decimal("50"), pay_by=dt.date(2026, 11, 27))
    enrol(group, paid, fee_due=Decimal(200), paid=Decimal("200"), pay_by=dt.date(2026, 11, 27))

    remind_university(at(23))
    assert keys(people.PAYMENT) == []
    remind_university(at(25))

    assert keys(people.PAYMENT) == [owes.pk]
    said = payment_facts({**Message.objects.get(template=people.PAYMENT).context, "person": owes.pk})
    assert said["事项"] == "您报的“书法1班”还有学费150.00元没有交，请在11月27日（星期五）前交到学校。"


def test_a_term_opens_for_students_of_the_last_and_for_who_asked_in_vain(school):
    old = make_class(school, first_on=dt.date(2026, 3, 2), season="spring")
    new = Term.objects.create(
        unit=school.unit, year=2026, season="autumn", starts_on=FIRST, ends_on=FIRST + dt.timedelta(99)
    )
    studied, asked, stranger = make_person("赵秀英"), make_person("钱桂芳"), make_person("吴建国")
    enrol(old, studied)
    SignUp.objects.create(
        offering=old.offering, person=asked, state=SignUpState.WAITING, queued_at=NOW, source=SignUpSource.WEB
    )
    for kind, day in ((PhaseKind.CONTINUING, 26), (PhaseKind.NEW, 28)):
        TermPhase.objects.create(term=new, kind=kind, opens_at=at(day), closes_at=at(day + 2))

    remind_university(at(22))
    first = {row.person_id for row in Message.objects.filter(person__isnull=False)}
    remind_university(at(25))

    assert first == set()
    found = {row.person_id: row.context["phase"] for row in Message.objects.filter(template=people.TERM_OPENS)}
    phases = dict(TermPhase.objects.values_list("kind", "pk"))
    assert found == {studied.pk: phases["next"], asked.pk: phases["new"]}
    assert stranger.pk not in found
    context = Message.objects.get(person=studied).context
    assert term_facts({**context, "person": studied.pk})["事项"].startswith(
        "2026年秋季老生续读11月26日（星期四）起，到11月28日"
    )


def test_certificates_are_called_for(school):
    group, person = make_class(school), make_person("赵秀英")
    row = enrol(group, person, state="done")
    Certificate.objects.create(
        school=school, enrolment=row, year=2026, number=1, code="20260001", name=person.name, course="书法",
        term="2026年秋季", issued_on=dt.date(2026, 11, 24),
    )  # fmt: skip

    remind_university(NOW)
    remind_university(NOW)

    assert keys(people.COMPLETION) == [person.pk]


def test_staff_hear_of_what_waits_on_working_days(school):
    clerk = make_user("laoda", role="university_clerk", unit=school.unit)
    group = make_class(school, min_open=15)
    group.state = "public"
    group.save()
    row = SignUp.objects.create(
        offering=group.offering, person=make_person("赵秀英"), state=SignUpState.OFFERED, queued_at=NOW,
        source=SignUpSource.WEB, public_id=uuid.uuid4(),
    )  # fmt: skip
    Offer.objects.create(sign_up=row, made_at=at(24))
    TermPhase.objects.create(term=group.term, kind=PhaseKind.PAYING, opens_at=at(20), closes_at=at(26))

    assert remind_university(at(22)).staff == 0  # Sunday
    remind_university(NOW)
    remind_university(NOW)
    templates = sorted(Message.objects.filter(user=clerk).values_list("template", flat=True))
    assert templates == ["university.class_short", "university.phase_ends", "university.ring"]
    remind_university(at(26))
    assert Message.objects.filter(user=clerk, template="university.ring").count() == 2
    assert Message.objects.filter(user=clerk, template="university.class_short").count() == 1
