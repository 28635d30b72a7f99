"""节日慰问: all campaigns with how far they are, and the page of one with everything that is done next."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode

from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin, RecordInline
from apps.common.errors import BusinessError
from apps.ledgers.choices.campaigns import CampaignState
from apps.ledgers.forms.campaigns import CampaignForm, StandardForm, SureForm, WhyForm
from apps.ledgers.models import Campaign, CampaignSource, CampaignStandard
from apps.ledgers.queries.campaign_calendar import foreseen
from apps.ledgers.queries.campaigns import Totals, by_category, left_over, route_lines, totals, totals_of
from apps.ledgers.services.campaigns import (
    approve_campaign,
    close_campaign,
    follow_standards,
    make_campaign,
    refuse_over_budget,
    reopen_campaign,
    send_back,
)

from .campaign_figures import CampaignFigures
from .campaign_layers import CampaignLayers
from .campaign_people import CampaignPeople

APPROVE = "ledgers.approve_campaign"
TONES = {CampaignState.DRAFT: "", CampaignState.APPROVED: "info", CampaignState.CLOSED: "done"}
# url name → (act, title, button, sentence, form)
STEPS = {
    "approve": (
        approve_campaign, "核定名单和金额", "核定",
        "核定以后可以打印和出发。名单还能单独增减，但合计不能超过预算。", SureForm,
    ),
    "send-back": (send_back, "退回修改", "退回", "名单和标准可以重新改，改好要再核定。", WhyForm),
    "close": (close_campaign, "结账", "结账", "结账以后名单、领取情况都不能再改。", SureForm),
    "reopen": (reopen_campaign, "重新打开", "重新打开", "结账数作废，改好以后要重新结账。", WhyForm),
}  # fmt: skip
STEPS_OF = {
    CampaignState.DRAFT: ("approve",),
    CampaignState.APPROVED: ("close", "send-back"),
    CampaignState.CLOSED: ("reopen",),
}
FIXED = ("unit", "kind", "name")


class SourceInline(RecordInline):
    model = CampaignSource
    extra = 1
    fields = ("name", "amount")
    verbose_name_plural = "资金来源（合计要和预算一致；可以不填）"


class StandardInline(RecordInline):
    """Only before approval; the list follows what is saved."""

    model = CampaignStandard
    form = StandardForm
    fields = ("category", "money", "gift", "gift_value")
    readonly_fields = ("category",)
    verbose_name_plural = "每人标准"

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return obj is not None and obj.state == CampaignState.DRAFT and super().has_change_permission(request, obj)


class StateFilter(admin.SimpleListFilter):
    """Without a choice: what still goes on."""

    title, parameter_name = "进度", "state"

    def lookups(self, request, model_admin):
        return [*CampaignState.choices, ("all", "全部")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "还没结账的"}
        yield from others

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() in CampaignState.values:
            return queryset.filter(state=self.value())
        return queryset.exclude(state=CampaignState.CLOSED)


@admin.register(Campaign)
class CampaignAdmin(CampaignPeople, CampaignLayers, CampaignFigures, RecordAdmin):
    form = CampaignForm
    voidable = True
    add_label = "新建慰问"
    list_display = ("name", "unit", "period", "people_words", "doors", "amounts", "state_words")
    list_display_links = ("name",)
    list_filter = (StateFilter, "kind")
    search_fields = ("name", "unit__name")
    search_help_text = "名称或单位"
    select_related_in_list = select_related_in_record = ("unit",)
    ordering = ("-starts_on", "-pk")
    sortable_by = ()
    inlines = (SourceInline, StandardInline)
    change_list_template = "admin/ledgers/campaign_list.html"
    empty_words = "按规则该办的慰问列在上面，点一下就能建；也可以自己新建。"

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return Campaign.objects.none()
        return Campaign.objects.filter(unit__in=sorted(user.reach(permission)))

    def may_change(self, request, obj):
        return super().may_change(request, obj) and (obj is None or obj.state != CampaignState.CLOSED)

    def title_of(self, obj):
        return f"{obj.name}　{obj.unit.short_name or obj.unit.name}"

    # List: the progress of all

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        sums = totals_of([row.pk for row in rows])
        for row in rows:
            row.totals = sums.get(row.pk, Totals())
        changelist.result_list = rows
        return changelist

    def changelist_view(self, request, extra_context=None):
        templates = []
        if self.has_add_permission(request):
            unit = request.user.unit
            templates = [
                {
                    "words": f"{one.name}（{one.starts_on.month}月{one.starts_on.day}日起）",
                    "url": self.template_url(one),
                }
                for one in foreseen(unit, timezone.localdate())
            ]
        context = {"templates": templates, "title": "节日慰问", **(extra_context or {})}
        return super().changelist_view(request, context)

    def template_url(self, one) -> str:
        values = {"kind": one.kind, "name": one.name, "starts_on": one.starts_on, "last_day": one.last_day}
        values |= {"festival_on": one.festival_on} if one.festival_on else {}
        return f"{reverse('admin:ledgers_campaign_add')}?{urlencode(values)}"

    @admin.display(description="起止")
    def period(self, obj):
        year = "" if obj.last_day.year == obj.starts_on.year else f"{obj.last_day:%Y-}"
        return f"{obj.starts_on:%Y-%m-%d} 至 {year}{obj.last_day:%m-%d}"

    @admin.display(description="名单")
    def people_words(self, obj):
        held = f"，{obj.totals.held} 位须先请示" if obj.totals.held else ""
        return f"{obj.totals.people} 位{held}"

    @admin.display(description="走访")
    def doors(self, obj):
        return f"{obj.totals.stops_done} / {obj.totals.stops} 户"

    @admin.display(description="慰问金和品 / 预算（元）")
    def amounts(self, obj):
        words = f"{obj.totals.planned:,.2f} / {obj.budget:,.2f}"
        if obj.totals.over(obj.budget):
            return format_html('{} <span class="tag late">超预算</span>', words)
        return words

    @admin.display(description="进度")
    def state_words(self, obj):
        words = obj.get_state_display()
        waiting = f"，{obj.totals.unclaimed_people} 份没送到" if obj.totals.unclaimed_people else ""
        return format_html('<span class="tag {}">{}{}</span>', TONES[obj.state], words, waiting)

    # Form

    def get_readonly_fields(self, request, obj=None):
        return FIXED if obj is not None and obj.state != CampaignState.DRAFT else ()

    def get_fieldsets(self, request, obj=None):
        key = ("form_key",) if obj is None else ()
        fields = ("kind", "name", "unit", ("starts_on", "last_day"), "festival_on", "budget", "note", *key)
        return ((None, {"fields": fields}),)

    def get_inlines(self, request, obj=None):
        return () if obj is None else super().get_inlines(request, obj)

    def get_changeform_initial_data(self, request):
        return {"unit": request.user.unit_id, **super().get_changeform_initial_data(request)}

    def write(self, request, obj, form, change):
        if not change:
            facts = form.facts()
            if facts.unit.pk not in request.user.reach(self.right("add")):
                raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
            made = make_campaign(facts, actor=request.user, form_key=form.cleaned_data["form_key"])
            obj.pk, obj.public_id = made.pk, made.public_id
            return
        obj.save()
        if obj.state == CampaignState.APPROVED:
            sums = totals(obj)
            try:
                refuse_over_budget(obj, sums)
            except BusinessError as refusal:
                raise BusinessError(refusal.sentence, code=refusal.code, field="budget") from refusal

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change and form.instance.state == CampaignState.DRAFT:
            follow_standards(form.instance)

    # Page

    def get_urls(self):
        steps = [
            path(f"<path:object_id>/{name}/", self.staff_view(self.step(name)), name=f"ledgers_campaign_{name}")
            for name in STEPS
        ]
        return steps + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Read: the page of the campaign; with ?edit the form."""
        if request.method not in SAFE_METHODS or EDIT in request.GET:
            return super().change_view(request, object_id, form_url, extra_context)
        request.reading_record = True
        campaign = self.campaign_of(request, object_id)
        sums, lines = totals(campaign), route_lines(self.routes_of(campaign))
        context = {
            "title": self.title_of(campaign), "original": campaign, "campaign": campaign, "totals": sums,
            "over": sums.over(campaign.budget), "left": left_over(campaign, sums),
            "tone": TONES[campaign.state], "categories": by_category(campaign), "routes": lines,
            "sources": list(campaign.sources.all()), "record_tools": self.record_tools(request, campaign),
            "steps": self.steps_for(request, campaign), "may_change": self.may_change(request, campaign),
            "pages": self.pages_of(campaign), "may_export": request.user.has_perm("registry.export_cadre"),
            "may_route": request.user.has_perm("ledgers.add_visitroute"),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/campaign_page.html", context)

    def routes_of(self, campaign):
        rows = campaign.routes.filter(voided_at__isnull=True).select_related("leader", "visitor")
        return rows.order_by("on_day", "pk")

    def pages_of(self, campaign) -> dict[str, str]:
        names = ("select", "people", "person", "layers", "unclaimed", "export")
        return {name: reverse(f"admin:ledgers_campaign_{name}", args=[campaign.pk]) for name in names}

    def steps_for(self, request, campaign) -> list[dict]:
        if campaign.voided_at or not self.may_step(request, campaign):
            return []
        return [
            {"label": STEPS[name][1], "url": reverse(f"admin:ledgers_campaign_{name}", args=[campaign.pk])}
            for name in STEPS_OF[CampaignState(campaign.state)]
        ]

    def may_step(self, request, campaign) -> bool:
        return self.rows_for(request.user, APPROVE).filter(pk=campaign.pk).exists()

    def campaign_of(self, request, object_id) -> Campaign:
        campaign = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, campaign):
            raise PermissionDenied
        return campaign

    def step(self, name: str):
        """A page that asks once more, then takes the step."""
        act, title, button, lead, form_class = STEPS[name]

        def view(request, object_id):
            campaign = self.campaign_of(request, object_id)
            if not self.may_step(request, campaign):
                raise PermissionDenied
            form = form_class(request.POST if request.method == "POST" else None)
            if request.method == "POST" and form.is_valid():
                values = {"on": timezone.localdate()} if form_class is SureForm else form.cleaned_data
                try:
                    act(campaign, actor=request.user, **values)
                except BusinessError as refusal:
                    form.refuse(refusal)
                else:
                    messages.success(request, f"{title}：办好了。")
                    return HttpResponseRedirect(self.url_of("change", campaign))
            sums = totals(campaign)
            words = (
                f"名单 {sums.people} 位，{sums.stops} 户，合计 {sums.planned:,.2f} 元，预算 {campaign.budget:,.2f} 元。"
            )
            context = {
                "title": f"{title}：{campaign.name}", "form": form, "back": self.url_of("change", campaign),
                "lead": lead + words,
                "buttons": [("go", button)], "list_url": reverse("admin:ledgers_campaign_changelist"),
                "list_words": "节日慰问",
            }  # fmt: skip
            return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

        return view
