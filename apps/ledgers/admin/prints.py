"""Lists made for paper: 走访慰问登记表 (domain 4.3, table 4) and 今日待办. Every print is logged with its people."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.printing import frame_for
from apps.ledgers.access import RECORD
from apps.ledgers.board import due_words
from apps.ledgers.choices import SheetOrder
from apps.ledgers.models import Contact, Duty
from apps.ledgers.queries import today
from apps.ledgers.queries.sheets import DuePerson, due_duties, in_order
from apps.people.queries import reach_of
from apps.registry.models import Cadre

from .sheets import reachable

MOST_PRINTED = 60
AHEAD = dt.timedelta(days=92)
TABLE = "走访慰问登记表"
COLUMNS_OF_TABLE = 15


@dataclass(frozen=True)
class VisitRow:
    """A line of the table: who, where, and, where the visit was recorded already, what came of it."""

    person: DuePerson
    reach: object
    contact: Contact | None = None


def asked_keys(request) -> list[int]:
    """Keys of `?pk=1,2,3`, as many as go on one list."""
    keys = request.GET.get("pk", "").split(",")
    return [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 18][:MOST_PRINTED]


class PrintedLists:
    """Mixed into the admin of duties."""

    def get_urls(self):
        return [
            path("visit-list/", self.staff_view(self.visit_list_view), name="ledgers_duty_visit_list"),
            path("today/", self.staff_view(self.today_view), name="ledgers_duty_today"),
            *super().get_urls(),
        ]

    def visit_list_view(self, request):
        """The visits of a day, with room for what the visitor writes and for the signature."""
        if not request.user.has_perm(self.right("view")) or not request.user.has_perm(RECORD):
            raise PermissionDenied
        on = timezone.localdate()
        order = request.GET.get("order", "")
        order = order if order in SheetOrder.values else SheetOrder.COMMUNITY
        cadres = Cadre.objects.current().visible_to(request.user, RECORD).filter(pk__in=asked_keys(request))
        people = in_order(people_of(cadres, on), order)
        reach = reach_of_all(request.user, [person.cadre.pk for person in people], on)
        rows = [VisitRow(person, reach.get(person.cadre.pk)) for person in people]
        return visit_table(self, request, rows, order=SheetOrder(order).label, back=add_url())

    def today_view(self, request):
        """今日待办 on paper, for whoever works away from the screen."""
        if not request.user.has_perm("ledgers.view_today"):
            raise PermissionDenied
        on = timezone.localdate()
        board = today(request.user, on, most=MOST_PRINTED)
        ids = [row.cadre_id for row in board.rows]
        reach = reach_of_all(request.user, ids, on)
        frame = frame_for(
            request, "今日待办", columns=6, order="先本人负责的，再按逾期和期限", back_url=reverse("admin:index"),
            scope=f"{on.year}年{on.month}月{on.day}日　{len(ids)} 位{'（还有更多）' if board.more_people else ''}",
        )  # fmt: skip
        rows = [
            {"row": row, "due": due_words(row.due_on, on)[0], "reach": reach.get(row.cadre_id)} for row in board.rows
        ]
        audit.look("print", actor=request.user, people=ids, fields=["phone"], target="ledgers.today", request=request)
        return self.page(request, "print/today.html", {"frame": frame, "rows": rows})


class PrintedContacts:
    """Mixed into the admin of contacts: what was recorded, in the same table."""

    actions = ("print_ticked",)

    def get_urls(self):
        return [path("print/", self.staff_view(self.print_view), name="ledgers_contact_print"), *super().get_urls()]

    def print_ticked(self, request, queryset):
        keys = queryset.order_by().values_list("pk", flat=True)[:MOST_PRINTED]
        return HttpResponseRedirect(f"{reverse('admin:ledgers_contact_print')}?pk={','.join(map(str, keys))}")

    print_ticked.short_description = f"打印{TABLE}（最多 {MOST_PRINTED} 条）"
    print_ticked.allowed_permissions = ["view"]

    def print_view(self, request):
        if not request.user.has_perm(self.right("view")):
            raise PermissionDenied
        on = timezone.localdate()
        contacts = list(self.get_queryset(request).filter(pk__in=asked_keys(request)).order_by("happened_on", "pk"))
        ids = {person.pk for contact in contacts for person in contact.persons.all()}
        cadres = Cadre.objects.current().visible_to(request.user, self.right("view")).filter(pk__in=ids)
        known = {cadre.pk: cadre for cadre in cadres.select_related("person__community", "managing_unit")}
        reach = reach_of_all(request.user, list(known), on)
        rows = [
            VisitRow(DuePerson(known[person.pk], (), on), reach.get(person.pk), contact)
            for contact in contacts
            for person in contact.persons.all()
            if person.pk in known
        ]
        back = reverse("admin:ledgers_contact_changelist")
        return visit_table(self, request, rows, order="走访时间", back=back)


def people_of(cadres: QuerySet[Cadre], on: dt.date) -> list[DuePerson]:
    """The cadres with everything that is open of them and due within three months; some have nothing due."""
    owed: dict[int, list[Duty]] = {}
    for duty in due_duties(cadres, until=on + AHEAD, on=on, calls_only=False).order_by("due_on", "pk"):
        owed.setdefault(duty.cadre_id, []).append(duty)
    rows = cadres.select_related("person__community", "managing_unit").order_by("pk")
    return [DuePerson(cadre, tuple(owed.get(cadre.pk, ())), on) for cadre in rows]


def reach_of_all(user, ids: list[int], on: dt.date) -> dict:
    return reach_of(ids, with_phones=reachable(user, ids, on), on=on) if ids else {}


def visit_table(model_admin, request, rows: list[VisitRow], *, order: str, back: str):
    frame = frame_for(
        request, TABLE, landscape=True, columns=COLUMNS_OF_TABLE, order=order, back_url=back, stamp=True,
        signature="走访人", scope=f"{len(rows)} 位",
    )  # fmt: skip
    people = sorted({row.person.cadre.pk for row in rows})
    audit.look(
        "print", actor=request.user, people=people, fields=["phone", "residence"], target="ledgers.visits",
        request=request,
    )  # fmt: skip
    return model_admin.page(request, "print/visit_list.html", {"frame": frame, "rows": rows})


def add_url() -> str:
    return reverse("admin:ledgers_callsheet_add")
