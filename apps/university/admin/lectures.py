"""公益大讲堂 on the staff side: a lecture, who comes, the sign-in sheet, how many came."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin_pages import TemplateRecordAdmin
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.signups.choices import ACTIVE, SignUpState
from apps.signups.models import SignUp
from apps.signups.services.seats import sign_up, withdraw
from apps.university.choices.air import LectureState
from apps.university.forms.air import NothingForm
from apps.university.forms.lectures import (
    CallerForm,
    CancelForm,
    LeaveForm,
    LectureForm,
    LectureSeriesForm,
    TurnoutForm,
)
from apps.university.models import Lecture, LectureSeries
from apps.university.queries import lectures as shown
from apps.university.queries.desk import find_person
from apps.university.services import lectures as acts

from .lessons import InUseFilter

TONES = {LectureState.PUBLISHED: "info", LectureState.HELD: "done", LectureState.CANCELLED: "late"}
SEES_PEOPLE = "university.view_student"
SEATED, FULL = "有座位了", "座位满了，已排候补"
EMPTY_LINES = 10  # for those who come without a seat and wish to sign


@admin.register(LectureSeries)
class LectureSeriesAdmin(TemplateRecordAdmin):
    voidable = True
    form = LectureSeriesForm
    add_label = "新增系列"
    list_display = ["name", "school", "summary"]
    list_filter = [InUseFilter]
    search_fields = ["name", "school__name"]
    search_help_text = "系列或学校"
    select_related_in_list = select_related_in_record = ("school",)
    ordering = ["name", "pk"]


class AheadFilter(admin.SimpleListFilter):
    """Without a choice: what is ahead, or not yet counted."""

    title, parameter_name = "哪些", "which"

    def lookups(self, request, model_admin):
        return [("held", "已讲"), ("off", "取消的"), ("all", "全部")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "还没讲的"}, *rest]

    def queryset(self, request, queryset):
        rows = queryset if self.value() else queryset.filter(state__in=(LectureState.DRAFT, LectureState.PUBLISHED))
        return rows.filter(state=self.value()) if self.value() in ("held", "off") else rows


@admin.register(Lecture)
class LectureAdmin(TemplateRecordAdmin):
    voidable = True
    record_page = "admin/university/lecture_page.html"
    add_label = "新增一场"
    empty_words = "先建一个系列，再新增一场，公布以后就能报名。"
    list_display = ["title", "series", "when", "place", "seat_words", "state_words"]
    list_filter = [AheadFilter, InUseFilter]
    search_fields = ["title", "speaker", "series__name"]
    search_help_text = "题目、主讲人或系列"
    select_related_in_list = ("series", "offering__places")
    select_related_in_record = ("series__school", "offering__places")
    ordering = ["-starts_at", "-pk"]
    voidable = False

    @admin.display(description="时间")
    def when(self, obj):
        return shown.when_words(obj)

    @admin.display(description="座位")
    def seat_words(self, obj):
        return f"{obj.offering.places.taken}/{obj.offering.places.capacity}"

    @admin.display(description="状态")
    def state_words(self, obj):
        return format_html('<span class="tag {}">{}</span>', TONES.get(obj.state, ""), obj.get_state_display())

    def extra_pages(self):
        return [
            ("edit", "<int:pk>/edit/", self.edit_view),
            ("publish", "<int:pk>/publish/", self.publish_view),
            ("cancel", "<int:pk>/cancel/", self.cancel_view),
            ("turnout", "<int:pk>/turnout/", self.turnout_view),
            ("caller", "<int:pk>/caller/", self.caller_view),
            ("leave", "<int:pk>/leave/<uuid:sign_up>/", self.leave_view),
            ("sheet", "<int:pk>/sheet/", self.sheet_view),
        ]

    # Made and changed by forms of their own: the places are another row.

    def lecture_form(self, request, initial=None) -> LectureForm:
        form = LectureForm(request.POST if request.method == "POST" else None, initial=initial)
        mine = LectureSeries.objects.visible_to(request.user, "university.change_lectureseries").current()
        form.fields["series"].queryset = mine.order_by("name", "pk")
        return form

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.lecture_form(request)
        if request.method == "POST" and form.is_valid():
            try:
                row = acts.create_lecture(form.facts(), actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(self.url_of("change", row))
        context = {
            "title": "新增一场讲座", "form": form, "sentence": "先存下来，看一遍再公布；公布以后才能报名。",
            "button": "保存", "media": form.media, "back": self.list_url(),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Reading; the stock form writes nothing here."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return self.shown_record(request, object_id)

    def edit_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        form = self.lecture_form(request, initial=LectureForm.initial_of(obj))
        return self.act(
            request, obj, form, title=f"修改：{obj.title}", sentence="有人报名以后，时间不能改。", button="保存",
            done="已保存。",
            perform=lambda _: acts.change_lecture(obj, form.facts(), actor=request.user, now=timezone.now()),
        )  # fmt: skip

    # One lecture

    def record_tools(self, request, obj):
        tools = []
        if request.user.has_perm(SEES_PEOPLE):
            tools.append({"label": "打印签到表", "url": self.url_of("sheet", obj)})
        if obj.state == LectureState.PUBLISHED and obj.ends_at > timezone.now():
            tools.append({"label": "看公开的页面", "url": reverse("university:lecture", args=[obj.public_id])})
        tools.append({"label": "谁改过什么", "url": self.url_of("history", obj)})
        if not self.may_change(request, obj) or obj.voided_at:
            return tools
        first = []
        ahead = obj.starts_at > timezone.now()
        if obj.state == LectureState.DRAFT:
            first.append({"label": "公布", "url": self.url_of("publish", obj), "main": True})
        if obj.state == LectureState.PUBLISHED:
            label, page = ("替人报名", "caller") if ahead else ("登记到场人数", "turnout")
            first.append({"label": label, "url": self.url_of(page, obj), "main": True})
        if obj.state == LectureState.HELD:
            first.append({"label": "更正到场人数", "url": self.url_of("turnout", obj)})
        if obj.state in (LectureState.DRAFT, LectureState.PUBLISHED):
            first.append({"label": "修改", "url": self.url_of("edit", obj)})
            first.append({"label": "取消这一场", "url": self.url_of("cancel", obj)})
        return [*first, *tools]

    def facts_of(self, request, obj) -> dict:
        listed = shown.listed(obj) if request.user.has_perm(SEES_PEOPLE) else []
        if listed:
            people = [row.person_id for row, _ in listed]
            about = f"university.lecture:{obj.pk}"
            audit.look("search", actor=request.user, people=people, target=about, request=request)
        places = obj.offering.places
        window = [timezone.localtime(at).strftime("%m-%d %H:%M") if at else "" for at in
                  (obj.offering.opens_at, obj.offering.closes_at)]  # fmt: skip
        return {
            "lecture": obj, "listed": listed, "sees_people": request.user.has_perm(SEES_PEOPLE),
            "state": (obj.get_state_display(), TONES.get(obj.state, "")),
            "facts": [
                ("系列", obj.series), ("讲什么", obj.summary), ("主讲人", obj.speaker), ("时间", shown.when_words(obj)),
                ("地点", obj.place), ("座位", f"{places.capacity} 个，已给出 {places.taken} 个"),
                ("报名时间", "到".join(window)),
                *([("到场", f"报名的来了 {obj.came} 位，没报名的 {obj.walk_ins} 位")] if obj.came is not None else []),
            ],
        }  # fmt: skip

    def publish_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        form = NothingForm(request.POST if request.method == "POST" else None)
        return self.act(
            request, obj, form, title=f"公布：{obj.title}", button="公布", done="已经公布，到时间就能报名。",
            sentence="公布以后大家都能看到，到了报名时间就能报。有人报名以后，时间不能改。",
            perform=lambda _: acts.publish_lecture(obj, actor=request.user, now=timezone.now()),
        )  # fmt: skip

    def cancel_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        form = CancelForm(request.POST if request.method == "POST" else None)
        return self.act(
            request, obj, form, title=f"取消：{obj.title}", button="取消这一场",
            perform=lambda values: acts.cancel_lecture(
                obj, reason=values["reason"], actor=request.user, now=timezone.now()
            ),
            sentence="取消以后不能恢复。报了名的人会收到通知：短信发得到的发短信，其余的在电话单里。",
            done=lambda told: f"已经取消，要通知 {told} 位。",
        )  # fmt: skip

    def turnout_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        initial = {"came": obj.came, "walk_ins": obj.walk_ins}
        form = TurnoutForm(request.POST if request.method == "POST" else None, initial=initial)
        return self.act(
            request, obj, form, title=f"到场人数：{obj.title}", sentence="照签到表数一数。", button="保存人数",
            done="人数已保存。",
            perform=lambda values: acts.record_turnout(
                obj, came=values["came"], walk_ins=values["walk_ins"], actor=request.user, now=timezone.now()
            ),
        )  # fmt: skip

    def caller_view(self, request, pk: int):
        """Somebody who rings or comes, found by a whole number; the look is on record."""
        obj = self.changeable_object(request, str(pk))
        form = CallerForm(request.POST if request.method == "POST" else None)

        def perform(values):
            found = find_person(values["who"], user=request.user, on=timezone.localdate())
            if isinstance(found, str):
                raise BusinessError(found, code="who", field="who")
            audit.record("desk.find", actor=request.user, people=[found.pk], request=request)
            return sign_up(
                obj.offering, found, source=values["way"], actor=request.user, now=timezone.now(),
                form_key=values["form_key"],
            )  # fmt: skip

        return self.act(
            request, obj, form, title=f"替人报名：{obj.title}", sentence="第一次来、还没有登记的，先在报名窗口登记。",
            button="替他报名", perform=perform, back=self.url_of("change", obj),
            done=lambda row: f"{row.person.name}：{SEATED if row.state == SignUpState.SEATED else FULL}。",
        )  # fmt: skip

    def leave_view(self, request, pk: int, sign_up):
        obj = self.changeable_object(request, str(pk))
        row = SignUp.objects.select_related("person").filter(
            public_id=sign_up, offering=obj.offering_id, state__in=ACTIVE, voided_at__isnull=True
        ).first()  # fmt: skip
        if row is None:
            raise Http404
        form = LeaveForm(request.POST if request.method == "POST" else None)
        return self.act(
            request, obj, form, title=f"退掉座位：{row.person.name}", sentence="退掉以后，座位给候补的下一位。",
            button="退掉这个座位", done=f"{row.person.name}的座位已退。",
            perform=lambda values: withdraw(row, reason=values["reason"], actor=request.user, now=timezone.now()),
        )  # fmt: skip

    def sheet_view(self, request, pk: int):
        """签到表: who has a seat, and empty lines for walk-ins."""
        obj = self.viewable(request, pk)
        if not request.user.has_perm(SEES_PEOPLE):
            raise PermissionDenied
        rows = [row for row, _ in shown.listed(obj) if row.state == SignUpState.SEATED]
        audit.look("print", actor=request.user, people=[row.person_id for row in rows],
                   target=f"university.lecture:{obj.pk}", request=request)  # fmt: skip
        columns = ["序号", "姓名", "签到", "备注"]
        cells = [[number, row.person.name, "", ""] for number, row in enumerate(rows, 1)]
        cells += [[len(rows) + number, "", "", ""] for number in range(1, EMPTY_LINES + 1)]
        frame = frame_for(
            request, "公益大讲堂签到表", scope=f"{obj.title}　{shown.when_words(obj)}　{obj.place}", order="姓名拼音",
            columns=len(columns), signature="签到负责人", back_url=self.url_of("change", obj),
        )  # fmt: skip
        return self.page(request, "print/list.html", {"frame": frame, "columns": columns, "rows": cells})
