"""The lists behind figures: the same conditions, row by row, in the order of schools, classes and names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet

from apps.university.choices.air import LectureState
from apps.university.choices.schools import SchoolLevel, TeacherState
from apps.university.choices.students import EnrolmentState, StudentKind
from apps.university.models import Lecture, Lesson, Teacher

from .reports import CLASS, ENROLLED, LEVEL, SCHOOL, Scope, in_band

MOST = 2000


@dataclass(frozen=True)
class Listing:
    """`rows` are cells; `people` the ids of those named, for the audit; `total` how many there are in all."""

    title: str
    headings: list[str]
    rows: list[list]
    total: int
    people: list[int] = field(default_factory=list)


def _own(said: Mapping[str, str], prefix: str) -> Q:
    """Level, school and class out of an address, for rows with a key to a school behind `prefix`."""
    found = Q()
    if said.get(LEVEL) in SchoolLevel.values:
        found &= Q(**{f"{prefix}level": said[LEVEL]})
    if said.get(SCHOOL, "").isdecimal():
        found &= Q(**{f"{prefix}pk": int(said[SCHOOL][:18])})
    return found


def _class(said: Mapping[str, str], name: str) -> Q:
    return Q(**{name: int(said[CLASS][:18])}) if said.get(CLASS, "").isdecimal() else Q()


def people(scope: Scope, said: Mapping[str, str], most: int) -> Listing:
    rows = scope.enrolments().filter(_own(said, "class_group__school__") & _class(said, "class_group"))
    if said.get("unpaid") == "1":
        rows = rows.filter(state=EnrolmentState.STUDYING, fee_due__gt=F("paid") - F("refunded"))
    else:
        rows = rows.filter(state__in=ENROLLED)
    if said.get("sex") in ("1", "2"):
        rows = rows.filter(student__person__sex=said["sex"])
    if said.get("kind") in StudentKind.values:
        rows = rows.filter(student__kind=said["kind"])
    if said.get("band") == "none":
        rows = rows.filter(student__person__birth_date__isnull=True)
    elif band := next((one for one in scope.bands if one.key == said.get("band")), None):
        rows = rows.filter(in_band(band, scope.on))
    rows = rows.order_by("class_group__school__position", "class_group__code", "student__person__name_sort_key", "pk")
    shown = list(rows.select_related("student__person", "class_group__school", "class_group__course")[:most])
    return Listing(
        "学员", ["姓名", "性别", "人员类型", "学校", "班级", "状态", "应缴", "已缴", "已退"],
        [
            [row.student.person.name, row.student.person.get_sex_display(), row.student.get_kind_display(),
             str(row.class_group.school), str(row.class_group), row.get_state_display(), row.fee_due, row.paid,
             row.refunded]
            for row in shown
        ],
        rows.count(), [row.student_id for row in shown],
    )  # fmt: skip


def classes(scope: Scope, said: Mapping[str, str], most: int) -> Listing:
    rows = scope.classes().filter(_own(said, "school__") & _class(said, "pk"))
    rows = rows.order_by("school__position", "code", "pk")
    shown = rows.select_related("school", "course", "offering__places", "teacher__person", "room")[:most]
    return Listing(
        "班级", ["学校", "班级", "年级", "状态", "名额", "已占", "教师", "教室", "第一次课"],
        [
            [str(row.school), str(row), row.grade, row.get_state_display(), row.offering.places.capacity,
             row.offering.places.taken, row.teacher.person.name if row.teacher else "", str(row.room or ""),
             row.first_on]
            for row in shown
        ],
        rows.count(),
    )  # fmt: skip


def schools(scope: Scope, said: Mapping[str, str], most: int) -> Listing:
    rows = scope.schools.filter(_own(said, ""))
    opened = said.get("opened", "")
    if opened == "now":
        rows = rows.filter(closed_on__isnull=True)
    elif opened == "none":
        rows = rows.filter(opened_on__isnull=True)
    elif opened.isdecimal() and len(opened) == 4:
        rows = rows.filter(opened_on__year=int(opened))
    shown = rows.select_related("unit").order_by("position", "pk")[:most]
    return Listing(
        "学校", ["学校", "层级", "主管单位", "地址", "电话", "成立", "停办"],
        [[row.name, row.get_level_display(), str(row.unit), row.address, row.phone, row.opened_on, row.closed_on]
         for row in shown],
        rows.count(),
    )  # fmt: skip


def teachers(scope: Scope, said: Mapping[str, str], most: int) -> Listing:
    rows = Teacher.objects.current().filter(
        _own(said, "school__"), school__in=scope.schools.order_by().values("pk"), state=TeacherState.HIRED
    )
    rows = rows.order_by("school__position", "person__name_sort_key", "pk")
    shown = list(rows.select_related("school", "person")[:most])
    return Listing(
        "在聘教师", ["姓名", "学校", "能教什么", "聘任"],
        [[row.person.name, str(row.school), row.subjects, row.hired_on] for row in shown],
        rows.count(), [row.person_id for row in shown],
    )  # fmt: skip


def lessons(scope: Scope, said: Mapping[str, str], most: int) -> Listing:
    rows = Lesson.objects.published().filter(
        _own(said, "series__school__"), series__school__in=scope.schools.order_by().values("pk")
    )
    shown = rows.select_related("series__school").order_by(
        "series__school__position", "series__position", "position", "pk"
    )
    return Listing(
        "空中课堂", ["学校", "课", "题目", "形式", "主讲"],
        [[str(row.series.school), row.series.name, row.title, row.get_kind_display(), row.teacher_name]
         for row in shown[:most]],
        rows.count(),
    )  # fmt: skip


def lectures(scope: Scope, said: Mapping[str, str], most: int) -> Listing:
    rows: QuerySet = Lecture.objects.current().filter(
        _own(said, "series__school__"), series__school__in=scope.schools.order_by().values("pk"),
        state=LectureState.HELD, starts_at__year=scope.on.year,
    )  # fmt: skip
    shown = rows.select_related("series__school").order_by("starts_at", "pk")[:most]
    return Listing(
        "公益大讲堂", ["学校", "系列", "题目", "主讲人", "日期", "报名来听的", "没报名来听的"],
        [[str(row.series.school), row.series.name, row.title, row.speaker, row.starts_at.date(), row.came, row.walk_ins]
         for row in shown],
        rows.count(),
    )  # fmt: skip


LISTS = {
    "people": people, "classes": classes, "schools": schools, "teachers": teachers, "lessons": lessons,
    "lectures": lectures,
}  # fmt: skip
# Which right a list of people asks for beside that of the reports.
NEEDS = {"people": "university.view_student", "teachers": "university.view_teacher"}
