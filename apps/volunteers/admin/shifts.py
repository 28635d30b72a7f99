"""Shifts on the staff side: lists by day and by week, one shift with everybody on it, made, moved, cancelled."""

import datetime as dt

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_lists import PickFilter
from apps.common.admin_pages import TemplateRecordAdmin, posted
from apps.common.errors import BusinessError
from apps.signups.choices import SignUpState
from apps.signups.models import SignUp
from apps.signups.services.seats import remove, sign_up
from apps.volunteers.forms.shifts import ReasonForm, ShiftForm, WhoForm
from apps.volunteers.models import Shift, Volunteer
from apps.volunteers.queries import shift_lists as lists
from apps.volunteers.queries.fitting import beyond_wish
from apps.volunteers.queries.members import named
from apps.volunteers.queries.turns import turns_of
from apps.volunteers.rules.times import clock, day_words, span_words
from apps.volunteers.services import shifts as acts

from .links import link, volunteer_link
from .list_out import ListOut
from .projects import projects_of
from .shift_pages import ShiftPages

WHICH = [("close", "待登记的"), ("past", "已过去"), ("off", "取消的"), ("all", "全部")]
NOBODY = "您管的志愿者里没有“{}”。请核对姓名，或者先登记为志愿者。"


class WhichFilter(admin.SimpleListFilter):
    """Without a choice: what is ahead."""

    title, parameter_name = "哪些", "which"

    def lookups(self, request, model_admin):
        return WHICH

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "还没到的"}, *rest]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "close":
            return lists.to_close(queryset, today)
        if self.value() == "past":
            return queryset.filter(on__lt=today)
        if self.value() == "off":
            return queryset.filter(offering__state="off")
        return queryset if self.value() else lists.coming(queryset, today)


class TeamFilter(PickFilter):
    title, parameter_name, field_name = "志愿服务队", "team", "team"


@admin.register(Shift)
class ShiftAdmin(ListOut, ShiftPages, TemplateRecordAdmin):
    out_order = "按日期排列"
    out_columns = ("on", "span", "what", "team", "place", "taken_words", "state_tag")
    record_page = "admin/volunteers/shift_page.html"
    add_label = "排一班"
    empty_words = "先建一个项目并公布，再排班；每周都有的，在“每周班次”里排一次。"
    list_display = ("when", "what", "team", "place", "taken_words", "state_tag")
    list_display_links = ("when", "what")
    list_filter = (WhichFilter, TeamFilter)
    search_fields = ("project__name", "team__name", "place")
    search_help_text = "项目、志愿队或地点"
    select_related_in_list = select_related_in_record = (
        "project", "team__unit", "offering__places", "leader__person", "request", "series",
    )  # fmt: skip
    fields = ("project", "on", "starts", "ends", "place", "leader")

    def get_ordering(self, request):
        """The next first of what is ahead or waits to be closed, the last first of what is over."""
        ahead = request.GET.get("which", "") in ("", "close")
        return ("on", "starts", "pk") if ahead else ("-on", "starts", "pk")

    @admin.display(description="日期、时间")
    def when(self, obj):
        return format_html("{}<br>{}", day_words(obj.on), span_words(obj.starts, obj.ends))

    @admin.display(description="时间")
    def span(self, obj):
        return span_words(obj.starts, obj.ends)

    @admin.display(description="项目")
    def what(self, obj):
        return obj.project or obj.offering.title

    @admin.display(description="人数")
    def taken_words(self, obj):
        return f"{obj.offering.places.taken}/{obj.offering.places.capacity}"

    @admin.display(description="状态")
    def state_tag(self, obj):
        words, tone = lists.state_words(obj, timezone.localdate())
        return format_html('<span class="tag {}">{}</span>', tone, words)

    def title_of(self, obj):
        return f"{self.what(obj)}　{day_words(obj.on)}{span_words(obj.starts, obj.ends)}"

    def list_tools(self, request):
        return [{"label": "按周看", "url": self.list_url("week")}]

    def extra_pages(self):
        return [
            ("week", "week/", self.week_view),
            *[(act, f"<int:pk>/{act}/", getattr(self, f"{act}_view"))
              for act in ("edit", "cancel", "join", "close", "sheet")],
            ("leave", "<int:pk>/leave/<uuid:key>/", self.leave_view),
        ]  # fmt: skip

    def week_view(self, request):
        """Seven days, with the weeks before and after."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        try:
            asked = dt.date.fromisoformat(request.GET.get("on", ""))
        except ValueError:
            asked = today
        asked = min(max(asked, dt.date(2000, 1, 3)), dt.date(2100, 1, 1))
        monday = asked - dt.timedelta(days=asked.isoweekday() - 1)
        found = lists.week(Shift.objects.visible_to(request.user, self.right("view")), monday)
        waiting = lists.waiting_counts([row for _, rows in found for row in rows])
        days = [
            {
                "day": day_words(day), "today": day == today,
                "rows": [(row, lists.state_words(row, today), waiting.get(row.offering_id, 0),
                          span_words(row.starts, row.ends)) for row in rows],
            }
            for day, rows in found
        ]  # fmt: skip
        week = dt.timedelta(days=7)
        context = {
            "title": f"班次：{monday:%Y年%m月%d日}起的一周", "days": days, "list_url": self.list_url(),
            "before": self.list_url("week", f"on={monday - week}"),
            "after": self.list_url("week", f"on={monday + week}"),
            "now": self.list_url("week"), "add": self.list_url("add") if self.has_add_permission(request) else "",
        }  # fmt: skip
        return self.page(request, "admin/volunteers/week.html", context)

    # Made and changed by forms of their own: the places are another row.

    def shift_form(self, request, right: str, **more) -> ShiftForm:
        leaders = Volunteer.objects.visible_to(request.user).active().select_related("person")
        if obj := more.pop("shift", None):
            leaders = leaders.filter(memberships__team=obj.team_id).distinct()
        else:
            leaders = leaders.none()
        return ShiftForm(posted(request), projects=projects_of(request, right), leaders=leaders, **more)

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.shift_form(request, self.right("add"), initial={"project": request.GET.get("project", "")[:12]})
        del form.fields["leader"]
        if request.method == "POST" and form.is_valid():
            try:
                row = acts.create_shift(form.facts(), actor=request.user, now=timezone.now())
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(self.url_of("change", row))
        context = {
            "title": "排一班", "form": form, "sentence": "项目公布了的，存好以后志愿者马上可以报名，开始时截止。",
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
        if obj.project_id is None:
            raise Http404
        form = self.shift_form(request, self.right("change"), shift=obj, initial=ShiftForm.initial_of(obj))
        return self.act(
            request, obj, form, title=f"改班次：{self.title_of(obj)}", button="保存", done="已保存。",
            sentence="改了日期、时间或者地点的，报了名的人会收到通知。",
            perform=lambda _: acts.change_shift(obj, form.facts(obj), actor=request.user, now=timezone.now()),
        )  # fmt: skip

    def cancel_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        return self.act(
            request, obj, ReasonForm(posted(request)), title=f"取消班次：{self.title_of(obj)}", button="取消这一班",
            sentence="取消以后不能恢复。报了名和排候补的人都会收到通知。",
            perform=lambda values: acts.cancel_shift(obj, actor=request.user, now=timezone.now(), **values),
            done=lambda told: f"已经取消，要通知 {told} 位。",
        )  # fmt: skip

    # One shift

    def record_tools(self, request, obj):
        tools = [
            {"label": "打印签到表", "url": self.url_of("sheet", obj)},
            {"label": "谁改过什么", "url": self.url_of("history", obj)},
        ]
        if obj.request_id and request.user.has_perm("volunteers.view_servicerequest"):
            url = reverse("admin:volunteers_servicerequest_change", args=[obj.request_id])
            tools.insert(0, {"label": "看求助", "url": url})
        state = lists.state_words(obj, timezone.localdate())[0]
        if not self.may_change(request, obj) or obj.voided_at or state in ("已取消", "已登记"):
            return tools
        begun = timezone.now() >= acts.begins_at(obj.on, obj.starts)
        first = [
            {"label": "登记到岗和时长", "url": self.url_of("close", obj), "main": True}
            if begun
            else {"label": "替人报名", "url": self.url_of("join", obj), "main": True}
        ]
        if not begun and obj.project_id:
            first.append({"label": "改时间、地点、人数", "url": self.url_of("edit", obj)})
        return [*first, {"label": "取消这一班", "url": self.url_of("cancel", obj)}, *tools]

    def facts_of(self, request, obj) -> dict:
        turns = list(turns_of(obj).select_related("volunteer__person", "record", "sign_up"))
        waiting = list(
            SignUp.objects.active().filter(offering=obj.offering_id).exclude(state=SignUpState.SEATED)
            .select_related("person").in_rank()
        )  # fmt: skip
        self.look(request, [row.volunteer_id for row in turns] + [row.person_id for row in waiting], obj)
        words = beyond_wish(obj, [row.volunteer_id for row in turns]) if turns else {}
        places = obj.offering.places
        today, user = timezone.localdate(), request.user
        for turn in turns:
            turn.who = volunteer_link(user, turn.volunteer)
        if obj.request_id:
            asked = ("求助", link(user, obj.request, "servicerequest", obj.request_id))
        else:
            asked = ("项目", link(user, obj.project, "project", obj.project_id))
        weekly = link(user, "每周班次", "shiftseries", obj.series_id) if obj.series_id else "单独排的"
        return {
            "shift": obj, "turns": turns, "waiting": waiting, "state": lists.state_words(obj, today),
            "tired": [row.volunteer.person.name for row in turns if row.volunteer_id in words],
            "facts": [
                asked, ("志愿服务队", link(user, obj.team, "team", obj.team_id)),
                ("时间", f"{day_words(obj.on)}{span_words(obj.starts, obj.ends)}"),
                ("地点", obj.place),
                ("带班人", volunteer_link(user, obj.leader) if obj.leader_id else "还没有定"),
                ("人数", f"需要 {places.capacity} 位，已有 {places.taken} 位，候补 {len(waiting)} 位"),
                *([("怎样排的", weekly)] if obj.project_id else []),
            ],
        }  # fmt: skip

    def join_view(self, request, pk: int):
        """Somebody who rings or comes; found by name among the volunteers of the user's units."""
        obj = self.changeable_object(request, str(pk))
        form = WhoForm(posted(request))

        def perform(values):
            name = "".join(values["who"].split())[:20].rstrip("0123456789")
            rows = Volunteer.objects.visible_to(request.user).active().filter(person__name=name)
            volunteer = named(values["who"], list(rows.select_related("person")[:20]), nobody=NOBODY)
            return sign_up(
                obj.offering, volunteer.person, source="phone", actor=request.user, now=timezone.now(),
                form_key=values["form_key"],
            )  # fmt: skip

        return self.act(
            request, obj, form, title=f"替人报名：{self.title_of(obj)}", button="替他报名", perform=perform,
            sentence="只在他本人愿意的时候替他报。名额满了，会排上候补。",
            done=lambda row: f"{row.person.name}：{row.get_state_display()}。",
        )  # fmt: skip

    def leave_view(self, request, pk: int, key):
        obj = self.changeable_object(request, str(pk))
        rows = SignUp.objects.active().select_related("person").filter(offering=obj.offering_id, public_id=key)
        if (row := rows.first()) is None:
            raise Http404
        return self.act(
            request, obj, ReasonForm(posted(request)), title=f"退出班次：{row.person.name}", button="替他退出",
            sentence="退出以后，名额给候补的下一位。他会收到通知。", done=f"{row.person.name}已退出这一班。",
            perform=lambda values: remove(row, actor=request.user, now=timezone.now(), **values),
        )  # fmt: skip

    def from_to(self, obj) -> str:
        return f"{clock(obj.starts)}–{clock(obj.ends)}"

    def public_url(self, request, name: str, *args) -> str:
        return request.build_absolute_uri(reverse(f"volunteers:{name}", args=args))
