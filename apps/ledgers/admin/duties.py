"""联系看望任务: what is owed, by whom, until when; read-only, with the way to record it or to let it go."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.models import User
from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.ledgers.board import due_words, paper_tools, record_url
from apps.ledgers.forms import ReasonForm
from apps.ledgers.looks import reach_to_show
from apps.ledgers.models import Duty
from apps.ledgers.queries import responsible_for_cadres
from apps.ledgers.rules import DAY
from apps.ledgers.services import waive_duty
from apps.registry.admin.scope import may_on

from .filters import DueFilter, DutyKindFilter, MineFilter, UnitOfCadreFilter
from .prints import PrintedLists

RECORD = "ledgers.record_contact"
WAIVE = "ledgers.waive_duty"


@admin.register(Duty)
class DutyAdmin(PrintedLists, RecordAdmin):
    list_display = ("who", "kind_words", "how", "period", "due", "responsible", "act")
    list_display_links = ("kind_words",)
    list_filter = (DueFilter, DutyKindFilter, MineFilter, UnitOfCadreFilter)
    select_related_in_list = ("cadre__person", "cadre__managing_unit")
    ordering = ("due_on", "pk")
    sortable_by = ()
    fields = ("who", "kind_words", "period", "due", "basis", "kept", "closed", "closed_note")

    def people_of(self, obj):
        return [obj.cadre_id]

    def title_of(self, obj):
        return f"{obj.cadre.person.name}：{obj.get_kind_display()}"

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        """Duties are planned, never typed."""
        return False

    def get_changelist_instance(self, request):
        """The responsible users of the page's rows, in the same few statements for one row and for fifty."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        found = responsible_for_cadres({row.cadre_id: row.cadre.managing_unit_id for row in rows})
        names = {user.pk: str(user) for user in User.objects.filter(pk__in={pk for pk in found.values() if pk})}
        today = timezone.localdate()
        for row in rows:
            row.responsible_name = names.get(found[row.cadre_id], "")
            row.may_record = request.user.has_perm(RECORD)
            row.today = today
        changelist.result_list = rows
        return changelist

    def changelist_view(self, request, extra_context=None):
        """How to reach each of the page's people, loaded and logged before the rows are made."""
        response = super().changelist_view(request, {"list_tools": paper_tools(request), **(extra_context or {})})
        context = getattr(response, "context_data", None) or {}
        rows = context["cl"].result_list if "cl" in context else []
        reach = reach_to_show(request, {row.cadre_id for row in rows})
        for row in rows:
            row.reach = reach.get(row.cadre_id)
        return response

    @admin.display(description="怎样联系")
    def how(self, obj):
        found = getattr(obj, "reach", None)
        return render_to_string("ui/reach.html", {"reach": found, "compact": True}) if found else ""

    @admin.display(description="老同志")
    def who(self, obj):
        url = reverse("admin:registry_cadre_change", args=[obj.cadre_id])
        return format_html('<a href="{}">{}</a>', url, obj.cadre.person.name)

    @admin.display(description="要办的事")
    def kind_words(self, obj):
        return f"{obj.words}　{obj.basis}".strip()

    @admin.display(description="期间")
    def period(self, obj):
        return f"{obj.period_start:%Y-%m-%d} 至 {obj.period_end - DAY:%Y-%m-%d}"

    @admin.display(description="期限")
    def due(self, obj):
        if obj.satisfied_on:
            late = "（逾期后补）" if obj.satisfied_on >= obj.period_end else ""
            return format_html('<span class="tag done">{} 已办{}</span>', f"{obj.satisfied_on:%Y-%m-%d}", late)
        if obj.closed_on:
            return format_html('<span class="tag">{}</span>', obj.get_closed_reason_display())
        words, tone = due_words(obj.due_on, timezone.localdate())
        return format_html('<span class="tag {}">{}</span>', tone, words)

    @admin.display(description="谁负责", empty_value="还没有人")
    def responsible(self, obj):
        return getattr(obj, "responsible_name", "") or None

    @admin.display(description="办理")
    def act(self, obj):
        if obj.satisfied_on or obj.closed_on or not getattr(obj, "may_record", False):
            return ""
        return format_html('<a href="{}">记走访</a>', record_url(obj.cadre_id, obj.pk))

    @admin.display(description="怎样办的")
    def kept(self, obj):
        if obj.satisfied_by_id is None:
            return "还没有办"
        url = reverse("admin:ledgers_contact_change", args=[obj.satisfied_by_id])
        return format_html('<a href="{}">{} 的走访记录</a>', url, f"{obj.satisfied_on:%Y-%m-%d}")

    @admin.display(description="结束")
    def closed(self, obj):
        return f"{obj.closed_on:%Y-%m-%d} {obj.get_closed_reason_display()}" if obj.closed_on else "—"

    # Acts

    def get_urls(self):
        view = self.staff_view(self.waive_view)
        return [path("<path:object_id>/waive/", view, name="ledgers_duty_waive"), *super().get_urls()]

    def record_tools(self, request, obj):
        tools = []
        is_open = obj.satisfied_on is None and obj.closed_on is None
        if is_open and may_on(request, obj.cadre_id, RECORD):
            tools.append({"label": "记走访", "url": record_url(obj.cadre_id, obj.pk), "main": True})
        if is_open and may_on(request, obj.cadre_id, WAIVE):
            tools.append({"label": "不再办理", "url": self.url_of("waive", obj)})
        return tools

    def history_view(self, request, object_id, extra_context=None):
        """Duties follow from other records, whose pages keep the history."""
        obj = self.get_object(request, unquote(object_id))
        return HttpResponseRedirect(self.url_of("change", obj))

    def waive_view(self, request, object_id):
        """Let a duty go with a reason, by somebody who may decide that."""
        duty = self.get_object(request, unquote(object_id))
        if not may_on(request, duty.cadre_id, WAIVE):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                waive_duty(duty, actor=request.user, reason=reason, on=timezone.localdate())
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                audit.record(
                    "waive", actor=request.user, people=[duty.cadre_id], fields=[duty.kind], reason=reason,
                    target=f"ledgers.duty:{duty.pk}", request=request,
                )  # fmt: skip
                messages.success(request, "已记为不再办理。")
                return HttpResponseRedirect(self.url_of("change", duty))
        context = {
            "title": f"不再办理：{self.title_of(duty)}",
            "original": duty,
            "form": form,
            "media": form.media,
            "lead": "这件事不会再提醒，原因留在记录里。",
            "back": self.url_of("change", duty),
            "buttons": [("save", "确定不再办理")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)
