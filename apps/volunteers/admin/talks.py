"""Talks on the staff side: planned, changed, held with a number, cancelled, printed, taken out."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from apps.common.admin_pages import posted
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.choices.talks import PlaceKind, TalkState
from apps.volunteers.forms.talks import HeldForm, ReasonForm, TalkForm
from apps.volunteers.models import Talk, TalkCampaign
from apps.volunteers.queries.talks import names_of_speakers
from apps.volunteers.rules.times import day_words, length_words, span_words
from apps.volunteers.services import talks as acts

from .links import link, page_of
from .talk_base import TalkRecord, YearFilter, choice_filter
from .talk_campaigns import export_talks

TONES = {TalkState.PLANNED: "info", TalkState.HELD: "done", TalkState.CANCELLED: "late"}


def when_of(row) -> str:
    return f"{row.on:%Y年}{day_words(row.on)}{span_words(row.starts, row.ends)}"


class CampaignFilter(admin.SimpleListFilter):
    title, parameter_name = "宣讲行动", "campaign"

    def lookups(self, request, model_admin):
        rows = TalkCampaign.objects.visible_to(request.user, "volunteers.view_talk").current()
        return [(str(row.pk), row.name) for row in rows.order_by("-starts_on", "-pk")[:50]]

    def queryset(self, request, queryset):
        chosen = self.value() or ""
        known = {key for key, _ in self.lookup_choices}
        return queryset.filter(campaign=int(chosen)) if chosen in known else queryset


class StandingFilter(admin.SimpleListFilter):
    """Without a choice: those that stand."""

    title, parameter_name = "状态", "state"

    def lookups(self, request, model_admin):
        return [*TalkState.choices, ("due", "讲过没登记人数"), ("void", "已作废")]

    def queryset(self, request, queryset):
        if self.value() == "void":
            return queryset.filter(voided_at__isnull=False)
        rows = queryset.filter(voided_at__isnull=True)
        if self.value() == "due":
            return rows.filter(state=TalkState.PLANNED, on__lt=timezone.localdate())
        return rows.filter(state=self.value()) if self.value() in TalkState.values else rows


@admin.register(Talk)
class TalkAdmin(TalkRecord):
    record_page = "admin/volunteers/talk.html"
    file_name, file_words = "photo", "照片"
    add_label = "加一场宣讲"
    empty_words = "学校、村里在网上预约的，到“宣讲预约”里安排；自己联系的在这里加。"
    list_display = ("on", "host", "topic", "speakers", "place_kind", "state_words", "heard")
    list_display_links = ("host",)
    list_filter = (StandingFilter, choice_filter("place_kind", "去了哪里", PlaceKind), CampaignFilter, YearFilter)
    search_fields = ("host", "place", "topic__title")
    search_help_text = "听讲单位、地点或题目"
    select_related_in_list = ("topic", "campaign")
    select_related_in_record = ("topic", "campaign", "round", "unit", "division", "booking", "photo")
    ordering = ("-on", "-starts", "-pk")

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        names = names_of_speakers([row.pk for row in found.result_list])
        for row in found.result_list:
            row.names = names.get(row.pk, "")
        return found

    @admin.display(description="宣讲员")
    def speakers(self, obj):
        return obj.names

    @admin.display(description="状态")
    def state_words(self, obj):
        words, tone = ("已作废", "late") if obj.voided_at else (obj.get_state_display(), TONES[obj.state])
        return format_html('<span class="tag {}">{}</span>', tone, words)

    @admin.display(description="受众（人次）")
    def heard(self, obj):
        return f"{obj.audience:,}" if obj.audience is not None else ""

    def title_of(self, obj):
        return f"{obj.host}　{day_words(obj.on)}"

    def people_of(self, obj):
        return list(obj.speakers.values_list("lecturer__volunteer_id", flat=True))

    def list_tools(self, request):
        return [{"label": "导出 Excel", "url": f"{self.list_url('export')}?{request.GET.urlencode()}"}]

    def extra_pages(self):
        return [
            ("export", "export/", self.export_view), ("file", "<int:pk>/photo/", self.file_view),
            ("show", "<int:pk>/photo/show/", self.show_view), ("slip", "<int:pk>/slip/", self.slip_view),
            *[(act, f"<int:pk>/{act}/", getattr(self, f"{act}_view")) for act in ("edit", "held", "cancel", "annul")],
        ]  # fmt: skip

    def talk_form(self, request, act: str, initial=None) -> TalkForm:
        choices = self._choices(request, act)
        unit = next((row.unit for row in choices["topics"][:1]), None)
        divisions = self.divisions_of(unit) if unit else None
        return TalkForm(
            posted(request), initial=initial, lecturers=self.lecturers_for(request, act),
            divisions=divisions if divisions is not None else self.related_divisions(), **choices,
        )  # fmt: skip

    def related_divisions(self):
        return Talk._meta.get_field("division").related_model.objects.none()

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        chosen = request.GET.get("campaign", "")
        form = self.talk_form(request, "add", {"campaign": chosen} if chosen.isdecimal() else None)
        if request.method == "POST" and form.is_valid():
            try:
                row = acts.create_talk(
                    form.facts(), agreed=form.cleaned_data["agreed"], actor=request.user, now=timezone.now(),
                    form_key=form.cleaned_data["key"],
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(self.url_of("change", row))
        context = {
            "title": "加一场宣讲", "form": form, "button": "保存", "media": form.media, "back": self.list_url(),
            "sentence": "先问过宣讲员，他愿意了再填。保存以后通知他时间地点；讲过了才补登的不通知。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Reading; the stock form writes nothing here."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        obj = self.viewable(request, object_id)
        self.look(request, self.people_of(obj), obj)
        return self.shown_record(request, object_id)

    def record_tools(self, request, obj):
        tools = [{"label": "打印回执", "url": self.url_of("slip", obj)}, *self.file_tools(request, obj),
                 {"label": "谁改过什么", "url": self.url_of("history", obj)}]  # fmt: skip
        if obj.voided_at or not self.may_change(request, obj):
            return tools
        first = []
        if obj.state != TalkState.CANCELLED and obj.on <= timezone.localdate():
            label = "更正人数" if obj.state == TalkState.HELD else "登记人数"
            first.append({"label": label, "url": self.url_of("held", obj), "main": obj.state == TalkState.PLANNED})
        if obj.state == TalkState.PLANNED:
            first.append({"label": "改时间、换人", "url": self.url_of("edit", obj)})
            first.append({"label": "取消这一场", "url": self.url_of("cancel", obj)})
        return [*first, *tools, {"label": "作废", "url": self.url_of("annul", obj)}]

    def facts_of(self, request, obj):
        words = dict(RecordState.choices)
        rows = [
            ({"text": row.lecturer.volunteer.person.name, "url": page_of("lecturer", row.lecturer_id)},
             row.lecturer.team.name,
             {"text": f"{length_words(row.record.minutes)}，{words[row.record.state]}",
              "url": page_of("servicerecord", row.record_id)} if row.record_id else "")
            for row in obj.speakers.select_related("lecturer__volunteer__person", "lecturer__team", "record")
        ]  # fmt: skip
        return {
            "state": ("已作废", "late") if obj.voided_at else (obj.get_state_display(), TONES[obj.state]),
            "facts": [
                ("题目", link(request.user, obj.topic, "talktopic", obj.topic_id)), ("时间", when_of(obj)),
                ("听讲单位", f"{obj.host}（{obj.get_place_kind_display()}）"),
                ("地点", obj.place), ("所在区县", obj.division),
                ("宣讲行动", link(request.user, obj.campaign or "不属于哪个行动", "talkcampaign", obj.campaign_id)),
                *([("轮次", obj.round.name)] if obj.round_id else []),
                ("预计人数", f"{obj.expected:,}" if obj.expected else "没有写"),
                ("受众", f"{obj.audience:,} 人次" if obj.audience is not None else "讲过以后登记"),
                *([("取消的原因", obj.reason)] if obj.reason else []),
            ],
            "speakers": rows, "speaker_columns": ("宣讲员", "宣讲团", "志愿时长"),
            "booking": reverse(f"{self.admin_site.name}:volunteers_talkbooking_change", args=[obj.booking_id])
            if obj.booking_id else "",
        }  # fmt: skip

    def edit_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        form = self.talk_form(request, "change", TalkForm.initial_of(obj))
        return self.act(
            request, obj, form, title=f"改时间、换人：{self.title_of(obj)}", button="保存", done="已保存。",
            sentence="改了时间地点，宣讲员会收到通知。请打电话告诉听讲单位。",
            perform=lambda values: acts.change_talk(
                obj, form.facts(), agreed=values["agreed"], actor=request.user, now=timezone.now()
            ),
        )  # fmt: skip

    def held_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))

        def done(missed: list[str]) -> str:
            more = f"{'、'.join(missed)}这段时间已经有别的服务记录，没有重复记。" if missed else ""
            return f"已登记，人数算进行动进度；宣讲员的志愿时长等队长确认。{more}"

        return self.act(
            request, obj, HeldForm(posted(request), initial={"audience": obj.audience or obj.expected}),
            title=f"登记人数：{self.title_of(obj)}", button="保存", done=done, sentence=when_of(obj),
            perform=lambda values: acts.hold_talk(obj, values["audience"], actor=request.user, now=timezone.now()),
        )  # fmt: skip

    def cancel_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        return self.act(
            request, obj, ReasonForm(posted(request)), title=f"取消这一场：{self.title_of(obj)}", button="取消这一场",
            sentence="宣讲员会收到通知；是学校约的，预约回到“等安排”。请打电话告诉听讲单位。", done="已取消。",
            perform=lambda values: acts.cancel_talk(obj, actor=request.user, now=timezone.now(), **values),
        )  # fmt: skip

    def annul_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        return self.act(
            request, obj, ReasonForm(posted(request)), title=f"作废：{self.title_of(obj)}", button="作废",
            sentence="登记错了才作废：人数不再算，从这一场来的志愿时长也作废。", done="已作废。",
            perform=lambda values: acts.void_talk(obj, actor=request.user, now=timezone.now(), **values),
        )  # fmt: skip

    @method_decorator(require_safe)
    def slip_view(self, request, pk: int):
        """A letter to the host: when, where, who comes, and a slip to send back with the number."""
        obj = self.viewable(request, pk)
        self.look(request, self.people_of(obj), obj, "print")
        frame = frame_for(request, "宣讲安排函", stamp=True, back_url=self.url_of("change", obj))
        names = names_of_speakers([obj.pk]).get(obj.pk, "")
        context = {
            "frame": frame,
            "talk": obj,
            "when": when_of(obj),
            "names": names,
            "length": length_words(obj.minutes),
        }
        return self.page(request, "print/volunteers/talk_slip.html", context)

    def export_view(self, request):
        """What the list shows with its filters."""
        self.allowed(request, self.right("view"))
        rows = self.rows_for(request.user, self.right("view"))
        for item in self.list_filter:
            params = {key: [value] for key, value in request.GET.items()}
            rows = item(request, params, Talk, self).queryset(request, rows)
        rows, _ = self.get_search_results(request, rows, request.GET.get("q", "")[:60])
        return export_talks(request, rows, "宣讲")
