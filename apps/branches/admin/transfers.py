"""组织关系转接 for staff: whose turn each is, which letters end; steps are done at the branch's desk (代录)."""

import datetime as dt

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.urls import path, reverse
from django.utils import timezone

from apps.branches.access import Desk, organisations_open_to
from apps.branches.choices import TransferState
from apps.branches.forms.transfers import TakeInForm
from apps.branches.models import FormerLetter, Transfer, TransferStep
from apps.branches.queries.moves import moved_members
from apps.branches.queries.transfers import whose_turn
from apps.branches.rules.transfers import Side, TransferRules
from apps.branches.services import transfers
from apps.branches.transfer_papers import LEDGER, last_day, ledger_rows, state_words
from apps.branches.views.sheets import workbook
from apps.common.admin import RecordAdmin, RecordInline
from apps.common.admin_lists import PickFilter
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.registry.queries import find_people

ENTER = "branches.enter_for_branch"
MOST_EXPORTED = 5000
MOST_MOVED = 300


def desk_rows(user) -> set[int]:
    """Ids of the organisations that the user may enter for."""
    return set(organisations_open_to(user, ENTER).values_list("pk", flat=True))


class OfPeople(RecordAdmin):
    """Records of branches about people: searched by name; seen by those in whose units the branches stand."""

    search_fields = ["person_id"]
    search_help_text = "姓名或拼音"
    organisation_fields: tuple[str, ...] = ("organisation",)

    def rows_for(self, user, permission):
        ids = organisations_open_to(user, permission).values("pk")
        ends = Q()
        for name in self.organisation_fields:
            ends |= Q(**{f"{name}_id__in": ids})
        return self.model.objects.filter(ends)

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

    def log_addition(self, request, obj, message):
        """The service has written the entry."""

    def has_change_permission(self, request, obj=None):
        return False

    def record_tools(self, request, obj):
        return [tool for tool in super().record_tools(request, obj) if tool["label"] != "修改"]

    def desk_tools(self, request, pairs) -> list[dict]:
        """Links to the desks at which the record is worked on: (organisation, words, url name, arguments)."""
        if not request.user.has_perm(ENTER):
            return []
        open_to = set(
            organisations_open_to(request.user, ENTER)
            .filter(pk__in=[organisation.pk for organisation, *_ in pairs])
            .values_list("pk", flat=True)
        )
        return [
            {
                "label": words,
                "url": reverse(f"branches:{name}", args=[organisation.public_id, *args]),
                "main": not place,
            }
            for place, (organisation, words, name, args) in enumerate(pairs)
            if organisation.pk in open_to
        ]


class FromFilter(PickFilter):
    title = "转出党组织"
    parameter_name = "from_organisation"
    field_name = "from_organisation"


class ToFilter(PickFilter):
    title = "转入党组织"
    parameter_name = "to_organisation"
    field_name = "to_organisation"


class StandFilter(admin.SimpleListFilter):
    """Where transfers stand today, whose turn included."""

    title = "办到哪一步"
    parameter_name = "stand"
    choices_of = {
        "open": "没有办完的", "from": "等转出支部", "above": "等上级", "to": "等转入支部", "soon": "介绍信快到期",
        "late": "介绍信逾期", "receipt": "等回执", "done": "已办结", "closed": "退回、撤回、终止",
    }  # fmt: skip

    def lookups(self, request, model_admin):
        return list(self.choices_of.items())

    def queryset(self, request, queryset):
        return standing(queryset, self.value(), timezone.localdate())


def stands(today: dt.date) -> dict[str, Q]:
    """What each word of the filter asks for on a day. One query: the rules of transfers."""
    state = TransferState
    under_way = Q(state=state.UNDER_WAY, expires_on__gt=today)
    until = today + dt.timedelta(days=rule_values(TransferRules.rule_key, on=today).expiring_days)
    return {
        "open": Q(state__in=(state.APPLIED, state.AGREED, state.UNDER_WAY, state.ACCEPTED)),
        Side.FROM: Q(state=state.APPLIED) | (under_way & Q(kind="out")) | Q(state=state.ACCEPTED, kind="inside"),
        Side.ABOVE: Q(state=state.AGREED) | (Q(state=state.UNDER_WAY, expires_on__lte=today) & ~Q(kind="in")),
        Side.TO: (under_way & ~Q(kind="out")) | Q(state=state.ACCEPTED, kind="in"),
        "soon": under_way & Q(expires_on__lt=until),
        "late": Q(state=state.UNDER_WAY, expires_on__lte=today),
        "receipt": Q(state=state.ACCEPTED),
        "done": Q(state=state.DONE),
        "closed": Q(state__in=(state.SENT_BACK, state.WITHDRAWN, state.ENDED)),
    }


def standing(rows, stand: str | None, today: dt.date):
    """Transfers that stand so; all for a word that is none."""
    return rows.filter(stands(today)[stand]) if stand in StandFilter.choices_of else rows


class PartInline(RecordInline):
    """Read where its record is read."""

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(f"branches.view_{self.parent_model._meta.model_name}")


class StepInline(PartInline):
    model = TransferStep
    verbose_name_plural = "经过"
    fields = ["on", "act", "note", "by_staff"]


class FormerLetterInline(PartInline):
    model = FormerLetter
    fields = ["letter_no", "issued_on", "expires_on", "reason", "replaced_on"]


@admin.register(Transfer)
class TransferAdmin(OfPeople):
    organisation_fields = ("from_organisation", "to_organisation")
    add_label = "登记外地转来"
    empty_words = "支部在工作台里办转接，这里看得到每一件到了哪一步。"
    list_display = ["person", "from_words", "to_words", "state_shown", "turn_shown", "applied_on"]
    list_filter = [StandFilter, FromFilter, ToFilter, "kind"]
    select_related_in_list = ("person", "from_organisation", "to_organisation")
    select_related_in_record = select_related_in_list
    ordering = ["-applied_on", "-id"]
    sortable_by = ()
    inlines = [StepInline, FormerLetterInline]

    @admin.display(description="转出")
    def from_words(self, row):
        return row.from_name

    @admin.display(description="转入")
    def to_words(self, row):
        return row.to_name

    @admin.display(description="办到哪一步")
    def state_shown(self, row):
        return state_words(row, timezone.localdate())[0]

    @admin.display(description="该谁办")
    def turn_shown(self, row):
        return whose_turn(row, timezone.localdate())

    @admin.display(description="介绍信到")
    def until(self, row):
        return last_day(row)

    def get_fields(self, request, obj=None):
        if obj is None:
            return [*TakeInForm.Meta.fields, "received_on"]
        return [
            "person", "kind", "from_words", "to_words", "state_shown", "turn_shown", "applied_on", "reason",
            "letter_no", "issued_on", "valid_days", "until", "dues_paid_to", "accepted_on", "receipt_on",
            "closed_because",
        ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        return ["from_words", "to_words", "state_shown", "turn_shown", "until"] if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = TakeInForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def get_changeform_initial_data(self, request):
        today = timezone.localdate()
        days = rule_values(TransferRules.rule_key, on=today).valid_days
        return {**super().get_changeform_initial_data(request), "received_on": today, "valid_days": days}

    def write(self, request, obj, form, change):
        typed = form.cleaned_data
        organisation = typed["to_organisation"]
        if not organisations_open_to(request.user, self.right("add")).filter(pk=organisation.pk).exists():
            raise BusinessError("这个支部不在您的管理范围内。", code="out_of_reach", field="to_organisation")
        letter = {name: typed[name] for name in ("letter_no", "issued_on", "valid_days", "dues_paid_to")}
        added = transfers.take_in(
            Desk(organisation, request.user, timezone.localdate(), None), typed["person"], key=obj.public_id,
            on=typed["received_on"], outside_name=typed["outside_name"], reason=typed["reason"], **letter,
        )  # fmt: skip
        obj.pk = added.pk
        obj.refresh_from_db()

    def record_tools(self, request, obj):
        ends = [(obj.from_organisation, "到转出支部代办"), (obj.to_organisation, "到转入支部代办")]
        if obj.turn(timezone.localdate()) == Side.TO:
            ends.reverse()
        pairs = [(one, words, "transfer", [obj.public_id]) for one, words in ends if one is not None]
        return [*self.desk_tools(request, pairs), *super().record_tools(request, obj)]

    def changelist_view(self, request, extra_context=None):
        today = timezone.localdate()
        urgent = {stand: condition for stand, condition in stands(today).items() if stand in ("late", "soon")}
        rows = self.get_queryset(request).filter(urgent["late"] | urgent["soon"], voided_at__isnull=True).order_by()
        counts = rows.aggregate(**{stand: Count("pk", filter=condition) for stand, condition in urgent.items()})
        tools = [
            {"label": f"逾期 {counts['late']}", "url": "?stand=late"},
            {"label": f"快到期 {counts['soon']}", "url": "?stand=soon"},
            {"label": "搬走了的党员", "url": reverse(f"{self.admin_site.name}:branches_transfer_moved")},
            {"label": "台账（Excel）", "url": f"{self.page_url('export')}?{request.GET.urlencode()}"},
        ]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def page_url(self, page: str) -> str:
        return reverse(f"{self.admin_site.name}:branches_transfer_{page}")

    def get_urls(self):
        return [
            path("moved/", self.staff_view(self.moved_view), name="branches_transfer_moved"),
            path("export/", self.staff_view(self.export_view), name="branches_transfer_export"),
            *super().get_urls(),
        ]

    def require_view(self, request) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def export_view(self, request):
        """组织关系转接台账 of the filtered list."""
        self.require_view(request)
        today = timezone.localdate()
        rows = standing(self.get_queryset(request), request.GET.get("stand"), today)
        for name in ("from_organisation", "to_organisation"):
            value = request.GET.get(name, "")
            if value.isascii() and value.isdecimal() and len(value) < 19:
                rows = rows.filter(**{f"{name}_id": int(value)})
        if (kind := request.GET.get("kind__exact")) in ("inside", "out", "in"):
            rows = rows.filter(kind=kind)
        rows, _ = self.get_search_results(request, rows, request.GET.get("q", ""))
        found = list(rows.select_related(*self.select_related_in_list)[:MOST_EXPORTED])
        people = {row.person_id for row in found}
        return workbook(
            request, "组织关系转接台账", LEDGER, ledger_rows(found, today), people=people, filename="zhuanjie"
        )

    def moved_view(self, request):
        """组织关系随人走: formal members who have settled elsewhere, and the desk at which it is decided."""
        self.require_view(request)
        today = timezone.localdate()
        ids = list(organisations_open_to(request.user, self.right("view")).values_list("pk", flat=True))
        open_to = desk_rows(request.user)
        rows = moved_members(ids, today, most=MOST_MOVED)
        context = {
            "title": "搬走了的党员：组织关系随人走",
            "columns": ["姓名", "情况", "自何时", "所在党支部", "怎么办"],
            "rows": [
                [
                    move.person.name, move.words, f"{move.since:%Y-%m}" if move.since else "", move.organisation.name,
                    {"text": "去办" if move.organisation.pk in open_to else "由支部办",
                     "url": reverse("branches:transfers", args=[move.organisation.public_id])
                     if move.organisation.pk in open_to else ""},
                ]
                for move in rows
            ],
            "back": self.page_url("changelist"),
            "most": MOST_MOVED if len(rows) >= MOST_MOVED else 0,
        }  # fmt: skip
        return self.page(request, "admin/branches/moved.html", context)
