"""节假日和调休: the days of each year's notice, and taking a new notice in by pasting it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.organisation import services
from apps.organisation.forms import NoticeForm
from apps.organisation.models import CalendarDay
from apps.organisation.notices import as_rows
from apps.organisation.queries import missing_years, work_calendar

ADD = "organisation.add_calendarday"


class YearFilter(admin.SimpleListFilter):
    title = "年份"
    parameter_name = "year"

    def lookups(self, request, model_admin):
        return [(str(year), f"{year}年") for year in sorted(work_calendar().known_years(), reverse=True)]

    def queryset(self, request, queryset):
        value = self.value() or ""
        return queryset.filter(day__year=int(value)) if value.isdecimal() and len(value) == 4 else queryset


class StandingDayFilter(admin.SimpleListFilter):
    title = "作废的"
    parameter_name = "voided"

    def lookups(self, request, model_admin):
        return [("yes", "只看作废的")]

    def queryset(self, request, queryset):
        return queryset.filter(voided_at__isnull=self.value() != "yes")

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "不看"}, *rest]


@admin.register(CalendarDay)
class CalendarDayAdmin(RecordAdmin):
    open_to_viewers = True
    voidable = True
    add_label = "加一天"
    empty_words = "还没有任何一年的安排。把国务院办公厅的通知贴进来就行。"
    change_list_template = "admin/organisation/calendar_list.html"
    list_display = ["day_words", "kind_words", "name", "document_no"]
    list_display_links = ["day_words"]
    list_filter = [YearFilter, "kind", StandingDayFilter]
    ordering = ["-day"]
    sortable_by = ()
    fields = ["day", "kind", "name", "document_no"]

    @admin.display(description="日期")
    def day_words(self, obj):
        return f"{obj.day:%Y-%m-%d} 周{'一二三四五六日'[obj.day.weekday()]}"

    @admin.display(description="安排")
    def kind_words(self, obj):
        return obj.get_kind_display()

    def list_tools(self, request):
        if not request.user.has_perm(ADD):
            return []
        return [{"label": "导入通知", "url": reverse("admin:organisation_calendarday_import")}]

    def changelist_view(self, request, extra_context=None):
        extra = {"missing_years": missing_years(timezone.localdate()), "list_tools": self.list_tools(request)}
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def get_urls(self):
        view = self.staff_view(self.import_view)
        return [path("import/", view, name="organisation_calendarday_import"), *super().get_urls()]

    def import_view(self, request):
        """Read what was pasted or uploaded, show what it would change, and write it once confirmed."""
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        form = NoticeForm(request.POST or None, request.FILES or None, initial=self.first_values())
        changes = None
        if request.method == "POST" and form.is_valid():
            days, values = form.reading.days, form.cleaned_data
            options = {"document_no": values["document_no"], "whole_year": values["whole_year"]}
            changes = services.compare(days, **options)
            if "confirm" in request.POST:
                try:
                    done = services.take_in(days, actor=request.user, **options)
                except BusinessError as refusal:
                    form.refuse(refusal)
                else:
                    messages.success(request, done.sentence)
                    url = reverse("admin:organisation_calendarday_changelist")
                    return HttpResponseRedirect(f"{url}?year={days[-1].day.year}")
            form = NoticeForm(initial={**values, "text": as_rows(days), "file": None})
        context = {
            "title": "导入节假日通知",
            "form": form,
            "changes": changes,
            "back": reverse("admin:organisation_calendarday_changelist"),
        }
        return self.page(
            request, "admin/organisation/calendar_import.html", context, status=422 if form.errors else 200
        )

    def first_values(self) -> dict:
        missing = missing_years(timezone.localdate())
        return {"year": missing[0] if missing else timezone.localdate().year + 1}
