"""The register of those who serve: list, one person's page with his training, group entry of a training."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.common import audit
from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.admin_forms import RecordForm
from apps.common.admin_lists import PickFilter
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.phone import masked_phone
from apps.organisation.queries import subtree_ids
from apps.registry.choices import RegisterKind
from apps.registry.forms import KEEP, forget_keeping, use_code_lists
from apps.registry.models import Training, Worker
from apps.registry.services.workers import attend, save_worker
from apps.registry.training_year import trainings_of, without_training

from . import page
from .leaders import DAY, OnDayFilter, PicksAccount, period_words
from .registers import RegisterPages

CONTACT = "people.view_contact"
ATTEND = "registry.change_training"
MOST_TICKED = 1000
FIELDS = (
    "name", "category", "unit", "post", "office_phone", "staff_category", "org_area", "sex", "birth_date", "ethnicity",
    "native_place", "political_status", "joined_party_on", "education", "professional_title", "starts_on", "ends_on",
    "user", "note",
)  # fmt: skip


class WorkerForm(RecordForm):
    """A worker. Mobile and id are never shown in it: what is typed replaces them."""

    typed_mobile = forms.CharField(label="手机号码", required=False, max_length=40, help_text=KEEP)
    typed_citizen_id = forms.CharField(
        label="身份证号码", required=False, max_length=40, help_text="只用来认出同一个人，不保存号码；不改就空着"
    )

    class Meta:
        model = Worker
        fields = FIELDS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        forget_keeping(self)
        use_code_lists(self)


class ServingFilter(OnDayFilter):
    title = "在岗"
    table = {"left": "已离岗", "all": "全部"}
    now_words = "现在在岗"

    def narrow_to_day(self, queryset, day):
        return queryset.serving(day)


class WorkerUnitFilter(PickFilter):
    title = "单位（含下级）"
    parameter_name = "unit"
    field_name = "unit"
    field_model = Worker

    def narrow(self, queryset, chosen):
        return queryset.filter(unit_id__in=sorted(subtree_ids([chosen])))


class TrainedFilter(admin.SimpleListFilter):
    """Had a training in a year, or none."""

    title = "培训"
    parameter_name = "training"

    def lookups(self, request, model_admin):
        year = timezone.localdate().year
        return [(f"none-{year}", f"{year} 年没有培训"), (f"none-{year - 1}", f"{year - 1} 年没有培训")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        year = self.value().removeprefix("none-")
        if not (year.isascii() and year.isdecimal() and len(year) == 4 and int(year) > 1900):
            return queryset.none()
        return queryset.filter(pk__in=without_training(Worker.objects.all(), int(year), on=timezone.localdate()))


class AttendForm(PortalForm):
    training = forms.ModelChoiceField(
        Training.objects.none(), label="哪次培训", empty_label="（请选）",
        help_text="还没有登记的，先到“工作人员培训”里新增",
    )  # fmt: skip


@admin.register(Worker)
class WorkerAdmin(RegisterPages, PicksAccount, RecordAdmin):
    form = WorkerForm
    register_kind = RegisterKind.WORKERS
    order_words = "按单位排列"
    voidable = True
    add_label = "新增工作人员"
    empty_words = "专职、兼职做老干部工作的同志列在这里，可以用模板一次导入。"
    list_display = ("name", "category", "unit", "post", "office_phone", "period", "times")
    list_filter = (ServingFilter, "category", WorkerUnitFilter, TrainedFilter)
    search_fields = ("name", "post")
    search_help_text = "姓名或职务"
    sortable_by = ()
    actions = ("attend_ticked",)
    select_related_in_list = ("unit",)
    select_related_in_record = ("unit", "user")
    ordering = ("unit__path", "category", "pk")
    fieldsets = (
        (None, {"fields": ("name", ("category", "unit"), "post", ("office_phone", "typed_mobile"))}),
        (
            "基本信息",
            {"fields": (
                ("sex", "birth_date"), "typed_citizen_id", ("ethnicity", "native_place"),
                ("political_status", "joined_party_on"), ("education", "professional_title"),
                ("staff_category", "org_area"),
            )},
        ),
        ("在岗", {"fields": (("starts_on", "ends_on"), "user", "note")}),
    )  # fmt: skip

    def get_queryset(self, request):
        year = timezone.localdate().year
        of_year = Q(attendances__training__starts_on__year=year, attendances__training__voided_at__isnull=True)
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name.endswith("changelist"):
            rows = rows.annotate(trained=Count("attendances", filter=of_year))
        return rows

    @admin.display(description="任职")
    def period(self, worker) -> str:
        return period_words(worker)

    @admin.display(description="今年培训")
    def times(self, worker) -> str:
        return f"{worker.trained} 次" if worker.trained else ""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("starts_on", "ends_on"):
            field.widget = DAY
        return field

    def write(self, request, obj, form, change):
        self.require_unit(request, obj.unit)
        values = form.cleaned_data
        save_worker(
            obj, mobile=values["typed_mobile"], citizen_id=values["typed_citizen_id"], today=timezone.localdate(),
            actor=request.user,
        )  # fmt: skip

    def mobiles_for(self, request) -> bool:
        return request.user.has_perm(CONTACT)

    def changelist_view(self, request, extra_context=None):
        context = {"list_heading": f"专兼职工作人员（{self.order_words}）", "list_tools": self.register_tools(request)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    # One person

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method in SAFE_METHODS and EDIT not in request.GET:
            if not self.has_view_permission(request):
                raise PermissionDenied
            request.reading_record = True
            return self.worker_page(request, self.get_object(request, unquote(object_id)))
        return super().change_view(request, object_id, form_url, extra_context)

    def worker_page(self, request, worker: Worker):
        """Facts and training; the look is logged, and says whether the mobile was shown in full."""
        in_full = self.mobiles_for(request)
        facts = page.Section("facts", "基本情况", page.rows_of(worker, FIELDS))
        facts.rows.insert(5, page.Row("手机号码", worker.mobile if in_full else masked_phone(worker.mobile)))
        trainings = [
            {
                "when": f"{training.starts_on:%Y-%m-%d}",
                "text": training.title,
                "note": "　".join(filter(None, (training.organiser, f"{training.hours.normalize():f} 学时"))),
            }
            for training in trainings_of(worker)
        ]
        audit.look(
            "open", actor=request.user, fields=["mobile"] if in_full else [], target=f"registry.worker:{worker.pk}",
            request=request,
        )  # fmt: skip
        context = {
            "title": worker.name,
            "original": worker,
            "worker": worker,
            "state": "已离岗" if worker.ends_on and worker.ends_on <= timezone.localdate() else "在岗",
            "facts": facts,
            "trainings": trainings,
            "tools": self.record_tools(request, worker),
        }
        return self.page(request, "admin/registry/worker_page.html", context)

    # A training of several

    @admin.action(description="登记参加培训", permissions=["attend"])
    def attend_ticked(self, request, queryset):
        keys = queryset.values_list("pk", flat=True)[:MOST_TICKED]
        query = urlencode({"pk": ",".join(str(pk) for pk in keys)})
        return HttpResponseRedirect(f"{self.page_url('attend')}?{query}")

    def has_attend_permission(self, request) -> bool:
        return request.user.has_perm(ATTEND)

    def get_urls(self):
        view = self.staff_view(self.attend_view)
        return [path("attend/", view, name=f"{self.page_name}_attend"), *super().get_urls()]

    def attend_view(self, request):
        if not self.has_attend_permission(request):
            raise PermissionDenied
        keys = [int(key) for key in request.GET.get("pk", "").split(",") if key.isdecimal() and len(key) < 18]
        group = list(self.rows_for(request.user, "registry.view_worker").filter(pk__in=keys[:MOST_TICKED]))
        form = AttendForm(request.POST or None)
        form.fields["training"].queryset = Training.objects.visible_to(request.user, ATTEND).filter(
            voided_at__isnull=True
        )
        if request.method == "POST" and form.is_valid():
            training = form.cleaned_data["training"]
            try:
                added = attend(training, group, actor=request.user, request=request)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(
                    request, f"已登记 {added} 人参加“{training}”，原来就有的 {len(group) - added} 人没有动。"
                )
                return HttpResponseRedirect(
                    reverse(f"{self.admin_site.name}:registry_training_change", args=[training.pk])
                )
        context = {
            "title": f"登记参加培训：{len(group)} 人",
            "form": form,
            "media": form.media,
            "lead": "、".join(worker.name for worker in group[:20]) + ("等" if len(group) > 20 else ""),
            "list_url": self.page_url("changelist"),
            "list_words": "专兼职工作人员",
            "back": self.page_url("changelist"),
            "buttons": [("save", "登记")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)
