"""The register of serving leaders: who holds which post on a day, in the order of 名次."""

import datetime as dt

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from apps.accounts.models import User
from apps.common.admin import RecordAdmin, is_reading
from apps.common.admin_lists import PickOne
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.organisation.admin import InReach
from apps.organisation.models import Unit
from apps.people.services import tidy_name
from apps.registry.choices import RegisterKind
from apps.registry.models import ServingLeader
from apps.registry.services.offices import change_post, leave

from .registers import RegisterPages

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def period_words(row) -> str:
    """2023-01-01 起, 2020-01-01 至 2023-01-01 前."""
    began = f"{row.starts_on:%Y-%m-%d}" if row.starts_on else "……"
    return f"{began} 至 {row.ends_on:%Y-%m-%d} 前" if row.ends_on else (f"{began} 起" if row.starts_on else "")


class OnDayFilter(admin.SimpleListFilter):
    """On which day: today without a choice; any day typed; those gone, or everybody ever. `day_words` says which."""

    title = "哪一天"
    parameter_name = "on"
    template = "admin/registry/on_day_filter.html"
    table = {"left": "已离任", "all": "全部"}
    now_words = "现在在任"

    def lookups(self, request, model_admin):
        return list(self.table.items())

    @classmethod
    def day_of(cls, request) -> dt.date | None:
        """The day asked for; None for `left`, `all` and what is no day."""
        text = request.GET.get(cls.parameter_name)
        if not text:
            return timezone.localdate()
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return None

    def narrow_to_day(self, queryset, day: dt.date):
        return queryset.on(day)

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset.filter(voided_at__isnull=True)
        if self.value() == "left":
            return queryset.filter(ends_on__lte=timezone.localdate(), voided_at__isnull=True)
        day = self.day_of(request)
        return self.narrow_to_day(queryset, day) if day else queryset.none()

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        params = [(name, value) for name, value in changelist.params.items() if name != self.parameter_name]
        typed = self.value() if self.value() not in (None, "", *self.table) else ""
        yield {**first, "display": self.now_words, "others": params, "day": typed}
        yield from others


class PicksAccount:
    """The optional account is chosen among colleagues of the units in reach."""

    def get_autocomplete_fields(self, request):
        return [name for name in super().get_autocomplete_fields(request) if name != "user"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name != "user":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        reach = request.user.reach(self.right("change"))
        staff = User.objects.filter(is_active=True, is_staff=True, unit_id__in=sorted(reach))
        return db_field.formfield(queryset=staff.order_by("display_name", "pk"), required=False)

    def require_unit(self, request, unit: Unit) -> None:
        if unit.pk not in request.user.reach(self.right("change")):
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")


class PostForm(PortalForm):
    title = forms.CharField(label="新职务全称", max_length=120)
    unit = forms.ModelChoiceField(Unit.objects.none(), label="单位")
    since = forms.DateField(label="自何日起", widget=DAY, help_text="原职务到这一天为止，新职务从这一天开始")
    order_no = forms.IntegerField(label="排序号", min_value=0, max_value=999_999, help_text="名次，小的在前")
    office_phone = forms.CharField(label="办公电话", max_length=40, required=False)


class LeaveForm(PortalForm):
    on = forms.DateField(label="离任日期", widget=DAY, help_text="从这一天起不再担任")


@admin.register(ServingLeader)
class ServingLeaderAdmin(RegisterPages, PicksAccount, InReach, RecordAdmin):
    register_kind = RegisterKind.LEADERS
    order_words = "按名次排列"
    reach_column = "unit_id"
    voidable = True
    add_label = "新增在职领导"
    list_display = ("order_no", "name", "title", "unit", "period", "office_phone")
    list_display_links = ("name",)
    list_filter = (OnDayFilter,)
    search_fields = ("name", "title", "unit__name")
    search_help_text = "姓名、职务或单位"
    sortable_by = ()
    select_related_in_list = ("unit",)
    select_related_in_record = ("unit", "user")
    ordering = ("order_no", "pk")
    fields = ("name", "title", "unit", "order_no", ("starts_on", "ends_on"), "office_phone", "user", "note", "posts")
    readonly_fields = ("posts",)

    def get_fields(self, request, obj=None):
        return self.fields if obj is not None and is_reading(request) else self.fields[:-1]

    @admin.display(description="任职")
    def period(self, leader) -> str:
        return period_words(leader)

    @admin.display(description="历任职务")
    def posts(self, leader) -> str:
        """All posts of this leader, newest first."""
        rows = ServingLeader.objects.filter(leader_key=leader.leader_key, voided_at__isnull=True)
        lines = [
            (self.url_of("change", row), f"{period_words(row)}　{row.title}")
            for row in rows.order_by("-starts_on", "-pk")
        ]
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a></li>', lines))

    def title_of(self, obj):
        return f"{obj.name}（{obj.title}）"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("starts_on", "ends_on"):
            field.widget = DAY
        return field

    def changelist_view(self, request, extra_context=None):
        day = OnDayFilter.day_of(request)
        which = f"{day:%Y-%m-%d} 在任，" if day else ""
        context = {
            "list_heading": f"在职领导名册（{which}{self.order_words}）",
            "list_tools": self.register_tools(request),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def write(self, request, obj, form, change):
        self.require_unit(request, obj.unit)
        obj.name = tidy_name(obj.name)
        obj.save()

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if is_reading(request) and obj.ends_on is None and not obj.voided_at and self.may_change(request, obj):
            tools.insert(1, {"label": "调整职务", "url": self.url_of("post", obj)})
            tools.insert(2, {"label": "离任", "url": self.url_of("leave", obj)})
        return tools

    def get_urls(self):
        pages = [("post", self.post_view), ("leave", self.leave_view)]
        return [
            *(
                path(f"<path:object_id>/{name}/", self.staff_view(view), name=f"{self.page_name}_{name}")
                for name, view in pages
            ),
            *super().get_urls(),
        ]

    def post_view(self, request, object_id):
        """A leader moves to another post: the old one ends and stays in the history."""
        leader = self.changeable_object(request, object_id)
        first = {"unit": leader.unit_id, "order_no": leader.order_no, "office_phone": leader.office_phone}
        form = PostForm(request.POST or None, initial=first)
        offered = form.fields["unit"]
        offered.queryset = self.related_rows(Unit, request)
        offered.widget = PickOne(ServingLeader._meta.get_field("unit"), self.admin_site)
        offered.widget.choices = offered.choices

        def act(values):
            self.require_unit(request, values["unit"])
            return change_post(leader, **values, actor=request.user, request=request)

        return self.act_page(request, leader, form, act, f"调整职务：{leader.name}", "职务已调整，原职务留在历任里。")

    def leave_view(self, request, object_id):
        leader = self.changeable_object(request, object_id)
        form = LeaveForm(request.POST or None)

        def act(values):
            leave(leader, on=values["on"], actor=request.user, request=request)
            return leader

        return self.act_page(request, leader, form, act, f"离任：{leader.name}", "已登记离任，记录还在名册里。")

    def act_page(self, request, leader, form, act, title: str, done: str):
        if request.method == "POST" and form.is_valid():
            try:
                row = act(form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, done)
                return HttpResponseRedirect(self.url_of("change", row))
        context = {
            "title": title,
            "original": leader,
            "form": form,
            "media": form.media,
            "lead": f"现任：{leader.title}，{period_words(leader)}",
            "list_url": reverse(f"{self.admin_site.name}:{self.page_name}_changelist"),
            "list_words": "在职领导名册",
            "back": self.url_of("change", leader),
            "buttons": [("save", "保存")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)
