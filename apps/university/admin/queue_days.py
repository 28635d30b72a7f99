"""排队号: a sheet of tear-off numbers for a day, and which number is at the desk."""

import uuid

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.common import form_keys
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.university.forms.pad import HandedOutForm, NumbersForm
from apps.university.models import QueueDay
from apps.university.services.queue import call_next, make_numbers, set_handed_out

from .desk_base import DeskPages, url

A_PAGE = 20


@admin.register(QueueDay)
class QueueDayAdmin(DeskPages, RecordAdmin):
    """Numbers of a school's desk: made, printed and called by who works there."""

    add_label = "印排队号"
    list_display = ("on_day", "school", "size", "handed_out", "called", "made_by")
    list_display_links = ("on_day",)
    select_related_in_list = select_related_in_record = ("school", "made_by")
    sortable_by = ()
    empty_words = "报名那几天人多，先印排队号，人不用站着排，更不用提前一夜来。"

    def may_change(self, request, obj):
        return False

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        schools = self.desk_of(request).order_by("position", "pk")
        sent = request.method == "POST"
        if not sent and (keyed := form_keys.keyed_address(request)):
            return keyed
        form = NumbersForm(
            request.POST if sent else None, schools=schools, initial={"on_day": timezone.localdate(), "size": 60}
        )
        if sent and form.is_valid():
            values = form.cleaned_data
            try:
                day = make_numbers(
                    values["school"], values["on_day"], values["size"], actor=request.user,
                    form_key=form_keys.key_of(request) or uuid.uuid4(),
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(self.url_of("print", day))
        context = {
            "title": "印排队号", "form": form, "button": "打印", "back": url("university_queueday_changelist"),
            "sentence": "一天一套号。号不够用，再印一次，填大一些的数，从没有的号接着印。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def get_urls(self):
        pages = [
            path("<path:object_id>/print/", self.staff_view(self.print_view), name="university_queueday_print"),
            path("<path:object_id>/call/", self.staff_view(self.call_view), name="university_queueday_call"),
        ]
        return pages + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        day = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, day) or request.method == "POST":
            raise PermissionDenied
        return HttpResponseRedirect(self.url_of("call", day))

    def print_view(self, request, object_id):
        """From a number on (`from`), for more printed later."""
        day = self.get_object(request, unquote(object_id))
        asked = request.GET.get("from", "")
        first = min(int(asked), day.size) if asked.isdecimal() and len(asked) < 5 and int(asked) > 0 else 1
        numbers = list(range(first, day.size + 1))
        context = {
            "frame": frame_for(request, "排队号", recall=False, back_url=self.url_of("call", day)), "day": day,
            "pages": [numbers[start : start + A_PAGE] for start in range(0, len(numbers), A_PAGE)],
        }  # fmt: skip
        return self.page(request, "print/university/numbers.html", context)

    def call_view(self, request, object_id):
        """Now serving, in large figures; one button for the next."""
        day = self.get_object(request, unquote(object_id))
        if not self.desk_of(request).filter(pk=day.school_id).exists():
            raise PermissionDenied
        form = HandedOutForm(request.POST if "number" in request.POST else None, initial={"number": day.handed_out})
        if request.method == "POST":
            try:
                self.answer(request, day, form)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
            return HttpResponseRedirect(self.url_of("call", day))
        context = {
            "title": f"排队号：{day}", "original": day, "day": day, "form": form,
            "print_url": self.url_of("print", day), "waiting": max(day.handed_out - day.called, 0),
        }  # fmt: skip
        return self.page(request, "admin/university/queue.html", context)

    def answer(self, request, day: QueueDay, form: HandedOutForm) -> None:
        if form.is_bound:
            if not form.is_valid():
                raise BusinessError("发到几号请填数字。")
            set_handed_out(day, form.cleaned_data["number"])
            return
        after = request.POST.get("after", "")
        if after.isascii() and after.isdecimal() and len(after) < 5:
            call_next(day, int(after))
