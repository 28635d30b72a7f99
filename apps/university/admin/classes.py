"""Class groups: the list with places and who waits, one form for all of a class, and its page."""

import datetime as dt

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode

from apps.common.admin_lists import PickFilter
from apps.signups.choices import Mode, OfferingState
from apps.signups.services.seats import set_capacity
from apps.university.choices.schools import ClassState, SessionState
from apps.university.forms.classes import BeginForm, ClassForm, rules_of, slot_values, terms_for
from apps.university.models import ClassGroup, Course, Major, School, Term
from apps.university.queries.classes import (
    Figures,
    below_least,
    figures_of,
    last_like,
    window_of,
    window_words,
    with_everything,
)
from apps.university.rules.classes import moment_words
from apps.university.rules.when import fee_words
from apps.university.services.classes import change_class, create_class, slots_of, what_is_missing

from .base import Block, SchoolRecordAdmin, day
from .class_acts import ClassActs
from .class_import import ClassImport
from .life_base import lesson_url

TONES = {
    ClassState.PLANNED: "", ClassState.PUBLISHED: "info", ClassState.RUNNING: "done", ClassState.ENDED: "",
    ClassState.CANCELLED: "late",
}  # fmt: skip
LESSONS_SHOWN = 40


class SchoolFilter(PickFilter):
    title = "学校"
    parameter_name = "school"
    field_name = "school"
    field_model = ClassGroup


class DepartmentFilter(PickFilter):
    title = "系"
    parameter_name = "department"
    field_name = "department"
    field_model = Major

    def narrow(self, queryset, chosen):
        return queryset.filter(course__major__department=chosen.pk)


class TermFilter(admin.SimpleListFilter):
    """Without a choice: terms that are not over."""

    title, parameter_name = "学期", "term"

    def lookups(self, request, model_admin):
        terms = terms_for(Term.objects.current(), School.objects.visible_to(request.user)).order_by("-starts_on")
        return [*((str(one.pk), str(one)) for one in terms[:12]), ("all", "全部学期")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "没结束的学期"}
        yield from others

    def queryset(self, request, queryset):
        value = self.value()
        if value == "all":
            return queryset
        if value:
            return queryset.filter(term=int(value)) if value.isdecimal() and len(value) < 18 else queryset.none()
        return queryset.filter(term__ends_on__gt=timezone.localdate())


class ModeFilter(admin.SimpleListFilter):
    title, parameter_name = "录取方式", "mode"

    def lookups(self, request, model_admin):
        return Mode.choices

    def queryset(self, request, queryset):
        return queryset.filter(offering__mode=self.value()) if self.value() else queryset


class NumberFilter(admin.SimpleListFilter):
    title, parameter_name = "人数", "number"

    def lookups(self, request, model_admin):
        return [("few", "不足最少开班人数"), ("full", "已满")]

    def queryset(self, request, queryset):
        if self.value() == "few":
            return below_least(queryset, timezone.now())
        if self.value() == "full":
            return queryset.filter(offering__places__taken__gte=F("offering__places__capacity"))
        return queryset


@admin.register(ClassGroup)
class ClassGroupAdmin(ClassActs, ClassImport, SchoolRecordAdmin):
    form = ClassForm
    has_page = True
    voidable = False
    add_label = "新开班级"
    empty_words = "先登记学期、课程、教室和教师，再新开班级；也可以照上个学期复制，或用 Excel 导入。"
    list_display = ("name", "school_term", "times", "who", "places", "state_words")
    list_display_links = ("name",)
    list_filter = (TermFilter, SchoolFilter, DepartmentFilter, "state", ModeFilter, NumberFilter)
    search_fields = ("course__name", "code", "teacher__person__name", "school__name")
    search_help_text = "课程、班号、教师或学校"
    short_lists = ("room", "teacher", "second_teacher", "follows")
    actions = ("publish_ticked",)
    ordering = ("-term__starts_on", "school__position", "course__name", "grade", "code", "pk")
    select_related_in_record = (
        "term", "school__unit", "course__major__department", "room__campus", "teacher__person",
        "second_teacher__person", "offering__places", "offering__round", "follows__course", "follows__term",
    )  # fmt: skip

    def title_of(self, obj):
        return f"{obj}（{obj.term}）"

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        match = request.resolver_match
        return with_everything(rows) if match and match.url_name.endswith("changelist") else rows

    # List

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        if hasattr(changelist, "result_list"):
            rows = list(changelist.result_list)
            found = figures_of([row.offering_id for row in rows])
            for row in rows:
                row.figures = found.get(row.offering_id, Figures())
            changelist.result_list = rows
        return changelist

    @admin.display(description="班级")
    def name(self, obj):
        return str(obj)

    @admin.display(description="学校、学期")
    def school_term(self, obj):
        return format_html("{}<br><small>{}</small>", obj.school, obj.term)

    @admin.display(description="时间、教室")
    def times(self, obj):
        where = f"{obj.room.campus.name}{obj.room.name}" if obj.room else "没有教室"
        slots = format_html_join("；", '<span class="nowrap">{}</span>', ((slot,) for slot in slots_of(obj)))
        return format_html("{}<br><small>{}</small>", slots, where)

    @admin.display(description="教师")
    def who(self, obj):
        return obj.teacher or ""

    @admin.display(description="已占 / 名额")
    def places(self, obj):
        places, figures = obj.offering.places, obj.figures
        parts = [f"{figures.applied} 人等抽签"] if figures.applied else []
        parts += [f"{figures.waiting} 人候补"] if figures.waiting else []
        few = obj.state == ClassState.PUBLISHED and places.taken < obj.min_open
        parts += [f"最少 {obj.min_open} 人"] if few else []
        return format_html("{} / {}<br><small>{}</small>", places.taken, places.capacity, "，".join(parts))

    @admin.display(description="状态、录取方式")
    def state_words(self, obj):
        words, _ = window_words(obj.offering, timezone.now())
        shown = f"：{words}" if obj.state == ClassState.PUBLISHED else ""
        return format_html(
            '<span class="tag {}">{}</span><br><small>{}{}</small>', TONES[obj.state], obj.get_state_display(),
            obj.offering.get_mode_display(), shown,
        )  # fmt: skip

    def list_tools(self, request):
        return [*self.act_tools(request), *self.import_tools(request)]

    # Form

    def extra_pages(self):
        return [("begin", "begin/", self.begin_view), *self.act_pages(), *self.import_pages()]

    def begin_view(self, request):
        """Which course, in which term: the form that follows is filled from rules and the class before."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BeginForm(request.POST or None, user=request.user, initial=request.GET.dict())
        if request.method == "POST" and form.is_valid():
            asked = urlencode({name: form.cleaned_data[name].pk for name in ("course", "term")})
            return HttpResponseRedirect(f"{self.plain_url('add')}?{asked}")
        context = {
            "title": "新开班级", "form": form, "media": form.media, "back": self.plain_url("changelist"),
            "lead": "选好学期和课程，下一步填时间、教室和教师；年龄、最少人数按规则填好，也照这门课上一个班填。",
            "buttons": [("save", "下一步")], "list_url": self.plain_url("changelist"), "list_words": "班级",
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        if not {"course", "term"} <= request.GET.keys():
            return HttpResponseRedirect(f"{self.plain_url('begin')}?{request.GET.urlencode()}")
        course, term = self.begun(request)
        title = f"新开班级：{course.name}（{course.school}，{term}）"
        return super().add_view(request, form_url, {"title": title, **(extra_context or {})})

    def begun(self, request) -> tuple[Course, Term]:
        """Course and term of the address; 404 where they are not the user's."""
        if not hasattr(request, "begun_class"):
            schools = School.objects.visible_to(request.user, self.right("add")).current()
            courses = Course.objects.current().filter(school__in=schools.order_by().values("pk"))
            terms = terms_for(Term.objects.current(), schools)
            asked = [request.GET.get(name, "") for name in ("course", "term")]
            if not all(text.isascii() and text.isdecimal() and len(text) < 18 for text in asked):
                raise Http404
            course = courses.select_related("school__unit").filter(pk=int(asked[0])).first()
            term = terms.filter(pk=int(asked[1])).first()
            if course is None or term is None:
                raise Http404
            request.begun_class = course, term
        return request.begun_class

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            course, term = self.begun(request)
            form = type("NewClassForm", (form,), {"__init__": _begun_with(form, course, term)})
        return form

    def get_changeform_initial_data(self, request):
        course, term = self.begun(request)
        return new_class_values(course, term)

    def begun_words(self, request, obj) -> str:
        course, term = (obj.course, obj.term) if obj is not None else self.begun(request)
        return f"{course.name}（{course.school}，{term}）"

    def get_fieldsets(self, request, obj=None):
        times = [(f"day{place}", f"time{place}", f"free{place}") for place in (1, 2, 3)]
        return (
            (self.begun_words(request, obj), {"fields": (("code", "grade"), "follows")}),
            ("时间和地点", {"fields": (*times, ("first_on", "last_on"), "room", ("teacher", "second_teacher"))}),
            ("招收", {"fields": (
                ("capacity", "held_back", "min_open"), ("age_from", "age_to"), "needs_health", "fee", "note",
            )}),
            ("报名", {"fields": ("mode", ("opens_at", "closes_at"), "round")}),
        )  # fmt: skip

    def may_change(self, request, obj):
        gone = obj is not None and obj.pk and obj.state in (ClassState.ENDED, ClassState.CANCELLED)
        return super().may_change(request, obj) and not gone

    def write(self, request, obj, form, change):
        facts = form.facts()
        if not change:
            self.require_unit(request, obj, change)
            made = create_class(facts, actor=request.user)
            obj.__dict__.update(made.__dict__)
            return
        stored = ClassGroup.objects.get(pk=obj.pk)
        change_class(stored, facts, actor=request.user)
        places = obj.offering.places
        if (places.capacity, places.held_back) != (facts.capacity, facts.held_back):
            self.put_places(request, obj, facts)

    def put_places(self, request, obj, facts) -> None:
        offers = set_capacity(obj.offering, facts.capacity, facts.held_back, actor=request.user, now=timezone.now())
        if offers:
            messages.info(request, f"多出的名额已按候补顺序通知 {len(offers)} 人。")

    # Page

    def tags(self, obj):
        words, tone = window_words(obj.offering, timezone.now())
        tags = [(obj.get_state_display(), TONES[obj.state]), (obj.offering.get_mode_display(), "")]
        return [*tags, (words, tone)] if obj.offering.state == OfferingState.OPEN else tags

    def figures(self, request, obj):
        places = obj.offering.places
        found = figures_of([obj.offering_id]).get(obj.offering_id, Figures())
        few = places.taken < obj.min_open and obj.state == ClassState.PUBLISHED
        return [
            {"label": "名额", "value": places.capacity,
            "note": f"留给登记本 {places.held_back}" if places.held_back else ""},
            {"label": "已录取", "value": found.seated, "note": f"最少开班 {obj.min_open} 人",
            "tone": "soon" if few else ""},
            {"label": "等他确认", "value": found.offered},
            {"label": "等抽签", "value": found.applied},
            {"label": "候补", "value": found.waiting},
        ]  # fmt: skip

    def blocks(self, request, obj):
        missing = what_is_missing(obj) if obj.state == ClassState.PLANNED else []
        ages = f"{obj.age_from or '不限'} 至 {obj.age_to or '不限'} 周岁" if obj.age_from or obj.age_to else "不限"
        opens, closes = (_words(one) for one in window_of(obj.offering))
        number = obj.sessions.filter(voided_at=None).count()
        where = f"{obj.room.campus.name}{obj.room.name}" if obj.room else ""
        facts = [
            ("学校", obj.school),
            ("课程", obj.course),
            ("每周上课", "；".join(str(slot) for slot in slots_of(obj))),
            ("日期", f"{day(obj.first_on)} 至 {day(obj.until - dt.timedelta(1))}，{number} 次课"),
            ("教室", where),
            ("主讲", obj.teacher),
            ("年龄（第一次课那天）", ages),
            ("健康声明", "要" if obj.needs_health else "不要"),
            ("学费", fee_words(obj.fee)),
            ("报名时间", f"{opens} 至 {closes}" if opens and closes else ""),
        ]
        optional = [
            ("助教", obj.second_teacher),
            ("抽签批次", obj.offering.round),
            ("接着哪个班", f"{obj.follows.term}　{obj.follows}" if obj.follows else ""),
            ("说明", obj.note),
            ("公布前还缺", "、".join(missing)),
        ]
        yield Block("班级", facts=[*facts, *((name, value) for name, value in optional if value)])
        sessions = obj.sessions.filter(voided_at=None).select_related("room__campus")
        rows = [
            [
                {"text": one.number, "url": lesson_url(one)}, moment_words(one.starts_at, one.ends_at),
                str(one.room or ""),
                {"text": one.reason, "tag": one.get_state_display() if one.state != SessionState.PLANNED else ""},
                one.topic,
            ]
            for one in sessions[:LESSONS_SHOWN]
        ]  # fmt: skip
        yield Block("课次", columns=("第几次", "时间", "教室", "变动", "内容"), rows=rows, empty="还没有课次。")


def _words(moment) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _begun_with(form, course: Course, term: Term):
    """A form whose instance is already of that course and term."""

    def begin(self, *args, **kwargs):
        if kwargs.get("instance") is None:
            kwargs["instance"] = ClassGroup(course=course, school=course.school, term=term, note="", needs_health=False)
        form.__init__(self, *args, **kwargs)

    return begin


def new_class_values(course: Course, term: Term) -> dict:
    """What the form of a new class begins with: from the newest class of the course, else from the rules."""
    rules = rules_of(course.school, timezone.localdate())
    age_from, age_to = rules.ages(strenuous=course.strenuous, grade=1)
    count = ClassGroup.objects.current().filter(course=course, term=term).count()
    values = {
        "code": f"{count + 1}班", "grade": 1, "min_open": rules.min_open, "age_from": age_from, "age_to": age_to,
        "needs_health": course.strenuous, "fee": 0, "capacity": 30, "held_back": 0, "mode": Mode.FIRST_COME,
        "first_on": term.starts_on, "last_on": term.ends_on - dt.timedelta(1),
    }  # fmt: skip
    before = last_like(course.pk, before=term.starts_on)
    if before is not None:
        values |= {
            "fee": before.fee, "capacity": before.offering.places.capacity, "min_open": before.min_open,
            "room": before.room_id, "teacher": before.teacher_id, "second_teacher": before.second_teacher_id,
            "mode": before.offering.mode, **slot_values(slots_of(before), rules),
        }  # fmt: skip
    return values
