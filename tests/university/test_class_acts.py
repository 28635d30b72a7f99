"""Classes in numbers: copied to the next term, taken in from a sheet, published together; and the staff's one form."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from apps.signups.models import Places
from apps.university.models import ClassGroup, Room
from apps.university.queries.classes import below_least
from apps.university.services import class_copies, class_import
from apps.university.services.classes import publish_class
from tests.builders import make_class, make_school, make_teacher, make_term, make_unit, make_user

MONDAY = dt.date(2026, 9, 7)
NOON = dt.datetime(2026, 8, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def school(db):
    return make_school(unit=make_unit())


@pytest.fixture
def clerk(school):
    return make_user(role="university_clerk", unit=school.unit)


@pytest.fixture
def client(client, clerk):
    client.force_login(clerk)
    return client


def next_term(school):
    return make_term(school.unit, on=dt.date(2027, 3, 8), ends_on=dt.date(2027, 7, 12))


def address(page: str, *args, query: str = "") -> str:
    return reverse(f"admin:university_classgroup_{page}", args=args) + query


def test_a_class_goes_on_a_grade_higher_and_only_once(school):
    made = make_class(school, room=Room.objects.get(), teacher=make_teacher(school=school))
    made.course.grades = 2
    made.course.save()
    target = next_term(school)
    line = class_copies.lines_of(made.term, target, school)[0]
    assert line.proposed == class_copies.UP
    outcome = class_copies.copy_classes(made.term, target, school, {made.pk: class_copies.UP}, actor=None)[0]
    assert (outcome.made.grade, outcome.made.follows, outcome.made.first_on) == (2, made, target.starts_on)
    assert (outcome.made.room, outcome.made.teacher) == (made.room, made.teacher)
    again = class_copies.copy_classes(made.term, target, school, {made.pk: class_copies.UP}, actor=None)[0]
    assert again.made is None
    assert "已经开了" in again.refused


def test_one_that_clashes_is_told_and_the_others_stand(school):
    room = Room.objects.get()
    first, second = make_class(school, room=room), make_class(school, room=room, weekday=3)
    target = next_term(school)
    make_class(school, term=target, first_on=target.starts_on, until=target.ends_on, room=room, course_name="合唱")
    hows = {first.pk: class_copies.ANEW, second.pk: class_copies.ANEW}
    outcomes = class_copies.copy_classes(first.term, target, school, hows, actor=None)
    assert [bool(one.made) for one in outcomes] == [False, True]
    assert "“合唱1班”" in outcomes[0].refused


def sheet(*rows) -> bytes:
    book = openpyxl.Workbook()
    book.active.append([heading for heading, _, _ in class_import.COLUMNS.values()])
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def line(**over):
    values = dict(zip(class_import.COLUMNS, class_import.EXAMPLE, strict=True))
    plain = {"course": "书法", "room": "河滨校区101教室", "first_on": None, "last_on": None, "capacity": 40}
    return [({**values, **plain, **over})[key] for key in class_import.COLUMNS]


def take(school, data: bytes):
    schools = type(school).objects.filter(pk=school.pk)
    return class_import.take_in(data, "班级.xlsx", make_term(school.unit), schools=schools, actor=None)


def test_a_sheet_is_taken_in_whole_or_not_at_all(school):
    make_class(school, course_name="书法", weekday=5, state="planned")
    make_teacher(school=school)
    good = line(code="2班")
    bad = line(code="3班", slots="星期八", capacity="很多", teacher="无此人", opens_at="明天")
    report = take(school, sheet(good, bad))
    assert report.written == 0
    assert {heading for heading, _ in report.refused[0].faults} == {"上课时间", "名额", "教师", "开始报名"}
    assert ClassGroup.objects.count() == 1
    twice = take(school, sheet(good, line(code="4班")))
    assert "“书法2班”" in twice.refused[0].faults[0][1]
    assert ClassGroup.objects.count() == 1
    assert take(school, sheet(good, line(code="4班", slots="周三 8:20-10:00"))).written == 2
    made = ClassGroup.objects.get(code="2班")
    assert (made.age_to, made.fee, made.offering.places.capacity) == (75, 120, 40)


def test_a_file_that_is_no_list_of_classes(school, client):
    term = make_term(school.unit)
    file = io.BytesIO(b"a,b\n1,2\n")
    file.name = "x.csv"
    answer = client.post(address("import"), {"term": term.pk, "file": file})
    assert answer.status_code == 422
    assert "没有找到表头" in answer.content.decode()
    template = client.get(address("template"))
    assert openpyxl.load_workbook(io.BytesIO(template.content)).active.max_column == len(class_import.COLUMNS)


def form_of(**over) -> dict:
    return {
        "code": "1班", "grade": 1, "min_open": 10, "fee": "60", "capacity": 20, "held_back": 0, "day1": "2",
        "time1": "8:20-10:00", "first_on": "2026-09-07", "last_on": "2026-12-27", "mode": "first",
        "opens_at": "2026-08-01T09:00", "closes_at": "2026-08-20T17:00", "room": "", "teacher": "", **over,
    }  # fmt: skip


def test_a_class_is_opened_and_changed_on_one_form(school, client, clerk):
    term = make_term(school.unit)
    course = make_class(school, weekday=5, state="planned").course
    page = address("add", query=f"?course={course.pk}&term={term.pk}")
    assert "书法（云江老年大学" in client.get(page).content.decode()
    wrong = client.post(page, form_of(code="1班", day1=""))
    assert "请选星期。" in wrong.content.decode()
    room = Room.objects.get()
    answer = client.post(page, form_of(code="8班", room=room.pk, teacher=make_teacher(school=school).pk))
    made = ClassGroup.objects.get(code="8班")
    assert answer.url == address("change", made.pk)
    assert made.sessions.count() >= 14
    assert "书法8班" in client.get(answer.url).content.decode()
    seen = client.get(answer.url + "?edit=1")
    assert 'value="8:20-10:00" selected' in seen.content.decode()
    version = seen.context["adminform"].form.initial["seen_version"]
    values = form_of(code="8班", room=room.pk, capacity=25, day2="4", time2="other", free2="9:00-10:30")
    client.post(answer.url, {**values, "seen_version": version})
    assert Places.objects.get(offering=made.offering).capacity == 25
    assert made.slots.count() == 2


def test_strangers_find_no_class(school, client):
    elsewhere = make_school("江北区老年大学", unit=make_unit("江北区委老干部局"))
    foreign = make_class(elsewhere)
    assert client.get(address("change", foreign.pk)).status_code == 404
    assert client.get(address("add", query=f"?course={foreign.course_id}&term={foreign.term_id}")).status_code == 404
    assert "书法" not in client.get(address("changelist", query="?term=all")).content.decode()


def test_many_are_published_and_the_rest_is_told_why(school, client):
    whole = make_class(school, state="planned", room=Room.objects.get(), teacher=make_teacher(school=school))
    bare = make_class(school, state="planned", weekday=3)
    page = address("publish", query=f"?pk={whole.pk},{bare.pk}")
    assert "没有教室、没有教师" in client.get(page).content.decode()
    client.post(page)
    states = dict(ClassGroup.objects.values_list("pk", "state"))
    assert states == {whole.pk: "public", bare.pk: "planned"}


def test_too_few_only_when_it_is_time_to_decide(school):
    made = make_class(school, state="planned", room=Room.objects.get(), teacher=make_teacher(school=school))
    publish_class(made, actor=None)
    classes = ClassGroup.objects.all()
    assert not below_least(classes, NOON).exists()
    assert below_least(classes, NOON + dt.timedelta(7)).exists()


def test_the_brochure_and_the_workbook(school, client):
    make_class(school, room=Room.objects.get())
    shown = client.get(address("out", query="?as=print&term=all")).content.decode()
    assert "云江老年大学招生简章" in shown
    assert "周二 8:20–10:00" in shown
    answer = client.get(address("out", query="?as=xlsx&term=all"))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert any("书法1班" in map(str, row) for row in rows)
