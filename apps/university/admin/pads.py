"""登记本: printed in advance, entered in one grid when the power is back; and the places held back for it."""

import datetime as dt

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.signups.queries import positions_of
from apps.signups.services.seats import set_capacity
from apps.university.forms.pad import HeldBackForm, PadDayForm, PadForm, PadLineForm
from apps.university.models import ClassGroup, PadSheet, Term
from apps.university.queries.desk import find_person
from apps.university.queries.desk_classes import find_class, open_classes, place_words, when_words
from apps.university.queries.desk_person import standing_words
from apps.university.rules.when import fee_words
from apps.university.services import pad

from .desk_base import DeskPages, chosen_school, to, url

COLUMNS = ("行", "结果")
FIELDS = ("时间", "身份证号、卡号或手机号", "班级编号")


@admin.register(PadSheet)
class PadSheetAdmin(DeskPages, RecordAdmin):
    """A pad is printed and entered by who works at the desk of its school."""

    add_label = "打印登记本"
    list_display = ("code", "school", "term", "entered_words", "state_words", "made_by")
    list_display_links = ("code",)
    select_related_in_list = select_related_in_record = ("school", "term", "paper", "made_by", "entered_by")
    search_fields = ("paper__code",)
    search_help_text = "登记本上的编码"
    sortable_by = ()
    empty_words = "停电、断网时用纸登记。先打印几本放在窗口，再把名额留出几个。"

    def may_change(self, request, obj):
        return False

    def title_of(self, obj):
        return f"{obj.school} 登记本 {obj.paper.code}"

    def get_queryset(self, request):
        return super().get_queryset(request)

    @admin.display(description="编码")
    def code(self, obj):
        return format_html("<b>{}</b>", obj.paper.code)

    @admin.display(description="哪天登记的")
    def entered_words(self, obj):
        return obj.used_on or ""

    @admin.display(description="状态")
    def state_words(self, obj):
        if obj.entered_at:
            return format_html('<span class="tag done">{}</span>', "录完了")
        return format_html('<span class="tag">{}</span>', obj.paper.get_state_display())

    # Print

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        schools = self.desk_of(request).order_by("position", "pk")
        terms = terms_of(request.user)
        form = PadForm(request.POST if request.method == "POST" else None, schools=schools, terms=terms)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                sheet = pad.make_pad(
                    values["school"], values["term"], lines=values["lines"], actor=request.user, on=timezone.localdate()
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(self.url_of("print", sheet))
        context = {
            "title": "打印登记本", "form": form, "button": "打印", "back": url("university_padsheet_changelist"),
            "sentence": "停电、断网时一行登记一位，按先后写时间，恢复以后照本子的次序录入，次序和网上、窗口一样算。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def get_urls(self):
        pages = [
            path("held-back/", self.staff_view(self.held_back_view), name="university_held_back"),
            path("<path:object_id>/print/", self.staff_view(self.print_view), name="university_padsheet_print"),
            path("<path:object_id>/enter/", self.staff_view(self.enter_view), name="university_padsheet_enter"),
        ]
        return pages + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        sheet = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, sheet) or request.method == "POST":
            raise PermissionDenied
        return HttpResponseRedirect(self.url_of("enter", sheet))

    def print_view(self, request, object_id):
        sheet = self.get_object(request, unquote(object_id))
        classes = list(open_classes(self.desk_of(request).filter(pk=sheet.school_id), timezone.now()))
        lines = list(sheet.lines.order_by("position"))
        size = pad.LINES_A_PAGE
        context = {
            "frame": frame_for(
                request, "报名登记本", paper=sheet.paper, columns=6, back_url=self.url_of("enter", sheet),
                scope=f"{sheet.school.name}　{sheet.term}　学校电话 {sheet.school.phone}", order="登记的先后",
            ),
            "sheet": sheet, "pages": [lines[start : start + size] for start in range(0, len(lines), size)],
            "classes": [(one, when_words(one), place_words(one), fee_words(one.fee)) for one in classes],
        }  # fmt: skip
        return self.page(request, "print/university/pad.html", context)

    # Enter

    def enter_view(self, request, object_id):
        """The grid in the order of the pad; lines that are in show their result, the rest can be typed."""
        sheet = self.get_object(request, unquote(object_id))
        schools = self.desk_of(request)
        if not schools.filter(pk=sheet.school_id).exists():
            raise PermissionDenied
        now = timezone.now()
        sent = request.method == "POST"
        lines = self.lines_of(sheet)
        day = PadDayForm(request.POST if sent else None, initial={"used_on": sheet.used_on or timezone.localdate(now)})
        forms = {
            line.pk: PadLineForm(request.POST if sent else None, prefix=str(line.position), initial=typed_of(line))
            for line in lines if line.sign_up_id is None and pad.is_open(sheet)
        }  # fmt: skip
        refused = False
        if sent and not pad.is_open(sheet):
            messages.info(request, "这本登记本已经录完或作废。")
            return HttpResponseRedirect(self.url_of("enter", sheet))
        if sent:
            refused = not self.save_grid(request, sheet, day, lines, forms, schools, now)
            if not refused:
                return HttpResponseRedirect(self.url_of("enter", sheet))
            lines = self.lines_of(sheet)
        positions = positions_of([line.sign_up for line in lines if line.sign_up])
        context = {
            "title": self.title_of(sheet), "original": sheet, "sheet": sheet, "day": day, "columns": COLUMNS,
            "fields": FIELDS if pad.is_open(sheet) else (), "may_enter": pad.is_open(sheet),
            "rows": [grid_row(line, forms.get(line.pk), positions) for line in lines],
            "done": sum(line.sign_up_id is not None for line in lines), "state": PaperState(sheet.paper.state).label,
            "print_url": self.url_of("print", sheet),
        }  # fmt: skip
        return self.page(request, "admin/university/pad_enter.html", context, status=422 if refused else 200)

    def lines_of(self, sheet):
        rows = sheet.lines.select_related("person", "class_group__course", "class_group__offering", "sign_up")
        return list(rows.order_by("position"))

    def save_grid(self, request, sheet, day, lines, forms, schools, now) -> bool:
        """Enter what is whole; True when nothing was refused."""
        valid = [form.is_valid() for form in forms.values()]
        if not day.is_valid():
            return False
        entries = self.entries_of(request, sheet, day.cleaned_data["used_on"], lines, forms, schools, now)
        for pk, sentence in pad.check_order([(one.line, one.written_at) for one in entries], sheet).items():
            forms[pk].add_error("time", sentence)
        entries = [one for one in entries if not forms[one.line.pk].errors]
        PadSheet.objects.filter(pk=sheet.pk).update(used_on=day.cleaned_data["used_on"])
        audit.look("desk.find", actor=request.user, people=sorted({one.person.pk for one in entries}), request=request)
        refused = pad.enter_lines(sheet, entries, actor=request.user, now=now)
        for pk, sentence in refused.items():
            forms[pk].add_error(None, sentence)
        clean = all(valid) and not any(form.errors for form in forms.values())
        saved = len(entries) - len(refused)
        if saved:
            messages.success(request, f"录入了 {saved} 行。")
        if not clean:
            messages.error(request, "有的行没有录进去，原因写在那一行，改好再存；别的行已经录好。")
        elif "finish" in request.POST:
            pad.finish(sheet, actor=request.user, now=now)
            messages.success(request, "这本登记本录完了，纸已登记收回。")
        elif not saved:
            messages.info(request, "没有新录的行。")
        return clean

    def entries_of(self, request, sheet, used_on, lines, forms, schools, now) -> list[pad.Entry]:
        """Typed lines with their person and class; what is wrong stands at its field. An empty time is that of the
        line above."""
        classes = open_classes(schools.filter(pk=sheet.school_id), now)
        found, last = [], None
        for line in lines:
            last = timezone.localtime(line.written_at).time() if line.sign_up_id and line.written_at else last
            form = forms.get(line.pk)
            if form is None or form.is_empty:
                continue
            if form.errors:
                last = form.cleaned_data.get("time") or last
                continue
            values = form.cleaned_data
            last = values["time"] or last
            if last is None:
                form.add_error("time", "请填登记的时间。")
                continue
            person = find_person(values["who"], user=request.user, on=timezone.localdate(now))
            class_group = find_class(values["class_no"], classes)
            for name, value in (("who", person), ("class_no", class_group)):
                if isinstance(value, str):
                    form.add_error(name, value)
            if not form.errors:
                at = timezone.make_aware(dt.datetime.combine(used_on, last))
                found.append(pad.Entry(line, at, person, class_group))
        return found

    # Places held back

    def held_back_view(self, request):
        """How many places of each class wait for the pad; given back to everybody in one act."""
        schools = self.desk_of(request)
        school = chosen_school(request, schools)
        now = timezone.now()
        classes = list(open_classes(schools.filter(pk=school.pk if school else 0), now).filter(offering__mode="first"))
        sent = request.method == "POST"
        release = "release" in request.POST
        forms = {
            one.pk: HeldBackForm(
                request.POST if sent and not release else None, prefix=str(one.pk),
                initial={"held_back": one.offering.places.held_back},
            )
            for one in classes
        }  # fmt: skip
        if sent and self.hold_back(request, classes, forms, release, now):
            return to("university_held_back", **({"school": school.pk} if school else {}))
        context = {
            "title": "给登记本留名额", "school": school, "schools": list(schools.order_by("position", "pk")[:60]),
            "columns": ("班级", "名额", "已占", "别人还能报"), "fields": ("留给登记本",),
            "rows": [held_row(one, forms[one.pk]) for one in classes],
            "held": sum(one.offering.places.held_back for one in classes),
        }  # fmt: skip
        return self.page(request, "admin/university/held_back.html", context, status=422 if sent else 200)

    def hold_back(self, request, classes, forms, release: bool, now) -> bool:
        if not release and not all([form.is_valid() for form in forms.values()]):
            return False
        offered, changed = 0, 0
        for one in sorted(classes, key=lambda row: row.offering_id):
            places = one.offering.places
            wanted = 0 if release else forms[one.pk].cleaned_data["held_back"]
            if wanted == places.held_back:
                continue
            try:
                with transaction.atomic():
                    made = set_capacity(one.offering, places.capacity, wanted, actor=request.user, now=now)
            except BusinessError as refusal:
                if release:
                    messages.error(request, f"{one.offering.title}：{refusal.sentence}")
                else:
                    forms[one.pk].add_error("held_back", refusal.sentence)
            else:
                offered, changed = offered + len(made), changed + 1
        if changed:
            messages.success(
                request,
                f"改了 {changed} 个班{f'，放开的名额已按候补次序留给 {offered} 位，等确认' if offered else ''}。",
            )
        return release or not any(form.errors for form in forms.values())


def terms_of(user):
    return (
        Term.objects.current().filter(pk__in=ClassGroup.objects.visible_to(user).values("term")).order_by("-starts_on")
    )


def typed_of(line) -> dict:
    """What was typed of a line that was refused: time and class; the number of the person is kept nowhere."""
    return {
        "time": timezone.localtime(line.written_at).strftime("%H:%M") if line.written_at else "",
        "class_no": str(line.class_group_id or ""),
    }


def grid_row(line, form, positions) -> dict:
    if line.sign_up_id is None:
        who = f"{line.person.name}：{line.refusal}" if line.person and line.refusal else ""
        return {"name": f"第{line.position}行", "cells": [str(line.position), who], "form": form, "note": ""}
    words = standing_words(line.sign_up, positions.get(line.sign_up_id, 0))
    at = timezone.localtime(line.written_at)
    return {
        "name": f"第{line.position}行",
        "cells": [str(line.position), f"{line.person.name}　{line.class_group.offering.title}\n{at:%H:%M}　{words}"],
        "form": None,
        "tone": "done",
    }


def held_row(class_group, form) -> dict:
    places = class_group.offering.places
    title = class_group.offering.title
    cells = [title, str(places.capacity), str(places.taken), str(places.free)]
    return {"name": title, "cells": cells, "form": form}
