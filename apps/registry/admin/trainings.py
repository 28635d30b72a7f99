"""Trainings of those who serve: who took part, entered as a group; and a year at a glance."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.errors import BusinessError
from apps.organisation.models import Unit
from apps.organisation.queries import subtree_ids
from apps.registry.models import Training, Worker
from apps.registry.services.workers import attend, drop
from apps.registry.training_year import by_unit, without_training, year_of

from . import page
from .leaders import DAY, PicksAccount

MOST_LISTED = 500
UNIT_FIGURES = ("现在在岗", "参加过培训", "没有参加过", "学时合计")
FACTS = ("organiser", "unit", "starts_on", "last_on", "hours", "place", "note")


class YearFilter(admin.SimpleListFilter):
    title = "年份"
    parameter_name = "year"

    def lookups(self, request, model_admin):
        year = timezone.localdate().year
        return [(str(year - back), f"{year - back} 年") for back in range(4)]

    def queryset(self, request, queryset):
        return queryset.in_year(int(self.value())) if self.value() in dict(self.lookup_choices) else queryset


@admin.register(Training)
class TrainingAdmin(PicksAccount, RecordAdmin):
    voidable = True
    add_label = "登记一次培训"
    empty_words = "每办一次培训登记一条，再勾选参加的人；年底就能看出谁还没有参加过。"
    list_display = ("title", "starts_on", "last_on", "hours", "organiser", "unit", "people")
    list_filter = (YearFilter,)
    search_fields = ("title", "organiser")
    search_help_text = "培训名称或主办单位"
    sortable_by = ()
    select_related_in_list = ("unit",)
    select_related_in_record = ("unit",)
    ordering = ("-starts_on", "-pk")
    fields = ("title", "organiser", "unit", ("starts_on", "last_on", "hours"), "place", "note")

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name.endswith("changelist"):
            rows = rows.filter(voided_at__isnull=True).annotate(attended=Count("attendances"))
        return rows

    @admin.display(description="人数")
    def people(self, training) -> int:
        return training.attended

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("starts_on", "last_on"):
            field.widget = DAY
        return field

    def write(self, request, obj, form, change):
        self.require_unit(request, obj.unit)
        obj.save()

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "年度情况", "url": reverse(f"{self.admin_site.name}:registry_training_year")}]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def get_urls(self):
        name = "registry_training"
        return [
            path("year/", self.staff_view(self.year_view), name=f"{name}_year"),
            path("<path:object_id>/people/", self.staff_view(self.people_view), name=f"{name}_people"),
            *super().get_urls(),
        ]

    def workers_of(self, request):
        return Worker.objects.visible_to(request.user).filter(voided_at__isnull=True)

    # One training

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method in SAFE_METHODS and EDIT not in request.GET:
            if not self.has_view_permission(request):
                raise PermissionDenied
            request.reading_record = True
            return self.training_page(request, self.get_object(request, unquote(object_id)))
        return super().change_view(request, object_id, form_url, extra_context)

    def training_page(self, request, training: Training):
        workers = self.workers_of(request).filter(attendances__training=training).select_related("unit")
        workers = list(workers.order_by("unit__path", "category", "pk"))
        others = training.attendances.count() - len(workers)
        tools = self.record_tools(request, training)
        if self.may_change(request, training) and not training.voided_at:
            tools.insert(1, {"label": "登记参加的人", "url": self.url_of("people", training)})
        context = {
            "title": training.title,
            "original": training,
            "facts": page.Section("facts", "培训情况", page.rows_of(training, FACTS)),
            "workers": workers,
            "others": others,
            "tools": tools,
        }
        return self.page(request, "admin/registry/training_page.html", context)

    def people_view(self, request, object_id):
        """Tick who took part, among those at work then; one unit at a time where there are many."""
        training = self.changeable_object(request, object_id)
        units = self.units_of(request)
        unit = next((one for one in units if str(one.pk) == request.GET.get("unit")), None)
        workers = self.workers_of(request).serving(training.starts_on)
        if unit is not None:
            workers = workers.filter(unit_id__in=sorted(subtree_ids([unit])))
        rows = list(workers.select_related("unit").order_by("unit__path", "category", "pk")[: MOST_LISTED + 1])
        known = set(training.attendances.values_list("worker_id", flat=True))
        if request.method == "POST" and len(rows) <= MOST_LISTED:
            try:
                words = self.take(request, training, rows, known)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, words)
            return HttpResponseRedirect(self.url_of("change", training))
        context = {
            "title": f"登记参加的人：{training.title}",
            "original": training,
            "rows": [(worker, worker.pk in known) for worker in rows[:MOST_LISTED]],
            "is_more": len(rows) > MOST_LISTED,
            "most": MOST_LISTED,
            "units": [(one.pk, one.name, one == unit) for one in units],
            "back": self.url_of("change", training),
        }
        return self.page(request, "admin/registry/training_people.html", context)

    def units_of(self, request) -> list[Unit]:
        """Units in which the user sees workers."""
        return list(Unit.objects.filter(pk__in=self.workers_of(request).order_by().values("unit")))

    def take(self, request, training, rows: list[Worker], known: set[int]) -> str:
        """Add the ticked of those listed, strike off the unticked: people outside the list stay as they are."""
        ticked = set(request.POST.getlist("worker"))
        chosen = [worker for worker in rows if str(worker.pk) in ticked]
        gone = [worker.pk for worker in rows if worker.pk in known and str(worker.pk) not in ticked]
        added = attend(training, chosen, actor=request.user, request=request)
        dropped = drop(training, gone, actor=request.user, request=request)
        return f"新登记 {added} 人，删去 {dropped} 人。" if added or dropped else "没有改动。"

    # A year

    def year_view(self, request):
        """How much training there was in a year, by unit, and who had none. Over the workers whom the user sees."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        asked = request.GET.get("year", "")
        year = int(asked) if asked.isascii() and asked.isdecimal() and 1900 < int(asked[:5]) < 2200 else today.year
        workers = self.workers_of(request)
        total = year_of(workers, year, on=today)
        without = list(
            without_training(workers, year, on=today)
            .select_related("unit")
            .order_by("unit__path", "category", "pk")[: MOST_LISTED + 1]
        )
        context = {
            "title": f"{year} 年工作人员培训情况",
            "year": year,
            "years": [(today.year - back, today.year - back == year) for back in range(5)],
            "figures": [
                {"label": "现在在岗", "value": total.serving},
                {"label": "参加过培训", "value": total.trained, "tone": "done"},
                {"label": "没有参加过", "value": total.without, "tone": "late" if total.without else ""},
                {"label": "培训", "value": f"{total.trainings} 次"},
                {"label": "参加", "value": f"{total.times} 人次"},
                {"label": "学时合计", "value": f"{total.hours.normalize():f}"},
            ],
            "unit_columns": ["单位", *({"label": label, "is_number": True} for label in UNIT_FIGURES)],
            "units": [
                [name, serving, trained, serving - trained, f"{hours.normalize():f}"]
                for name, serving, trained, hours in by_unit(workers, year, on=today)
            ],
            "without": without[:MOST_LISTED],
            "is_more": len(without) > MOST_LISTED,
            "most": MOST_LISTED,
        }
        return self.page(request, "admin/registry/training_year.html", context)
