"""外出和异地居住: who is away, who comes back this week; begun, mended and ended from the person's page."""

from datetime import timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.ledgers.forms import BackForm, WhereaboutsForm
from apps.ledgers.services import end_whereabouts, save_whereabouts, void_whereabouts
from apps.organisation.models import Unit
from apps.people.models import Whereabouts
from apps.registry.admin.parts import PartAdmin

from .filters import DefaultFilter

WEEK = timedelta(days=7)


class AwayFilter(DefaultFilter):
    """Without a choice: who is away today."""

    default_label = "眼下在外"
    title = "时间"
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [
            ("back", "一周内回来"), ("leaving", "一周内离开"), ("over", "已经回来"), ("void", "作废的"), ("all", "全部")
        ]  # fmt: skip

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "void":
            return queryset.filter(voided_at__isnull=False)
        standing = queryset.filter(voided_at__isnull=True)
        if self.value() == "back":
            return standing.filter(ends_on__gt=today, ends_on__lte=today + WEEK).exclude(starts_on__gt=today)
        if self.value() == "leaving":
            return standing.filter(starts_on__gt=today, starts_on__lte=today + WEEK)
        if self.value() == "over":
            return standing.filter(ends_on__lte=today)
        return standing if self.value() == "all" else standing & queryset.on(today)


class UnitOfPersonFilter(admin.SimpleListFilter):
    """A managing unit and what is below it, of those that have somebody away."""

    title = "管理单位"
    parameter_name = "unit"

    def lookups(self, request, model_admin):
        units = Unit.objects.filter(
            managed_cadres__person__whereabouts__in=model_admin.get_queryset(request).order_by().values("pk")
        )
        return [(str(unit.pk), str(unit)) for unit in units.distinct().order_by("path")[:60]]

    def queryset(self, request, queryset):
        value = self.value() or ""
        if not value.isdecimal() or len(value) > 18:
            return queryset
        unit = Unit.objects.filter(pk=int(value)).first()
        if unit is None:
            return queryset.none()
        return queryset.filter(person__cadre__managing_unit__path__startswith=unit.path)


@admin.register(Whereabouts)
class WhereaboutsAdmin(PartAdmin):
    """Address and number there show on the person's page, by its rules; this list says where by division only."""

    form = WhereaboutsForm
    voidable = True
    add_label = "登记外出或异地居住"
    empty_words = "在老同志的页面上点“登记外出”，会列在这里。"
    list_display = ("who", "kind_words", "since", "until", "where", "unit", "note", "act")
    list_display_links = None
    list_filter = (AwayFilter, "kind", UnitOfPersonFilter)
    select_related_in_list = ("person__cadre__managing_unit", "division")
    ordering = ("ends_on", "pk")
    sortable_by = ()
    fields = (
        "kind",
        ("starts_on", "ends_on"),
        "division",
        "typed_place",
        "typed_phone",
        "host_unit",
        "document_no",
        "note",
    )

    def has_add_permission(self, request):
        """Added from a person's page only: the list has nobody to add for."""
        return super().has_add_permission(request) and "person" in request.GET

    def changelist_view(self, request, extra_context=None):
        return RecordAdmin.changelist_view(self, request, extra_context)

    def title_of(self, obj):
        return f"{obj.person.name}的外出和异地居住"

    @admin.display(description="老同志")
    def who(self, obj):
        return format_html('<a href="{}">{}</a>', self.home_of(obj), obj.person.name)

    @admin.display(description="情况")
    def kind_words(self, obj):
        return obj.get_kind_display()

    @admin.display(description="哪天离开")
    def since(self, obj):
        return f"{obj.starts_on:%Y-%m-%d}" if obj.starts_on else "不详"

    @admin.display(description="哪天回来")
    def until(self, obj):
        return f"{obj.ends_on:%Y-%m-%d}" if obj.ends_on else "还没定"

    @admin.display(description="在哪里")
    def where(self, obj):
        return str(obj.division or obj.host_unit or "")

    @admin.display(description="管理单位")
    def unit(self, obj):
        cadre = getattr(obj.person, "cadre", None)
        return (cadre.managing_unit.short_name or cadre.managing_unit.name) if cadre else ""

    @admin.display(description="办理")
    def act(self, obj):
        if obj.voided_at or (obj.ends_on and obj.ends_on <= timezone.localdate()):
            return ""
        return format_html('<a href="{}">回来了</a>', self.url_of("back", obj))

    def get_urls(self):
        view = self.staff_view(self.back_view)
        return [path("<path:object_id>/back/", view, name="people_whereabouts_back"), *super().get_urls()]

    def store(self, request, obj, form):
        save_whereabouts(obj, sealed=form.sealed(), actor=request.user, on=timezone.localdate(), request=request)
        return ()

    def apply_voiding(self, request, obj, act, reason):
        if act == "restore":
            raise PermissionDenied
        void_whereabouts(obj, actor=request.user, reason=reason, on=timezone.localdate(), request=request)

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        return [tool for tool in tools if tool["label"] != "恢复使用"]

    def back_view(self, request, object_id):
        """He is home again, from a day on."""
        away = self.changeable_object(request, object_id)
        form = BackForm(request.POST or None, initial={"back_on": timezone.localdate()})
        if request.method == "POST" and form.is_valid():
            today = timezone.localdate()
            try:
                end_whereabouts(
                    away, back_on=form.cleaned_data["back_on"], actor=request.user, on=today, request=request
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已登记回来，看望照旧上门。")
                return HttpResponseRedirect(self.home_of(away))
        context = {
            "title": f"回来了：{away.person.name}",
            "original": away,
            "form": form,
            "media": form.media,
            "lead": "从回来那天起，看望又按上门安排。",
            "back": self.home_of(away),
            "buttons": [("save", "登记")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)


def add_url(person_id: int) -> str:
    return f"{reverse('admin:people_whereabouts_add')}?person={person_id}"


def period_words(away: Whereabouts) -> str:
    """2026-11-01 至 2027-03-15，海南省三亚市"""
    start = f"{away.starts_on:%Y-%m-%d}" if away.starts_on else "以前"
    end = f"{away.ends_on:%Y-%m-%d} 回来" if away.ends_on else "还没定回来"
    where = str(away.division or away.host_unit or "")
    return "，".join(filter(None, (f"{start} 起，{end}", where, away.note)))
