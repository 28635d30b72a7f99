"""来电来访: the register, the one-page form that takes a call, and the acts until the caller has his answer."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit, sources
from apps.common.admin import SAFE_METHODS, RecordAdmin, is_reading
from apps.common.choices import Source
from apps.common.errors import BusinessError
from apps.common.phone import dial_link, readable_phone
from apps.common.printing import frame_for
from apps.ledgers.access import TAKE, inquiries_for, possible_handlers, taking_unit
from apps.ledgers.choices import InquiryState
from apps.ledgers.inquiry_rules import InquiryRules, due_day, state_words
from apps.ledgers.looks import reach_to_show
from apps.ledgers.models import Inquiry
from apps.ledgers.queries.inquiries import subject_name
from apps.ledgers.services import inquiries as services
from apps.organisation.queries import rule_values, work_calendar
from apps.registry.models import Cadre
from apps.registry.queries import find_cadres

from .inquiry_counts import InquiryCounts
from .inquiry_filters import MyPartFilter, PersonFilter, ReceivedFilter, SourceFilter, StateFilter, SubjectFilter
from .inquiry_forms import AnswerForm, CloseForm, CorrectionForm, InquiryForm, PassOnForm

RECORD = "ledgers.record_contact"
ADD_NEED = "ledgers.add_need"
MOST_FOUND = 10
READ = (
    "who", "caller_words", "phone_words", "way_in", "subject_words", "content_text", "taker", "state_tag",
    "handler_words", "due_on", "result_text", "answered_on", "closing",
)  # fmt: skip


@admin.register(Inquiry)
class InquiryAdmin(InquiryCounts, RecordAdmin):
    form = CorrectionForm
    voidable = True
    add_label = "记来电来访"
    empty_words = "接到来电、来访，点“记来电来访”，一页填完。"
    list_display = (
        "received",
        "who_plain",
        "way_in",
        "subject_words",
        "state_tag",
        "handler_words",
        "taker_words",
        "act",
    )
    list_display_links = ("received", "who_plain")
    list_filter = (StateFilter, MyPartFilter, SubjectFilter, SourceFilter, ReceivedFilter, PersonFilter)
    select_related_in_list = ("person", "handler", "received_by")
    select_related_in_record = ("person", "handler", "received_by", "unit", "closing_contact")
    ordering = ("-received_at", "-pk")
    sortable_by = ()

    def rows_for(self, user, permission):
        return inquiries_for(user, permission)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content", "result", "caller_phone")

    def people_of(self, obj):
        return [obj.person_id] if obj.person_id else []

    def title_of(self, obj):
        return f"{obj.received_at.astimezone():%Y-%m-%d} {self.who_plain(obj)}：{subject_name(obj.subject)}"

    # List

    @admin.display(description="受理时间")
    def received(self, obj):
        return f"{timezone.localtime(obj.received_at):%Y-%m-%d %H:%M}"

    @admin.display(description="老同志或来人")
    def who_plain(self, obj):
        name = obj.person.name if obj.person_id else ""
        return f"{name}（{obj.caller}）" if name and obj.caller else name or obj.caller

    @admin.display(description="来源")
    def way_in(self, obj):
        return obj.get_source_display()

    @admin.display(description="什么事")
    def subject_words(self, obj):
        return subject_name(obj.subject)

    @admin.display(description="状态")
    def state_tag(self, obj):
        words, tone = state_words(obj.state, obj.due_on, timezone.localdate())
        return format_html('<span class="tag {}">{}</span>', tone, words)

    @admin.display(description="承办")
    def handler_words(self, obj):
        return str(obj.handler) if obj.handler_id else ""

    @admin.display(description="受理（首问）")
    def taker_words(self, obj):
        return str(obj.received_by)

    @admin.display(description="办理")
    def act(self, obj):
        page = {InquiryState.OPEN: ("answer", "登记结果"), InquiryState.ANSWERED: ("close", "回复")}.get(obj.state)
        if page is None or obj.voided_at:
            return ""
        return format_html('<a href="{}">{}</a>', self.url_of(page[0], obj), page[1])

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "按事项统计", "url": reverse("admin:ledgers_inquiry_counts")}]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    # One record

    @admin.display(description="哪位老同志")
    def who(self, obj):
        if not obj.person_id:
            return "不在名册里"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:registry_cadre_change", args=[obj.person_id]), obj.person
        )

    @admin.display(description="来人")
    def caller_words(self, obj):
        return obj.caller

    @admin.display(description="回电号码")
    def phone_words(self, obj):
        if not obj.caller_phone:
            return ""
        return format_html('<a href="tel:{}">{}</a>', dial_link(obj.caller_phone), readable_phone(obj.caller_phone))

    @admin.display(description="他说了什么")
    def content_text(self, obj):
        return obj.content

    @admin.display(description="办理结果")
    def result_text(self, obj):
        return obj.result

    @admin.display(description="受理（首问负责）")
    def taker(self, obj):
        return f"{obj.received_by}　{timezone.localtime(obj.received_at):%Y-%m-%d %H:%M}　{obj.unit}"

    @admin.display(description="回复")
    def closing(self, obj):
        if obj.closing_contact_id:
            url = reverse("admin:ledgers_contact_change", args=[obj.closing_contact_id])
            return format_html('<a href="{}">{} 的联系记录</a>', url, obj.closed_on)
        return str(obj.closed_on or "")

    def get_fieldsets(self, request, obj=None):
        if obj is not None and is_reading(request):
            return ((None, {"fields": READ}),)
        return ((None, {"fields": ("subject", "source", "caller", "phone_text", "content_text")}),)

    def get_readonly_fields(self, request, obj=None):
        return READ if is_reading(request) else ()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What was said is personal: the look is logged before the page is made."""
        if request.method in SAFE_METHODS:
            if not self.has_view_permission(request):
                raise PermissionDenied
            obj = self.get_object(request, unquote(object_id))
            audit.look(
                "open", actor=request.user, people=self.people_of(obj), fields=["inquiry"], target=self._target(obj),
                request=request,
            )  # fmt: skip
        return super().change_view(request, object_id, form_url, extra_context)

    def write(self, request, obj, form, change):
        services.correct(Inquiry.objects.get(pk=obj.pk), values=form.values(), actor=request.user)

    def log_change(self, request, obj, message):
        """The service writes the entry."""

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.voided_at or not self.may_change(request, obj):
            return tools
        acts = {
            InquiryState.OPEN: (("answer", "登记办理结果"), ("pass", "转给别人办")),
            InquiryState.DONE: (("pass", "转给别人办"),),
            InquiryState.ANSWERED: (("close", "回复来人"),),
        }.get(obj.state, ())
        for tool in tools:
            tool["main"] = False
        found = [
            {"label": label, "url": self.url_of(page, obj), "main": not place}
            for place, (page, label) in enumerate(acts)
        ]
        if obj.person_id and request.user.has_perm(ADD_NEED) and Cadre.objects.filter(pk=obj.person_id).exists():
            found.append(self.need_tool(obj))
        return [*found, {"label": "打印登记单", "url": self.url_of("print", obj)}, *tools]

    def need_tool(self, obj) -> dict:
        """Make a need of what was said, with the words brought along; or show the one that was made of it."""
        need = obj.needs_found.filter(voided_at__isnull=True).first()
        if need is not None:
            return {"label": "看转成的需求", "url": reverse("admin:ledgers_need_change", args=[need.pk])}
        url = f"{reverse('admin:ledgers_need_add')}?cadre={obj.person_id}&inquiry={obj.pk}"
        return {"label": "转为需求，列入一人一策", "url": url}

    def get_urls(self):
        name = "ledgers_inquiry"
        pages = [
            path(f"<path:object_id>/{page}/", self.staff_view(view), name=f"{name}_{page}")
            for page, view in (
                ("answer", self.answer_view), ("pass", self.pass_view), ("close", self.close_view),
                ("print", self.print_view),
            )
        ]  # fmt: skip
        counts = path("counts/", self.staff_view(self.counts_view), name=f"{name}_counts")
        return [counts, *pages, *super().get_urls()]

    # Taking one down

    def add_view(self, request, form_url="", extra_context=None):
        """One page: find the person, three fields, done or passed on. Finding again keeps what was typed."""
        unit = taking_unit(request.user)
        if not request.user.has_perm(TAKE) or unit is None:
            raise PermissionDenied
        finding = request.method == "POST" and "find" in request.POST
        found = self.found(request)
        common = {
            "found": found, "handlers": possible_handlers(request.user), "usual_day": self.usual_day(unit),
        }  # fmt: skip
        if request.method == "POST" and not finding:
            form = InquiryForm(request.POST, **common)
            done = self.take(request, form, unit) if form.is_valid() else None
            if done is not None:
                return done
        else:
            form = InquiryForm(initial=request.POST.dict() if finding else {}, **common)
        chosen = found[0] if len(found) == 1 else None
        context = {
            "title": "记来电来访",
            "form": form,
            "media": form.media,
            "searched": finding and not found,
            "reached": [{"name": chosen.person.name, "reach": reach_to_show(request, [chosen.pk]).get(chosen.pk)}]
            if chosen
            else [],
        }
        return self.page(request, "admin/ledgers/inquiry_form.html", context, status=422 if form.errors else 200)

    def found(self, request) -> list[Cadre]:
        """Visible people that the box names, or the one the link or the form names already."""
        text = request.POST.get("asked", "").strip()
        number = request.POST.get("person") or request.GET.get("person", "")
        seen = Cadre.objects.current().visible_to(request.user).select_related("person", "managing_unit")
        if number and "find" not in request.POST:
            if not number.isdecimal() or len(number) > 18:
                raise Http404
            cadre = seen.filter(pk=int(number)).first()
            if cadre is None:
                raise Http404
            return [cadre]
        if not text:
            return []
        asked, cadres = find_cadres(text, request.user, most=MOST_FOUND)
        audit.look(
            "search", actor=request.user, people=[cadre.pk for cadre in cadres], fields=[asked.value], request=request
        )
        return cadres

    def usual_day(self, unit):
        today = timezone.localdate()
        return due_day(today, rule_values(InquiryRules.rule_key, on=today, unit=unit), work_calendar())

    def take(self, request, form: InquiryForm, unit):
        key = form.cleaned_data["form_token"]
        try:
            with sources.told_by(Source(form.cleaned_data["source"])):
                inquiry = services.take_inquiry(
                    form.facts(), unit=unit, form_key=key, actor=request.user, now=timezone.now()
                )
        except BusinessError as refusal:
            form.refuse(refusal)
            return None
        if inquiry.handler_id:
            messages.success(
                request, f"已转给{inquiry.handler}，{inquiry.due_on:%Y-%m-%d} 前办结；办完会通知您回复来人。"
            )
        else:
            messages.success(request, "已登记，当场办结。")
        return HttpResponseRedirect(self.url_of("change", inquiry))

    # Acts

    def act_page(self, request, object_id, title: str, make_form, apply, *, lead: str = "", button: str = "确定"):
        """A form about one record: `apply(inquiry, form)` does it and gives the words to say."""
        inquiry = self.changeable_object(request, object_id)
        if inquiry.voided_at:
            raise PermissionDenied
        form = make_form(inquiry)
        if request.method == "POST" and form.is_valid():
            try:
                words = apply(inquiry, form)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, words)
                return HttpResponseRedirect(self.url_of("change", inquiry))
        context = {
            "title": f"{title}：{self.who_plain(inquiry)}",
            "original": inquiry,
            "form": form,
            "media": form.media,
            "lead": lead or f"{subject_name(inquiry.subject)}：{inquiry.content}",
            "back": self.url_of("change", inquiry),
            "buttons": [("save", button)],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def answer_view(self, request, object_id):
        def apply(inquiry, form):
            services.answer(inquiry, result=form.cleaned_data["result"], actor=request.user, now=timezone.now())
            mine = inquiry.received_by_id == request.user.pk
            return "已登记结果，请回复来人。" if mine else f"已登记结果，已通知{inquiry.received_by}回复来人。"

        return self.act_page(
            request, object_id, "登记办理结果", lambda _: AnswerForm(request.POST or None), apply, button="办完了"
        )

    def pass_view(self, request, object_id):
        def make(inquiry):
            handlers = possible_handlers(request.user)
            return PassOnForm(request.POST or None, handlers=handlers, usual_day=self.usual_day(inquiry.unit))

        def apply(inquiry, form):
            found = services.pass_on(inquiry, **form.cleaned_data, actor=request.user, now=timezone.now())
            return f"已转给{found.handler}，{found.due_on:%Y-%m-%d} 前办结。"

        return self.act_page(request, object_id, "转给别人办", make, apply, button="转办")

    def close_view(self, request, object_id):
        if not request.user.has_perm(RECORD):
            raise PermissionDenied

        def apply(inquiry, form):
            _, closed = services.close(
                inquiry, form.facts(), form_key=form.cleaned_data["form_token"], actor=request.user,
                on=timezone.localdate(),
            )  # fmt: skip
            return "已回复，这件事办完了。" if closed else "已记下没有打通，改天再打。"

        return self.act_page(
            request, object_id, "回复来人", lambda _: CloseForm(request.POST or None), apply, button="记下回复"
        )

    def print_view(self, request, object_id):
        """One slip on A4, with room for the signature and the stamp."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        inquiry = self.get_object(request, unquote(object_id))
        rows = [(str(self.label_of(name)), self.text_of(inquiry, name)) for name in READ if name != "closing"]
        frame = frame_for(
            request, "来电来访登记单", back_url=self.url_of("change", inquiry), stamp=True, signature="承办人签字"
        )
        audit.look(
            "print", actor=request.user, people=self.people_of(inquiry), target=self._target(inquiry), request=request
        )
        return self.page(request, "print/inquiry.html", {"frame": frame, "rows": rows})

    def label_of(self, name: str) -> str:
        return getattr(getattr(self, name, None), "short_description", "") or self.opts.get_field(name).verbose_name

    def text_of(self, inquiry: Inquiry, name: str) -> str:
        if name == "who":
            return str(inquiry.person or "不在名册里")
        if name == "phone_words":
            return readable_phone(inquiry.caller_phone or "")
        if name == "state_tag":
            return state_words(inquiry.state, inquiry.due_on, timezone.localdate())[0]
        value = getattr(self, name)(inquiry) if hasattr(self, name) else getattr(inquiry, name)
        return "" if value is None else str(value)
