"""The auditor's pages: who did what, who looked at whose file, and whether the record still holds. Ids, no people."""

import datetime

from django.contrib import admin
from django.db.models import Q
from django.http import Http404
from django.urls import path, reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit as audit_log
from apps.common.admin import RecordAdmin
from apps.common.audit_actions import ACTION_NAMES, action_name
from apps.common.models import AuditEntry, AuditSeal

from . import audit
from .forms import LooksForm

COLUMNS = ["时间", "操作人", "动作", "涉及字段", "理由", "来源地址"]
SHOWN_PEOPLE = 50


class ActionFilter(admin.SimpleListFilter):
    title = "动作"
    parameter_name = "action"

    def lookups(self, request, model_admin):
        return list(ACTION_NAMES.items())

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


class DayFilter(admin.SimpleListFilter):
    """A day as YYYY-MM-DD, or a stretch of days up to now."""

    title = "日期"
    parameter_name = "day"
    stretches = {"1": "今天", "7": "最近 7 天", "30": "最近 30 天", "90": "最近 90 天"}
    template = "admin/reports/day_filter.html"

    def lookups(self, request, model_admin):
        return list(self.stretches.items())

    def choices(self, changelist):
        others = [(name, value) for name, value in changelist.params.items() if name != self.parameter_name]
        for choice in super().choices(changelist):
            yield {**choice, "others": others, "day": "" if self.value() in self.stretches else self.value() or ""}

    def queryset(self, request, queryset):
        value = self.value()
        if not value:
            return queryset
        today = timezone.localdate()
        try:
            first = today - datetime.timedelta(days=int(value) - 1) if value in self.stretches else None
            first = first or datetime.date.fromisoformat(value)
        except ValueError:
            return queryset.none()
        last = today if value in self.stretches else first
        return queryset.filter(at__gte=_midnight(first), at__lt=_midnight(last + datetime.timedelta(days=1)))


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


class LogAdmin(RecordAdmin):
    """Rows that nobody writes by hand: no history page, nothing to change."""

    open_to_viewers = True

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def record_tools(self, request, obj):
        return []

    def history_view(self, request, object_id, extra_context=None):
        raise Http404


@admin.register(AuditEntry)
class AuditEntryAdmin(LogAdmin):
    list_display = ["at", "actor", "act", "field_names", "reason", "subject_count", "about", "address"]
    list_display_links = ["at"]
    list_filter = [ActionFilter, DayFilter]
    search_fields = ["actor_id"]
    search_help_text = "操作人的用户名或姓名"
    ordering = ["-id"]
    fields = ["at", "actor", "act", "field_names", "reason", "address", "about", "subject_count", "people"]
    readonly_fields = fields

    def get_search_results(self, request, queryset, search_term):
        """By the account that acted: its user name or its holder's name."""
        if not search_term.strip():
            return queryset, False
        term = search_term.strip()
        found = User.objects.filter(Q(username__iexact=term) | Q(display_name=term)).values_list("pk", flat=True)
        return queryset.filter(actor_id__in=list(found)), False

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        self.actor_names = audit.names_of_actors(changelist.result_list)
        return changelist

    def get_object(self, request, object_id, from_field=None):
        entry = super().get_object(request, object_id, from_field)
        self.actor_names = audit.names_of_actors([entry])
        return entry

    def changelist_view(self, request, extra_context=None):
        looks = {"label": "谁看过某位老同志", "url": reverse("admin:audit_looks")}
        return super().changelist_view(request, {"list_tools": [looks], **(extra_context or {})})

    @admin.display(description="操作人")
    def actor(self, entry):
        return self.actor_names.get(entry.actor_id, f"账号 {entry.actor_id}")

    @admin.display(description="动作")
    def act(self, entry):
        return action_name(entry.action)

    @admin.display(description="涉及字段")
    def field_names(self, entry):
        return audit.field_words(entry.fields, entry.target)

    @admin.display(description="对象")
    def about(self, entry):
        return audit.target_words(entry.target) if entry.target else ""

    @admin.display(description="涉及人员编号")
    def people(self, entry):
        ids = list(entry.subjects.order_by("id").values_list("person_id", flat=True)[: SHOWN_PEOPLE + 1])
        return "、".join(map(str, ids[:SHOWN_PEOPLE])) + ("……" if len(ids) > SHOWN_PEOPLE else "")

    def get_urls(self):
        return [path("looks/", self.staff_view(self.looks_view), name="audit_looks"), *super().get_urls()]

    def looks_view(self, request):
        """Who looked at a person: asked by POST, so that no number stands in an address; on record itself."""
        if not self.has_view_permission(request):
            raise Http404
        form = LooksForm(request.POST or None, initial={"days": 90})
        rows = None
        if request.method == "POST" and form.is_valid():
            person = form.cleaned_data["who"]
            rows = audit.rows_of(audit.looks_at(person, form.since()))
            audit_log.record("looks_of_person", actor=request.user, people=[person])
        context = {"title": "谁看过某位老同志", "form": form, "rows": rows, "columns": COLUMNS, "most": audit.MOST}
        return self.page(request, "admin/reports/looks.html", context, status=422 if form.errors else 200)


@admin.register(AuditSeal)
class AuditSealAdmin(LogAdmin):
    """The chain that shows whether the record was tampered with; `manage verify_audit` recomputes it."""

    list_display = ["sealed_at", "entry_count", "from_xid", "until_xid", "digest_text"]
    ordering = ["-id"]
    fields = list_display
    readonly_fields = fields

    @admin.display(description="摘要")
    def digest_text(self, seal):
        return bytes(seal.digest).hex()
