"""What a class was told: who got a text, and the call sheet for everybody else."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.people.models import Phone
from apps.university.choices.life import Told
from apps.university.forms.life import CallLine
from apps.university.life_notices import addressed
from apps.university.models import ClassNotice
from apps.university.services.telling import record_calls, to_ring

from .life_base import class_url, lesson_url

CHANGE = "university.change_sessionact"
PEOPLE = "university.view_student"


class NoticePages:
    """Mixed into SessionActAdmin."""

    def get_urls(self):
        name = "university_sessionact"
        pages = [
            path("notice/<int:pk>/", self.staff_view(self.notice_view), name=f"{name}_notice"),
            path("notice/<int:pk>/calls/", self.staff_view(self.calls_view), name=f"{name}_calls"),
        ]
        return pages + super().get_urls()

    def notice_of(self, request, pk: int) -> ClassNotice:
        self.allowed(request, PEOPLE)
        rows = ClassNotice.objects.visible_to(request.user, PEOPLE)
        return self.found(rows.select_related("class_group__course", "class_group__school", "session", "made_by"), pk)

    def notice_view(self, request, pk: int):
        """Everybody of the notice; those to be rung come first, each with the result of the call to type."""
        notice = self.notice_of(request, pk)
        may = request.user.has_perm(CHANGE)
        lines = lines_of(notice)
        waiting = to_ring(notice)
        forms = {
            line.pk: CallLine(
                request.POST if request.method == "POST" else None, prefix=f"n{line.pk}",
                initial={"told": line.told, "note": line.note},
            )
            for line in lines if line.pk in waiting or line.told
        }  # fmt: skip
        if request.method == "POST":
            self.allowed(request, CHANGE)
            if self.save_calls(request, notice, forms):
                return HttpResponseRedirect(request.path)
        audit.look(
            "open", actor=request.user, people=[line.student_id for line in lines],
            target=f"university.classnotice:{notice.pk}", request=request,
        )  # fmt: skip
        ordered = sorted(lines, key=lambda line: (line.pk not in waiting, not line.told))
        back = lesson_url(notice.session) if notice.session_id else class_url(notice.class_group)
        context = {
            "title": f"通知：{notice.get_kind_display()}", "lead": notice.words, "columns": ("姓名", "怎样通知"),
            "fields": ("电话结果", "说明") if may else (), "may_enter": may and bool(forms),
            "rows": [call_row(line, waiting, forms.get(line.pk) if may else None) for line in ordered],
            "buttons": [("save", "保存电话结果")],
            "links": [(reverse("admin:university_sessionact_calls", args=[notice.pk]), "打印电话单"), (back, "返回")],
            "crumbs": [(back, str(notice.class_group))],
            "empty": {"title": "这个班没有要通知的人", "text": "班里还没有学员。"},
            "notice_text": f"还有 {len(waiting)} 位短信通知不到，请打电话。" if waiting else "",
        }  # fmt: skip
        return self.page(request, "admin/university/grid.html", context)

    def save_calls(self, request, notice: ClassNotice, forms: dict) -> bool:
        typed = {pk: form for pk, form in forms.items() if form.has_changed() and form.is_valid()}
        if any(not form.is_valid() for form in forms.values() if form.has_changed()):
            messages.error(request, "有几行没有填对，改好再存。")
            return False
        results = [(pk, form.cleaned_data["told"], form.cleaned_data["note"]) for pk, form in typed.items()]
        try:
            count = record_calls(notice, results, actor=request.user, now=timezone.now())
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
            return True
        messages.success(request, f"录了 {count} 位的电话结果。" if count else "没有新录的行。")
        return True

    def calls_view(self, request, pk: int):
        """The call sheet on A4: names, numbers, what to say, a column to write in."""
        notice = self.notice_of(request, pk)
        waiting = to_ring(notice)
        lines = [line for line in lines_of(notice) if line.pk in waiting]
        people = [line.student_id for line in lines]
        numbers: dict[int, list[str]] = {}
        for phone in Phone.objects.filter(person_id__in=people).order_by("position", "pk"):
            numbers.setdefault(phone.person_id, []).append(phone.number)
        audit.look(
            "print", actor=request.user, people=people, target=f"university.classnotice:{notice.pk}", request=request
        )
        columns = ("序号", "姓名", "电话", "接通情况", "说明")
        frame = frame_for(
            request, f"电话单：{notice.class_group}{notice.get_kind_display()}", columns=len(columns),
            order="姓名拼音", scope=f"请这样说：{notice.words}", signature="打电话的人",
            back_url=reverse("admin:university_sessionact_notice", args=[notice.pk]),
        )  # fmt: skip
        rows = [
            (
                str(place),
                addressed(line.student),
                "、".join(numbers.get(line.student_id, [])[:2]) or "没有登记电话",
                "",
                "",
            )
            for place, line in enumerate(lines, 1)
        ]
        return self.page(request, "print/list.html", {"frame": frame, "columns": columns, "rows": rows})


def lines_of(notice: ClassNotice) -> list:
    rows = notice.lines.select_related("student__person", "told_by")
    return list(rows.order_by("student__person__name_sort_key", "student__person__name", "pk"))


def call_row(line, waiting: set[int], form) -> dict:
    name = line.student.person.name
    if line.told == Told.YES:
        words, tone = "电话告知了", "done"
    elif line.pk in waiting:
        words, tone = ("短信没有发到，请打电话" if line.message_id else "发不了短信，请打电话"), "soon"
    else:
        words, tone = "发了短信", ""
    note = f"{line.told_by or ''} {timezone.localtime(line.told_at):%m-%d %H:%M}" if line.told_at else ""
    return {"name": name, "cells": [name, words], "form": form, "note": note, "tone": tone}
