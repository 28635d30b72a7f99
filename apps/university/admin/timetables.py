"""课表 of a class, a room, a teacher or a student: a week as a table, a term as a list; on A4 and as a workbook."""

import datetime as dt
import io
from dataclasses import dataclass

from django.http import FileResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.common import audit
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet
from apps.university.choices.schools import SessionState
from apps.university.models import ClassGroup, Room, Student, Teacher, Term
from apps.university.queries.lessons import lessons, of_student
from apps.university.rules.cards import read_number
from apps.university.rules.lessons import day_of, day_words, span_words, week_of

from .life_base import lesson_url

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VIEW = "university.view_classsession"
WHAT = (("class", "班级"), ("room", "教室"), ("teacher", "老师"), ("student", "学员"))
WEEK = dt.timedelta(days=7)
MOST = 1000
DAYS = "一二三四五六日"


@dataclass(frozen=True)
class Whose:
    """What the timetable is of. `people`: whom looking at it shows."""

    title: str
    rows: object
    people: tuple[int, ...] = ()


class TimetablePages:
    """Mixed into SessionActAdmin."""

    def get_urls(self):
        page = path("timetable/", self.staff_view(self.timetable_view), name="university_sessionact_timetable")
        return [page, *super().get_urls()]

    def timetable_view(self, request):
        self.allowed(request, VIEW)
        asked = request.GET
        what = asked.get("what") if asked.get("what") in dict(WHAT) else "class"
        whose = self.whose(request, what, asked.get("key", ""))
        first, last = self.stretch(request, asked)
        if whose is None:
            return self.page(request, "admin/university/timetable.html", self.chooser(request, what, asked, first))
        rows = list(whose.rows.filter(starts_at__gte=moment(first), starts_at__lt=moment(last)).distinct()[:MOST])
        audit.look(
            "open", actor=request.user, people=whose.people, target=f"university.timetable:{what}", request=request
        )
        title = f"{whose.title}课表"
        end = last - dt.timedelta(1)
        scope = f"{first.year}年{first.month}月{first.day}日至{end.month}月{end.day}日"
        if asked.get("as") == "xlsx":
            return workbook(title, rows)
        is_week = asked.get("span") != "term"
        if asked.get("as") == "print":
            return self.printed(request, title, scope, rows, is_week, first)
        context = {
            **self.chooser(request, what, asked, first), "title": title, "scope": scope, "is_week": is_week,
            "found": True, "days": week_table(rows, first) if is_week else None,
            "table": None if is_week else [list_row(one) for one in rows], "columns": COLUMNS,
        }  # fmt: skip
        return self.page(request, "admin/university/timetable.html", context)

    def stretch(self, request, asked) -> tuple[dt.date, dt.date]:
        """The week of `day` (today), or the term in which it lies."""
        try:
            day = dt.date.fromisoformat(asked.get("day", ""))
        except ValueError:
            day = timezone.localdate()
        day = min(max(day, dt.date(2000, 1, 3)), dt.date(2100, 1, 1))
        if asked.get("span") == "term":
            term = Term.objects.current().filter(starts_on__lte=day, ends_on__gt=day).order_by("starts_on").first()
            if term is not None:
                return term.starts_on, term.ends_on
            return day, day + 20 * WEEK
        return week_of(day)

    def whose(self, request, what: str, key: str) -> Whose | None:
        """None for nothing chosen, or nothing that the user may see."""
        if what != "student" and (not key.isascii() or not key.isdecimal() or len(key) > 15):
            return None
        user, shown = request.user, lessons().filter(class_group__in=self.classes(request).values("pk"))
        if what == "class":
            one = (
                ClassGroup.objects.current()
                .visible_to(user, VIEW)
                .select_related("course", "school")
                .filter(pk=key)
                .first()
            )
            return one and Whose(f"{one.school} {one}", lessons().filter(class_group=one))
        if what == "room":
            one = Room.objects.current().visible_to(user).select_related("campus").filter(pk=key).first()
            return one and Whose(f"{one.campus} {one}", shown.filter(room=one))
        if what == "teacher":
            people = Teacher.objects.current().visible_to(user, "university.view_teacher")
            one = people.select_related("person", "school").filter(pk=key).first()
            # Everywhere he teaches: his time is one, whichever school asks.
            return one and Whose(f"{one}老师", lessons().filter(teachers__person=one.person_id), (one.person_id,))
        one = Student.objects.visible_to(user).select_related("person").filter(card_no=read_number(key)).first()
        return one and Whose(f"{one}", lessons().filter(of_student(one)), (one.pk,))

    def classes(self, request):
        return ClassGroup.objects.current().visible_to(request.user, VIEW).order_by()

    def chooser(self, request, what: str, asked, first: dt.date) -> dict:
        user = request.user
        choices: list[tuple[str, str]] = []
        if what == "class":
            rows = ClassGroup.objects.current().visible_to(user, VIEW).select_related("course", "school")
            choices = [
                (str(one.pk), f"{one.school} {one}")
                for one in rows.order_by("-term__starts_on", "school", "code")[:500]
            ]
        elif what == "room":
            rows = Room.objects.current().visible_to(user).select_related("campus").order_by("campus", "name")
            choices = [(str(one.pk), f"{one.campus} {one}") for one in rows[:500]]
        elif what == "teacher":
            rows = (
                Teacher.objects.current().visible_to(user, "university.view_teacher").select_related("person", "school")
            )
            choices = [(str(one.pk), f"{one.school} {one}") for one in rows.order_by("school", "pk")[:500]]
        span = "term" if asked.get("span") == "term" else "week"
        base = {"what": what, "key": asked.get("key", ""), "span": span}
        return {
            "title": "课表", "what": what, "kinds": WHAT, "choices": choices, "key": asked.get("key", ""), "span": span,
            "day": first, "found": False, "asked_for": bool(asked.get("key")),
            "before": urlencode({**base, "day": first - WEEK}), "after": urlencode({**base, "day": first + WEEK}),
            "print_url": f"?{urlencode({**base, 'day': first, 'as': 'print'})}",
            "xlsx_url": f"?{urlencode({**base, 'day': first, 'as': 'xlsx'})}",
        }  # fmt: skip

    def printed(self, request, title: str, scope: str, rows, is_week: bool, first: dt.date):
        back = f"{reverse('admin:university_sessionact_timetable')}?{urlencode({**request.GET.dict(), 'as': ''})}"
        columns = [heading for heading, _ in week_headings(first)] if is_week else COLUMNS
        frame = frame_for(
            request, title, scope=scope, columns=len(columns), order="上课时间", recall=False, landscape=is_week,
            back_url=back,
        )  # fmt: skip
        lines = print_week(rows, first) if is_week else [plain_row(one) for one in rows]
        return self.page(request, "print/list.html", {"frame": frame, "columns": columns, "rows": lines})


COLUMNS = ("日期", "时间", "班", "老师", "教室", "情况")


def moment(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def teacher_words(session) -> str:
    return "、".join(str(line.teacher) for line in session.teachers.all())


def plain_row(session) -> tuple[str, ...]:
    state = "" if session.state in (SessionState.PLANNED, SessionState.HELD) else session.get_state_display()
    return (
        day_words(session.starts_at), span_words(session.starts_at, session.ends_at), str(session.class_group),
        teacher_words(session), f"{session.room.campus} {session.room}" if session.room_id else "", state,
    )  # fmt: skip


def list_row(session) -> tuple:
    row = plain_row(session)
    return ({"text": row[0], "url": lesson_url(session)}, *row[1:])


def week_headings(first: dt.date) -> list[tuple[str, dt.date]]:
    days = [first + dt.timedelta(days=place) for place in range(7)]
    return [(f"周{DAYS[day.weekday()]} {day.month}.{day.day}", day) for day in days]


def week_table(rows, first: dt.date) -> list[dict]:
    """Seven days, each with its lessons in order."""
    return [
        {"heading": heading, "is_today": day == timezone.localdate(), "lessons": [
            {
                "session": one, "time": span_words(one.starts_at, one.ends_at), "url": lesson_url(one),
                "teachers": teacher_words(one), "is_off": one.state == SessionState.CANCELLED,
                "is_moved": one.state == SessionState.MOVED,
            }
            for one in rows if day_of(one.starts_at) == day
        ]}
        for heading, day in week_headings(first)
    ]  # fmt: skip


def print_week(rows, first: dt.date) -> list[list[str]]:
    """A line a time of day, a column a weekday."""
    times = sorted(
        {span_words(one.starts_at, one.ends_at) for one in rows}, key=lambda text: (len(text.split(":")[0]), text)
    )
    lines = []
    for time in times:
        line = []
        for _, day in week_headings(first):
            here = [
                one for one in rows
                if day_of(one.starts_at) == day and span_words(one.starts_at, one.ends_at) == time
            ]  # fmt: skip
            line.append("；".join(
                f"{time} {one.class_group} {teacher_words(one)} {one.room or ''}"
                f"{'（停课）' if one.state == SessionState.CANCELLED else ''}"
                for one in here
            ))  # fmt: skip
        lines.append(line)
    return lines


def workbook(title: str, rows) -> FileResponse:
    stream = io.BytesIO()
    write_sheet(stream, "课表", list(COLUMNS), (plain_row(one) for one in rows), notes=[("名称", title)])
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX)
