"""Figures of the university, by term and school: counted, never a ranking of people; each leads to its list."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from apps.people.choices import Sex
from apps.university.choices.air import LectureState
from apps.university.choices.schools import ClassState, SchoolLevel, SessionState, TeacherState
from apps.university.choices.students import EnrolmentState, StudentKind
from apps.university.models import (
    ClassGroup,
    ClassSession,
    Enrolment,
    Lecture,
    Lesson,
    School,
    Teacher,
    Term,
)
from apps.university.queries.attendance import counted_in, coverage_of
from apps.university.rules.reports import Band, born_by, share_words

# Who has, or had to the end, a place.
ENROLLED = (EnrolmentState.STUDYING, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)
PERSON = "student__person"
LEVEL, SCHOOL, CLASS = "level", "school", "class"
PATHS = {LEVEL: "class_group__school__level", SCHOOL: "class_group__school", CLASS: "class_group"}


@dataclass(frozen=True)
class Scope:
    """What is counted: classes of one term (`year`, `season`) at some schools, ages on the day `on`."""

    schools: QuerySet[School]
    year: int
    season: str
    on: dt.date
    bands: list[Band]

    @property
    def term(self) -> str:
        return f"{self.year}-{self.season}"

    def classes(self) -> QuerySet[ClassGroup]:
        return ClassGroup.objects.current().filter(
            school__in=self.schools.order_by().values("pk"), term__year=self.year, term__season=self.season
        )

    def enrolments(self) -> QuerySet[Enrolment]:
        return Enrolment.objects.current().filter(class_group__in=self.classes().order_by().values("pk"))


@dataclass(frozen=True)
class Figure:
    """One number; `filters` are the parameters under which its list shows the same rows, none without a list."""

    value: object
    filters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """Rows of a label and figures, in the fixed order of schools; the last is the sum where it says 合计."""

    title: str
    headings: list[str]
    rows: list[tuple[str, list[Figure]]]
    note: str = ""


def terms_of(schools: QuerySet[School]) -> list[tuple[str, str, dt.date, dt.date]]:
    """(key, name, first day, end) of the terms in which these schools have classes, the latest first."""
    rows = Term.objects.filter(
        pk__in=ClassGroup.objects.current().filter(school__in=schools.order_by().values("pk")).order_by().values("term")
    ).order_by("-starts_on", "pk")
    found: dict[str, tuple] = {}
    for row in rows[:60]:
        found.setdefault(f"{row.year}-{row.season}", (f"{row.year}-{row.season}", str(row), row.starts_on, row.ends_on))
    return list(found.values())


def in_band(band: Band, on: dt.date, prefix: str = PERSON) -> Q:
    field_name = f"{prefix}__birth_date"
    return Q(**{f"{field_name}__lte": born_by(on, band.low), f"{field_name}__gt": born_by(on, band.high)})


def columns_of(scope: Scope) -> list[tuple[str, dict[str, str], Q]]:
    """(heading, filters, condition) of the columns by sex, age and kind."""
    columns = [
        ("男", {"sex": Sex.MALE.value}, Q(**{f"{PERSON}__sex": Sex.MALE})),
        ("女", {"sex": Sex.FEMALE.value}, Q(**{f"{PERSON}__sex": Sex.FEMALE})),
        *((band.label, {"band": band.key}, in_band(band, scope.on)) for band in scope.bands),
        ("年龄不详", {"band": "none"}, Q(**{f"{PERSON}__birth_date__isnull": True})),
    ]
    return columns + [(kind.label, {"kind": kind.value}, Q(student__kind=kind.value)) for kind in StudentKind]


def groups_of(scope: Scope, by: str) -> list[tuple[object, str]]:
    """(key, name) of the rows, in a fixed order that says nothing about how many there are."""
    if by == LEVEL:
        present = set(scope.schools.order_by().values_list("level", flat=True))
        return [(level.value, level.label) for level in SchoolLevel if level.value in present]
    if by == SCHOOL:
        return [(school.pk, str(school)) for school in scope.schools.order_by("position", "pk")]
    classes = scope.classes().select_related("course", "school").order_by("school__position", "school_id", "code", "pk")
    return [(one.pk, f"{one.school}　{one}") for one in classes]


def enrolment(scope: Scope, by: str) -> Table:
    """Places given (人次), people, sexes, ages, kinds."""
    columns = columns_of(scope)
    counts = {f"c{n}": Count("student", distinct=True, filter=condition) for n, (_, _, condition) in enumerate(columns)}
    counts |= {"times": Count("pk"), "people": Count("student", distinct=True)}
    rows = scope.enrolments().filter(state__in=ENROLLED).order_by()
    path = PATHS[by]
    found = {row[path]: row for row in rows.values(path).annotate(**counts)}
    total = rows.aggregate(**counts)

    def line(values: dict, chosen: dict[str, str]) -> list[Figure]:
        first = [Figure(values.get("times", 0), {"what": "people", **chosen}),
                 Figure(values.get("people", 0), {"what": "people", **chosen})]  # fmt: skip
        return first + [
            Figure(values.get(f"c{n}", 0), {"what": "people", **chosen, **filters})
            for n, (_, filters, _) in enumerate(columns)
        ]

    lines = [(name, line(found.get(key, {}), {by: str(key)})) for key, name in groups_of(scope, by)]
    headings = ["人次", "人数", *(label for label, _, _ in columns)]
    note = "人次：上几门课算几次；人数：同一个人只算一位，各行相加可能多于合计。"
    return Table("在读和结业学员", headings, [*lines, ("合计", line(total, {}))], note)


def attendance(scope: Scope, by: str, now: dt.datetime) -> Table:
    """Lessons that were, whose roll was taken, how many came."""
    classes = list(scope.classes().select_related("school"))
    coverage, counted = coverage_of(classes, now), counted_in(classes)
    key_of: dict[str, Callable] = {
        LEVEL: lambda one: one.school.level, SCHOOL: lambda one: one.school_id, CLASS: lambda one: one.pk,
    }  # fmt: skip
    sums: dict[object, list[int]] = {}
    for one in classes:
        part = coverage[one.pk]
        for key in (key_of[by](one), None):
            line = sums.setdefault(key, [0] * 5)
            values = (part.due, part.taken, counted.get(one.pk) or 0, part.came, part.lines)
            sums[key] = [a + b for a, b in zip(line, values, strict=True)]

    def line(key, chosen) -> list[Figure]:
        due, taken, came, present, lines = sums.get(key, [0] * 5)
        filters = {"what": "classes", **chosen}
        return [Figure(due, filters), Figure(taken, filters), Figure(came, filters),
                Figure(share_words(present, lines), filters)]  # fmt: skip

    lines = [(name, line(key, {by: str(key)})) for key, name in groups_of(scope, by)]
    note = "应上：已经过了时间、没有停课的课次。到课率只算点过名的课；请假的算没来。"
    return Table("到课", ["应上课次", "点过名", "实到人次", "到课率"], [*lines, ("合计", line(None, {}))], note)


def fees(scope: Scope, by: str) -> Table:
    """What is owed, came in, went back, is still open; yuan."""
    open_fee = Greatest(F("fee_due") - F("paid") + F("refunded"), Decimal(0))
    sums = {
        "due_sum": Sum("fee_due", filter=Q(state__in=ENROLLED)),
        "paid_sum": Sum("paid"),
        "refunded_sum": Sum("refunded"),
        "open_sum": Sum(open_fee, filter=Q(state=EnrolmentState.STUDYING)),
        "debtors": Count("pk", filter=Q(state=EnrolmentState.STUDYING, fee_due__gt=F("paid") - F("refunded"))),
    }
    rows, path = scope.enrolments().order_by(), PATHS[by]
    found = {row[path]: row for row in rows.values(path).annotate(**sums)}

    def line(values: dict, chosen: dict) -> list[Figure]:
        people = {"what": "people", **chosen}
        names = ("due_sum", "paid_sum", "refunded_sum")
        amounts = [Figure(values.get(name) or Decimal("0.00"), people) for name in names]
        unpaid = {**people, "unpaid": "1"}
        still_open = Figure(values.get("open_sum") or Decimal("0.00"), unpaid)
        return [*amounts, still_open, Figure(values.get("debtors") or 0, unpaid)]

    lines = [(name, line(found.get(key, {}), {by: str(key)})) for key, name in groups_of(scope, by)]
    headings = ["应缴（元）", "已缴（元）", "已退（元）", "还欠（元）", "还欠的人次"]
    return Table("学费", headings, [*lines, ("合计", line(rows.aggregate(**sums), {}))], "应缴只算在读和结业的。")


def schools_opened(schools: QuerySet[School], last: int, years: int = 5) -> Table:
    """Schools by level: how many there are, and how many opened in each of the last years."""
    span = range(last - years + 1, last + 1)
    counts: dict[str, Count] = {f"y{year}": Count("pk", filter=Q(opened_on__year=year)) for year in span}
    counts |= {
        "now": Count("pk", filter=Q(closed_on__isnull=True)),
        "unknown": Count("pk", filter=Q(opened_on__isnull=True)),
    }
    rows = schools.order_by()
    found = {row["level"]: row for row in rows.values("level").annotate(**counts)}

    def line(values: dict, chosen: dict) -> list[Figure]:
        what = {"what": "schools", **chosen}
        return [
            Figure(values.get("now", 0), {**what, "opened": "now"}),
            *(Figure(values.get(f"y{year}", 0), {**what, "opened": str(year)}) for year in span),
            Figure(values.get("unknown", 0), {**what, "opened": "none"}),
        ]

    lines = [(level.label, line(found.get(level.value, {}), {LEVEL: level.value})) for level in SchoolLevel]
    headings = ["现有学校", *(f"{year}年成立" for year in span), "成立日期没有登记"]
    return Table("学校和教学点的成立", headings, [*lines, ("合计", line(rows.aggregate(**counts), {}))])


def teaching(scope: Scope) -> Table:
    """By school: classes, lessons held, teachers, 空中课堂 and 公益大讲堂."""
    keys = scope.schools.order_by().values("pk")
    classes = dict(
        scope.classes().exclude(state=ClassState.CANCELLED).order_by().values_list("school").annotate(n=Count("pk"))
    )
    sessions = ClassSession.objects.current().filter(
        class_group__in=scope.classes().order_by().values("pk"), state=SessionState.HELD
    )
    held = dict(sessions.order_by().values_list("class_group__school").annotate(n=Count("pk")))
    hired = Teacher.objects.current().filter(school__in=keys, state=TeacherState.HIRED).order_by()
    teachers = dict(hired.values_list("school").annotate(n=Count("pk")))
    published = Lesson.objects.published().filter(series__school__in=keys).order_by()
    lessons = dict(published.values_list("series__school").annotate(n=Count("pk")))
    talks = {row["series__school"]: row for row in lecture_sums(keys, scope)}

    def line(pk: int) -> list[Figure]:
        talk = talks.get(pk, {})
        own = {SCHOOL: str(pk)}
        return [
            Figure(classes.get(pk, 0), {"what": "classes", **own}), Figure(held.get(pk, 0), {"what": "classes", **own}),
            Figure(teachers.get(pk, 0), {"what": "teachers", **own}),
            Figure(lessons.get(pk, 0), {"what": "lessons", **own}),
            *(Figure(talk.get(name) or 0, {"what": "lectures", **own}) for name in ("n", "came", "walk_ins")),
        ]  # fmt: skip

    lines = [(name, line(pk)) for pk, name in groups_of(scope, SCHOOL)]
    sums = [Figure(sum(figures[place].value for _, figures in lines)) for place in range(7)]
    headings = ["班级", "已上课次", "在聘教师", "空中课堂（讲）", "当年大讲堂（场）", "报名来听的", "没报名来听的"]
    return Table("教学", headings, [*lines, ("合计", sums)])


def lecture_sums(schools, scope: Scope):
    """Lectures held in the calendar year of the term."""
    rows = Lecture.objects.current().filter(
        series__school__in=schools, state=LectureState.HELD, starts_at__year=scope.on.year
    )
    return rows.order_by().values("series__school").annotate(
        n=Count("pk"), came=Sum("came"), walk_ins=Sum("walk_ins")
    )  # fmt: skip
