"""住院登记: who is in hospital now, how long, and whether anybody went; entered here or told by a branch."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, DateField, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_pages import Block, day
from apps.ledgers.choices import ContactKind, Method
from apps.ledgers.choices.medical import StayResult
from apps.ledgers.forms.cases import DischargeForm, StayChangeForm, StayForm
from apps.ledgers.models import Contact, HospitalStay
from apps.ledgers.queries.medical import long_stay_since
from apps.ledgers.rules.medical import days_in_hospital
from apps.ledgers.services.stays import admit, change_stay, discharge
from apps.registry.models import LifeEvent

from .case_base import VIEW_HEALTH, ListPaper, OfCadreRecord
from .filters import DefaultFilter, MineFilter, UnitOfCadreFilter

PAPER_COLUMNS = (
    "姓名", "性别", "管理单位", "医院", "科室", "床位", "入院", "出院", "天数", "治疗结果", "是否看望",
)  # fmt: skip


class StayFilter(DefaultFilter):
    """Without a choice: who is in hospital now."""

    default_label = "正在住院"
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [
            ("long", "住得久的"), ("unseen", "正在住院，还没看望"), ("home", "30 天内出院"), ("year", "今年的"),
            ("all", "全部"), ("void", "作废的"),
        ]  # fmt: skip

    def queryset(self, request, queryset):
        today, value = timezone.localdate(), self.value()
        if value == "void":
            return queryset.filter(voided_at__isnull=False)
        if value == "all":
            return queryset.standing()
        if value == "year":
            return queryset.standing().filter(admitted_on__year=today.year)
        if value == "home":
            return queryset.standing().filter(discharged_on__gte=today - timezone.timedelta(days=30))
        if value == "long":
            return queryset.open().filter(admitted_on__lte=long_stay_since(today))
        if value == "unseen":
            return queryset.open().exclude(Exists(visits()))
        return queryset.open()


def visits():
    """Visits at the hospital while the stay of the outer query lasted."""
    rows = Contact.objects.standing().filter(
        participants__person_id=OuterRef("cadre_id"), happened_on__gte=OuterRef("admitted_on")
    )
    rows = rows.filter(kind=ContactKind.HOSPITAL) | rows.filter(method=Method.HOSPITAL)
    return rows.order_by()


@admin.register(HospitalStay)
class HospitalStayAdmin(OfCadreRecord):
    sealed = VIEW_HEALTH
    seen_fields = ("hospital",)
    add_label = "登记住院"
    add_lead = "登记以后，看望的任务自动生成；支部先报过同一天的，合成一次。"
    add_form, change_form_class = StayForm, StayChangeForm
    change_lead = "入院日期登错了，请撤销那次住院登记再重新登记。"
    empty_words = "现在没有老同志住院。支部报的、这里登记的都在这里。"
    list_display = ("who", "unit", "where", "since", "days", "seen", "result_words", "act")
    list_display_links = ("where",)
    list_filter = (StayFilter, MineFilter, UnitOfCadreFilter)
    ordering = ("admitted_on", "pk")

    def get_queryset(self, request):
        """The last visit counts until the day of discharge."""
        until = Coalesce(OuterRef("discharged_on"), Value(timezone.localdate(), output_field=DateField()))
        last = visits().filter(happened_on__lte=until).order_by("-happened_on").values("happened_on")[:1]
        rows = super().get_queryset(request).defer("condition", "outcome_note")
        long = Q(discharged_on__isnull=True, admitted_on__lte=long_stay_since(timezone.localdate()))
        return rows.annotate(
            visited_on=Subquery(last, output_field=DateField()),
            is_long=ExpressionWrapper(long, output_field=BooleanField()),
        )

    def title_of(self, obj):
        return f"{obj.cadre.person.name}住院（{obj.admitted_on:%Y-%m-%d}）"

    def extra_pages(self):
        return [("sheet", "sheet/", self.sheet_view), ("discharge", "<path:object_id>/discharge/", self.discharge_view)]

    def list_tools(self, request):
        return self.paper_tools(request, "sheet")

    @admin.display(description="医院和科室")
    def where(self, obj):
        return "　".join(filter(None, (obj.hospital or "医院没有登记", obj.department, obj.bed and f"{obj.bed}床")))

    @admin.display(description="入院")
    def since(self, obj):
        return day(obj.admitted_on)

    @admin.display(description="住了几天")
    def days(self, obj):
        number = days_in_hospital(obj.admitted_on, obj.discharged_on or timezone.localdate())
        return format_html('{} 天 <span class="tag soon">长期</span>', number) if obj.is_long else f"{number} 天"

    @admin.display(description="看望")
    def seen(self, obj):
        if obj.visited_on:
            return f"{day(obj.visited_on)} 看望过"
        return format_html('<span class="tag late">{}</span>', "还没看望" if obj.discharged_on is None else "没有看望")

    @admin.display(description="出院")
    def result_words(self, obj):
        if obj.discharged_on is None:
            return ""
        return f"{day(obj.discharged_on)}　{obj.get_result_display()}".strip()

    @admin.display(description="办理")
    def act(self, obj):
        if obj.discharged_on is not None or obj.voided_at:
            return ""
        return format_html('<a href="{}">登记出院</a>', self.url_of("discharge", obj))

    # Writing

    def initial_for(self, request, cadre):
        return {"admitted_on": timezone.localdate()}

    def create(self, request, cadre, form):
        key = form.cleaned_data["form_key"]
        return admit(form.facts(), cadre=cadre, actor=request.user, on=timezone.localdate(), form_key=key)

    def values_of(self, obj):
        return {name: getattr(obj, name) for name in ("hospital", "department", "bed")}

    def change(self, request, obj, form):
        facts = form.facts_for(obj.admitted_on)
        change_stay(obj, facts, actor=request.user, version=form.cleaned_data["seen_version"])

    def discharge_view(self, request, object_id):
        obj = self.actable(request, object_id)
        if obj.discharged_on is not None and obj.result:
            return HttpResponseRedirect(self.url_of("change", obj))
        first = {"discharged_on": obj.discharged_on or timezone.localdate(), "result": StayResult.BETTER}
        form = DischargeForm(request.POST if request.method == "POST" else None, initial=first)
        return self.one_act(
            request, obj, form, title="登记出院", done="已登记出院，回访的任务已生成。",
            lead="出院一周内要上门或打电话回访，登记以后自动列入要办的事。",
            perform=lambda values: discharge(obj, **values, actor=request.user, on=timezone.localdate()),
        )  # fmt: skip

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_change(request, obj) and not obj.voided_at:
            if obj.discharged_on is None or not obj.result:
                words = "登记出院" if obj.discharged_on is None else "补记治疗结果"
                tools.insert(0, {"label": words, "url": self.url_of("discharge", obj), "main": True})
                for tool in tools[1:]:
                    tool["main"] = False
            visit = f"{reverse('admin:ledgers_contact_add')}?cadre={obj.cadre_id}"
            tools.insert(1, {"label": "记看望", "url": visit})
        return tools

    # One stay

    def tags(self, obj):
        now = ("正在住院", "soon") if obj.discharged_on is None else ("已出院", "done")
        return [*super().tags(obj), *([] if obj.voided_at else [now])]

    def blocks(self, request, obj):
        until = obj.discharged_on or timezone.localdate()
        yield Block("住院情况", [
            ("医院", obj.hospital), ("科室", obj.department), ("床位", obj.bed), ("入院日期", day(obj.admitted_on)),
            ("出院日期", day(obj.discharged_on) or "还没出院"),
            ("住了几天", f"{days_in_hospital(obj.admitted_on, until)} 天"), ("病情", obj.condition),
            ("治疗结果", obj.get_result_display()), ("出院情况", obj.outcome_note),
            ("怎样知道的", obj.get_source_display()), ("登记人", str(obj.recorded_by or "")),
        ])  # fmt: skip
        rows = Contact.objects.standing().filter(
            participants__person_id=obj.cadre_id, happened_on__range=(obj.admitted_on, until)
        )
        seen = rows.select_related("recorded_by", "on_behalf_of").defer("body_state", "thoughts")
        yield Block(
            "住院期间的看望和联系", columns=("日期", "类型", "方式", "谁去的", "情况"), empty="还没有看望或联系。",
            rows=[
                [{"text": day(row.happened_on), "url": reverse("admin:ledgers_contact_change", args=[row.pk])},
                 row.get_kind_display(), row.get_method_display(), str(row.on_behalf_of or row.recorded_by or ""),
                 row.summary]
                for row in seen.order_by("-happened_on", "-pk")[:30]
            ],
        )  # fmt: skip
        events = LifeEvent.objects.filter(pk__in=filter(None, (obj.admitted_by_id, obj.discharged_by_id)))
        yield Block("登记和撤销", links=[
            {"label": f"{event.get_kind_display()}登记（{event.happened_on.display()}，{event.get_state_display()}）",
             "url": reverse("admin:registry_lifeevent_change", args=[event.pk])}
            for event in events.order_by("pk")
        ])  # fmt: skip

    # 住院登记表

    def sheet_view(self, request):
        """住院登记表: what the list shows, on paper or as a workbook."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        as_file = request.GET.get("as") == "xlsx"
        rows = list(self.filtered_rows(request))
        paper = ListPaper(
            title="住院登记表", columns=PAPER_COLUMNS, people=[row.cadre_id for row in rows], order="入院先后",
            rows=[sheet_cells(row) for row in rows],
        )  # fmt: skip
        return self.send_paper(request, paper, back=self.list_url(), as_file=as_file)


def sheet_cells(row: HospitalStay) -> list[str]:
    person, today = row.cadre.person, timezone.localdate()
    return [
        person.name, person.get_sex_display() if person.sex in "12" else "",
        row.cadre.managing_unit.short_name or row.cadre.managing_unit.name, row.hospital, row.department, row.bed,
        day(row.admitted_on), day(row.discharged_on),
        str(days_in_hospital(row.admitted_on, row.discharged_on or today)), row.get_result_display(),
        f"{day(row.visited_on)} 看望" if row.visited_on else "否",
    ]  # fmt: skip
