"""老生续读: classes of a term and those they follow; places kept in one act, answers entered in a grid."""

import uuid

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.secrecy_forms import SecrecyMixin
from apps.signups.choices import SignUpState
from apps.university.models import ClassGroup, Continuation
from apps.university.queries.continuing import asked_of, followings, preview
from apps.university.queries.desk_classes import with_facts
from apps.university.services import continuing

from .desk_base import DeskPages, moment_words, url
from .pads import terms_of

ANSWERS = [("", "—"), (continuing.GOES_ON, "✓ 续读"), (continuing.STOPS, "不续读"), (continuing.TOLD, "通知到了，没定")]


class LineForm(SecrecyMixin, forms.Form):
    """`key`: so that a line sent twice is one answer."""

    answer = forms.ChoiceField(choices=ANSWERS, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)


@admin.register(Continuation)
class ContinuationAdmin(DeskPages, RecordAdmin):
    """The list is of classes; a continuation is what was done to one."""

    select_related_in_record = ("class_group__school", "made_by")

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return Continuation.objects.none()
        return Continuation.objects.filter(class_group__in=ClassGroup.objects.visible_to(user, permission))

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def get_urls(self):
        pages = [
            path("class/<int:pk>/", self.staff_view(self.class_view), name="university_continuation_class"),
            path("<path:object_id>/undo/", self.staff_view(self.undo_view), name="university_continuation_undo"),
        ]
        return pages + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self.get_object(request, object_id)
        if not self.has_view_permission(request, row) or request.method == "POST":
            raise PermissionDenied
        return HttpResponseRedirect(url("university_continuation_class", row.class_group_id))

    # The term

    def changelist_view(self, request, extra_context=None):
        """All classes of a term that follow one; ticked ones go on in one act."""
        schools = self.desk_of(request)
        terms = list(terms_of(request.user)[:12])
        asked = request.GET.get("term", "")
        term = next((one for one in terms if str(one.pk) == asked), terms[0] if terms else None)
        rows = followings(term, schools) if term else []
        if request.method == "POST":
            self.go_on(request, {row.class_group.pk: row.class_group for row in rows})
            return HttpResponseRedirect(f"?term={term.pk}" if term else ".")
        context = {
            "title": "老生续读", "terms": terms, "term": term, "rows": rows,
        }  # fmt: skip
        return self.page(request, "admin/university/continuing.html", context)

    def go_on(self, request, classes: dict[int, ClassGroup]) -> None:
        picked = [classes[int(key)] for key in request.POST.getlist("pick") if key.isdecimal() and int(key) in classes]
        done, places, waiting, refused = 0, 0, 0, 0
        for class_group in sorted(picked, key=lambda one: one.offering_id):
            try:
                found = continuing.continue_class(class_group, actor=request.user, now=timezone.now())
            except BusinessError as refusal:
                messages.error(request, f"{class_group.offering.title}：{refusal.sentence}")
                continue
            done, places = done + 1, places + len(found.offered)
            waiting, refused = waiting + len(found.waiting), refused + len(found.refused)
        if done:
            more = f"，{waiting} 位名额不够、排在候补最前" if waiting else ""
            more += f"，{refused} 位不能续读（点班名看原因）" if refused else ""
            messages.success(request, f"{done} 个班办好：给 {places} 位老生留了名额，已发通知{more}。")
        elif not picked:
            messages.info(request, "请先勾选要续读的班。")

    # One class

    def class_view(self, request, pk):
        """Before: who would go on and who not, and why. After: the grid of answers."""
        schools = self.desk_of(request)
        rows = with_facts(ClassGroup.objects.current().filter(pk=pk, school__in=schools, follows__isnull=False))
        class_group = rows.select_related("follows__offering").first()
        if class_group is None:
            raise Http404
        now = timezone.now()
        asked = asked_of(class_group)
        grid = [(row, self.line_form(request, row)) for row in asked]
        status = 200
        if request.method == "POST":
            if self.save_answers(request, grid, now):
                return HttpResponseRedirect(".")
            status = 422
        found, people = preview(class_group, now)
        audit.look("open", actor=request.user, people=sorted({*people, *(row.person_id for row in asked)}),
                   target=f"university.classgroup:{pk}", request=request)  # fmt: skip
        until = continuing.answer_until(class_group)
        made = Continuation.objects.filter(
            class_group=class_group, undone_at__isnull=True, voided_at__isnull=True
        ).first()
        context = {
            "title": f"老生续读：{class_group.offering.title}", "class_group": class_group, "made": made,
            "until": moment_words(until) if until else "", "columns": ("姓名", "情况"), "fields": ("登记",),
            "grid": [grid_row(row, form) for row, form in grid], "has_open": any(form for _, form in grid),
            "offered": [people[key] for key in found.offered], "waiting": [people[key] for key in found.waiting],
            "refused": [(people[key], words) for key, words in found.refused.items() if key in people],
        }  # fmt: skip
        return self.page(request, "admin/university/continuing_class.html", context, status=status)

    def line_form(self, request, row) -> LineForm | None:
        if row.open_offer is None:
            return None
        data = request.POST if request.method == "POST" else None
        return LineForm(data, prefix=str(row.pk), initial={"key": uuid.uuid4()})

    def save_answers(self, request, grid, now) -> bool:
        saved, clean = 0, True
        for row, form in grid:
            if form is None or not form.is_valid() or not form.cleaned_data["answer"]:
                clean = clean and (form is None or form.is_valid())
                continue
            try:
                continuing.answer(
                    row.open_offer,
                    form.cleaned_data["answer"],
                    key=form.cleaned_data["key"],
                    actor=request.user,
                    now=now,
                )
            except BusinessError as refusal:
                form.add_error(None, refusal.sentence)
                clean = False
            else:
                saved += 1
        if saved:
            messages.success(request, f"登记了 {saved} 位。")
        if not clean:
            messages.error(request, "有的没有登记上，原因写在那一行。")
        return clean

    def undo_view(self, request, object_id):
        row = self.get_object(request, object_id)
        if not self.desk_of(request).filter(pk=row.class_group.school_id).exists():
            raise PermissionDenied
        back = url("university_continuation_class", row.class_group_id)
        if request.method == "POST":
            count = continuing.take_back(row, actor=request.user, now=timezone.now())
            messages.success(request, f"已撤回，收回 {count} 位还没有答复的名额；已经答应续读的不变。")
            return HttpResponseRedirect(back)
        context = {
            "title": f"撤回老生续读：{row.class_group.offering.title}", "original": row, "form": forms.Form(),
            "back": back,
            "sentence": "还没有答复的名额都收回，就当没有留过；已经答应续读的不变。", "button": "确定撤回",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context)


def grid_row(row, form) -> dict:
    told = "，已通知到" if row.open_offer and row.open_offer.reached_at else ""
    words = "等他答复" if row.open_offer else row.get_state_display()
    return {
        "name": row.person.name, "cells": [row.person.name, f"{words}{told}"], "form": form,
        "tone": "done" if row.state == SignUpState.SEATED else "",
    }  # fmt: skip
