"""Bookings of talks: who asked, who could go, what he said."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin_pages import moment, posted
from apps.common.errors import BusinessError
from apps.volunteers.choices.talks import AskState, BookingState, PlaceKind
from apps.volunteers.forms.shifts import NothingForm
from apps.volunteers.forms.talks import AnswerForm, ReasonForm, WhenForm
from apps.volunteers.models import Lecturer, TalkBooking
from apps.volunteers.queries.talks import fitting
from apps.volunteers.rules.times import day_words, span_words
from apps.volunteers.services import talk_bookings as acts

from .list_out import ListOut
from .talk_base import TalkRecord, choice_filter

TONES = {BookingState.NEW: "soon", BookingState.CONFIRMED: "done"}
ASK_TONES = {AskState.ASKED: "soon", AskState.ACCEPTED: "done"}
MORNING, AFTERNOON = 9 * 60, 14 * 60 + 30


class OpenFilter(admin.SimpleListFilter):
    """Without a choice: those that wait."""

    title, parameter_name = "状态", "state"

    def lookups(self, request, model_admin):
        return [("yes", "已安排"), ("no", "没有安排"), ("all", "全部")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "等安排"}, *rest]

    def queryset(self, request, queryset):
        if self.value() in ("yes", "no"):
            return queryset.filter(state=self.value())
        return queryset if self.value() == "all" else queryset.filter(state=BookingState.NEW)


@admin.register(TalkBooking)
class TalkBookingAdmin(ListOut, TalkRecord):
    out_order = "新的在前"
    record_page = "admin/volunteers/booking.html"
    empty_words = "学校、村、企业在网上填了预约，就排在这里。"
    list_display = ("number_words", "host", "place_kind", "topic", "first_day", "expected_words", "state_words")
    list_display_links = ("host",)
    list_filter = (OpenFilter, choice_filter("place_kind", "单位类型", PlaceKind))
    search_fields = ("host", "topic__title")
    search_help_text = "单位名称或题目"
    select_related_in_list = ("topic",)
    select_related_in_record = ("topic", "unit", "division")
    ordering = ("-asked_at", "-pk")

    def has_add_permission(self, request):
        """Made by the public form, which staff fill in too for whoever rings up."""
        return False

    @admin.display(description="编号")
    def number_words(self, obj):
        return obj.number

    @admin.display(description="最想的日子")
    def first_day(self, obj):
        return day_words(obj.days[0])

    @admin.display(description="大约人数")
    def expected_words(self, obj):
        return f"{obj.expected:,}"

    @admin.display(description="状态")
    def state_words(self, obj):
        return format_html('<span class="tag {}">{}</span>', TONES.get(obj.state, ""), obj.get_state_display())

    def list_tools(self, request):
        if not request.user.has_perm(self.right("change")):
            return []
        return [{"label": "替单位登记预约", "url": reverse("volunteers:talk_book")}]

    def extra_pages(self):
        return [(act, f"<int:pk>/{act}/", getattr(self, f"{act}_view")) for act in ("find", "decline", "reopen")] + [
            ("ask", "<int:pk>/ask/<int:lecturer>/", self.ask_view),
            ("answer", "<int:pk>/answer/<int:asked>/", self.answer_view),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        obj = self.viewable(request, object_id)
        # The contact's name and telephone are shown: a look, though nobody of the registry is meant.
        audit.record("open", actor=request.user, target=self._target(obj), fields=["contact", "phone"], request=request)
        return self.shown_record(request, object_id)

    def record_tools(self, request, obj):
        tools = [{"label": "谁改过什么", "url": self.url_of("history", obj)}]
        if not self.may_change(request, obj):
            return tools
        if obj.state == BookingState.NEW:
            return [{"label": "找宣讲员", "url": self.url_of("find", obj), "main": True},
                    {"label": "安排不了", "url": self.url_of("decline", obj)}, *tools]  # fmt: skip
        if obj.state == BookingState.DECLINED:
            return [{"label": "重新安排", "url": self.url_of("reopen", obj)}, *tools]
        return tools

    def facts_of(self, request, obj):
        site = self.admin_site.name
        asks = obj.asks.filter(voided_at__isnull=True).select_related("lecturer__volunteer__person")
        rows = [
            (one.lecturer.volunteer.person.name,
             f"{day_words(one.on)}{span_words(one.starts, one.starts + one.minutes)}", one,
             ASK_TONES.get(one.state, ""),
             reverse(f"{site}:volunteers_talkbooking_answer", args=[obj.pk, one.pk])
             if one.state == AskState.ASKED and obj.state == BookingState.NEW else "")
            for one in asks
        ]  # fmt: skip
        talk = getattr(obj, "talk", None)
        return {
            "state": (obj.get_state_display(), TONES.get(obj.state, "")),
            "facts": [
                ("编号", obj.number), ("单位", f"{obj.host}（{obj.get_place_kind_display()}）"),
                ("联系人", obj.contact), ("联系电话", obj.phone), ("地点", obj.place), ("所在区县", obj.division),
                ("想听什么", obj.topic or "请我们推荐"), ("大约人数", f"{obj.expected:,}"),
                ("方便的日子", "、".join(day_words(day) for day in obj.days)),
                ("时段", obj.get_part_display() or "都可以"), ("还想说的", obj.wish),
                ("提出时间", moment(obj.asked_at)),
                *([("没有安排的原因", obj.reason)] if obj.reason else []),
            ],
            "asks": rows, "talk": reverse(f"{site}:volunteers_talk_change", args=[talk.pk]) if talk else "",
        }  # fmt: skip

    def _when(self, request, obj) -> WhenForm:
        first = {
            "on": obj.on or obj.days[0], "minutes": obj.minutes or (obj.topic.minutes if obj.topic else 60),
            "starts": obj.starts if obj.starts is not None else AFTERNOON if obj.part == "pm" else MORNING,
        }  # fmt: skip
        typed = request.GET if "on" in request.GET else None
        return WhenForm(typed, initial=first)

    def find_view(self, request, pk: int):
        """A day and a time; then everybody who could speak, with the reason."""
        obj = self.changeable_object(request, str(pk))
        form = self._when(request, obj)
        values = form.initial
        found = []
        if not form.is_bound or form.is_valid():
            values = form.cleaned_data if form.is_bound else form.initial
            found = fitting(obj, values["on"], values["starts"], values["minutes"])
            self.look(request, [one.lecturer.volunteer_id for one in found], obj, "search")
        query = f"on={values['on']:%Y-%m-%d}&starts={values['starts']}&minutes={values['minutes']}" if found else ""
        rows = [
            (one.name, one.lecturer.team.name, one.fit.words, one.fit.barred,
             reverse(f"{self.admin_site.name}:volunteers_talkbooking_ask", args=[obj.pk, one.lecturer.pk]))
            for one in found
        ]  # fmt: skip
        context = {
            "title": f"找宣讲员：{obj.host}", "original": obj, "form": form, "rows": rows, "query": query,
            "back": self.url_of("change", obj), "list_url": self.list_url(), "list_words": self.opts.verbose_name,
            "days": "、".join(day_words(day) for day in obj.days), "part": obj.get_part_display() or "都可以",
        }  # fmt: skip
        return self.page(request, "admin/volunteers/booking_find.html", context, status=422 if form.errors else 200)

    def ask_view(self, request, pk: int, lecturer: int):
        obj = self.changeable_object(request, str(pk))
        person = Lecturer.objects.active().select_related("volunteer__person").filter(pk=lecturer).first()
        form = WhenForm({
            "on": request.GET.get("on"), "starts": _clock(request.GET.get("starts", "")),
            "minutes": request.GET.get("minutes"),
        })  # fmt: skip
        if person is None or not form.is_valid() or not self._may_ask(obj, person):
            raise Http404
        values = form.cleaned_data
        when = f"{day_words(values['on'])}{span_words(values['starts'], values['starts'] + values['minutes'])}"
        name = person.volunteer.person.name
        return self.act(
            request, obj, NothingForm(posted(request)), title=f"问{name}", button="问他",
            sentence=f"{obj.host}，{when}，{obj.place}。问的话按他方便的办法送到（短信、信函或打电话），他愿意了才算数。",
            done=f"已经在问{name}，他答复以后在这里登记。",
            perform=lambda _: acts.ask(obj, person, actor=request.user, now=timezone.now(), **values),
        )  # fmt: skip

    def _may_ask(self, obj, person) -> bool:
        """Lecturers of the units above and below the booking's."""
        path = obj.unit.path
        other = person.team.unit.path
        return path.startswith(other) or other.startswith(path)

    def answer_view(self, request, pk: int, asked: int):
        obj = self.changeable_object(request, str(pk))
        row = obj.asks.filter(pk=asked).select_related("lecturer__volunteer__person").first()
        if row is None:
            raise Http404
        choices = self._choices(request, "add")
        running = choices["campaigns"].filter(starts_on__lte=row.on, ends_on__gt=row.on)[:2]
        only = running[0] if len(running) == 1 else None  # otherwise it is easily forgotten
        form = AnswerForm(posted(request), initial={"topic": obj.topic_id, "campaign": only}, **choices)
        name = row.lecturer.volunteer.person.name
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                talk = acts.answer(
                    row, values["answer"] == "yes", actor=request.user, now=timezone.now(), note=values["note"],
                    topic=values["topic"], campaign=values["campaign"], part=values["round"],
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                said = (
                    "安排好了，已通知宣讲员。请打电话告诉听讲单位，也可以打印安排函。"
                    if talk
                    else f"已登记，{name}这次不方便，请再问别人。"
                )
                messages.success(request, said)
                site = self.admin_site.name
                return HttpResponseRedirect(
                    reverse(f"{site}:volunteers_talk_change", args=[talk.pk]) if talk else self.url_of("find", obj)
                )
        context = {
            "title": f"{name}怎么说", "original": obj, "form": form, "button": "登记", "media": form.media,
            "sentence": f"{obj.host}，{day_words(row.on)}{span_words(row.starts, row.starts + row.minutes)}，"
            f"{obj.place}。",
            "back": self.url_of("change", obj),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def decline_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        return self.act(
            request, obj, ReasonForm(posted(request)), title=f"安排不了：{obj.host}", button="登记",
            sentence=f"请先打电话告诉{obj.host}（{obj.contact}，{obj.phone}），再登记原因。", done="已登记。",
            perform=lambda values: acts.decline(obj, actor=request.user, now=timezone.now(), **values),
        )  # fmt: skip

    def reopen_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        return self.act(
            request, obj, NothingForm(posted(request)), title=f"重新安排：{obj.host}", button="重新安排",
            sentence="预约回到“等安排”。", done="已回到“等安排”。",
            perform=lambda _: acts.reopen(obj, actor=request.user, now=timezone.now()),
        )  # fmt: skip


def _clock(text: str) -> str:
    """Minutes since midnight in an address, as the form reads them."""
    return f"{int(text) // 60}:{int(text) % 60:02d}" if text.isdecimal() and len(text) <= 4 else text
