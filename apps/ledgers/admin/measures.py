"""办法: what is promised and due, by owner; done, dropped, and taken back with one button each."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin import RecordAdmin, is_reading
from apps.common.admin_lists import PickFilter
from apps.common.forms import PortalForm
from apps.ledgers.access import possible_owners
from apps.ledgers.forms.plans import DropForm, FinishForm, MeasureRecordForm, OwnerField
from apps.ledgers.models import Measure, Need
from apps.ledgers.queries.measure_help import done_by_volunteers
from apps.ledgers.queries.plans import category_name
from apps.ledgers.rules.needs import measure_standing
from apps.ledgers.services import needs as services
from apps.organisation.queries import subtree_ids
from apps.registry.models import Cadre

from .measure_help import MeasureHelp
from .need_acts import FormActs, plan_url
from .plan_filters import MeasureStateFilter, OwnerFilter

READ = (
    "who", "need_words", "what", "provider", "owner", "due_on", "state_tag", "result_words", "cost", "promised_by",
    "help_tag",
)  # fmt: skip


class UnitOfMeasureFilter(PickFilter):
    """The managing unit of the person and everything below it."""

    title = "管理单位（含下级）"
    parameter_name = "unit"
    field_name = "managing_unit"
    field_model = Cadre

    def narrow(self, queryset, chosen):
        cadres = Cadre.objects.filter(managing_unit_id__in=subtree_ids([chosen])).values("pk")
        return queryset.filter(need__cadre__in=cadres)


class PersonOfMeasureFilter(PickFilter):
    title = "哪位老同志"
    parameter_name = "cadre"
    field_name = "cadre"
    field_model = Need

    def narrow(self, queryset, chosen):
        return queryset.filter(need__cadre=chosen.pk)


@admin.register(Measure)
class MeasureAdmin(MeasureHelp, FormActs, RecordAdmin):
    form = MeasureRecordForm
    voidable = True
    empty_words = "给需求定了办法，就按期限列在这里。"
    list_display = ("who_plain", "what_words", "provider", "owner_words", "state_tag", "act")
    list_display_links = ("what_words",)
    list_filter = (MeasureStateFilter, OwnerFilter, UnitOfMeasureFilter, PersonOfMeasureFilter)
    select_related_in_list = ("need__cadre__person", "owner")
    select_related_in_record = (
        "need__cadre__person", "need__cadre__managing_unit", "owner", "promised_by", "request",
    )  # fmt: skip
    ordering = ("due_on", "pk")
    sortable_by = ()

    def people_of(self, obj):
        return [obj.need.cadre_id]

    def title_of(self, obj):
        return f"{obj.need.cadre.person.name}：{obj.what[:20]}"

    def back_of(self, row):
        return plan_url(row.need.cadre_id, anchor=f"need-{row.need_id}")

    def has_add_permission(self, request):
        """Promised for a need, on its page."""
        return False

    @admin.display(description="老同志")
    def who_plain(self, obj):
        return format_html('<a href="{}">{}</a>', self.back_of(obj), obj.need.cadre.person.name)

    who = admin.display(description="老同志")(lambda self, obj: self.who_plain(obj))

    @admin.display(description="需求")
    def need_words(self, obj):
        return f"{category_name(obj.need.category)}：{obj.need.description}"

    @admin.display(description="做什么")
    def what_words(self, obj):
        return obj.what[:60]

    @admin.display(description="责任人")
    def owner_words(self, obj):
        return str(obj.owner)

    @admin.display(description="办理情况")
    def state_tag(self, obj):
        standing = measure_standing(obj, timezone.localdate())
        return format_html('<span class="tag {}">{}</span>', standing.tone, standing.words)

    @admin.display(description="结果")
    def result_words(self, obj):
        if obj.done_on:
            return f"{obj.done_on:%Y-%m-%d} 办好：{obj.result}"
        if obj.dropped_on:
            return f"{obj.dropped_on:%Y-%m-%d} 不再办：{obj.get_drop_reason_display()} {obj.drop_note}".strip()
        return ""

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        for row in changelist.result_list:
            row.may_act = request.user.has_perm(self.right("change"))
        return changelist

    @admin.display(description="办理")
    def act(self, obj):
        if obj.done_on or obj.dropped_on or obj.voided_at or not getattr(obj, "may_act", False):
            return ""
        return format_html('<a href="{}">办好了</a>', self.url_of("finish", obj))

    def get_fieldsets(self, request, obj=None):
        if obj is not None and is_reading(request):
            return ((None, {"fields": READ}),)
        return ((None, {"fields": MeasureRecordForm.Meta.fields}),)

    def get_readonly_fields(self, request, obj=None):
        return READ if is_reading(request) else ()

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "owner":
            return OwnerField(possible_owners(request.user), label="责任人", help_text="盯着这件事办好的同志")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def write(self, request, obj, form, change):
        before = Measure.objects.get(pk=obj.pk)
        services.change_measure(
            before, form.facts(), actor=request.user, on=timezone.localdate(), version=before.version
        )

    def log_change(self, request, obj, message):
        """The service writes the entry."""

    def response_post_save_change(self, request, obj):
        return HttpResponseRedirect(self.back_of(obj))

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        ended = bool(obj.done_on or obj.dropped_on)
        acts = [("undo", "撤回结果")] if ended else [("finish", "办好了"), ("help", "请志愿者帮忙"), ("drop", "不再办")]
        if obj.voided_at or obj.closed_by_event_id or obj.need.closed_on or not self.may_change(request, obj):
            acts = []
        tools = [{**tool, "main": False} for tool in tools if not (ended and tool["label"] == "修改")]
        found = [{"label": label, "url": self.url_of(page, obj), "main": not n} for n, (page, label) in enumerate(acts)]
        return [{"label": "看一人一策", "url": self.back_of(obj)}, *found, *tools]

    # Acts

    def get_urls(self):
        pages = [
            path(f"<path:object_id>/{page}/", self.staff_view(view), name=f"ledgers_measure_{page}")
            for page, view in (
                ("finish", self.finish_view),
                ("drop", self.drop_view),
                ("undo", self.undo_view),
                ("help", self.help_view),
            )
        ]
        return [*pages, *super().get_urls()]

    def measure_of(self, request, object_id):
        measure = self.changeable_object(request, object_id)
        if measure.voided_at:
            raise PermissionDenied
        return measure

    def finish_view(self, request, object_id):
        measure = self.measure_of(request, object_id)

        def apply(form):
            said = {name: form.cleaned_data[name] for name in ("result", "done_on", "cost")}
            services.finish_measure(measure, actor=request.user, on=timezone.localdate(), **said)
            left = Measure.objects.open().filter(need=measure.need_id).count()
            return f"已登记办好，还有 {left} 项。" if left else "已登记办好。都办好了，请回访本人，然后办结。"

        form = FinishForm(request.POST or None, initial={"cost": measure.cost, **done_by_volunteers(measure)})
        return self.act_page(
            request, measure, f"办好了：{measure.need.cadre.person.name}", form, apply, lead=measure.what,
            button="登记办好",
        )  # fmt: skip

    def drop_view(self, request, object_id):
        measure = self.measure_of(request, object_id)

        def apply(form):
            said = {name: form.cleaned_data[name] for name in ("reason", "note")}
            services.drop_measure(measure, actor=request.user, on=timezone.localdate(), **said)
            return "已登记不再办。"

        return self.act_page(
            request, measure, f"不再办：{measure.need.cadre.person.name}", DropForm(request.POST or None), apply,
            lead=measure.what, button="不再办",
        )  # fmt: skip

    def undo_view(self, request, object_id):
        measure = self.measure_of(request, object_id)

        def apply(form):
            services.reopen_measure(measure, actor=request.user)
            return "已撤回，这项办法还在办。"

        return self.act_page(
            request, measure, f"撤回结果：{measure.need.cadre.person.name}", PortalForm(request.POST or None), apply,
            lead=f"{measure.what}：登记的结果撤回，重新算还没有办好。", button="撤回结果",
        )  # fmt: skip
