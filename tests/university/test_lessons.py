"""停课、改期、代课、补课 and their undoing; the class is told; a class that does not take place; classes joined."""

import uuid

import pytest

from apps.common.errors import BusinessError
from apps.people.models import Phone
from apps.signups.models import Offering, SignUp
from apps.university.models import ClassNotice, Enrolment
from apps.university.services import lessons
from apps.university.services.closing_classes import cancel_class
from apps.university.services.merging_classes import ask_to_merge, carry_out, note_answers
from apps.university.services.moving import change_class_of, undo_change
from apps.university.services.telling import record_calls, to_ring
from tests.builders import make_person, make_teacher
from tests.university.life import BEFORE, Life, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def life():
    return Life()


def test_a_lesson_called_off_frees_room_and_teacher_and_is_told(life):
    common = life.common()
    act = lessons.cancel_lesson(life.first, **common)

    life.first.refresh_from_db()
    assert life.first.state == "off"
    assert not life.first.teachers.exists()
    assert "停一次，原因：老师生病。" in act.notice.words
    assert to_ring(act.notice) == set(act.notice.lines.values_list("pk", flat=True))
    assert lessons.cancel_lesson(life.first, **common) == act
    assert ClassNotice.objects.count() == 1


def test_who_was_rung_leaves_the_call_sheet(life):
    notice = lessons.cancel_lesson(life.first, **life.common()).notice
    line = notice.lines.first()

    assert record_calls(notice, [(line.pk, "yes", "")], actor=life.clerk, now=BEFORE) == 1
    assert line.pk not in to_ring(notice)
    with pytest.raises(BusinessError):
        record_calls(notice, [(0, "yes", "")], actor=life.clerk, now=BEFORE)


def test_undone_it_is_as_it_was(life):
    act = lessons.cancel_lesson(life.first, **life.common())
    lessons.undo(act, actor=life.clerk, now=BEFORE)

    life.first.refresh_from_db()
    assert life.first.state == "planned"
    assert life.first.teachers.get().teacher == life.teacher


def test_a_clash_names_the_other_class(life):
    other = life.make_class(course_name="国画", weekday=3, teacher=make_teacher("顾青山", school=life.school))
    taken = other.sessions.order_by("number").first()
    with pytest.raises(BusinessError, match="国画2班"):
        lessons.move_lesson(
            life.first, starts_at=taken.starts_at, ends_at=taken.ends_at, room=life.room, **life.common()
        )
    moved = lessons.move_lesson(
        life.first, starts_at=taken.starts_at, ends_at=taken.ends_at, room=None, **life.common()
    )
    assert "改到9月9日（周三）" in moved.notice.words


def test_students_elsewhere_are_asked_about_once(life):
    other = life.make_class(course_name="国画", weekday=3, room=None, teacher=None)
    life.enrol(other, life.rows[0].student.person)
    taken = other.sessions.order_by("number").first()
    times = {"starts_at": taken.starts_at, "ends_at": taken.ends_at, "room": life.room}
    with pytest.raises(BusinessError) as refused:
        lessons.move_lesson(life.first, **times, **life.common())
    assert refused.value.field == "anyway"
    assert lessons.move_lesson(life.first, **times, anyway=True, **life.common())


def test_a_substitute_and_a_lesson_made_up(life):
    stand_in = make_teacher("顾青山", school=life.school)
    lessons.substitute(life.first, teacher=stand_in, **life.common())
    assert life.first.teachers.get().role == "sub"
    second = life.group.sessions.get(number=2)
    lessons.cancel_lesson(second, **life.common())
    extra = lessons.make_up(
        second, starts_at=at(9, 19, 9), ends_at=at(9, 19, 10), room=life.room, teacher=None, **life.common()
    )
    assert extra.session.topic == "补第2次课"
    lessons.undo(extra, actor=life.clerk, now=BEFORE)
    extra.session.refresh_from_db()
    assert extra.session.voided_at


def test_a_class_cancelled_keeps_nobody(life):
    similar = life.make_class(weekday=4, room=None, teacher=None)
    notice = cancel_class(life.group, reason="人数不够", actor=life.clerk, now=BEFORE)

    life.group.refresh_from_db()
    assert life.group.state == "off"
    assert str(similar) in notice.words
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"off"}
    assert not life.group.sessions.exclude(state="off").exists()
    assert Offering.objects.get(pk=life.group.offering_id).state == "off"
    assert cancel_class(life.group, reason="人数不够", actor=life.clerk, now=BEFORE) == notice


def test_classes_are_joined_when_everybody_was_asked(life):
    target = life.make_class(weekday=4, room=None, teacher=None)
    merge = ask_to_merge(life.group, target, reason="人数不够", actor=life.clerk, now=BEFORE, form_key=uuid.uuid4())
    with pytest.raises(BusinessError, match="还有 3 位没有答复"):
        carry_out(merge, actor=life.clerk, now=BEFORE)
    lines = list(merge.answers.order_by("pk"))
    answers = [(line.pk, answer, "") for line, answer in zip(lines, ("yes", "yes", "no"), strict=True)]
    note_answers(merge, answers, actor=life.clerk, now=BEFORE)

    assert carry_out(merge, actor=life.clerk, now=BEFORE) == 2
    assert Enrolment.objects.filter(class_group=target, state="in").count() == 2
    states = set(Enrolment.objects.filter(class_group=life.group).values_list("state", flat=True))
    assert states == {"changed", "off"}


def test_changing_class_and_back_within_a_day(life):
    target = life.make_class(course_name="国画", weekday=4, room=None, teacher=None, fee=120)
    common = life.common()
    change = change_class_of(life.rows[0], target, **common)

    assert change.difference == 120
    assert change_class_of(life.rows[0], target, **common) == change
    life.rows[0].refresh_from_db()
    assert life.rows[0].state == "changed"
    undo_change(change, actor=life.clerk, now=BEFORE)
    assert Enrolment.objects.get(class_group=life.group, student=life.rows[0].student, state="in")
    assert not Enrolment.objects.filter(class_group=target, state="in").exists()


def test_nobody_jumps_a_queue_and_the_month_is_kept(life):
    target = life.make_class(course_name="国画", weekday=4, room=None, teacher=None, capacity=2)
    with pytest.raises(BusinessError, match="截止"):
        change_class_of(life.rows[0], target, **life.common(at(10, 20)))
    waiting = make_person("赵六", birth_date="1955-02-03")
    life.enrol(target, make_person("钱七", birth_date="1955-02-03"))
    SignUp.objects.create(offering=target.offering, person=waiting, state="waiting", queued_at=BEFORE, source="web")
    with pytest.raises(BusinessError, match="候补"):
        change_class_of(life.rows[0], target, **life.common())


def test_a_text_goes_where_one_can(life, settings):
    person = life.rows[0].student.person
    Phone.objects.create(person=person, number="13800000000", kind="mobile")
    notice = lessons.cancel_lesson(life.first, **life.common()).notice
    texted = notice.lines.filter(message__isnull=False)
    assert set(texted.values_list("student", flat=True)) <= {person.pk}
