"""一人一策: the list of plans, the plan of one person on one page, and carrying plans over."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin import RecordAdmin, is_reading
from apps.common.admin_base import EDIT
from apps.common.errors import BusinessError
from apps.ledgers.access import RECORD
from apps.ledgers.forms.plans import PlanForm
from apps.ledgers.models import PlanVersion, ServicePlan
from apps.ledgers.queries import plan_facts
from apps.ledgers.queries.plan_lines import About
from apps.ledgers.queries.plan_sections import lines_of
from apps.ledgers.queries.plans import PersonPlan, counts_of, plan_of
from apps.ledgers.services import plans as services
from apps.registry.admin.scope import PAGE_PERMISSIONS, may_on
from apps.registry.models import Cadre
from apps.registry.wording import age_of

from .filters import UnitOfCadreFilter
from .need_acts import plan_url
from .plan_figures import PlanFigures
from .plan_filters import CadreFilter, MyPeopleFilter, PlanStateFilter, YearFilter
from .plan_papers import PlanPapers
from .plan_photos import PlanPhotos

VIEW, ADD, CHANGE = (f"ledgers.{act}_serviceplan" for act in ("view", "add", "change"))
ADD_NEED, CHANGE_NEED, CHANGE_MEASURE = "ledgers.add_need", "ledgers.change_need", "ledgers.change_measure"
VIEW_REQUEST = "volunteers.view_servicerequest"
ASKED = (
    *PAGE_PERMISSIONS, VIEW, ADD, CHANGE, ADD_NEED, CHANGE_NEED, CHANGE_MEASURE, RECORD, "ledgers.view_caretier",
    plan_facts.VIEW_AID, plan_facts.VIEW_CONTACT, VIEW_REQUEST,
)  # fmt: skip


@admin.register(ServicePlan)
class ServicePlanAdmin(PlanFigures, PlanPapers, PlanPhotos, RecordAdmin):
    form = PlanForm
    voidable = True
    empty_words = "在老同志名单里筛出一批人，点“给筛选出的人制定今年的一人一策”；或者打开一位老同志逐个制定。"
    list_display = ("who_words", "unit_words", "year_words", "state_tag", "needs_words", "act")
    list_display_links = ("who_words",)
    list_filter = (YearFilter, PlanStateFilter, MyPeopleFilter, UnitOfCadreFilter, CadreFilter)
    select_related_in_list = ("cadre__person", "cadre__managing_unit")
    select_related_in_record = ("cadre__person", "cadre__managing_unit", "carried_from")
    ordering = ("-year", "pk")
    sortable_by = ()

    def people_of(self, obj):
        return [obj.cadre_id]

    def title_of(self, obj):
        return f"{obj.cadre.person.name}　{obj}"

    def has_add_permission(self, request):
        """Made from the person's page or for a group, never on an empty form."""
        return False

    # List

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        counts = counts_of(rows, timezone.localdate())
        for row in rows:
            row.counts = counts[row.pk]
        changelist.result_list = rows
        return changelist

    def changelist_view(self, request, extra_context=None):
        tools = [
            {"label": "需求", "url": reverse("admin:ledgers_need_changelist")},
            {"label": "办法", "url": reverse("admin:ledgers_measure_changelist")},
            {"label": "今年还没有的老同志", "url": f"{reverse('admin:registry_cadre_changelist')}?plan=none"},
            {"label": "办得怎样", "url": reverse("admin:ledgers_serviceplan_figures")},
        ]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    @admin.display(description="老同志")
    def who_words(self, obj):
        return obj.cadre.person.name

    @admin.display(description="管理单位")
    def unit_words(self, obj):
        return obj.cadre.managing_unit.short_name or obj.cadre.managing_unit.name

    @admin.display(description="年度")
    def year_words(self, obj):
        return f"{obj.year}年"

    @admin.display(description="办理情况")
    def state_tag(self, obj):
        if obj.voided_at or obj.closed_on:
            return format_html('<span class="tag">{}</span>', "已作废" if obj.voided_at else "人员变动，已结束")
        words, tone = obj.counts.words
        return format_html('<span class="tag {}">{}</span>', tone, words)

    @admin.display(description="需求")
    def needs_words(self, obj):
        counts = obj.counts
        return f"{counts.open} 件没办结，{counts.closed} 件已办结" if counts.open or counts.closed else ""

    @admin.display(description="台账")
    def act(self, obj):
        return format_html('<a href="{}">打开</a>', plan_url(obj.cadre_id, obj.year))

    # One person

    def get_urls(self):
        return [
            path("person/<int:cadre_id>/", self.staff_view(self.person_view), name="ledgers_serviceplan_person"),
            path("person/<int:cadre_id>/make/", self.staff_view(self.make_view), name="ledgers_serviceplan_make"),
            *self.figure_urls(),
            *self.paper_urls(),
            *self.photo_urls(),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """To read a plan is to open its person's page of that year; the form opens with 修改."""
        if request.method in ("GET", "HEAD") and EDIT not in request.GET:
            if not self.has_view_permission(request):
                raise PermissionDenied
            plan = self.get_object(request, unquote(object_id))
            if plan.voided_at is None:
                return HttpResponseRedirect(plan_url(plan.cadre_id, plan.year))
        return super().change_view(request, object_id, form_url, extra_context)

    def get_fieldsets(self, request, obj=None):
        return ((None, {"fields": ("summary", "wishes")}),)

    def get_readonly_fields(self, request, obj=None):
        return ("summary", "wishes") if is_reading(request) else ()

    def write(self, request, obj, form, change):
        before = ServicePlan.objects.get(pk=obj.pk)
        values = {name: form.cleaned_data[name] for name in ("summary", "wishes")}
        services.change_plan(before, **values, actor=request.user, version=before.version)

    def log_change(self, request, obj, message):
        """The service writes the entry."""

    def response_post_save_change(self, request, obj):
        return HttpResponseRedirect(plan_url(obj.cadre_id, obj.year))

    def visible(self, request, permission: str = VIEW) -> QuerySet[Cadre]:
        rows = Cadre.objects.current().visible_to(request.user, permission)
        return rows.select_related("person__community", "managing_unit")

    def cadre_of(self, request, cadre_id: int, permission: str = VIEW) -> Cadre:
        if cadre_id >= 2**63:
            raise Http404
        cadre = self.visible(request, permission).filter(pk=cadre_id).first()
        if cadre is None:
            raise Http404
        return cadre

    def year_of(self, request) -> int:
        today = timezone.localdate()
        text = request.GET.get("year", "") or str(today.year)
        if not (text.isascii() and text.isdecimal() and 2000 <= int(text[:6]) <= today.year + 1):
            raise Http404
        return int(text)

    def sees(self, request, cadre: Cadre):
        """What may be asked of the lines of a section, each right on this person."""
        request.page_permissions = ASKED
        return lambda right: may_on(request, cadre.pk, right)

    def person_view(self, request, cadre_id: int):
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        cadre, year = self.cadre_of(request, cadre_id), self.year_of(request)
        today, sees = timezone.localdate(), self.sees(request, cadre)
        found = plan_of(cadre, year, today)
        context = {
            "title": f"{cadre.person.name}　{year}年一人一策",
            "cadre": cadre,
            "age": age_of(cadre.person, today),
            "found": found,
            "lines": lines_of(About(cadre=cadre, on=today, sees=sees)),
            "tools": self.tools(request, found, sees),
            "years": self.years(found),
            "versions": self.versions_of(found),
            "may": {
                "add": sees(ADD_NEED), "act": sees(CHANGE_NEED), "measure": sees(CHANGE_MEASURE), "call": sees(RECORD),
                "make": sees(ADD), "change": sees(CHANGE), "requests": sees(VIEW_REQUEST),
            },
            "may_make": found.plan is None and sees(ADD) and self.is_makeable(year),
        }  # fmt: skip
        fields = ["plan", *(["health"] if sees("registry.view_health") else [])]
        audit.look(
            "open", actor=request.user, people=[cadre.pk], fields=fields, target=f"ledgers.serviceplan:{cadre.pk}",
            request=request,
        )  # fmt: skip
        return self.page(request, "admin/ledgers/plan_page.html", context)

    def is_makeable(self, year: int) -> bool:
        try:
            services.check_year(year, timezone.localdate())
        except BusinessError:
            return False
        return True

    def versions_of(self, found: PersonPlan) -> list[PlanVersion]:
        if found.plan is None:
            return []
        return list(found.plan.versions.select_related("made_by", "paper").defer("content")[:20])

    def years(self, found: PersonPlan) -> list[dict]:
        """Years in which this person has a plan, the present one always."""
        years = set(
            ServicePlan.objects.filter(cadre=found.cadre, voided_at__isnull=True).values_list("year", flat=True)
        )
        return [
            {"year": year, "url": plan_url(found.cadre.pk, year), "chosen": year == found.year}
            for year in sorted(years | {found.year, timezone.localdate().year}, reverse=True)
        ]

    def tools(self, request, found: PersonPlan, sees) -> list[dict]:
        cadre, plan = found.cadre, found.plan
        tools = []
        if sees(ADD_NEED):
            url = f"{reverse('admin:ledgers_need_add')}?cadre={cadre.pk}"
            tools.append({"label": "登记需求", "url": url, "main": True})
        if plan is not None:
            if sees(CHANGE) and not plan.closed_on:
                tools.append({"label": "修改摘要和愿望", "url": f"{self.url_of('change', plan)}?{EDIT}=1"})
                tools.append({"label": "换照片" if plan.photo_id else "加照片", "url": self.url_of("photo", plan)})
            tools += self.paper_tools(plan)
            tools.append({"label": "谁改过什么", "url": self.url_of("history", plan)})
            if sees(CHANGE):
                tools.append({"label": "作废", "url": self.url_of("void", plan)})
        tools.append({"label": "老同志页面", "url": reverse("admin:registry_cadre_change", args=[cadre.pk])})
        return tools

    def make_view(self, request, cadre_id: int):
        """The button 制定（接续）: the plan of the year in the address, once however often pressed."""
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        cadre, year = self.cadre_of(request, cadre_id, ADD), self.year_of(request)
        if request.method == "POST":
            try:
                plan = services.make_plan(cadre, year=year, actor=request.user, on=timezone.localdate())
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
            else:
                from_last = f"，接着 {plan.carried_from.year} 年的办" if plan.carried_from_id else ""
                messages.success(request, f"已制定 {year} 年的一人一策{from_last}。")
        return HttpResponseRedirect(plan_url(cadre.pk, year))
