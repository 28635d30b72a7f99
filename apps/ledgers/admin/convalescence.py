"""疗养: batches, whom to invite with who went lately, answers, the list to print."""

import datetime as dt

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.ledgers.choices.treatments import PlaceState
from apps.ledgers.forms.convalescence import AnswerForm, InviteForm
from apps.ledgers.models import ConvalescenceBatch, ConvalescencePlace
from apps.ledgers.rules.treatments import TreatmentTerms
from apps.ledgers.services import convalescence
from apps.organisation.queries import rule_values
from apps.registry.models import Cadre

from .tables import InUseFilter, OfCadreAdmin, Table, ids_of, print_table, send_table
from .treatment_lists import RunLists

PER_PAGE = 50
INVITE = "ledgers.add_convalescenceplace"
CHANGE = "ledgers.change_convalescenceplace"
SEE = "ledgers.view_convalescenceplace"
HEADINGS = ("序号", "老同志", "管理单位", "情况", "陪同人", "关系", "紧急联系人", "身体条件核对", "备注")


@admin.register(ConvalescenceBatch)
class ConvalescenceBatchAdmin(RecordAdmin):
    open_to_viewers = True
    voidable = True
    add_label = "新建一批"
    empty_words = "一批一个地点、一个日期、一个名额数；先邀请，再登记谁答应、谁不去、谁排队。"
    list_display = ("name", "mode", "place", "starts_on", "ends_on", "quota", "taken", "free_words")
    list_filter = ("mode", InUseFilter)
    search_fields = ("name", "place")
    search_help_text = "批次、地点"
    sortable_by = ()
    ordering = ("-starts_on", "-pk")
    fields = (
        ("name", "mode"), "place", ("starts_on", "ends_on"), ("quota", "answer_by"), "leader", "health_note",
        "document_no",
    )  # fmt: skip

    @admin.display(description="还有名额")
    def free_words(self, obj):
        return obj.free

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if request.user.has_perm(SEE):
            tools.insert(0, {"label": "名单", "url": self.url_of("list", obj), "main": True})
        return tools

    def response_post_save_add(self, request, obj):
        return HttpResponseRedirect(self.url_of("list", obj))

    def get_urls(self):
        name = "ledgers_convalescencebatch"
        pages = (("list", self.list_view), ("invite", self.invite_view), ("print", self.print_view),
                 ("export", self.export_view))  # fmt: skip
        return [
            *(path(f"<path:object_id>/{page}/", self.staff_view(view), name=f"{name}_{page}") for page, view in pages),
            *super().get_urls(),
        ]

    def batch_at(self, request, object_id, permission: str = SEE) -> ConvalescenceBatch:
        if not request.user.has_perm(permission) or not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    def places(self, request, batch):
        rows = batch.places.filter(voided_at__isnull=True).visible_to(request.user, SEE)
        return rows.select_related("cadre__person", "cadre__managing_unit")

    def list_view(self, request, object_id):
        """Who was invited and what he said; those who wait in their order."""
        batch = self.batch_at(request, object_id)
        rows = list(self.places(request, batch).order_by("waiting_since", "pk"))
        groups = [(label, [row for row in rows if row.state == key]) for key, label in PlaceState.choices]
        context = {
            "title": str(batch), "original": batch, "groups": [one for one in groups if one[1]], "number": len(rows),
            "may": request.user.has_perm(CHANGE), "may_invite": request.user.has_perm(INVITE),
            "next": convalescence.next_waiting(batch) if batch.free else None,
            "invite_url": self.url_of("invite", batch), "print_url": self.url_of("print", batch),
            "export_url": self.url_of("export", batch), "back": self.url_of("change", batch),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/convalescence_list.html", context)

    def invite_view(self, request, object_id):
        """People in reach who may be invited, with those who went lately marked; ticked, they are on the list."""
        batch, today = self.batch_at(request, object_id, INVITE), timezone.localdate()
        terms = rule_values(TreatmentTerms.rule_key, on=today)
        since = batch.starts_on.replace(month=1, day=1, year=batch.starts_on.year - terms.convalescence_years)
        visible = Cadre.objects.living().visible_to(request.user, INVITE)
        if request.method == "POST":
            picked = visible.filter(pk__in=ids_of(request.POST.getlist("pick")))
            try:
                done = convalescence.invite(batch, picked, actor=request.user, on=today)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
                return HttpResponseRedirect(f"{self.url_of('invite', batch)}?{request.GET.urlencode()}")
            messages.success(request, f"邀请了 {done} 人。")
            return HttpResponseRedirect(self.url_of("list", batch))
        form = InviteForm(request.GET)
        people = self.offered(visible, form, batch, since)
        page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
        went = convalescence.went_lately([row.pk for row in page], since=since)
        query = request.GET.copy()
        query.pop("page", None)
        context = {
            "title": f"邀请：{batch}", "original": batch, "form": form, "page": page, "query": query.urlencode(),
            "lines": [(row, went.get(row.pk)) for row in page], "years": terms.convalescence_years,
            "back": self.url_of("list", batch),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/convalescence_invite.html", context)

    def offered(self, visible, form: InviteForm, batch, since: dt.date):
        values = form.cleaned_data if form.is_valid() else {}
        people = visible.exclude(pk__in=batch.places.filter(voided_at__isnull=True).values("cadre"))
        if values.get("kind"):
            people = people.filter(retire_type=values["kind"])
        if not values.get("all"):
            people = people.exclude(pk__in=convalescence.who_went(since).values("pk"))
        names = RunLists.named(values.get("q", ""))
        people = people if names is None else people.filter(pk__in=names)
        return people.select_related("person", "managing_unit").order_by("order_no", "pk")

    def table_at(self, request, object_id) -> tuple[ConvalescenceBatch, Table]:
        batch = self.batch_at(request, object_id)
        rows = self.places(request, batch).exclude(state=PlaceState.REFUSED)
        rows = list(rows.order_by("state", "waiting_since", "pk"))
        table = Table(
            title=f"{batch.name}疗养名单", headings=HEADINGS,
            rows=[
                [
                    number, row.cadre.person.name, str(row.cadre.managing_unit), row.get_state_display(), row.companion,
                    row.companion_relation, row.emergency_contact, row.health_checked_on, row.note,
                ]
                for number, row in enumerate(rows, 1)
            ],
            people={row.cadre_id for row in rows}, order="情况",
            scope=f"{batch.place}　{batch.starts_on} 至 {batch.ends_on}　名额 {batch.quota}，已占 {batch.taken}",
        )  # fmt: skip
        return batch, table

    def print_view(self, request, object_id):
        batch, table = self.table_at(request, object_id)
        target = f"ledgers.convalescencebatch:{batch.pk}"
        return print_table(self, request, table, target=target, back=self.url_of("list", batch), signature="带队人")

    def export_view(self, request, object_id):
        batch, table = self.table_at(request, object_id)
        return send_table(request, table, target=f"ledgers.convalescencebatch:{batch.pk}", reason=table.title)


@admin.register(ConvalescencePlace)
class ConvalescencePlaceAdmin(OfCadreAdmin):
    """All places over all batches: who went when. Invited and answered from the batch."""

    voidable = False
    empty_words = "打开一个疗养批次，邀请老同志。"
    list_display = ("link", "batch_words", "state", "invited_on", "answered_on", "companion")
    list_display_links = ("batch_words",)
    list_filter = ("state", InUseFilter)
    select_related_in_list = select_related_in_record = ("cadre__person", "cadre__managing_unit", "batch")
    ordering = ("-batch__starts_on", "pk")
    fields = (
        "link", "batch_words", "state", "invited_on", "answered_on", "reason", "companion", "companion_relation",
        "emergency_contact", "health_checked_on", "note",
    )  # fmt: skip
    readonly_fields = fields
    columns = (
        ("老同志", "name"), ("管理单位", "unit_name"), ("批次", "batch_words"), ("情况", "state"),
        ("陪同人", "companion"),
    )  # fmt: skip

    def has_add_permission(self, request):
        return False

    @admin.display(description="批次")
    def batch_words(self, obj):
        return str(obj.batch)

    def record_tools(self, request, obj):
        tools = [tool for tool in super().record_tools(request, obj) if tool["label"] != "修改"]
        if self.may_change(request, obj) and not obj.closed_by_event_id:
            tools.insert(0, {"label": "登记答复", "url": self.url_of("answer", obj), "main": True})
        return tools

    def keep(self, request, obj, form, change):
        raise BusinessError("请用“登记答复”。", code="fixed")

    def get_urls(self):
        page = self.staff_view(self.answer_view)
        return [path("<path:object_id>/answer/", page, name="ledgers_convalescenceplace_answer"), *super().get_urls()]

    def answer_view(self, request, object_id):
        place = self.changeable_object(request, object_id)
        if place.voided_at:
            raise Http404
        initial = {
            "state": place.state if place.state != PlaceState.INVITED else PlaceState.ACCEPTED, "reason": place.reason,
            "companion": place.companion, "companion_relation": place.companion_relation,
            "emergency_contact": place.emergency_contact, "health_checked": place.health_checked_on is not None,
        }  # fmt: skip
        form = AnswerForm(request.POST or None, initial=initial)
        batch = place.batch
        back = self.admin_site.get_model_admin(ConvalescenceBatch).url_of("list", batch)
        if request.method == "POST" and form.is_valid():
            try:
                said = convalescence.Answer(**form.cleaned_data)
                now = convalescence.answer(place, said, actor=request.user, on=timezone.localdate())
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                waits = now.state == PlaceState.WAITING and form.cleaned_data["state"] == PlaceState.ACCEPTED
                messages.success(request, "名额已满，已排队等候。" if waits else f"已登记：{now.get_state_display()}。")
                return HttpResponseRedirect(back)
        context = {
            "title": f"登记答复：{place.cadre.person.name}", "form": form, "button": form.submit_label, "back": back,
            "sentence": f"{batch}，{batch.starts_on} 至 {batch.ends_on}，还有 {batch.free} 个名额。"
            + (f"身体条件：{batch.health_note}" if batch.health_note else ""),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)
