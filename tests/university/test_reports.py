import datetime as dt

import pytest
from django.urls import reverse

from apps.common.models import AuditEntry
from apps.university.models import Course, CourseNomination, LessonSeries, Programme
from apps.university.queries.reports import Scope, enrolment, fees
from apps.university.rules.programmes import read_programmes
from apps.university.rules.reports import ReportRules, bands_of
from tests.builders import make_person, make_unit, make_user

from .air_media import upload
from .test_air import in_folder, make_lesson  # noqa: F401 (fixture)
from .test_reminding import enrol, make_class
from .test_students import make_school

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 22)
KEY = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"


@pytest.fixture
def school():
    return make_school(make_unit())


@pytest.fixture
def staff(client, school):
    user = make_user("laoda", role="university_clerk", unit=school.unit)
    client.force_login(user)
    return client


def test_ages_are_counted_in_full_years_on_the_first_day_of_the_term(school):
    group = make_class(school, first_on=dt.date(2026, 9, 7))
    for name, birth, sex in (
        ("甲", "1966-09-07", "1"),
        ("乙", "1966-09-08", "2"),
        ("丙", "1946", "2"),
        ("丁", None, "1"),
    ):
        enrol(group, make_person(name, birth_date=birth, sex=sex), fee_due=100, paid=40)
    enrol(group, make_person("戊"), state="left")
    scope = Scope(type(school).objects.all(), 2026, "autumn", dt.date(2026, 9, 7), bands_of(ReportRules(ages=(60, 80))))

    table = enrolment(scope, "level")

    assert table.headings[:8] == ["人次", "人数", "男", "女", "不满60岁", "60—79岁", "80岁以上", "年龄不详"]
    assert [figure.value for figure in table.rows[-1][1]][:8] == [4, 4, 2, 2, 1, 1, 1, 1]
    assert [str(figure.value) for figure in fees(scope, "school").rows[-1][1]] == [
        "400.00",
        "160.00",
        "0.00",
        "240.00",
        "4",
    ]


def test_each_figure_leads_to_its_list_and_who_is_named_is_on_record(staff, school):
    group = make_class(school)
    person = make_person("赵秀英", sex="2")
    enrol(group, person)
    enrol(group, make_person("王根生", sex="1"))

    page = staff.get(reverse("admin:university_reports"), {"by": "class"})
    assert "书法" in page.text
    listed = reverse("admin:university_report_list")
    rows = staff.get(listed, {"what": "people", "term": "2026-autumn", "sex": "2"}).text
    assert ("赵秀英" in rows, "王根生" in rows) == (True, False)
    assert list(AuditEntry.objects.latest("pk").subjects.values_list("person_id", flat=True)) == [person.pk]
    for part in ("attendance", "fees", "schools", "teaching"):
        assert staff.get(reverse("admin:university_reports"), {"part": part}).status_code == 200
    for what in ("classes", "schools", "teachers", "lessons", "lectures"):
        assert staff.get(listed, {"what": what, "level": "x", "class": "9" * 30, "school": "1\x00"}).status_code == 200
    assert staff.get(listed, {"what": "people", "xlsx": "1"})["Content-Type"].endswith("sheet")
    assert "学员名单" in staff.get(listed, {"what": "people", "print": "1"}).text
    assert staff.get(listed, {"what": "secrets"}).status_code == 404


def test_a_pasted_schedule_is_looked_at_then_taken_in_once(staff, school):
    text = (
        "日期\t时间\t节目\t重播\n11月23日\t9:30\t书法课堂\t20:00\n\t下午3点\t戏曲\n"
        "2月30日\t9:30\t错的\n11月23日\t9:30\t重了\n"
    )
    paste = reverse("admin:university_programme_paste")
    values = {"school": school.pk, "channel": "公共频道", "text": text}

    seen = staff.post(paste, values).text
    assert "要收进 2 个节目" in seen
    assert "没有看懂日期" in seen
    assert not Programme.objects.exists()
    for _ in range(2):
        staff.post(paste, {**values, "confirm": "1"})
    assert list(Programme.objects.values_list("starts", "title", "replays")) == [
        (570, "书法课堂", "20:00"),
        (900, "戏曲", ""),
    ]
    assert staff.post(paste, {**values, "text": "x" * 30}).status_code == 200
    assert staff.post(paste, {**values, "text": ""}).status_code == 422
    assert [line.problem != "" for line in read_programmes("\n\x00\t\t\n1\n", channel="a", today=ON)] == [True, True]


def test_a_hostile_upload_gets_a_sentence_and_leaves_nothing(staff, school, in_folder):  # noqa: F811
    series = LessonSeries.objects.create(school=school, name="书法入门")
    lesson = make_lesson(series=series)
    url = reverse("admin:university_lesson_file", args=[lesson.pk])
    for name, data in (("a.mp4", b"MZ" + bytes(99)), ("../../x.mp4", b"<script>"), ("b.mp4", b"")):
        answer = staff.post(url, {"role": "main", "file": upload(data, name), "form_key": KEY})
        assert answer.status_code == 422
    answer = staff.post(url, {"role": "main", "file": upload(b"MZ" + bytes(99), "a.mp4"), "form_key": KEY})
    assert "MP4" in answer.text
    assert not any(path.is_file() for path in in_folder.rglob("*"))


def test_a_course_becomes_a_model_course_by_decision_alone(staff, school):
    course = Course.objects.create(school=school, name="剪纸")
    row = CourseNomination.objects.create(school=school, course=course, asked_on=ON, reason="办得好")
    decide = reverse("admin:university_coursenomination_decide", args=[row.pk])

    assert staff.post(decide, {"state": "ended", "opinion": "x"}).status_code == 422
    staff.post(decide, {"state": "approved", "opinion": "同意"})
    course.refresh_from_db()
    assert course.is_model
    staff.post(decide, {"state": "ended", "opinion": "教材旧了"})
    course.refresh_from_db()
    assert not course.is_model
    assert staff.get(decide).status_code == 404
