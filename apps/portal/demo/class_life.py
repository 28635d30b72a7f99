"""Eleven weeks of class life: rolls from paper and card, leaves, somebody long away, lessons called off and moved, a
class of last term with its certificates. Everything by the services that the pages use."""

import datetime as dt
import random
import uuid

from django.utils import timezone

from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.signups.models import SignUp
from apps.signups.services.seats import sign_up
from apps.university.choices.life import Presence, ToldBy
from apps.university.choices.schools import ClassState, Season, SessionState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Enrolment, RollCall, Teacher, Term
from apps.university.queries.attendance import standings
from apps.university.rules.classes import HOUR, Slot, moment
from apps.university.services import lessons
from apps.university.services.attendance import note_leave, take_roll
from apps.university.services.classes import ClassFacts, begin_class, create_class, publish_class
from apps.university.services.completion import decide_completion, withdraw_certificate
from apps.university.services.surveys import enter_sheets, open_survey
from apps.university.services.works import add_work

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
CLASSES, STUDENTS = 4, 12
AWAY_WEEKS = 7
LAST_TERM = 30 * WEEK  # before this term's first day
COURSE_WEEKS = 16
USUALLY_THERE = 0.85


def write_class_life(staff, *, on: dt.date) -> None:
    """Nothing where rolls stand already."""
    if RollCall.objects.exists():
        return
    clerk, draws = staff["daxue"], random.Random(20261123)  # noqa: S311
    people = list(Person.objects.living().filter(cadre__isnull=False, birth_date__gte="1952").order_by("-pk")[:120])
    now = timezone.make_aware(dt.datetime.combine(on, dt.time(9, 20)))
    running = ClassGroup.objects.filter(state=ClassState.RUNNING).select_related("offering", "school", "term", "course")
    groups = _with_students(list(running.order_by("pk")), people, clerk)
    for place, group in enumerate(groups):
        _rolls(group, draws, clerk, on, away=place == 0)
    if groups:
        _leave(groups[0], clerk, on)
        _changes(groups, clerk, now)
        _last_term(groups[0], people, draws, clerk)
        _keepsakes(groups[0], clerk, on)


def _with_students(running: list[ClassGroup], people: list[Person], clerk) -> list[ClassGroup]:
    """Classes that have students; the first few are given some where nobody was enrolled."""
    full = [one for one in running if Enrolment.objects.filter(class_group=one).exists()][:CLASSES]
    empty = [one for one in running if one not in full][: CLASSES - len(full)]
    for place, group in enumerate(empty):
        _enrol(group, people[place * STUDENTS : (place + 1) * STUDENTS], clerk)
    return full + empty


def _enrol(group: ClassGroup, people: list[Person], clerk) -> None:
    at = group.offering.opens_at + dt.timedelta(hours=1)
    for place, person in enumerate(people):
        try:
            sign_up(
                group.offering, person, source="desk", actor=clerk, now=at + dt.timedelta(minutes=place),
                form_key=uuid.uuid4(),
            )  # fmt: skip
        except BusinessError:
            continue
    SignUp.objects.filter(offering=group.offering_id).update(created_at=at)


def _rolls(group: ClassGroup, draws: random.Random, clerk, on: dt.date, *, away: bool = False) -> None:
    """Rolls of all lessons until yesterday but the last one; with `away` one student has missed many weeks."""
    rows = list(Enrolment.objects.filter(class_group=group, state=EnrolmentState.STUDYING).order_by("pk"))
    gone = list(
        group.sessions.filter(voided_at__isnull=True, starts_at__lt=moment(on, 0))
        .exclude(state=SessionState.CANCELLED)
        .order_by("starts_at")
    )
    taken = gone[:-1] if group.state == ClassState.RUNNING and not away else gone
    for place, session in enumerate(taken):
        states = {row.pk: _state(draws) for row in rows}
        if away and rows and place >= len(taken) - AWAY_WEEKS:
            states[rows[0].pk] = Presence.ABSENT
        there = sum(state == Presence.PRESENT for state in states.values())
        counted = there + 1 if place == 2 else there
        take_roll(session, counted, states, actor=clerk, on=timezone.localdate(session.starts_at))


def _state(draws: random.Random) -> str:
    if draws.random() < USUALLY_THERE:
        return Presence.PRESENT
    return draws.choice((Presence.LEAVE, Presence.ABSENT))


def _leave(group: ClassGroup, clerk, on: dt.date) -> None:
    for row, reason, by in zip(
        Enrolment.objects.filter(class_group=group, state=EnrolmentState.STUDYING).select_related("student")[1:3],
        ("到外地看女儿", "复查身体"), (ToldBy.PHONE, ToldBy.DESK), strict=False,
    ):  # fmt: skip
        note_leave(
            row.student, group, first_on=on, until=on + 2 * WEEK, reason=reason, by=by, actor=clerk, on=on,
            form_key=uuid.uuid4(),
        )  # fmt: skip


def _changes(groups: list[ClassGroup], clerk, now: dt.datetime) -> None:
    """A lesson of next week called off and made up, one moved, one with a substitute."""
    common = {"actor": clerk, "now": now}
    later = {"starts_at__gt": now + 3 * DAY, "state": SessionState.PLANNED}
    coming = [one.sessions.filter(**later).order_by("starts_at") for one in groups]
    first = coming[0].first()
    if first is not None:
        lessons.cancel_lesson(first, reason="老师生病", form_key=uuid.uuid4(), **common)
    if len(groups) > 1 and (second := coming[1].first()) is not None:
        _try(lambda: lessons.move_lesson(
            second, starts_at=second.starts_at + 2 * DAY, ends_at=second.ends_at + 2 * DAY, room=second.room,
            reason="教室检修", anyway=True, form_key=uuid.uuid4(), **common,
        ))  # fmt: skip
    if len(groups) > 2 and (third := coming[2].first()) is not None:  # noqa: PLR2004
        busy = third.teachers.values("person")
        others = Teacher.objects.filter(school=third.class_group.school_id).exclude(person__in=busy)
        other = others.order_by("pk").last()
        if other is not None:
            _try(lambda: lessons.substitute(
                third, teacher=other, reason="老师外出参会", form_key=uuid.uuid4(), **common
            ))  # fmt: skip


def _try(act) -> None:
    try:
        act()
    except BusinessError:
        return


def _last_term(group: ClassGroup, people: list[Person], draws: random.Random, clerk) -> None:
    """A class of the spring with its certificates, one of them withdrawn."""
    monday = group.term.starts_on - LAST_TERM
    term, _ = Term.objects.get_or_create(
        unit=group.term.unit, year=monday.year, season=Season.SPRING,
        defaults={"starts_on": monday, "ends_on": monday + 18 * WEEK},
    )  # fmt: skip
    facts = ClassFacts(
        term=term, school=group.school, course=group.course, code="春1班", capacity=20,
        slots=(Slot(6, 9 * HOUR, 10 * HOUR + 40),),
        first_on=term.starts_on, until=term.starts_on + COURSE_WEEKS * WEEK, room=group.room, teacher=group.teacher,
        opens_at=moment(term.starts_on - 28 * DAY, 9 * HOUR), closes_at=moment(term.starts_on - DAY, 17 * HOUR),
        min_open=8, fee=group.fee,
    )  # fmt: skip
    made = begin_class(publish_class(create_class(facts, actor=clerk), actor=clerk), actor=clerk)
    made = ClassGroup.objects.select_related("offering", "school", "course", "term").get(pk=made.pk)
    _enrol(made, people[-14:], clerk)
    until = made.until
    _rolls(made, draws, clerk, until + DAY)
    decisions = {
        one.enrolment.pk: EnrolmentState.COMPLETED if (one.percent or 0) >= 70 else EnrolmentState.NOT_COMPLETED  # noqa: PLR2004
        for one in standings(made)
    }
    if decisions:
        certificates = decide_completion(made, decisions, actor=clerk, on=until)
        if certificates:
            withdraw_certificate(certificates[-1], reason="姓名印错，重发", actor=clerk, on=until + 3 * DAY)


def _keepsakes(group: ClassGroup, clerk, on: dt.date) -> None:
    """A survey with enough sheets to be read, and two poems that may be shown."""
    survey = open_survey(group, closes_on=on + 2 * WEEK, actor=clerk, on=on)
    said = ("讲得慢一点就更好了", "", "教室暖气足", "", "", "谢谢老师", "")
    sheets = [
        (uuid.uuid4(), {"teaching": 3 - place % 2, "content": 3, "place": 2 + place % 2, "again": 3}, words)
        for place, words in enumerate(said)
    ]
    enter_sheets(survey, sheets, actor=clerk)
    rows = Enrolment.objects.filter(class_group=group, state=EnrolmentState.STUDYING).select_related("student")
    poems = (("秋日习字", "一窗秋色一窗风，\n墨润毫端兴未穷。\n莫道桑榆时已晚，\n满头霜雪写青松。"),
             ("课后", "放学归来日影斜，\n一笺小字映窗纱。"))  # fmt: skip
    for row, (title, text) in zip(rows.order_by("pk")[1:3], poems, strict=False):
        add_work(
            group, row.student, title=title, text=text, photo=None, shown_name="surname", consent_by="paper",
            consent_on=on - DAY, actor=clerk, on=on,
        )  # fmt: skip
