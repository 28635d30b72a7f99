"""The list of an opened period: a tab a state, acts on ticked lines, 发放表 on paper and as a workbook, and back."""

import datetime as dt

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.common.errors import BusinessError
from apps.ledgers.choices.treatments import DueState, ReceivedHow, StopReason
from apps.ledgers.forms.treatments import ReturnedForm
from apps.ledgers.models import TreatmentRun
from apps.ledgers.models.treatments import STATE
from apps.ledgers.queries.treatments import dues_seen, numbers_by_state, total_of
from apps.ledgers.rules.treatments import period_words
from apps.ledgers.services import treatment_sheets, treatments
from apps.organisation.models import Unit
from apps.registry.models import Cadre
from apps.registry.queries import find_people

from .tables import Table, ids_of, print_table, send_table

PER_PAGE = 50
CHANGE = "ledgers.change_treatmentdue"
ORDER = "单位、名次"
ACTS = {
    DueState.WAITING: (("receive", "登记领到"), ("issue", "登记发出"), ("stop", "停发")),
    DueState.ISSUED: (("receive", "登记领到"), ("take_back", "退回待发"), ("stop", "停发")),
    DueState.RECEIVED: (("take_back", "登记错了，退回待发"),),
    DueState.STOPPED: (("resume", "恢复发放"),),
}


class Asked:
    """What of a list is shown: a state, a unit, a name."""

    def __init__(self, request):
        state, unit = request.GET.get("tab", ""), request.GET.get("unit", "")
        self.state = state if state in DueState.values else DueState.WAITING
        self.unit = int(unit) if unit.isascii() and unit.isdecimal() and len(unit) < 18 else None
        self.q = request.GET.get("q", "").strip()[:40]

    @property
    def label(self) -> str:
        return str(DueState(self.state).label)

    def query(self, **over) -> str:
        values = {"tab": self.state, "unit": self.unit or "", "q": self.q, **over}
        return urlencode({name: value for name, value in values.items() if value})

    def narrow(self, rows):
        if self.unit is not None:
            rows = rows.filter(unit=self.unit)
        names = RunLists.named(self.q)
        return rows if names is None else rows.filter(cadre__in=names)


class RunLists:
    """Mixed into the admin of runs."""

    @staticmethod
    def named(term: str):
        """People of a name or reading; None where nothing was asked; nobody where a number was."""
        if not term.strip():
            return None
        asked, people = find_people(term)
        return Cadre.objects.none().values("pk") if asked.is_number else people.order_by().values("pk")

    def get_urls(self):
        name = "ledgers_treatmentrun"
        pages = (("list", self.list_view), ("print", self.print_view), ("export", self.export_view),
                 ("sheet", self.sheet_view), ("returned", self.returned_view))  # fmt: skip
        return [
            *(path(f"<path:object_id>/{page}/", self.staff_view(view), name=f"{name}_{page}") for page, view in pages),
            *super().get_urls(),
        ]

    def run_at(self, request, object_id) -> TreatmentRun:
        if not request.user.has_perm("ledgers.view_treatmentdue") or not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    def list_view(self, request, object_id):
        """A period's lines, a tab a state; acts on the ticked come back here by POST."""
        run = self.run_at(request, object_id)
        if request.method == "POST":
            return self.act(request, run)
        asked = Asked(request)
        seen = dues_seen(request.user, run)
        numbers = numbers_by_state(asked.narrow(seen))
        rows = asked.narrow(seen).filter(STATE[DueState(asked.state)])
        rows = rows.select_related("cadre__person", "unit", "sheet__paper", "run__item")
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        may = request.user.has_perm(CHANGE)
        context = {
            "title": self.title_of(run), "original": run, "item": run.item, "page": page, "asked": asked, "may": may,
            "tabs": [
                (label, numbers.get(key, 0), asked.query(tab=key), key == asked.state)
                for key, label in DueState.choices
            ],
            "acts": ACTS[DueState(asked.state)] if may else (), "query": asked.query(),
            "total": total_of(asked.narrow(seen).filter(stopped_on__isnull=True)), "today": timezone.localdate(),
            "units": Unit.objects.filter(pk__in=seen.order_by().values("unit")).order_by("path"),
            "hows": ReceivedHow.choices, "takes_name": asked.state in (DueState.WAITING, DueState.ISSUED),
            "reasons": [one for one in StopReason.choices if one[0] != StopReason.DIED],
            "sheets": run.sheets.select_related("paper").order_by("-pk")[:12],
            "sheet_url": self.url_of("sheet", run), "print_url": self.url_of("print", run),
            "export_url": self.url_of("export", run), "returned_url": self.url_of("returned", run),
            "back": reverse("admin:ledgers_treatmentrun_changelist"),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/treatment_list.html", context)

    def act(self, request, run: TreatmentRun):
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        try:
            done = self.do(request, run, request.POST.get("act", ""))
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, f"已办 {done} 人。") if done else messages.info(request, "没有改动。")
        return HttpResponseRedirect(f"{self.url_of('list', run)}?{Asked(request).query()}")

    def do(self, request, run: TreatmentRun, act: str) -> int:
        sent, user, today = request.POST, request.user, timezone.localdate()
        picked = ids_of(sent.getlist("pick"))
        ids = list(dues_seen(user, run, CHANGE).filter(pk__in=picked).values_list("pk", flat=True))
        if act == "issue":
            return treatments.issue(ids, issued_on=self.day_of(sent), actor=user, on=today)
        if act == "receive":
            receipt = treatments.Receipt(
                self.day_of(sent), sent.get("how", ""), sent.get("receiver", ""), sent.get("relation", ""),
                sent.get("note", ""),
            )  # fmt: skip
            return treatments.receive(ids, receipt, actor=user, on=today)
        if act == "take_back":
            return treatments.take_back(ids, actor=user)
        if act == "stop":
            return treatments.stop(ids, reason=sent.get("reason", ""), note=sent.get("note", ""), actor=user, on=today)
        if act == "resume":
            return treatments.resume(ids, actor=user)
        raise BusinessError("请选择怎么办。", code="act")

    def day_of(self, sent) -> dt.date:
        try:
            return dt.date.fromisoformat(sent.get("day", ""))
        except ValueError:
            raise BusinessError("请填日期。", code="day", field="day") from None

    # On paper and as a workbook

    def table_at(self, request, object_id) -> tuple[TreatmentRun, Table]:
        run, asked = self.run_at(request, object_id), Asked(request)
        rows = asked.narrow(dues_seen(request.user, run))
        if "tab" in request.GET:
            rows = rows.filter(STATE[DueState(asked.state)])
        rows = list(rows.select_related("cadre__person", "unit", "run__item")[: treatment_sheets.MOST_EXPORTED])
        label = asked.label if "tab" in request.GET else "全部"
        table = Table(
            title=treatment_sheets.title_of(run), headings=treatment_sheets.HEADINGS,
            rows=treatment_sheets.table_rows(rows), people={due.cadre_id for due in rows}, order=ORDER,
            scope=f"{label} {len(rows)} 人",
            sums=("金额（元）",) if any(due.amount is not None for due in rows) else (),
        )  # fmt: skip
        return run, table

    def print_view(self, request, object_id):
        run, table = self.table_at(request, object_id)
        back = f"{self.url_of('list', run)}?{Asked(request).query()}"
        return print_table(self, request, table, target=f"ledgers.treatmentrun:{run.pk}", back=back, landscape=True)

    def export_view(self, request, object_id):
        run, table = self.table_at(request, object_id)
        return send_table(request, table, target=f"ledgers.treatmentrun:{run.pk}", reason=table.title)

    def sheet_view(self, request, object_id):
        """A numbered sheet to sign of those who have not received it yet, and are on no sheet that is still out."""
        run, asked = self.run_at(request, object_id), Asked(request)
        if request.method != "POST" or not request.user.has_perm(CHANGE):
            raise PermissionDenied
        rows = asked.narrow(dues_seen(request.user, run, CHANGE))
        unit = Unit.objects.filter(pk=asked.unit).first() if asked.unit else None
        try:
            sheet = treatment_sheets.make_sheet(
                run, rows, scope=str(unit or "全部单位"), title=f"{self.title_of(run)}签领表", actor=request.user
            )
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(f"{self.url_of('list', run)}?{asked.query()}")
        return HttpResponseRedirect(reverse("admin:ledgers_treatmentsheet_print", args=[sheet.pk]))

    def returned_view(self, request, object_id):
        """The workbook that went out comes back filled in: all rows or none."""
        run = self.run_at(request, object_id)
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        form = ReturnedForm(request.POST or None, request.FILES or None)
        faults: list[tuple[int, str]] = []
        if request.method == "POST" and form.is_valid():
            try:
                read = treatment_sheets.read_returned(
                    run, form.cleaned_data["file"], dues_seen(request.user, run, CHANGE), on=timezone.localdate()
                )
                faults = read.faults
                done = 0 if faults else treatment_sheets.enter(read.lines, actor=request.user, on=timezone.localdate())
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                if not faults:
                    messages.success(request, f"录入了 {done} 人。")
                    return HttpResponseRedirect(f"{self.url_of('list', run)}?tab=received")
        context = {
            "title": f"{self.title_of(run)}：录入收回的表", "form": form, "faults": faults[:50],
            "more": len(faults) - 50,
            "back": self.url_of("list", run), "export_url": self.url_of("export", run),
            "period": period_words(run.item.every, run.period_start),
        }  # fmt: skip
        status = 422 if form.errors or faults else 200
        return self.page(request, "admin/ledgers/treatment_returned.html", context, status=status)
