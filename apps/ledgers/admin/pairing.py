"""结对 as a whole: each carer with his people, who has nobody, a whole hand-over, and contact cards."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.common import audit
from apps.common.admin_lists import page_number
from apps.common.errors import BusinessError
from apps.common.imprint import imprint
from apps.common.printing import frame_for
from apps.ledgers.access import possible_carers
from apps.ledgers.choices.pairing import CardLayout, Uncovered
from apps.ledgers.forms import CarerForm
from apps.ledgers.forms.pairing import CardForm
from apps.ledgers.models import CareAssignment
from apps.ledgers.queries.pairing import VIEW, Capacities, carers_shown, loads_of, open_items, uncovered
from apps.ledgers.services import assign_carers
from apps.registry.admin.scope import may_on
from apps.registry.models import Cadre

from .groups import ASSIGN

A_PAGE = 30
MOST_CARDS = 500
MOST_HANDED = 300
EIGHT = 8


class PairingPages:
    """Mixed into the admin of assignments. What stands on a contact card: rule book 8.54."""

    actions = ("print_cards_for_ticked",)

    def get_urls(self):
        name = "ledgers_careassignment"
        pages = (("carers", self.carers_view), ("uncovered", self.uncovered_view), ("cards", self.cards_view))
        return [
            *(path(f"{page}/", self.staff_view(view), name=f"{name}_{page}") for page, view in pages),
            path("<path:object_id>/handover/", self.staff_view(self.handover_view), name=f"{name}_handover"),
            *super().get_urls(),
        ]

    def list_tools(self, request):
        pages = [("结对情况", "carers"), ("没有人负责的", "uncovered"), ("打印联系卡", "cards")]
        return [{"label": label, "url": self.page_url(name)} for label, name in pages]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"list_tools": self.list_tools(request), **(extra_context or {})})

    def page_url(self, name: str, *args) -> str:
        return reverse(f"{self.admin_site.name}:ledgers_careassignment_{name}", args=args)

    def require(self, request, right: str = VIEW) -> None:
        if not request.user.has_perm(right):
            raise PermissionDenied

    # Each carer with his people

    def carers_view(self, request):
        """Whom each carer answers for, against how many he may; by unit and name, never by number."""
        self.require(request)
        today, text = timezone.localdate(), request.GET.get("q", "").strip()[:40]
        users = carers_shown(request.user, possible_carers(request.user), today)
        if text:
            users = users.filter(display_name__icontains=text) | users.filter(unit__name__icontains=text)
        page = Paginator(users, A_PAGE).get_page(page_number(request))
        may_assign = request.user.has_perm(ASSIGN)
        rows = loads_of(page.object_list, request.user, today)
        context = {
            "title": "结对情况", "rows": [(row, self.load_words(row)) for row in rows], "page": page, "q": text,
            "query": urlencode({"q": text}) if text else "", "may_assign": may_assign, "back": self.list_url(),
            "uncovered_url": self.page_url("uncovered"),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/pairing.html", context)

    def load_words(self, row) -> tuple[str, str]:
        if row.is_gone:
            return "已离岗，要交接", "late"
        if row.held > row.capacity:
            return f"{row.held} 位，超出规定的 {row.capacity} 位", "soon"
        return f"{row.held} 位，规定最多 {row.capacity} 位", "done" if row.room else ""

    def list_url(self) -> str:
        return reverse(f"{self.admin_site.name}:ledgers_careassignment_changelist")

    # Who has nobody

    def uncovered_view(self, request):
        """Focus people without a carer, and people whose carer left or is away; ticked ones go to 指定责任人."""
        self.require(request)
        if request.method == "POST":
            return self.to_assign(request)
        reason = request.GET.get("reason", "")
        reason = reason if reason in Uncovered.values else ""
        rows = uncovered(request.user, timezone.localdate())
        page = Paginator(rows.filter(reason=reason) if reason else rows, A_PAGE).get_page(page_number(request))
        people = list(page.object_list)
        for cadre in people:
            cadre.reason_words = Uncovered(cadre.reason).label
        context = {
            "title": "没有人负责的老同志", "people": people, "page": page, "reasons": Uncovered.choices,
            "reason": reason, "query": urlencode({"reason": reason}) if reason else "", "back": self.list_url(),
            "may_assign": request.user.has_perm(ASSIGN),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/uncovered.html", context)

    def to_assign(self, request):
        self.require(request, ASSIGN)
        keys = [key for key in request.POST.getlist("pk") if key.isdecimal() and len(key) < 18]
        if not keys:
            messages.warning(request, "请先勾选要指定责任人的老同志。")
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(f"{reverse('admin:registry_cadre_carers')}?pk={','.join(keys)}")

    # A whole hand-over

    def handover_view(self, request, object_id):
        """Everything of the carer of one assignment goes to others: his people with what is open, to read, to print
        and to hand over."""
        assignment = self.get_object(request, unquote(object_id))
        if not may_on(request, assignment.cadre_id, ASSIGN):
            raise PermissionDenied
        user = assignment.carer
        rows = CareAssignment.objects.open().primary().filter(carer=user).visible_to(request.user, ASSIGN)
        held = list(rows.select_related("cadre__person", "cadre__managing_unit")[:MOST_HANDED])
        today, ids = timezone.localdate(), [row.cadre_id for row in held]
        others = possible_carers(request.user).exclude(pk=user.pk)
        form = CarerForm(request.POST or None, carers=others, capacities=Capacities(today))
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            notes = {name: values[name] for name in ("override_reason", "handover_note")}
            try:
                counts = assign_carers(
                    Cadre.objects.filter(pk__in=ids),
                    carers=list(values["carers"]),
                    actor=request.user,
                    on=today,
                    **notes,
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(
                    request, f"{user}负责的 {counts.handed_over} 位已交接。交接清单留在各人的责任人记录里。"
                )
                return HttpResponseRedirect(self.page_url("carers"))
        items = open_items(ids, today)
        context = {
            "title": f"交接：{user}负责的 {len(held)} 位", "carer": user, "form": form, "media": form.media,
            "rows": [(row, items[row.cadre_id]) for row in held], "back": self.page_url("carers"),
            "print_url": "?print=1", "frame": frame_for(
                request, "责任人交接单", scope=f"移交人 {user}，{len(held)} 位", back_url=request.path
            ),
        }  # fmt: skip
        printed = request.method != "POST" and "print" in request.GET
        if printed:
            audit.look(
                "print", actor=request.user, people=ids, target=f"accounts.user:{user.pk}", request=request
            )  # fmt: skip
        template = "print/handover.html" if printed else "admin/ledgers/handover.html"
        return self.page(request, template, context, status=422 if form.errors else 200)

    # Contact cards

    @admin.action(description="打印联系卡", permissions=["view"])
    def print_cards_for_ticked(self, request, queryset):
        keys = queryset.order_by().values_list("pk", flat=True)[:MOST_CARDS]
        return HttpResponseRedirect(f"{self.page_url('cards')}?{urlencode({'pk': ','.join(map(str, keys))})}")

    def cards_view(self, request):
        """Cards for the old comrades: who answers for him, the office's numbers. Whose: ticked ones, one carer's, or
        everybody with a carer whom this user may see."""
        self.require(request)
        rows = self.card_rows(request)
        count = rows.count()
        form = CardForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            if 0 < count <= MOST_CARDS:
                return self.card_sheets(request, list(rows), form.cleaned_data)
            form.add_error(
                None, f"一次最多打印 {MOST_CARDS} 张，请先在责任分工里勾选。" if count else "没有要打印的人。"
            )
        context = {
            "title": f"打印联系卡：{count:,} 位老同志", "form": form, "media": form.media, "back": self.list_url(),
            "lead": "卡上只有老同志姓名、责任人姓名和工作电话、老干部局电话，发给老同志放在电话旁。",
            "buttons": [("save", "打印联系卡")], "list_url": self.list_url(), "list_words": "责任分工",
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def card_rows(self, request):
        rows = CareAssignment.objects.open().primary().visible_to(request.user, VIEW).filter(carer__is_active=True)
        ticked, carer = request.GET.get("pk"), request.GET.get("carer", "")
        if ticked is not None:
            rows = rows.filter(pk__in=[int(key) for key in ticked.split(",") if key.isdecimal() and len(key) < 18])
        if carer.isdecimal() and len(carer) < 18:
            rows = rows.filter(carer=int(carer))
        rows = rows.select_related("cadre__person", "cadre__managing_unit", "carer")
        return rows.order_by("cadre__managing_unit__path", "cadre__person__name_sort_key", "pk")

    def card_sheets(self, request, rows: list[CareAssignment], values: dict):
        size = EIGHT if values["layout"] == CardLayout.EIGHT else 1
        audit.look(
            "print", actor=request.user, people=[row.cadre_id for row in rows], reason=values["reason"],
            target="ledgers.careassignment", request=request,
        )  # fmt: skip
        context = {
            "frame": frame_for(request, "联系卡", back_url=request.get_full_path(), scope=f"{len(rows)} 张"),
            "pages": [rows[start : start + size] for start in range(0, len(rows), size)],
            "layout": values["layout"], "sender": imprint(),
        }  # fmt: skip
        return self.page(request, "print/contact_cards.html", context)
