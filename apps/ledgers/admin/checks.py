"""当日上门核实: who does not answer, how to reach him, who is near; and the report that ends it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.models import User
from apps.common import audit
from apps.common.admin import SAFE_METHODS, RecordAdmin
from apps.common.errors import BusinessError
from apps.ledgers.access import open_to
from apps.ledgers.board import open_words
from apps.ledgers.choices import CheckResult
from apps.ledgers.forms import CheckReportForm, ReasonForm
from apps.ledgers.models import Contact, SafetyCheck
from apps.ledgers.queries import responsible_for_cadres
from apps.ledgers.services import call_off_check, report_check
from apps.people.queries import reach_of
from apps.registry.admin.scope import may_on

from .filters import DefaultFilter, UnitOfCadreFilter

RECORD = "ledgers.record_contact"
CALL_OFF = "ledgers.change_contact"
MOST_CALLS = 10


class OpenFilter(DefaultFilter):
    """Without a choice: what nobody has reported on."""

    default_label = "还没有核实"
    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("closed", "已核实"), ("off", "已撤销"), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() == "off":
            return queryset.filter(result=CheckResult.CALLED_OFF)
        if self.value() == "closed":
            return queryset.filter(closed_at__isnull=False).exclude(result=CheckResult.CALLED_OFF)
        return queryset.open()


@admin.register(SafetyCheck)
class SafetyCheckAdmin(RecordAdmin):
    empty_words = "一天里几次打不通的独居老同志会列在这里，要当天上门。"
    list_display = ("who", "raised", "where", "carer", "state")
    list_display_links = ("raised",)
    list_filter = (OpenFilter, UnitOfCadreFilter)
    select_related_in_list = ("cadre__person__community", "cadre__managing_unit", "closed_by")
    select_related_in_record = ("cadre__person__community", "cadre__managing_unit", "closed_by", "raised_by")
    ordering = ("-raised_at", "-pk")
    sortable_by = ()
    record_template = "admin/ledgers/safety_check.html"

    def people_of(self, obj):
        return [obj.cadre_id]

    def title_of(self, obj):
        return f"当日上门核实：{obj.cadre.person.name}"

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        """Checks are raised by calls and ended by reports, never typed."""
        return False

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        names = self.responsible_names({row.cadre_id: row.cadre.managing_unit_id for row in rows})
        for row in rows:
            row.responsible_name = names.get(row.cadre_id, "")
        changelist.result_list = rows
        return changelist

    def responsible_names(self, unit_of: dict[int, int]) -> dict[int, str]:
        found = responsible_for_cadres(unit_of)
        names = {user.pk: str(user) for user in User.objects.filter(pk__in=set(filter(None, found.values())))}
        return {cadre: names[user] for cadre, user in found.items() if user in names}

    @admin.display(description="老同志")
    def who(self, obj):
        url = reverse("admin:registry_cadre_change", args=[obj.cadre_id])
        return format_html('<a href="{}">{}</a>', url, obj.cadre.person.name)

    @admin.display(description="发出时间")
    def raised(self, obj):
        return f"{timezone.localtime(obj.raised_at):%Y-%m-%d %H:%M}"

    @admin.display(description="在哪里")
    def where(self, obj):
        return str(obj.cadre.person.community or obj.cadre.managing_unit)

    @admin.display(description="谁负责", empty_value="还没有人")
    def carer(self, obj):
        return getattr(obj, "responsible_name", "") or None

    @admin.display(description="状态")
    def state(self, obj):
        if obj.closed_at:
            words = f"{obj.get_result_display()}（{obj.closed_by or ''}）"
            return format_html('<span class="tag done">{}</span>', words)
        return format_html('<span class="tag late">{}</span>', open_words(obj, timezone.now()))

    # Page

    def get_urls(self):
        pages = [
            path(f"<path:object_id>/{act}/", self.staff_view(view), name=f"ledgers_safetycheck_{act}")
            for act, view in (("report", self.report_view), ("call-off", self.call_off_view))
        ]
        return [*pages, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The page to act from: numbers and address show to whoever must go, and the look is logged first."""
        if request.method not in SAFE_METHODS:
            raise PermissionDenied
        if not self.has_view_permission(request):
            raise PermissionDenied
        check = self.get_object(request, object_id)
        cadre = check.cadre
        seen = self.opened(request, check)
        calls = Contact.objects.standing().filter(participants__person_id=cadre.pk).exclude(outcome="")
        context = {
            "title": self.title_of(check),
            "original": check,
            "check": check,
            "cadre": cadre,
            "open_words": open_words(check, timezone.now()),
            "reach": reach_of([cadre.pk], with_phones=seen)[cadre.pk],
            "community": cadre.person.community,
            "calls": list(calls.select_related("recorded_by").defer("body_state", "thoughts")[:MOST_CALLS]),
            "responsible": self.responsible_names({cadre.pk: cadre.managing_unit_id}).get(cadre.pk, ""),
            "tools": self.record_tools(request, check),
            "died": check.result == CheckResult.DIED and cadre.person.life_status == "living",
        }
        fields = ["safety_check", *(["phone", "residence"] if seen else [])]
        audit.look(
            "open", actor=request.user, people=[cadre.pk], fields=fields,
            target=f"ledgers.safetycheck:{check.pk}", request=request,
        )  # fmt: skip
        return self.page(request, self.record_template, context)

    def opened(self, request, check) -> set[int]:
        """Whoever may go and look sees number and address while the check is open, and later only of his own."""
        if check.closed_at is None and may_on(request, check.cadre_id, RECORD):
            return {check.cadre_id}
        return open_to(request.user, [check.cadre_id])

    def record_tools(self, request, obj):
        tools = []
        if obj.closed_at is None and may_on(request, obj.cadre_id, RECORD):
            tools.append({"label": "报告情况", "url": self.url_of("report", obj), "main": True})
        if obj.closed_at is None and may_on(request, obj.cadre_id, CALL_OFF):
            tools.append({"label": "误报，撤销", "url": self.url_of("call-off", obj)})
        return tools

    def history_view(self, request, object_id, extra_context=None):
        """All there is to know stands on its page."""
        return HttpResponseRedirect(self.url_of("change", self.get_object(request, object_id)))

    # Acts

    def report_view(self, request, object_id):
        check = self.actable(request, object_id, RECORD)
        form = CheckReportForm(request.POST or None, initial={"happened_on": timezone.localdate(), "by": "carer"})
        if request.method == "POST" and form.is_valid():
            try:
                check = report_check(check, form.report(), actor=request.user, on=timezone.localdate())
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return self.reported(request, check)
        return self.act_page(
            request, check, form, title="报告情况", button="报告",
            lead="见到本人，或者和本人通了话，才算核实。报告以后，大家的提醒都停下来。",
        )  # fmt: skip

    def reported(self, request, check):
        if check.result == CheckResult.DIED:
            messages.warning(request, "请接着登记离世情况。")
            return HttpResponseRedirect(reverse("admin:registry_cadre_event", args=[check.cadre_id]))
        messages.success(request, f"已记下：{check.get_result_display()}。")
        return HttpResponseRedirect(self.url_of("change", check))

    def call_off_view(self, request, object_id):
        check = self.actable(request, object_id, CALL_OFF)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            call_off_check(check, actor=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, "已撤销。")
            return HttpResponseRedirect(self.url_of("change", check))
        return self.act_page(
            request, check, form, title="误报，撤销", button="撤销", lead="登记错了才撤销；没找到人的不要撤销。"
        )

    def actable(self, request, object_id, permission: str) -> SafetyCheck:
        check = self.get_object(request, object_id)
        if not may_on(request, check.cadre_id, permission):
            raise PermissionDenied
        return check

    def act_page(self, request, check, form, *, title: str, button: str, lead: str):
        if check.closed_at is not None:
            messages.info(request, f"已经有人报告：{check.get_result_display()}。")
            return HttpResponseRedirect(self.url_of("change", check))
        context = {
            "title": f"{title}：{check.cadre.person.name}",
            "original": check,
            "form": form,
            "media": form.media,
            "lead": lead,
            "back": self.url_of("change", check),
            "buttons": [("save", button)],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)
