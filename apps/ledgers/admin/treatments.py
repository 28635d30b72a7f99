"""待遇 in the admin: the catalogue, the periods opened of it with their lists, entries that set amounts right."""

import uuid

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.ledgers.choices.treatments import ChangeKind, PaidTo
from apps.ledgers.forms.treatments import ChangeForm, DayForm, ItemForm, OpenForm
from apps.ledgers.models import TreatmentChange, TreatmentDue, TreatmentItem, TreatmentRun
from apps.ledgers.queries.treatments import progress_of, without_period
from apps.ledgers.rules.treatments import period_words, span_from
from apps.ledgers.services import treatments
from apps.registry.models import Cadre

from .tables import InUseFilter, TableOut
from .treatment_lists import RunLists

OPEN = "ledgers.add_treatmentrun"


@admin.register(TreatmentItem)
class TreatmentItemAdmin(TableOut, RecordAdmin):
    open_to_viewers = True
    voidable = True
    form = ItemForm
    add_label = "新增待遇项目"
    empty_words = "先把本地有文件依据的待遇项目列进来：给谁、多久一次、多少钱、发给个人还是单位掌握。"
    list_display = ("name", "group", "audience", "every", "measure", "paid_to", "standard")
    list_filter = ("group", "paid_to", "every", InUseFilter)
    search_fields = ("name",)
    search_help_text = "项目名称"
    sortable_by = ()
    columns = (
        ("项目", "name"), ("属于", "group"), ("给谁", "audience"), ("多久一次", "every"), ("单位", "measure"),
        ("怎样给", "paid_to"), ("金额", "standard"), ("依据", "basis"),
    )  # fmt: skip

    @admin.display(description="给谁")
    def audience(self, item):
        return audience_words(item)


def audience_words(item: TreatmentItem) -> str:
    """To whom, in words."""
    types = dict(TreatmentItem._meta.get_field("retire_types").base_field.flatchoices)
    parts = ["、".join(str(types.get(one, one)) for one in item.retire_types) or "离退休干部"]
    if item.level:
        parts.append("享受规定级别待遇的")
    if item.only_members:
        parts.append("中共党员")
    if item.min_age:
        parts.append(f"满 {item.min_age} 周岁")
    if item.only_unable:
        parts.append("生活不能自理的")
    return "，".join(parts)


@admin.register(TreatmentRun)
class TreatmentRunAdmin(RunLists, RecordAdmin):
    open_to_viewers = True
    add_label = "开一期，列出应发的人"
    empty_words = "选一个项目和一期，名单按对象条件和标准一次算好；再开一次只补新符合条件的人。"
    list_display = ("link", "period", "lines", "sum", "received", "missing", "opened_on")
    list_display_links = None
    list_filter = ("item__group", "item")
    select_related_in_list = select_related_in_record = ("item",)
    ordering = ("-period_start", "item_id", "pk")
    sortable_by = ()

    def lookup_allowed(self, lookup, value, request):
        return lookup in ("item__group", "item__group__exact", "item__id__exact", "item")

    def may_change(self, request, obj):
        return False

    def title_of(self, obj):
        return f"{obj.item} {period_words(obj.item.every, obj.period_start)}"

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        found = progress_of(rows, request.user) if request.user.has_perm("ledgers.view_treatmentdue") else {}
        for row in rows:
            row.counts = found.get(row.pk, {"lines": 0, "received": 0, "stopped": 0, "sum": 0})
        changelist.result_list = rows
        return changelist

    @admin.display(description="项目")
    def link(self, obj):
        return format_html('<a href="{}">{}</a>', self.url_of("list", obj), obj.item.name)

    @admin.display(description="哪一期")
    def period(self, obj):
        return period_words(obj.item.every, obj.period_start)

    @admin.display(description="应发（人）")
    def lines(self, obj):
        return obj.counts["lines"]

    @admin.display(description="金额（元）")
    def sum(self, obj):
        return obj.counts["sum"] or ""

    @admin.display(description="已领")
    def received(self, obj):
        return obj.counts["received"]

    @admin.display(description="还没领到")
    def missing(self, obj):
        left = obj.counts["lines"] - obj.counts["received"] - obj.counts["stopped"]
        return format_html('<span class="tag {}">{}</span>', "soon" if left else "done", left or "全部领到")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        run = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, run) or request.method == "POST":
            raise PermissionDenied
        return HttpResponseRedirect(self.url_of("list", run))

    def add_view(self, request, form_url="", extra_context=None):
        """Choose an item and a period; sent, all who are due stand on its list."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        items = TreatmentItem.objects.filter(voided_at__isnull=True).order_by("group", "name", "pk")
        initial = {"year": today.year, "item": request.GET.get("item")}
        form = OpenForm(request.POST or None, items=items, initial=initial)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                done = treatments.open_period(
                    values["item"], year=values["year"], number=values["number"], asked=values["amount"],
                    cadres=Cadre.objects.current().visible_to(request.user, OPEN), actor=request.user, on=today,
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return self.opened(request, values["item"], done)
        context = {
            "title": "开一期待遇", "form": form, "button": form.submit_label, "back": self.list_of_runs(),
            "sentence": "只列您管理范围内在世的、符合对象条件的人。同一期再开一次，只补新符合条件的，已经登记的不动。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def list_of_runs(self) -> str:
        return reverse("admin:ledgers_treatmentrun_changelist")

    def opened(self, request, item: TreatmentItem, done: treatments.Opened):
        if item.paid_to == PaidTo.UNIT:
            messages.success(request, f"已为 {done.added} 个单位建好{item.name}预算。")
            return HttpResponseRedirect(reverse("admin:ledgers_unitfund_changelist"))
        messages.success(request, f"新列入 {done.added} 人。")
        run = done.run
        span = span_from(item.every, run.period_start)
        visible = Cadre.objects.current().visible_to(request.user, OPEN)
        if unknown := without_period(item, span, visible, on=timezone.localdate()).count():
            messages.warning(
                request, f"另有 {unknown} 人没有列入：参加革命工作时间没有登记或定不了时期，请先在老干部信息里补到日。"
            )
        return HttpResponseRedirect(self.url_of("list", run))


class DueStateFilter(admin.SimpleListFilter):
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [("missing", "还没领到"), ("received", "已领到"), ("stopped", "停发")]

    def queryset(self, request, queryset):
        if self.value() == "missing":
            return queryset.filter(received_on__isnull=True, stopped_on__isnull=True)
        if self.value() == "received":
            return queryset.filter(received_on__isnull=False)
        return queryset.filter(stopped_on__isnull=False) if self.value() == "stopped" else queryset


@admin.register(TreatmentDue)
class TreatmentDueAdmin(TableOut, RecordAdmin):
    """One person's line: what is due, what happened, the entries; set right by another entry."""

    list_display = ("who", "what", "payable", "state_words", "received_on", "receiver")
    list_display_links = ("what",)
    list_filter = (DueStateFilter, "run__item")
    search_fields = ("cadre__pk",)
    search_help_text = "姓名或拼音"
    sortable_by = ()
    ordering = ("-pk",)
    select_related_in_list = select_related_in_record = ("cadre__person", "run__item", "unit")
    fields = (
        "who", "what", "unit", "quantity_words", "payable", "state_words", "issued_on", "received_on", "how",
        "receiver", "relation", "note", "entries",
    )  # fmt: skip
    columns = (
        ("老同志", "who"), ("项目", "what"), ("单位", "unit"), ("金额（元）", "payable"), ("情况", "state_words"),
        ("领到日期", "received_on"), ("领取人", "receiver_words"),
    )  # fmt: skip
    sums = ("金额（元）",)
    empty_words = "先在“待遇发放”里开一期。"

    def lookup_allowed(self, lookup, value, request):
        return lookup in ("run__item__id__exact", "run__item")

    def get_search_results(self, request, queryset, search_term):
        return self.by_name(queryset, search_term)

    def by_name(self, queryset, term: str):
        from_names = RunLists.named(term)
        return (queryset if from_names is None else queryset.filter(cadre__in=from_names)), False

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def people_of(self, obj):
        return [obj.cadre_id]

    def title_of(self, obj):
        return f"{obj.cadre.person.name}：{self.what(obj)}"

    @admin.display(description="老同志")
    def who(self, obj):
        return obj.cadre.person.name

    @admin.display(description="项目")
    def what(self, obj):
        return f"{obj.run.item} {period_words(obj.run.item.every, obj.run.period_start)}"

    @admin.display(description="数量")
    def quantity_words(self, obj):
        return quantity_words(obj)

    @admin.display(description="应发（元）")
    def payable(self, obj):
        return obj.payable if obj.payable is not None else ""

    @admin.display(description="情况")
    def state_words(self, obj):
        return state_words(obj)

    @admin.display(description="领取人")
    def receiver_words(self, obj):
        return receiver_words(obj)

    @admin.display(description="更正记录")
    def entries(self, obj):
        rows = obj.changes.filter(voided_at__isnull=True).select_related("made_by").order_by("made_on", "pk")
        words = [f"{one.made_on} {one.get_kind_display()} {one.amount:+} 元：{one.reason}" for one in rows]
        return format_html("{}", "；".join(words)) if words else "没有更正过"

    def record_tools(self, request, obj):
        tools = [{"label": "整期名单", "url": reverse("admin:ledgers_treatmentrun_list", args=[obj.run_id])}]
        if obj.amount is not None and self.may_enter(request, obj):
            tools.insert(0, {"label": "更正、补发", "url": self.url_of("correct", obj), "main": True})
        return [*tools, *super().record_tools(request, obj)]

    def may_enter(self, request, obj) -> bool:
        right = self.right("change")
        return self.rows_for(request.user, right).filter(pk=obj.pk).exists()

    def get_urls(self):
        page = self.staff_view(self.correct_view)
        return [path("<path:object_id>/correct/", page, name="ledgers_treatmentdue_correct"), *super().get_urls()]

    def correct_view(self, request, object_id):
        due = self.get_object(request, unquote(object_id))
        if not self.may_enter(request, due):
            raise PermissionDenied
        form = ChangeForm(request.POST or None, initial={"form_key": uuid.uuid4(), "kind": ChangeKind.CORRECTION})
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            entry = TreatmentChange(public_id=values.pop("form_key"), made_on=timezone.localdate(), **values)
            try:
                treatments.enter_change(due, entry, actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已记下更正。")
                return HttpResponseRedirect(self.url_of("change", due))
        context = {
            "title": f"更正：{self.title_of(due)}", "form": form, "button": form.submit_label,
            "back": self.url_of("change", due),
            "sentence": f"现在应发 {due.payable} 元。原来的金额不会改掉，加减记成一笔，谁什么时候为什么都看得到。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)


def quantity_words(due: TreatmentDue) -> str:
    """2 个月基本离休费; else number and measure, where no amount says it."""
    if due.run.item.standard == "subsidy":
        return f"{due.quantity.normalize():f} 个月基本离休费"
    return f"{due.quantity.normalize():f} {due.run.item.measure}" if due.amount is None else f"{due.payable} 元"


def state_words(due: TreatmentDue) -> str:
    words = str(due.state.label)
    return f"{words}（{due.get_stop_reason_display()}）" if due.stopped_on and not due.received_on else words


def receiver_words(due: TreatmentDue) -> str:
    if not due.received_on:
        return ""
    return f"{due.receiver}（{due.relation}）" if due.receiver else "本人"


@admin.register(TreatmentChange)
class TreatmentChangeAdmin(TableOut, RecordAdmin):
    """Entries over all periods: what was set right, and what was given after a death and must come back."""

    list_display = ("who", "what", "kind", "amount", "reason", "made_on", "settled_on")
    list_display_links = ("who",)
    list_filter = ("kind", "settled_on")
    sortable_by = ()
    ordering = ("-made_on", "-pk")
    select_related_in_list = select_related_in_record = ("due__cadre__person", "due__run__item")
    fields = ("who", "what", "kind", "amount", "reason", "document_no", "made_on", "made_by", "settled_on")
    columns = (
        ("老同志", "who"), ("项目", "what"), ("为什么", "kind"), ("金额（元）", "amount"), ("说明", "reason"),
        ("日期", "made_on"), ("追回日期", "settled_on"),
    )  # fmt: skip
    empty_words = "更正在每个人的那一行里登记；离世以后才知道的多发，会自动列在这里等着追回。"

    def get_list_filter(self, request):
        return ("kind", ReclaimFilter, InUseFilter)

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def people_of(self, obj):
        return [obj.due.cadre_id]

    @admin.display(description="老同志")
    def who(self, obj):
        return obj.due.cadre.person.name

    @admin.display(description="项目")
    def what(self, obj):
        return f"{obj.due.run.item} {period_words(obj.due.run.item.every, obj.due.run.period_start)}"

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.kind == ChangeKind.RECLAIM and obj.settled_on is None and obj.voided_at is None:
            tools.insert(0, {"label": "记下已追回", "url": self.url_of("settle", obj), "main": True})
        return tools

    def get_urls(self):
        page = self.staff_view(self.settle_view)
        return [path("<path:object_id>/settle/", page, name="ledgers_treatmentchange_settle"), *super().get_urls()]

    def settle_view(self, request, object_id):
        change = self.get_object(request, unquote(object_id))
        right = "ledgers.change_treatmentdue"
        if not self.rows_for(request.user, right).filter(pk=change.pk).exists():
            raise PermissionDenied
        if change.kind != ChangeKind.RECLAIM:
            raise Http404
        form = DayForm(request.POST or None, initial={"day": timezone.localdate()})
        if request.method == "POST" and form.is_valid():
            try:
                treatments.settle_reclaim(
                    change, settled_on=form.cleaned_data["day"], actor=request.user, on=timezone.localdate()
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已记下追回。")
                return HttpResponseRedirect(self.url_of("change", change))
        context = {
            "title": "记下已追回", "form": form, "button": "记下", "back": self.url_of("change", change),
            "sentence": f"{self.who(change)}：{self.what(change)}，{-change.amount} 元。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)


class ReclaimFilter(admin.SimpleListFilter):
    title, parameter_name = "追回", "reclaim"

    def lookups(self, request, model_admin):
        return [("open", "还没追回的")]

    def queryset(self, request, queryset):
        if self.value() == "open":
            return queryset.filter(kind=ChangeKind.RECLAIM, settled_on__isnull=True)
        return queryset
