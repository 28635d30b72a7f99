"""Surrogate parents (代理家长) on the staff side: initials of a child, never more."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.utils import timezone

from apps.common import audit
from apps.common.admin_pages import day, posted
from apps.organisation.queries import rule_values
from apps.volunteers.forms.donations import ContactForm, EndForm, PairingForm
from apps.volunteers.models import SurrogatePairing
from apps.volunteers.rules.talks import TalkRules
from apps.volunteers.services import pairings as acts

from .links import volunteer_link
from .list_out import ListOut
from .person_search import by_person
from .talk_base import DAY, TalkRecord

SHOWN = 50


class CurrentFilter(admin.SimpleListFilter):
    """Without a choice: those that last."""

    title, parameter_name = "哪些", "which"

    def lookups(self, request, model_admin):
        return [("quiet", "好久没有联系"), ("over", "已结束"), ("all", "全部")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "正在结对"}, *rest]

    def queryset(self, request, queryset):
        if self.value() == "over":
            return queryset.filter(ends_on__isnull=False)
        if self.value() == "all":
            return queryset
        rows = queryset.filter(ends_on__isnull=True, voided_at__isnull=True)
        if self.value() == "quiet":
            today = timezone.localdate()
            since = today - DAY * rule_values(TalkRules.rule_key, on=today).contact_days
            return rows.filter(starts_on__lt=since).exclude(touches__on__gte=since, touches__voided_at__isnull=True)
        return rows


@admin.register(SurrogatePairing)
class SurrogatePairingAdmin(ListOut, TalkRecord):
    out_order = "按结对日期排列，新的在前"
    form = PairingForm
    record_page = "admin/volunteers/pairing.html"
    voidable = True
    add_label = "登记结对"
    empty_words = "老同志和留守儿童结对：孩子只写姓名首字母，不写名字、证件号和电话。"
    list_display = ("parent", "child", "school", "grade", "starts_on", "last_on", "over_on")
    list_filter = (CurrentFilter,)
    search_fields = ("volunteer__person__name", "school")
    search_help_text = "代理家长的姓名、拼音或学校"
    select_related_in_list = select_related_in_record = ("volunteer__person",)
    ordering = ("-starts_on", "-pk")

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        keys = [row.pk for row in found.result_list]
        latest = dict(
            SurrogatePairing.objects.filter(pk__in=keys, touches__voided_at__isnull=True).order_by()
            .values("pk").annotate(latest=Max("touches__on")).values_list("pk", "latest")
        )  # fmt: skip
        for row in found.result_list:
            row.latest = latest.get(row.pk)
        people = sorted({row.volunteer_id for row in found.result_list})
        if people:
            audit.look(
                "search", actor=request.user, people=people, target="volunteers.surrogatepairing", request=request
            )
        return found

    def people_in(self, row):
        return [row.volunteer_id]

    @admin.display(description="代理家长")
    def parent(self, obj):
        return obj.volunteer.person.name

    @admin.display(description="结束日期")
    def over_on(self, obj):
        return day(obj.ends_on)

    @admin.display(description="最近联系")
    def last_on(self, obj):
        return day(obj.latest) if obj.latest else "还没有"

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        people = by_person(SurrogatePairing.objects.all(), term, "volunteer").order_by().values("pk")
        schools = SurrogatePairing.objects.filter(school__icontains=term).values("pk")
        return queryset.filter(pk__in=people.union(schools)), False

    def people_of(self, obj):
        return [obj.volunteer_id]

    def title_of(self, obj):
        return f"{obj.volunteer.person.name}　{obj.child}（{obj.school}）"

    def get_fieldsets(self, request, obj=None):
        names = ["volunteer", "child", "school", "grade", "starts_on", "consent_on", "notes_typed"]
        return [(None, {"fields": names if not self.reading(request) else names[:-1]})]

    @staticmethod
    def reading(request) -> bool:
        return getattr(request, "reading_record", False)

    def get_readonly_fields(self, request, obj=None):
        return ("volunteer",) if obj is not None else ()

    def write(self, request, obj, form, change):
        acts.pair(
            obj, notes=form.cleaned_data.get("notes_typed", ""), actor=request.user, on=timezone.localdate()
        )  # fmt: skip

    def change_view(self, request, object_id, form_url="", extra_context=None):
        obj = self.viewable(request, object_id)
        self.look(request, [obj.volunteer_id], obj)
        return super().change_view(request, object_id, form_url, extra_context)

    def extra_pages(self):
        return [(act, f"<int:pk>/{act}/", getattr(self, f"{act}_view")) for act in ("contact", "end")]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.voided_at or obj.ends_on or not self.may_change(request, obj):
            return tools
        return [
            {"label": "记一次联系", "url": self.url_of("contact", obj), "main": True},
            {"label": "结束结对", "url": self.url_of("end", obj)}, *[{**tool, "main": False} for tool in tools],
        ]  # fmt: skip

    def facts_of(self, request, obj):
        rows = obj.touches.filter(voided_at__isnull=True).order_by("-on", "-pk")
        return {
            "facts": [
                ("代理家长", volunteer_link(request.user, obj.volunteer)),
                ("孩子", f"{obj.child}（只记首字母）"), ("学校", obj.school),
                ("年级", obj.grade), ("结对日期", day(obj.starts_on)),
                ("监护人书面同意", f"{day(obj.consent_on)}，原件存档"),
                *([("结束", f"{day(obj.ends_on)}　{obj.end_reason}")] if obj.ends_on else []), ("备注", obj.notes),
            ],
            "contacts": [(day(row.on), row.words) for row in rows[:SHOWN]],
            "total": rows.count(), "contact_columns": ("日期", "做了什么"),
        }  # fmt: skip

    def acted(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        if obj.voided_at:
            raise PermissionDenied
        return obj

    def contact_view(self, request, pk: int):
        obj = self.acted(request, pk)
        return self.act(
            request, obj, ContactForm(posted(request)), title=f"记一次联系：{self.title_of(obj)}", button="保存",
            sentence="一两句话就行。", done="已记下。",
            perform=lambda values: acts.touch(
                obj, values["words"], on=values["on"], form_key=values["key"], actor=request.user,
                today=timezone.localdate(),
            ),
        )  # fmt: skip

    def end_view(self, request, pk: int):
        obj = self.acted(request, pk)
        return self.act(
            request, obj, EndForm(posted(request)), title=f"结束结对：{self.title_of(obj)}", button="结束",
            sentence="结束以后记录都留着。", done="已结束。",
            perform=lambda values: acts.end(obj, actor=request.user, today=timezone.localdate(), **values),
        )  # fmt: skip
