"""What was told about people: 待核实 first, confirmed or rejected by a clerk, undone exactly."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html

from apps.common import audit, sources
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.voiding import check_reason
from apps.registry.choices import LifeEventKind, LifeEventState
from apps.registry.models import LifeEvent
from apps.registry.services import life

from . import page
from .acts import CONFIRM, VIEW_CONTACT, VIEW_HEALTH
from .scope import OfPersonMixin, may_on

ACTS = {
    "confirm": ("核实，让它生效", LifeEventState.REPORTED),
    "reject": ("不属实", LifeEventState.REPORTED),
    "undo": ("撤销", LifeEventState.CONFIRMED),
}
DONE = {"confirm": "已核实并生效。", "reject": "已记为不属实。", "undo": "已撤销，恢复到变动以前。"}


class StateFilter(admin.SimpleListFilter):
    """Without a choice: what waits for a clerk."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        others = [(value, label) for value, label in LifeEventState.choices if value != LifeEventState.REPORTED]
        return [*others, ("loose", "撤销时有没恢复的"), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() == "loose":
            return queryset.filter(settled_at__isnull=True).exclude(loose_ends=[])
        return queryset.filter(state=self.value() or LifeEventState.REPORTED)

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": LifeEventState.REPORTED.label}
        yield from others


class KindFilter(admin.SimpleListFilter):
    title = "情况"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return LifeEventKind.choices

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(LifeEvent)
class LifeEventAdmin(OfPersonMixin, RecordAdmin):
    list_display = ("person_name", "kind_words", "when", "reported", "state_words", "decide")
    list_display_links = ("kind_words",)
    list_filter = (StateFilter, KindFilter)
    select_related_in_list = ("person", "reported_by", "unit")
    ordering = ("-reported_at", "-pk")
    sortable_by = ()

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        """Events are decided, never edited."""
        return False

    @admin.display(description="老同志")
    def person_name(self, obj):
        url = reverse(f"{self.admin_site.name}:registry_cadre_change", args=[obj.person_id])
        return format_html('<a href="{}">{}</a>', url, obj.person.name)

    @admin.display(description="情况")
    def kind_words(self, obj):
        return obj.get_kind_display()

    @admin.display(description="发生时间")
    def when(self, obj):
        return obj.happened_on.display()

    @admin.display(description="报告")
    def reported(self, obj):
        return f"{sources.words(obj.source, str(obj.reported_by or '系统'))}　{obj.reported_at:%m-%d}"

    @admin.display(description="状态")
    def state_words(self, obj):
        return obj.get_state_display()

    @admin.display(description="办理")
    def decide(self, obj):
        if obj.state != LifeEventState.REPORTED:
            return ""
        return format_html('<a href="{}">去核实</a>', self.url_of("change", obj))

    def get_urls(self):
        view = self.staff_view(self.decide_view)
        settle = self.staff_view(self.settle_view)
        return [
            path("<path:object_id>/decide/", view, name="registry_lifeevent_decide"),
            path("<path:object_id>/settle/", settle, name="registry_lifeevent_settle"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        event = self.get_object(request, unquote(object_id))
        audit.record(
            "open", actor=request.user, people=[event.person_id], fields=["lifeevent"], target=self._target(event),
            request=request,
        )  # fmt: skip
        return self.event_page(request, event)

    def event_page(self, request, event: LifeEvent, error: str = ""):
        person_url = reverse(f"{self.admin_site.name}:registry_cadre_change", args=[event.person_id])
        rows = page.rows_of(event, ("kind", "happened_on", "unit", "document_no"))
        if event.address:
            shown = event.address if may_on(request, event.person_id, VIEW_CONTACT) else page.MASKED
            rows.append(page.Row("新地址", shown))
        if may_on(request, event.person_id, VIEW_HEALTH):
            rows += page.rows_of(event, ("hospital", "ward"))
            rows.append(page.Row("详细情况", event.detail or ""))
        rows += [page.Row("信息来源", event.get_source_display()), page.Row("状态", event.get_state_display())]
        for label, who, at in (
            ("报告", event.reported_by, event.reported_at),
            ("核实", event.decided_by, event.decided_at),
            ("撤销", event.undone_by, event.undone_at),
        ):
            if at and (who or label == "报告"):
                who = sources.words(event.source, str(who or "系统")) if label == "报告" else who or "系统"
                rows.append(page.Row(label, f"{who}　{at.astimezone():%Y-%m-%d %H:%M}"))
        may_decide = may_on(request, event.person_id, CONFIRM)
        acts = [(act, words) for act, (words, state) in ACTS.items() if may_decide and event.state == state]
        context = {
            "title": f"{event.person.name}：{event.get_kind_display()}",
            "original": event,
            "rows": rows,
            "acts": acts,
            "asks_reason": any(act != "confirm" for act, _ in acts),
            "decide_url": self.url_of("decide", event),
            "person_url": person_url,
            "reason": request.POST.get("reason", ""),
            "error": error,
            "loose_ends": event.loose_ends,
            "may_settle": may_decide and event.settled_at is None,
            "settle_url": self.url_of("settle", event),
        }
        return self.page(request, "admin/registry/life_event.html", context, status=422 if error else 200)

    def decide_view(self, request, object_id):
        event = self.get_object(request, unquote(object_id))
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of("change", event))
        act = request.POST.get("act")
        if act not in ACTS or not may_on(request, event.person_id, CONFIRM):
            raise PermissionDenied
        reason = request.POST.get("reason", "")
        try:
            if act == "confirm":
                life.confirm(event, actor=request.user)
            else:
                act_on = life.reject if act == "reject" else life.undo
                act_on(event, reason=check_reason(reason), actor=request.user)
        except BusinessError as refusal:
            return self.event_page(request, event, refusal.sentence)
        messages.success(request, DONE[act])
        self.tell_loose_ends(request, event)
        return HttpResponseRedirect(self.url_of("change", event))

    def tell_loose_ends(self, request, event: LifeEvent) -> None:
        """What undoing could not put back, at once; it stays on the list until somebody has seen to it."""
        event.refresh_from_db(fields=["loose_ends", "settled_at"])
        if event.settled_at is None:
            for words in event.loose_ends:
                messages.warning(request, words)

    def settle_view(self, request, object_id):
        """Somebody has seen to what could not be put back."""
        event = self.get_object(request, unquote(object_id))
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of("change", event))
        if not may_on(request, event.person_id, CONFIRM):
            raise PermissionDenied
        life.settle(event, actor=request.user)
        messages.success(request, "已记下：有人处理过了。")
        return HttpResponseRedirect(self.url_of("change", event))
