"""改电话和住址: what old comrades and their families asked for, until somebody has verified it."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.phone import dial_link, masked_phone, readable_phone
from apps.ledgers.services.change_requests import Decision, accept, refuse
from apps.organisation.queries import rule_values, work_calendar
from apps.people.choices import ChangeKind, ChangeState
from apps.people.family_rules import FamilyRules, waits_too_long
from apps.people.models import ChangeRequest
from apps.registry.admin.parts import cadre_url
from apps.registry.admin.scope import OfPersonMixin

from .filters import DefaultFilter
from .proxies import relative_words, sent_of

TONES = {ChangeState.WAITING: "soon", ChangeState.ACCEPTED: "done"}
LEADS = {
    ChangeKind.PHONE: "请打新号码，听是不是本人接，问清楚是不是他要改。再打一次原来的号码更稳妥。",
    ChangeKind.ADDRESS: "请打他登记的电话问一问，或者请支部、社区核对。核实后按迁居登记。",
    ChangeKind.ACT: "家里两位的要求不一样，都没有办。请打本人登记的电话，听他自己的意思，再照他的意思办。",
}


class DecisionForm(PortalForm):
    verified = forms.CharField(
        label="怎样核实的", max_length=200, widget=forms.Textarea({"rows": 2}),
        help_text="例如 今天上午打电话，本人接听，说确实要改",
    )  # fmt: skip
    answer = forms.CharField(
        label="给本人的话", max_length=200, required=False, widget=forms.Textarea({"rows": 2}),
        help_text="本人在“我的”页面看到。不改的，一定要写明为什么。",
    )  # fmt: skip


class StateFilter(DefaultFilter):
    default_label = "等核实"
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [("rival", "家里人要求不一"), ("late", "等得太久"), ("decided", "已办、没有办"), ("all", "全部")]

    def queryset(self, request, queryset):
        waiting = queryset.filter(state=ChangeState.WAITING, voided_at__isnull=True)
        if self.value() == "rival":
            return waiting.filter(rival__isnull=False)
        if self.value() == "late":
            today = timezone.localdate()
            rules = rule_values(FamilyRules.rule_key, on=today)
            return waiting.filter(asked_on__lt=work_calendar().add_workdays(today, -rules.answer_workdays))
        if self.value() == "decided":
            return queryset.exclude(state=ChangeState.WAITING)
        return queryset if self.value() == "all" else waiting


@admin.register(ChangeRequest)
class ChangeRequestAdmin(OfPersonMixin, RecordAdmin):
    empty_words = "老同志或家属在“我的”页面提出改电话、住址以后，会列在这里等核实。"
    list_display = ("who", "kind", "asked_by_words", "asked_on", "state_words", "rival_words")
    list_display_links = ("who",)
    list_filter = (StateFilter, "kind")
    search_fields = ("person__name",)
    search_help_text = "老同志的姓名"
    select_related_in_list = ("person", "grant__relative", "asked_by")
    select_related_in_record = (
        "person", "grant__relative", "asked_by", "replaces", "rival__grant__relative", "rival__asked_by", "decided_by"
    )  # fmt: skip
    ordering = ("asked_on", "pk")
    sortable_by = ()

    def has_add_permission(self, request):
        """People ask for themselves; staff change phone and address on the person's page."""
        return False

    def title_of(self, obj):
        return f"{obj.person.name}：{obj.get_kind_display()}"

    @admin.display(description="老同志")
    def who(self, obj):
        return obj.person.name

    @admin.display(description="谁提的")
    def asked_by_words(self, obj):
        return asker_words(obj)

    @admin.display(description="情况")
    def state_words(self, obj):
        words, tone = obj.get_state_display(), TONES.get(obj.state, "")
        if obj.state == ChangeState.WAITING and getattr(obj, "is_late", False):
            words, tone = "等得太久，请尽快核实", "late"
        return format_html('<span class="tag {}">{}</span>', tone, words)

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        today, calendar = timezone.localdate(), work_calendar()
        rules = rule_values(FamilyRules.rule_key, on=today)
        rows = list(changelist.result_list)
        for row in rows:
            row.is_late = waits_too_long(row.asked_on, today, rules, calendar)
        changelist.result_list = rows
        return changelist

    @admin.display(description="要留意")
    def rival_words(self, obj):
        return format_html('<span class="tag late">{}</span>', "和家里别人的要求不一样") if obj.rival_id else ""

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What is asked for, what stands now, who wants something else; and the decision."""
        row = self.get_object(request, object_id)
        if not self.has_view_permission(request, row) or (
            request.method == "POST" and not self.may_change(request, row)
        ):
            raise PermissionDenied
        form = DecisionForm(*sent_of(request))
        if request.method == "POST" and form.is_valid():
            try:
                self.decide(request, row, form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(self.url_of("change", row))
        if request.method != "POST":
            audit.look("see_contact", actor=request.user, people=[row.person_id], fields=[row.kind],
                       target=f"people.changerequest:{row.pk}", request=request)  # fmt: skip
        is_phone = row.kind == ChangeKind.PHONE
        context = {
            "title": self.title_of(row),
            "original": row,
            "row": row,
            "facts": self.facts_of(row),
            "wanted": readable_phone(row.wanted) if is_phone else row.wanted,
            "dial": dial_link(row.wanted) if is_phone else "",
            "rival": self.rival_of(row),
            "lead": LEADS[ChangeKind(row.kind)],
            "form": form,
            "may_decide": row.state == ChangeState.WAITING and self.may_change(request, row),
            "accept_label": "照这样办" if row.kind != ChangeKind.ACT else "问清了，办结",
            "home": cadre_url(self.admin_site, row.person_id),
        }
        return self.page(request, "admin/ledgers/change_request.html", context, status=422 if form.errors else 200)

    def decide(self, request, row: ChangeRequest, values: dict) -> None:
        decision = Decision(verified=values["verified"], answer=values["answer"])
        act, words = (refuse, "已记下，没有改。") if "refuse" in request.POST else (accept, "已办，本人会看到。")
        with transaction.atomic():
            act(row, decision, actor=request.user, on=timezone.localdate())
        messages.success(request, words)

    @staticmethod
    def facts_of(row: ChangeRequest) -> list[tuple[str, object]]:
        facts: list[tuple[str, object]] = [
            ("谁提的", asker_words(row)),
            ("提出日期", f"{row.asked_on:%Y-%m-%d}"),
            ("情况", row.get_state_display()),
        ]
        if row.kind == ChangeKind.PHONE:
            old = masked_phone(row.replaces.number) if row.replaces else "不代替，多加一个"
            facts.append(("代替哪个号码", old))
        if row.decided_on:
            facts += [("办理", f"{row.decided_on:%Y-%m-%d} {row.decided_by or ''}"), ("怎样核实的", row.verified),
                      ("给本人的话", row.answer)]  # fmt: skip
        return facts

    @staticmethod
    def rival_of(row: ChangeRequest) -> dict | None:
        """The wish that this one contradicts, else one that contradicts this one and still waits."""
        later = ChangeRequest.objects.filter(rival=row, state=ChangeState.WAITING, voided_at__isnull=True)
        other = row.rival or later.select_related("grant__relative").order_by("pk").first()
        if other is None:
            return None
        wanted = readable_phone(other.wanted) if other.kind == ChangeKind.PHONE else other.wanted
        return {
            "who": asker_words(other),
            "on": other.asked_on,
            "wanted": wanted,
            "state": other.get_state_display(),
        }


def asker_words(row: ChangeRequest) -> str:
    """本人, or the relative who asked on his behalf."""
    return f"{relative_words(row.grant)}代提" if row.grant_id else "本人"
