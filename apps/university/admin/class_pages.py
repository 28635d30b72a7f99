"""班级日常: the page of a class in its life, and what is done with it as a whole: cancel, merge, complete."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.admin_pages import posted
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.university.choices.life import MergeState
from apps.university.choices.schools import ClassState
from apps.university.choices.students import EnrolmentState
from apps.university.forms.life import DecisionLine, MergeForm, ReasonedForm
from apps.university.queries.attendance import counted_in, coverage_of, standings
from apps.university.queries.lessons import lessons
from apps.university.queries.similar_classes import open_classes, similar_classes
from apps.university.rules.lessons import moment_words
from apps.university.rules.life import AttendanceRules, came_often_enough
from apps.university.services.closing_classes import cancel_class
from apps.university.services.completion import decide_completion, may_complete
from apps.university.services.merging_classes import ask_to_merge

from .life_base import class_url, lesson_url

CLOSE = "university.change_classmerge"
COMPLETE = "university.change_certificate"
OPEN = (ClassState.PLANNED, ClassState.PUBLISHED, ClassState.RUNNING)


class ClassPages:
    """Mixed into SessionActAdmin."""

    def get_urls(self):
        name = "university_sessionact"
        pages = [
            path("class/<int:pk>/", self.staff_view(self.class_view), name=f"{name}_class"),
            path("class/<int:pk>/cancel/", self.staff_view(self.cancel_class_view), name=f"{name}_cancel_class"),
            path("class/<int:pk>/merge/", self.staff_view(self.merge_view), name=f"{name}_merge"),
            path("class/<int:pk>/complete/", self.staff_view(self.complete_view), name=f"{name}_complete"),
        ]
        return pages + super().get_urls()

    def class_view(self, request, pk: int):
        """Lessons of the class, figures, notices, and what may be done. Names nobody but the teachers."""
        group = self.class_of(request, pk)
        user, now = request.user, timezone.now()
        places = group.offering.places
        rows = [
            (
                {"text": f"第{one.number}次", "url": lesson_url(one)}, moment_words(one.starts_at, one.ends_at),
                str(one.room or ""), "、".join(str(line.teacher) for line in one.teachers.all()),
                {"text": "", "tag": one.get_state_display(), "tone": TONES.get(one.state, "")},
            )
            for one in lessons().filter(class_group=group)
        ]  # fmt: skip
        is_open = group.state in OPEN
        context = {
            "title": f"{group.school} {group}", "group": group, "rows": rows, "places": places,
            "columns": ("课次", "时间", "教室", "老师", "情况"),
            "figures": coverage_of([group], now)[group.pk], "counted": counted_in([group]).get(group.pk) or 0,
            "below": is_open and places.taken < group.min_open and group.first_on >= timezone.localdate(),
            "notices": list(group.notices.order_by("-made_at")[:10]),
            "merge": group.merges.filter(state=MergeState.ASKING, voided_at__isnull=True).first(),
            "may_close": is_open and user.has_perm(CLOSE), "may_people": user.has_perm("university.view_student"),
            "may_complete": user.has_perm(COMPLETE) and may_complete(group, timezone.localdate()),
            "similar": similar_classes(group) if group.state == ClassState.CANCELLED else (),
            "refunds_url": reverse("admin:university_refund_class", args=[group.pk])
            if group.state == ClassState.CANCELLED and user.has_perm("university.view_refund") else "",
            "may_roll": user.has_perm("university.view_rollcall"),
            "may_print": user.has_perm("university.view_enrolment"),
            "urls": {page: class_url(group, page) for page in ("cancel_class", "merge", "complete")}
            | {
                "sheet": f"{reverse('admin:university_class_print', args=[group.pk])}?which=attendance",
                "timetable": f"{reverse('admin:university_sessionact_timetable')}?what=class&key={group.pk}",
                "changes": f"{reverse('admin:university_classchange_pick', args=[group.pk])}",
                "work": reverse("admin:university_studentwork_enter", args=[group.pk]),
                "survey": reverse("admin:university_survey_open", args=[group.pk]),
                "certificates": f"{reverse('admin:university_certificate_of_class', args=[group.pk])}",
            },
        }  # fmt: skip
        return self.page(request, "admin/university/class_life.html", context)

    def cancel_class_view(self, request, pk: int):
        group = self.class_of(request, pk, right=CLOSE)
        names = "、".join(f"{one.school}“{one}”（余 {one.free}）" for one in similar_classes(group))
        instead = f"可以介绍他们去：{names}。" if names else "这个学期没有还有名额的同类班。"
        lead = (
            f"取消“{group}”：{group.offering.places.taken} 位有名额的学员都会接到通知，已交学费全部退还，"
            f"排好的课不再上，教室和老师空出来。{instead}"
            "取消以后不能恢复，要再开请新建班。"
        )

        def perform(values):
            cancel_class(group, reason=values["reason"], actor=request.user, now=timezone.now())
            return "已取消开班，通知在下面；短信通知不到的请打电话。"

        form = ReasonedForm(posted(request))
        return self.act(
            request, form, perform, title=f"取消开班：{group}", lead=lead, button="取消开班", back=class_url(group)
        )

    def merge_view(self, request, pk: int):
        group = self.class_of(request, pk, right=CLOSE)
        mine = open_classes(group).visible_to(request.user, CLOSE).filter(free__gt=0).prefetch_related("slots")
        form = MergeForm(posted(request), classes=mine.order_by("course__name", "code", "pk"))

        def perform(values):
            ask_to_merge(
                group, values["target"], reason=values["reason"], actor=request.user, now=timezone.now(),
                form_key=values["form_key"],
            )  # fmt: skip
            return "开始征求意见：每位学员的答复都问到了，再办并班。"

        lead = (
            f"“{group}”现在 {group.offering.places.taken} 人，最少 {group.min_open} 人开班。"
            "先逐个征求意见：同意的转过去，不同意的全额退费。"
        )
        return self.act(
            request, form, perform, title=f"并班：{group}", lead=lead, button="开始征求意见", back=class_url(group)
        )

    def complete_view(self, request, pk: int):
        """结业: proposed by attendance, decided line by line."""
        group = self.class_of(request, pk, right=COMPLETE)
        on = timezone.localdate()
        rules = rule_values(AttendanceRules.rule_key, on=on, unit=group.school.unit)
        rows = standings(group)
        data = posted(request)
        forms = {
            one.enrolment.pk: DecisionLine(
                data, prefix=f"d{one.enrolment.pk}", initial={"state": proposed(one, rules)}
            )
            for one in rows
        }  # fmt: skip
        if data is not None and all(form.is_valid() for form in forms.values()):
            decisions = {pk: form.cleaned_data["state"] for pk, form in forms.items()}
            try:
                made = decide_completion(group, decisions, actor=request.user, on=on)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, f"已结课：{len(made)} 人结业，证书编了号，可以打印。")
                return HttpResponseRedirect(reverse("admin:university_certificate_of_class", args=[group.pk]))
        audit.look(
            "open", actor=request.user, people=[one.enrolment.student_id for one in rows], fields=["attendance"],
            target=f"university.classgroup:{group.pk}", request=request,
        )  # fmt: skip
        context = {
            "title": f"办结业：{group}", "columns": ("姓名", "到课", "请假", "到课率"), "fields": ("结业",),
            "lead": f"到课率满 {rules.completion}% 的先填了“结业”，只是建议，由您逐个定。定了以后这个班就结课，"
            "按名单顺序给结业证书编号。",
            "form": None, "may_enter": True, "buttons": [("decide", "就这样定，结课")],
            "rows": [completion_row(one, forms[one.enrolment.pk]) for one in rows],
            "links": [(class_url(group), "返回")], "crumbs": [(class_url(group), str(group))],
            "empty": {"title": "这个班没有学员", "text": "没有人要办结业。"},
        }  # fmt: skip
        return self.page(request, "admin/university/grid.html", context, status=422 if data is not None else 200)


TONES = {"off": "late", "moved": "soon", "held": "done"}


def proposed(one, rules) -> str:
    enough = came_often_enough(one.came, one.leave, one.held, rules)
    return EnrolmentState.COMPLETED if enough else EnrolmentState.NOT_COMPLETED


def completion_row(one, form) -> dict:
    name = one.enrolment.student.person.name
    percent = f"{one.percent}%" if one.percent is not None else "没有考勤"
    return {"name": name, "cells": [name, f"{one.came} / {one.held}", str(one.leave), percent], "form": form}
