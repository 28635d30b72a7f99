"""长期用药 of whoever agreed; and thoughts, behind their own right."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_pages import Block, day
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.ledgers.choices.assessment import ThoughtKind
from apps.ledgers.forms.cases import MedicineForm, ThoughtForm
from apps.ledgers.models import Medicine, Thought
from apps.ledgers.services.medicines import add_medicine, agree, standing_consent, stop_medicine, withdraw
from apps.ledgers.services.thoughts import change_thought, follow_up, record_thought

from .case_base import VIEW_HEALTH, VIEW_THOUGHTS, OfCadreRecord
from .filters import DefaultFilter, UnitOfCadreFilter

AGREED = "已经问过本人，本人同意登记用药"


class TakenFilter(DefaultFilter):
    default_label = "正在服用"
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [("stopped", "已停药"), ("void", "本人撤回或作废")]

    def queryset(self, request, queryset):
        if self.value() == "void":
            return queryset.filter(voided_at__isnull=False)
        return queryset.filter(voided_at__isnull=True, stopped_on__isnull=self.value() != "stopped")


@admin.register(Medicine)
class MedicineAdmin(OfCadreRecord):
    """Names of medicines show on the page of one, never in the list."""

    sealed = VIEW_HEALTH
    seen_fields = ("medication",)
    select_related_in_record = ("cadre__person", "cadre__managing_unit", "consent")
    add_label = "登记长期用药"
    add_lead = "用药属于敏感个人信息，本人同意才登记；本人撤回同意，登记的马上清空。"
    add_form = MedicineForm
    empty_words = "本人同意以后，在老同志的页面上点“登记长期用药”。"
    list_display = ("who", "unit", "number", "began", "ended")
    list_display_links = ("number",)
    list_filter = (TakenFilter, UnitOfCadreFilter)
    ordering = ("cadre", "pk")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("name", "usage")

    def title_of(self, obj):
        return f"{obj.cadre.person.name}的长期用药"

    @admin.display(description="自何日起")
    def began(self, obj):
        return day(obj.since)

    @admin.display(description="停药")
    def ended(self, obj):
        return day(obj.stopped_on)

    @admin.display(description="用药")
    def number(self, obj):
        return f"打开查看（{obj.get_insured_display()}）"

    def extra_pages(self):
        return [
            ("stop", "<path:object_id>/stop/", self.stop_view),
            ("withdraw", "<path:object_id>/withdraw/", self.withdraw_view),
        ]

    def furnish(self, request, form, cadre):
        if cadre is None or standing_consent(cadre.pk) is None:
            form.fields["agreed"] = forms.BooleanField(label=AGREED, required=cadre is not None)

    def create(self, request, cadre, form):
        if standing_consent(cadre.pk) is None:
            if not form.cleaned_data.get("agreed"):
                raise BusinessError("要先问过本人，勾选同意，才能记用药。", code="consent", field="agreed")
            agree(cadre, actor=request.user)
        key = form.cleaned_data["form_key"]
        return add_medicine(form.facts(), cadre=cadre, actor=request.user, on=timezone.localdate(), form_key=key)

    def blocks(self, request, obj):
        yield Block("用药", [
            ("药名", obj.name or "已清空"), ("用法用量", obj.usage), ("医保", obj.get_insured_display()),
            ("自何日起", day(obj.since)), ("停药日期", day(obj.stopped_on) or "还在服用"),
            ("本人同意", f"{timezone.localtime(obj.consent.given_at):%Y-%m-%d}（{obj.consent.wording}）"),
        ])  # fmt: skip

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_change(request, obj) and not obj.voided_at:
            if obj.stopped_on is None:
                tools.insert(0, {"label": "已停药", "url": self.url_of("stop", obj), "main": True})
            tools.insert(1, {"label": "本人撤回同意", "url": self.url_of("withdraw", obj)})
        return tools

    def stop_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, PortalForm(request.POST if request.method == "POST" else None), title="已停药", button="确定",
            lead="今天起不再服用这种药。登记会留着。", done="已记下。",
            perform=lambda values: stop_medicine(obj, actor=request.user, on=timezone.localdate()),
        )  # fmt: skip

    def withdraw_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, PortalForm(request.POST if request.method == "POST" else None), title="本人撤回同意",
            lead="他登记的全部用药马上清空，不能恢复。以后要再登记，须重新问过本人。", button="清空全部用药",
            done="已清空。", perform=lambda values: withdraw(obj.cadre, actor=request.user),
        )  # fmt: skip


# Thoughts ---------------------------------------------------------------------------------------------------------


class ThoughtStateFilter(DefaultFilter):
    default_label = "历次"
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [("follow", "到日子该再了解的"), ("void", "作废的")]

    def queryset(self, request, queryset):
        if self.value() == "void":
            return queryset.filter(voided_at__isnull=False)
        if self.value() == "follow":
            due = {"follow_up_on__lte": timezone.localdate(), "followed_up_on__isnull": True}
            return queryset.standing().filter(**due)
        return queryset.standing()


class ThoughtKindFilter(admin.SimpleListFilter):
    title, parameter_name = "类型", "kind"

    def lookups(self, request, model_admin):
        return ThoughtKind.choices

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() in ThoughtKind.values else queryset


@admin.register(Thought)
class ThoughtAdmin(OfCadreRecord):
    sealed = VIEW_THOUGHTS
    seen_fields = ("thoughts",)
    voidable = True
    add_label = "登记思想动态或心理疏导"
    add_lead = "只有授权的人能看，每次查看都有记录；不出现在走访卡片、名单和本人、家属的页面上。"
    add_form = change_form_class = ThoughtForm
    empty_words = "谈话中了解到的思想情况、做过的心理疏导，记在这里。"
    list_display = ("who", "unit", "when", "kind_words", "counsellor", "follow_words")
    list_display_links = ("when",)
    list_filter = (ThoughtStateFilter, ThoughtKindFilter, UnitOfCadreFilter)
    ordering = ("-happened_on", "-pk")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content", "advice")

    def title_of(self, obj):
        return f"{obj.cadre.person.name}：{obj.get_kind_display()}（{obj.happened_on:%Y-%m-%d}）"

    def extra_pages(self):
        return [("follow", "<path:object_id>/follow/", self.follow_view)]

    @admin.display(description="哪一天")
    def when(self, obj):
        return day(obj.happened_on)

    @admin.display(description="类型")
    def kind_words(self, obj):
        return obj.get_kind_display()

    @admin.display(description="再了解")
    def follow_words(self, obj):
        if not obj.follow_up_on:
            return ""
        if obj.followed_up_on:
            return f"{day(obj.followed_up_on)} 已了解"
        tone = "late" if obj.follow_up_on < timezone.localdate() else "soon"
        return format_html('<span class="tag {}">{}</span>', tone, f"{day(obj.follow_up_on)} 前")

    def initial_for(self, request, cadre):
        return {"happened_on": timezone.localdate(), "counsellor": str(request.user)}

    def create(self, request, cadre, form):
        key = form.cleaned_data["form_key"]
        return record_thought(form.facts(), cadre=cadre, actor=request.user, on=timezone.localdate(), form_key=key)

    def values_of(self, obj):
        names = ("kind", "happened_on", "method", "counsellor", "advice", "follow_up_on")
        return {"content_text": obj.content} | {name: getattr(obj, name) for name in names}

    def change(self, request, obj, form):
        seen = form.cleaned_data["seen_version"]
        change_thought(obj, form.facts(), actor=request.user, on=timezone.localdate(), version=seen)

    def edit_page(self, request, obj):
        """The form shows what is written: a look like any other."""
        if request.method != "POST":
            self.log_look(request, obj)
        return super().edit_page(request, obj)

    def blocks(self, request, obj):
        yield Block(
            "情况",
            [
                ("哪一天", day(obj.happened_on)),
                ("方式", obj.get_method_display()),
                ("谁谈的（疏导人）", obj.counsellor),
                ("情况", obj.content),
                ("疏导和建议", obj.advice or "没有"),
                ("哪天再了解", day(obj.follow_up_on) or "不用"),
                ("已了解", day(obj.followed_up_on) or "—"),
                ("登记人", str(obj.recorded_by or "")),
            ],
        )

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        waits = obj.follow_up_on and not obj.followed_up_on and not obj.voided_at
        if waits and self.may_change(request, obj):
            tools.insert(0, {"label": "已再了解", "url": self.url_of("follow", obj), "main": True})
        return tools

    def follow_view(self, request, object_id):
        obj = self.actable(request, object_id)
        if not obj.follow_up_on:
            raise PermissionDenied
        if request.method == "POST":
            follow_up(obj, actor=request.user, on=timezone.localdate())
            messages.success(request, "已记下。新的情况请另外登记一条。")
            add = f"{reverse('admin:ledgers_thought_add')}?cadre={obj.cadre_id}"
            return HttpResponseRedirect(add if request.user.has_perm(self.right("add")) else self.url_of("change", obj))
        return self.one_act(
            request, obj, PortalForm(None), title="已再了解", lead="记下今天又了解过，接着登记这次的情况。",
            button="确定", done="", perform=lambda values: None,
        )  # fmt: skip
