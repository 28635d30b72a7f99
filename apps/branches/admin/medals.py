"""光荣在党50年 in the admin: the batches, a year's list worked as a grid, its register; what decides party age."""

import datetime as dt
import io

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.branches.access import organisations_open_to, reaches_all
from apps.branches.choices import MedalForm, MedalState
from apps.branches.models import MedalBatch, MedalCandidate, Organisation, PartyEvent
from apps.branches.queries.medals import candidates_of, numbers_by_state, without_dates
from apps.branches.resources.medals import COLUMNS, ORDER, register_rows, title_of
from apps.branches.rules.party_age import MedalRules
from apps.branches.services import medals
from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet
from apps.organisation.queries import rule_values
from apps.registry.models import Cadre
from apps.registry.queries import find_people

PER_PAGE = 50
MOST = 3000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# (state, acts on what is ticked there: key, label)
REVIEW = (("well", "一贯表现良好"), ("unwell", "取消这项审核"), ("approved", "核定"))
REFUSE = ("refused", "不颁发")
TABS = {
    MedalState.PROPOSED: (*REVIEW, ("doubtful", "转需研究"), REFUSE),
    MedalState.DOUBTFUL: (*REVIEW, ("proposed", "转为确定"), REFUSE),
    MedalState.APPROVED: (("issue", "登记颁发"), ("proposed", "退回")),
    MedalState.ISSUED: (("undo", "撤销今天登记的颁发"),),
    MedalState.REFUSED: (("proposed", "退回"),),
}


def seen(user, batch: MedalBatch, permission: str):
    """The names on a list that the user may see, or do `permission` to."""
    return candidates_of(batch).filter(
        person_id__in=Cadre.objects.visible_to(user, permission).values("pk"),
        organisation__in=organisations_open_to(user, permission),
    )


@admin.register(MedalBatch)
class MedalBatchAdmin(RecordAdmin):
    open_to_viewers = True
    add_label = "准备一年的名单"
    empty_words = "每年建一批，名单按入党时间、转正时间和党内经历自动算出。"
    list_display = ["year", "state", "built_on", "document_no"]
    sortable_by = ()
    ordering = ["-year"]
    fields = ["year", "state", "document_no", "note"]

    def get_fields(self, request, obj=None):
        return ["state", "document_no", "note"] if obj else ["year"]

    def write(self, request, obj, form, change):
        if change:
            if not reaches_all(request.user, self.right("change")):
                raise BusinessError("全市的批次由市局管理，请联系市局。", code="out_of_reach")
            obj.save()
            return
        built = medals.build_batch(obj.year, on=timezone.localdate(), actor=request.user)
        obj.pk = built.batch.pk
        obj.refresh_from_db()

    def record_tools(self, request, obj):
        return [{"label": "看名单", "url": self.url_of("list", obj), "main": True}, *super().record_tools(request, obj)]

    def response_post_save_add(self, request, obj):
        return HttpResponseRedirect(self.url_of("list", obj))

    def get_urls(self):
        name = "branches_medalbatch"
        return [
            path("<path:object_id>/list/", self.staff_view(self.list_view), name=f"{name}_list"),
            path("<path:object_id>/print/", self.staff_view(self.print_view), name=f"{name}_print"),
            path("<path:object_id>/export/", self.staff_view(self.export_view), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def batch_at(self, request, object_id) -> MedalBatch:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    # The list

    def list_view(self, request, object_id):
        """A year's list, a tab a state; acts on the ticked names come back here by POST."""
        batch = self.batch_at(request, object_id)
        if request.method == "POST":
            return self.act(request, batch)
        asked = Asked.of(request)
        rows = seen(request.user, batch, self.right("view"))
        numbers = numbers_by_state(asked.narrow(rows))
        page = Paginator(asked.narrow(rows).filter(state=asked.state), PER_PAGE).get_page(request.GET.get("page"))
        day = self.day_of(batch)
        may = request.user.has_perm(self.right("change")) and batch.state != "closed"
        context = {
            "title": str(batch), "original": batch, "page": page, "asked": asked, "may": may,
            "tabs": [
                (label, numbers.get(key, 0), asked.query(tab=key), key == asked.state)
                for key, label in MedalState.choices
            ],
            "lines": [(row, row.age_on(day)) for row in page],
            "acts": TABS[asked.state] if may else (), "query": asked.query(), "day": day,
            "is_issuing": asked.state == MedalState.APPROVED, "forms": MedalForm.choices,
            "organisations": Organisation.objects.filter(
                pk__in=rows.order_by().values("organisation_id")
            ).order_by("path"),
            "unknown": without_dates(timezone.localdate()) if asked.state == MedalState.DOUBTFUL else 0,
            "today": timezone.localdate(),
            "print_url": self.url_of("print", batch), "export_url": self.url_of("export", batch),
            "back": self.url_of("change", batch), "add_event": self.add_event_url(request),
        }  # fmt: skip
        return self.page(request, "admin/branches/medal_list.html", context)

    def add_event_url(self, request) -> str:
        right = "branches.add_partyevent"
        return reverse(f"{self.admin_site.name}:branches_partyevent_add") if request.user.has_perm(right) else ""

    def day_of(self, batch: MedalBatch) -> dt.date:
        return rule_values(MedalRules.rule_key, on=timezone.localdate()).day_of(batch.year)

    def act(self, request, batch: MedalBatch):
        if not request.user.has_perm(self.right("change")):
            raise PermissionDenied
        try:
            said = self.build(request, batch) if "build" in request.POST else self.decide(request, batch)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, said)
        return HttpResponseRedirect(f"{self.url_of('list', batch)}?{Asked.of(request).query()}")

    def build(self, request, batch: MedalBatch) -> str:
        built = medals.build_batch(batch.year, on=timezone.localdate(), actor=request.user)
        return f"名单已更新：新增 {built.added} 人，变动 {built.changed} 人。"

    def decide(self, request, batch: MedalBatch) -> str:
        today, act, user = timezone.localdate(), request.POST.get("act", ""), request.user
        picked = [
            int(key) for key in request.POST.getlist("pick") if key.isascii() and key.isdecimal() and len(key) < 18
        ]
        ids = list(seen(user, batch, self.right("change")).filter(pk__in=picked).values_list("pk", flat=True))
        if act in ("well", "unwell"):
            done = medals.tick_behaved_well(ids, well=act == "well", actor=user, on=today)
        elif act == "issue":
            done = medals.issue(ids, self.handing(request, ids), actor=user, on=today)
        elif act == "undo":
            done = medals.undo_issue(ids, actor=user, on=today)
        else:
            done = medals.decide(ids, act, note=request.POST.get("note", ""), actor=user, on=today)
        return f"已办 {done} 人。" if done else "没有改动。"

    def handing(self, request, ids: list[int]) -> medals.Handing:
        try:
            day = dt.date.fromisoformat(request.POST.get("delivered_on", ""))
        except ValueError:
            raise BusinessError("请填颁发日期。", code="day", field="delivered_on") from None
        serials = {pk: request.POST.get(f"serial-{pk}", "") for pk in ids}
        return medals.Handing(request.POST.get("form", ""), day, request.POST.get("deliverer", ""), serials)

    # The register

    def register(self, request, object_id, act: str) -> tuple[MedalBatch, list[MedalCandidate]]:
        """The names of a tab as they are listed, logged before they leave."""
        batch, asked = self.batch_at(request, object_id), Asked.of(request)
        rows = asked.narrow(seen(request.user, batch, self.right("view"))).filter(state=asked.state)
        found = list(rows[:MOST])
        audit.look(
            act, actor=request.user, people={row.person_id for row in found}, reason=title_of(batch.year),
            target=f"branches.medalbatch:{batch.pk}", request=request,
        )  # fmt: skip
        return batch, found

    def print_view(self, request, object_id):
        batch, rows = self.register(request, object_id, "print")
        frame = frame_for(
            request, title_of(batch.year), order=ORDER, scope=f"{Asked.of(request).label} {len(rows)} 人",
            columns=len(COLUMNS), back_url=self.url_of("list", batch), landscape=True, stamp=True, signature="审核人",
        )  # fmt: skip
        context = {"frame": frame, "columns": COLUMNS, "rows": register_rows(rows, self.day_of(batch))}
        return self.page(request, "print/list.html", context)

    def export_view(self, request, object_id):
        batch, rows = self.register(request, object_id, "export")
        stream, now = io.BytesIO(), timezone.localtime()
        notes = [
            ("范围", f"{Asked.of(request).label} {len(rows)} 人"), ("排列", f"按{ORDER}"),
            ("导出人", str(request.user)), ("导出时间", f"{now:%Y-%m-%d %H:%M}"),
            ("提醒", "含个人信息，按用途使用，用完删除。"),
        ]  # fmt: skip
        title = f"{title_of(batch.year)}（按{ORDER}排列）"
        write_sheet(stream, title, COLUMNS, register_rows(rows, self.day_of(batch)), notes=notes, sheet_name="人员名册")
        stream.seek(0)
        return FileResponse(
            stream, as_attachment=True, filename=f"光荣在党50年名册{now:%Y%m%d}.xlsx", content_type=XLSX
        )


class Asked:
    """What of a list is shown: a state, an organisation with those below it, a name."""

    def __init__(self, state: str, within: Organisation | None, q: str) -> None:
        self.state, self.within, self.q = state, within, q

    @classmethod
    def of(cls, request) -> "Asked":
        state, within = request.GET.get("tab", ""), request.GET.get("within", "")
        found = Organisation.objects.filter(pk__in=medals.keys_of([within])).first()
        return cls(
            state if state in MedalState.values else MedalState.PROPOSED, found, request.GET.get("q", "").strip()
        )

    @property
    def label(self) -> str:
        return str(MedalState(self.state).label)

    def query(self, **over) -> str:
        values = {"tab": self.state, "within": self.within.pk if self.within else "", "q": self.q, **over}
        return urlencode({name: value for name, value in values.items() if value})

    def narrow(self, rows):
        if self.within is not None:
            rows = rows.filter(organisation__path__startswith=self.within.path)
        if not self.q:
            return rows
        asked, people = find_people(self.q)
        return rows.none() if asked.is_number else rows.filter(person_id__in=people.order_by().values("pk"))


@admin.register(PartyEvent)
class PartyEventAdmin(RecordAdmin):
    voidable = True
    add_label = "登记党内经历"
    empty_words = "留党察看、恢复党籍、重新入党、组织认定的党龄起算日，凭文件登记在这里，名单会照着算。"
    list_display = ["person", "kind", "on", "full_on", "document_no"]
    list_filter = ["kind"]
    search_fields = ["person_id"]
    search_help_text = "姓名或拼音"
    sortable_by = ()
    select_related_in_list = ("person",)
    select_related_in_record = ("person",)
    autocomplete_fields = ["person"]
    fields = ["person", "kind", ("on", "full_on"), "document_no", "note"]

    def rows_for(self, user, permission):
        return PartyEvent.objects.filter(person_id__in=Cadre.objects.visible_to(user, permission).values("pk"))

    def get_search_results(self, request, queryset, search_term):
        """By name or reading; a number is not answered here, because it would stand in the address."""
        if not search_term.strip():
            return queryset, False
        asked, people = find_people(search_term)
        if asked.is_number:
            return queryset.none(), False
        return queryset.filter(person_id__in=people.order_by().values("pk")), False

    def people_of(self, obj):
        return [obj.person_id]

    def write(self, request, obj, form, change):
        right = self.right("change" if change else "add")
        if not Cadre.objects.visible_to(request.user, right).filter(pk=obj.person_id).exists():
            raise BusinessError("他不在您的管理范围内。", code="out_of_reach", field="person")
        obj.save()
