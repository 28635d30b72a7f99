"""考勤: the paper list in a grid, the card at the door, the list to sign, and figures by class."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.admin_pages import posted
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.university.choices.life import Presence
from apps.university.choices.schools import ClassState
from apps.university.forms.life import CountForm, RollLine, TapForm
from apps.university.models import ClassGroup, DoorTap, School
from apps.university.queries.attendance import counted_in, coverage_of
from apps.university.queries.class_people import studying
from apps.university.queries.lessons import on_leave
from apps.university.rules.lessons import day_of, moment_words
from apps.university.services.attendance import check_roll, take_roll, tap

from .life_base import class_url, lesson_url

ROLL = "university.view_rollcall"
TAKE = "university.change_rollcall"
PAGE = 50
LAST_TAPS = 8


class AttendancePages:
    """Mixed into SessionActAdmin."""

    def get_urls(self):
        name = "university_sessionact"
        pages = [
            path("lesson/<int:pk>/roll/", self.staff_view(self.roll_view), name=f"{name}_roll"),
            path("lesson/<int:pk>/sheet/", self.staff_view(self.sheet_view), name=f"{name}_sheet"),
            path("door/", self.staff_view(self.doors_view), name=f"{name}_doors"),
            path("door/<int:pk>/", self.staff_view(self.door_view), name=f"{name}_door"),
            path("attendance/", self.staff_view(self.coverage_view), name=f"{name}_coverage"),
        ]
        return pages + super().get_urls()

    # The roll

    def roll_view(self, request, pk: int):
        """实到 first, then line by line; empty until typed. A number that differs is said and kept."""
        session = self.lesson_of(request, pk, right=ROLL)
        may, on = request.user.has_perm(TAKE), timezone.localdate()
        people = list(studying(session.class_group))
        known = dict(session.attendance.values_list("enrolment_id", "state"))
        roll = getattr(session, "roll", None)
        data = posted(request)
        form = CountForm(data, initial={"counted": roll.counted if roll else None})
        lines = {
            row.pk: RollLine(data, prefix=f"a{row.pk}", initial={"state": known.get(row.pk, "")}) for row in people
        }
        if data is not None:
            self.allowed(request, TAKE)
            if form.is_valid() and all(line.is_valid() for line in lines.values()):
                states = {pk: line.cleaned_data["state"] for pk, line in lines.items()}
                if "rest" in data:
                    states = {pk: state or Presence.PRESENT for pk, state in states.items()}
                if self.save_roll(request, session, form, states, on):
                    return HttpResponseRedirect(request.path)
        away = on_leave(session, day_of(session.starts_at))
        audit.look(
            "open", actor=request.user, people=[row.student_id for row in people], fields=["attendance"],
            target=f"university.classsession:{session.pk}", request=request,
        )  # fmt: skip
        context = {
            "title": f"考勤：{session.class_group}　{session}", "form": form, "columns": ("姓名", "卡号"),
            "lead": f"{moment_words(session.starts_at, session.ends_at)}。按回车到下一行。空着表示不知道，不算缺课。",
            "fields": ("考勤",) if may else (), "may_enter": may and self.may_roll(session, on),
            "rows": [roll_row(row, lines[row.pk] if may else None, known.get(row.pk, ""), away) for row in people],
            "buttons": [("save", "保存"), ("rest", "没填的都记到课，保存")],
            "links": [(lesson_url(session), "返回")],
            "crumbs": [(class_url(session.class_group), str(session.class_group)), (lesson_url(session), str(session))],
            "empty": {"title": "这个班还没有学员", "text": "录取以后，名单会到这里来。"},
            "notice_text": mismatch_words(roll, known), "session": session,
        }  # fmt: skip
        return self.page(request, "admin/university/grid.html", context, status=422 if form.errors else 200)

    @staticmethod
    def may_roll(session, on) -> bool:
        try:
            check_roll(session, on)
        except BusinessError:
            return False
        return True

    def save_roll(self, request, session, form, states, on) -> bool:
        try:
            done = take_roll(session, form.cleaned_data["counted"], states, actor=request.user, on=on)
        except BusinessError as refusal:
            form.refuse(refusal)
            return False
        messages.success(request, f"存好了：实到 {done.counted} 人，名单上到课 {done.present} 人。")
        return True

    def sheet_view(self, request, pk: int):
        """签到表 of one lesson: names and room to sign."""
        session = self.lesson_of(request, pk, right=ROLL)
        people = list(studying(session.class_group))
        columns = ("序号", "姓名", "卡号", "签到", "备注")
        frame = frame_for(
            request, f"{session.class_group}签到表", columns=len(columns), order="姓名拼音",
            scope=f"{session.class_group.school}　{session}　{moment_words(session.starts_at, session.ends_at)}　"
            f"{session.room or ''}　应到 {len(people)} 人，实到＿＿＿人",
            signature="任课老师", back_url=lesson_url(session),
        )  # fmt: skip
        self.look_at_print(request, people, f"university.classsession:{session.pk}")
        rows = [
            (str(place), row.student.person.name, row.student.card_no, "", "") for place, row in enumerate(people, 1)
        ]
        return self.page(request, "print/list.html", {"frame": frame, "columns": columns, "rows": rows})

    def look_at_print(self, request, people, target: str) -> None:
        audit.look(
            "print", actor=request.user, people=[row.student_id for row in people], target=target, request=request
        )

    # The door

    def schools(self, request):
        return School.objects.visible_to(request.user, TAKE).current().filter(closed_on__isnull=True)

    def doors_view(self, request):
        """At which school: straight on where there is one."""
        self.allowed(request, TAKE)
        found = list(self.schools(request)[:200])
        if len(found) == 1:
            return HttpResponseRedirect(reverse("admin:university_sessionact_door", args=[found[0].pk]))
        context = {
            "title": "刷卡签到", "lead": "按学校名，打开那里门口的刷卡页。", "columns": ("学校",),
            "empty_text": "没有您能登记考勤的学校。",
            "rows": [
                ({"text": str(one), "url": reverse("admin:university_sessionact_door", args=[one.pk])},)
                for one in found
            ],
        }  # fmt: skip
        return self.page(request, "admin/university/table.html", context)

    def door_view(self, request, pk: int):
        """The page that stands open at the entrance: text and Enter, an answer in large letters, the last few."""
        self.allowed(request, TAKE)
        school = self.found(self.schools(request).select_related("unit"), pk)
        form, answer = TapForm(posted(request)), None
        if request.method == "POST" and form.is_valid():
            answer = tap(form.cleaned_data["card"], school, actor=request.user, now=timezone.now())
            form = TapForm()
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        taps = DoorTap.objects.filter(school=school, at__gte=today)
        context = {
            "title": f"刷卡签到：{school}", "form": form, "answer": answer, "school": school,
            "came": taps.filter(session__isnull=False).count(),
            "others": taps.filter(session__isnull=True).count(),
            "last": list(taps.select_related("session__class_group__course")[:LAST_TAPS]),
        }  # fmt: skip
        return self.page(request, "admin/university/door.html", context, status=422 if form.errors else 200)

    # Figures

    def coverage_view(self, request):
        """By class: lessons with a roll of lessons held, and how many came. Classes, never people."""
        self.allowed(request, ROLL)
        shown = ClassGroup.objects.current().visible_to(request.user, ROLL).filter(state=ClassState.RUNNING)
        rows = shown.select_related("course", "school", "term").order_by("school__position", "school", "code", "pk")
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        figures, counted = coverage_of(page.object_list, timezone.now()), counted_in(page.object_list)
        context = {
            "title": "考勤情况", "page": page, "total_text": f"共 {page.paginator.count} 个班",
            "columns": ("学校", "班", "该上的课", "点过名", "实到人次", "到课率"),
            "empty_text": "现在没有在上课的班。",
            "rows": [coverage_row(group, figures[group.pk], counted.get(group.pk)) for group in page.object_list],
            "links": [
                (reverse("admin:university_absencecase_due"), "长期缺课核对"),
                (reverse("admin:university_sessionact_doors"), "刷卡签到"),
            ],
        }  # fmt: skip
        return self.page(request, "admin/university/table.html", context)


def coverage_row(group, figures, counted) -> tuple:
    return (
        str(group.school), {"text": str(group), "url": class_url(group)}, str(figures.due), str(figures.taken),
        str(counted or 0), f"{figures.percent}%" if figures.percent is not None else "",
    )  # fmt: skip


def roll_row(row, form, state: str, away: set[int]) -> dict:
    name = row.student.person.name
    note = "请了假" if row.student_id in away else ""
    shown = [name, row.student.card_no]
    if form is None:
        shown[1] = f"{row.student.card_no}　{Presence(state).label if state else ''}"
    return {"name": name, "cells": shown, "form": form, "note": note, "tone": "soon" if note else ""}


def mismatch_words(roll, known: dict[int, str]) -> str:
    present = sum(state == Presence.PRESENT for state in known.values())
    if roll is None or roll.counted == present:
        return ""
    apart = abs(roll.counted - present)
    return f"实到填了 {roll.counted} 人，名单上到课 {present} 人，差 {apart} 人。请对照考勤表核一核。"
