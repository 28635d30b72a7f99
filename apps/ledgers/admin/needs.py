"""需求: the list of what is open, the page of one need, and its acts until the person has his answer."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.common import audit
from apps.common.admin import RecordAdmin, is_reading
from apps.common.admin_lists import PickOne
from apps.common.errors import BusinessError
from apps.ledgers.access import RECORD, inquiries_for, possible_owners
from apps.ledgers.choices import NeedOutcome
from apps.ledgers.forms import ReasonForm
from apps.ledgers.forms.plans import CallForm, CloseNeedForm, MeasureForm, NeedForm, NeedRecordForm
from apps.ledgers.models import Inquiry, Need
from apps.ledgers.queries.communities import offers_for
from apps.ledgers.queries.library import measures_for
from apps.ledgers.queries.plans import category_name, view_of, with_measures
from apps.ledgers.services import needs as services
from apps.registry.admin.scope import may_on
from apps.registry.models import Cadre

from .filters import UnitOfCadreFilter
from .measure_help import NeedHelp
from .need_acts import FormActs, plan_url
from .plan_filters import CadreFilter, CategoryFilter, MyPeopleFilter, NeedStateFilter, SectionFilter

ADD, CHANGE, ADD_MEASURE = "ledgers.add_need", "ledgers.change_need", "ledgers.add_measure"
HELP = ("help", "请志愿者帮忙")
READ = (
    "who", "category_words", "description", "state_tag", "urgency_words", "where_from", "found_on", "reply_words",
    "finish_by", "measures_table", "outcome_words",
)  # fmt: skip


@admin.register(Need)
class NeedAdmin(NeedHelp, FormActs, RecordAdmin):
    form = NeedRecordForm
    voidable = True
    add_label = "登记需求"
    empty_words = "走访、来电里发现的需求，在老同志的“一人一策”里点“登记需求”。"
    list_display = ("who_plain", "category_words", "description_words", "state_tag", "reply_words", "owners", "act")
    list_display_links = ("description_words",)
    list_filter = (NeedStateFilter, CategoryFilter, SectionFilter, MyPeopleFilter, UnitOfCadreFilter, CadreFilter)
    select_related_in_list = ("cadre__person",)
    select_related_in_record = ("cadre__person", "cadre__managing_unit", "inquiry", "found_contact", "closing_contact")
    ordering = ("reply_by", "pk")
    sortable_by = ()

    def people_of(self, obj):
        return [obj.cadre_id]

    def title_of(self, obj):
        return f"{obj.cadre.person.name}：{category_name(obj.category)}"

    def back_of(self, row):
        year = row.found_on.year if row.closed_on and row.closed_on.year < timezone.localdate().year else None
        return plan_url(row.cadre_id, year, f"need-{row.pk}")

    # List

    def get_changelist_instance(self, request):
        """Measures of the page's rows in two statements, whatever their number."""
        changelist = super().get_changelist_instance(request)
        rows, today = list(changelist.result_list), timezone.localdate()
        loaded = with_measures(Need.objects.filter(pk__in=[row.pk for row in rows]))
        views = {need.pk: view_of(need, today) for need in loaded}
        for row in rows:
            row.view = views[row.pk]
            row.may_act = request.user.has_perm(CHANGE)
        changelist.result_list = rows
        return changelist

    def view(self, obj):
        if not hasattr(obj, "view"):
            obj.view = view_of(with_measures(Need.objects.filter(pk=obj.pk)).get(), timezone.localdate())
        return obj.view

    @admin.display(description="老同志")
    def who_plain(self, obj):
        return format_html('<a href="{}">{}</a>', self.back_of(obj), obj.cadre.person.name)

    who = admin.display(description="老同志")(lambda self, obj: self.who_plain(obj))

    @admin.display(description="哪方面")
    def category_words(self, obj):
        return category_name(obj.category)

    @admin.display(description="需要什么")
    def description_words(self, obj):
        return obj.description[:60]

    @admin.display(description="办理情况")
    def state_tag(self, obj):
        standing = self.view(obj).standing
        return format_html('<span class="tag {}">{}</span>', standing.tone, standing.words)

    @admin.display(description="答复本人")
    def reply_words(self, obj):
        if obj.replied_on:
            late = obj.reply_by and obj.replied_on > obj.reply_by
            return f"{obj.replied_on:%Y-%m-%d} 已答复{'（过了期限）' if late else ''}"
        return f"{obj.reply_by:%Y-%m-%d} 前" if obj.reply_by else ""

    @admin.display(description="谁承办")
    def owners(self, obj):
        return "、".join(dict.fromkeys(str(item.measure.owner) for item in self.view(obj).measures if item.is_open))

    @admin.display(description="办理")
    def act(self, obj):
        if obj.voided_at or not obj.may_act or not obj.view.is_open:
            return ""
        page, words = ("close", "回访办结") if obj.view.measures and obj.view.may_close else ("measure", "加办法")
        return format_html('<a href="{}">{}</a>', self.url_of(page, obj), words)

    # One record

    @admin.display(description="缓急")
    def urgency_words(self, obj):
        return obj.get_urgency_display()

    @admin.display(description="怎样知道的")
    def where_from(self, obj):
        if obj.inquiry_id:
            url = reverse("admin:ledgers_inquiry_change", args=[obj.inquiry_id])
            return format_html('{}　<a href="{}">来电来访登记</a>', obj.get_source_display(), url)
        if obj.found_contact_id:
            url = reverse("admin:ledgers_contact_change", args=[obj.found_contact_id])
            return format_html('{}　<a href="{}">走访记录</a>', obj.get_source_display(), url)
        return obj.get_source_display()

    @admin.display(description="办法")
    def measures_table(self, obj):
        lines = [
            (item.measure.what, item.measure.provider or item.measure.owner, item.standing.tone, item.standing.words)
            for item in self.view(obj).measures
        ]
        return format_html_join(SafeString("<br>"), '{}　{}　<span class="tag {}">{}</span>', lines) or "还没有定"

    @admin.display(description="结果")
    def outcome_words(self, obj):
        if not obj.closed_on:
            return ""
        said = obj.get_satisfaction_display() if obj.satisfaction else ""
        words = "，".join(
            filter(None, (f"{obj.closed_on:%Y-%m-%d} {obj.get_outcome_display()}", said, obj.outcome_note))
        )
        if obj.closing_contact_id:
            url = reverse("admin:ledgers_contact_change", args=[obj.closing_contact_id])
            return format_html('{}　<a href="{}">回访记录</a>', words, url)
        return words

    def get_fieldsets(self, request, obj=None):
        if obj is not None and is_reading(request):
            return ((None, {"fields": READ}),)
        return ((None, {"fields": NeedRecordForm.Meta.fields}),)

    def get_readonly_fields(self, request, obj=None):
        return READ if is_reading(request) else ()

    def write(self, request, obj, form, change):
        before = Need.objects.get(pk=obj.pk)
        services.change_need(before, form.facts(), actor=request.user, on=timezone.localdate(), version=before.version)

    def log_change(self, request, obj, message):
        """The service writes the entry."""

    def response_post_save_change(self, request, obj):
        return HttpResponseRedirect(self.back_of(obj))

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        acts = self.acts_on(obj) if self.may_change(request, obj) and not obj.voided_at else []
        if acts:
            for tool in tools:
                tool["main"] = False
        if obj.closed_on:
            tools = [tool for tool in tools if tool["label"] != "修改"]
        found = [{"label": label, "url": self.url_of(page, obj), "main": not n} for n, (page, label) in enumerate(acts)]
        return [{"label": "看一人一策", "url": self.back_of(obj)}, *found, *tools]

    def acts_on(self, obj) -> list[tuple[str, str]]:
        """(page, label) of what may be done next, the first one first."""
        if obj.closed_on:
            return [] if obj.closed_by_event_id else [("reopen", "重新办理")]
        view = self.view(obj)
        reply = [("reply", "答复本人")] if obj.replied_on is None else []
        if view.measures and view.may_close:
            return [("close", "回访办结"), ("measure", "再加办法"), HELP, *reply]
        return [("measure", "加办法"), HELP, *reply, ("close", "办结")]

    # Acts

    def get_urls(self):
        name = "ledgers_need"
        pages = [
            path(f"<path:object_id>/{page}/", self.staff_view(view), name=f"{name}_{page}")
            for page, view in (
                ("measure", self.measure_view), ("reply", self.reply_view), ("close", self.close_view),
                ("reopen", self.reopen_view), ("help", self.help_view),
            )
        ]  # fmt: skip
        return [*pages, *super().get_urls()]

    def need_of(self, request, object_id):
        need = self.changeable_object(request, object_id)
        if need.voided_at:
            raise PermissionDenied
        return need

    def lead(self, need) -> str:
        return f"{category_name(need.category)}：{need.description}"

    def add_view(self, request, form_url="", extra_context=None):
        """Open a need of the person in the address, or of one picked here."""
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        cadre = self.cadre_of(request)
        inquiry = self.inquiry_of(request, cadre)
        known = {} if inquiry is None else {"description": (inquiry.content or "")[:500], "source": inquiry.source}
        form = NeedForm(request.POST or None, initial=known)
        if cadre is None:
            form.fields["cadre"] = self.cadre_field(request)
            form.order_fields(["cadre"])

        if request.method == "POST" and form.is_valid():
            try:
                need = services.open_need(
                    form.facts(inquiry=inquiry), cadre=cadre or form.cleaned_data["cadre"], actor=request.user,
                    on=timezone.localdate(), form_key=form.cleaned_data["form_token"],
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已登记。请在 {need.reply_by:%Y-%m-%d} 前告诉本人打算怎么办。")
                return HttpResponseRedirect(self.url_of("measure", need))
        context = {
            "title": f"登记需求：{cadre.person.name}" if cadre else "登记需求",
            "form": form,
            "media": self.media + form.media,
            "lead": "先记下来；下一步定办法。",
            "back": plan_url(cadre.pk) if cadre else reverse("admin:ledgers_need_changelist"),
            "buttons": [("save", "登记，下一步定办法")],
            "list_url": reverse("admin:ledgers_serviceplan_changelist"),
            "list_words": "一人一策",
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def cadre_of(self, request) -> Cadre | None:
        number = request.GET.get("cadre", "")
        if not number:
            return None
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            raise Http404
        found = self.addable(request).filter(pk=int(number)).first()
        if found is None:
            raise Http404
        return found

    def inquiry_of(self, request, cadre: Cadre | None) -> Inquiry | None:
        """The call about this person of which a need is made; its words are shown, so the look is logged."""
        number = request.GET.get("inquiry", "")
        if not number:
            return None
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            raise Http404
        rows = inquiries_for(request.user, "ledgers.view_inquiry").filter(voided_at__isnull=True)
        found = rows.filter(pk=int(number), person=cadre.pk if cadre else None).first()
        if found is None:
            raise Http404
        audit.look(
            "open", actor=request.user, people=[found.person_id], fields=["inquiry"],
            target=f"ledgers.inquiry:{found.pk}", request=request,
        )  # fmt: skip
        return found

    def addable(self, request):
        rows = Cadre.objects.current().visible_to(request.user, ADD)
        return rows.select_related("person", "managing_unit")

    def cadre_field(self, request) -> forms.ModelChoiceField:
        widget = PickOne(Need._meta.get_field("cadre"), self.admin_site)
        return forms.ModelChoiceField(self.addable(request), label="哪位老同志", widget=widget)

    def measure_view(self, request, object_id):
        """Promise something: picked from the library, which fills the form, or typed."""
        need = self.need_of(request, object_id)
        today = timezone.localdate()
        offered = measures_for(need.category, need.cadre.managing_unit)
        picked = next((line for line in offered if str(line.pk) == request.GET.get("from", "")), None)
        initial = picked.initial(today) if picked else {}
        form = MeasureForm(
            request.POST or None, owners=possible_owners(request.user), initial=initial,
            usual_day=max(need.finish_by or today, today),
        )  # fmt: skip

        def apply(form):
            services.add_measure(
                need, form.facts(), actor=request.user, on=today, form_key=form.cleaned_data["form_token"],
                told=form.cleaned_data["told"],
            )  # fmt: skip
            return "已定下办法。" if form.cleaned_data["told"] else "已定下办法。别忘了告诉本人。"

        request.measure_lines = [
            {"line": line, "url": f"?from={line.pk}", "chosen": line is picked} for line in offered
        ]
        request.offers = list(offers_for(need.cadre.person.community_id))
        return self.act_page(
            request, need, f"定办法：{need.cadre.person.name}", form, apply, lead=self.lead(need), button="定下来"
        )

    def page(self, request, template, context, status=200):
        lines = getattr(request, "measure_lines", None)
        if lines is not None:
            template = "admin/ledgers/measure_form.html"
            help_url = self.url_of("help", context["original"])
            context = {**context, "lines": lines, "offers": request.offers, "help_url": help_url}
        return super().page(request, template, context, status)

    def reply_view(self, request, object_id):
        need = self.need_of(request, object_id)
        if not may_on(request, need.cadre_id, RECORD):
            raise PermissionDenied

        def apply(form):
            _, told = services.reply_need(
                need, form.call(), actor=request.user, on=timezone.localdate(),
                form_key=form.cleaned_data["form_token"],
            )  # fmt: skip
            return "已记下答复。" if told else "已记下没有打通，改天再打。"

        return self.act_page(
            request, need, f"答复本人：{need.cadre.person.name}", CallForm(request.POST or None), apply,
            lead=f"{self.lead(need)}。告诉他打算怎么办、什么时候办。", button="记下答复",
        )  # fmt: skip

    def close_view(self, request, object_id):
        need = self.need_of(request, object_id)
        if not may_on(request, need.cadre_id, RECORD):
            raise PermissionDenied

        def apply(form):
            _, closed = services.close_need(
                need, form.closing(), call=form.call(), actor=request.user, on=timezone.localdate(),
                form_key=form.cleaned_data["form_token"],
            )  # fmt: skip
            return "已办结。" if closed else "已记下没有打通，需求还开着，改天再打。"

        left = self.view(need).measures
        initial = {} if left else {"outcome": NeedOutcome.MET}
        return self.act_page(
            request, need, f"回访办结：{need.cadre.person.name}", CloseNeedForm(request.POST or None, initial=initial),
            apply, lead=self.lead(need), button="办结",
        )  # fmt: skip

    def reopen_view(self, request, object_id):
        need = self.need_of(request, object_id)

        def apply(form):
            services.reopen_need(need, reason=form.cleaned_data["reason"], actor=request.user)
            return "已重新打开，可以接着定办法。"

        return self.act_page(
            request, need, f"重新办理：{need.cadre.person.name}", ReasonForm(request.POST or None), apply,
            lead=self.lead(need), button="重新办理",
        )  # fmt: skip
