"""走访安排: a leader's or a colleague's visits of a day, its doors in order, the morning, and what came of it."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit, papers
from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.errors import BusinessError
from apps.ledgers.access import RECORD, possible_carers
from apps.ledgers.choices.campaigns import CampaignState, TargetState
from apps.ledgers.forms.visit_routes import DECISIONS, AddPeopleForm, RouteForm
from apps.ledgers.models import Campaign, Contact, VisitRoute, VisitTarget
from apps.ledgers.queries.campaigns import route_lines
from apps.ledgers.queries.visit_routes import changed_since_print, route_rows
from apps.ledgers.services.visit_routes import (
    RouteFacts,
    add_people,
    arrange,
    check_route,
    make_route,
    settle_morning,
    take_back_cards,
    unstrike,
)
from apps.people.models import Person
from apps.registry.models import Cadre

from .campaign_people import numbers
from .route_grid import RouteGrid
from .route_papers import RoutePapers

VIEW = "ledgers.view_visitroute"
CHANGE = "ledgers.change_visitroute"


class WhenFilter(admin.SimpleListFilter):
    """Without a choice: today and to come, and those of days gone by that still have no results."""

    title, parameter_name = "哪些", "when"

    def lookups(self, request, model_admin):
        return [("todo", "走过了，还没录完"), ("all", "全部")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "今天和以后的"}
        yield from others

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "all":
            return queryset
        if self.value() == "todo":
            waiting = VisitTarget.objects.filter(state=TargetState.CHOSEN, handed="", stop__route__isnull=False)
            return queryset.filter(on_day__lt=today, pk__in=waiting.values("stop__route"))
        return queryset.filter(on_day__gte=today)


@admin.register(VisitRoute)
class VisitRouteAdmin(RoutePapers, RouteGrid, RecordAdmin):
    form = RouteForm
    voidable = True
    add_label = "新建走访安排"
    list_display = ("on_day", "who_words", "campaign", "unit", "doors", "cards_words")
    list_display_links = ("on_day", "who_words")
    list_filter = (WhenFilter,)
    search_fields = ("leader__name", "visitor__display_name")
    search_help_text = "领导或走访人的姓名"
    select_related_in_list = select_related_in_record = ("unit", "campaign", "leader", "visitor")
    ordering = ("-on_day", "-pk")
    sortable_by = ()
    short_lists = ("leader", "visitor", "campaign")
    empty_words = "领导走访、分组慰问，都从这里安排：选人、排顺序、打印情况卡和路线单。"

    def rows_for(self, user, permission):
        """Those of his units, and those on which he goes himself."""
        if not user.has_perm(permission):
            return VisitRoute.objects.none()
        own = Q(visitor=user.pk) | Q(unit__in=sorted(user.reach(permission)))
        return VisitRoute.objects.filter(own | Q(leader__user=user.pk) if permission == VIEW else own)

    def title_of(self, obj):
        return f"{obj.on_day.month}月{obj.on_day.day}日　{obj.who}"

    # List

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        lines = {line.route.pk: line for line in route_lines(rows)}
        out = VisitTarget.objects.filter(stop__route__in=[row.pk for row in rows], card__isnull=False).order_by()
        out = out.values("stop__route").annotate(
            cards=Count("pk"), out=Count("pk", filter=Q(card__state__in=papers.OUT))
        )
        cards = {row["stop__route"]: row for row in out}
        for row in rows:
            row.line, row.cards = lines[row.pk], cards.get(row.pk)
        changelist.result_list = rows
        return changelist

    @admin.display(description="谁去")
    def who_words(self, obj):
        return obj.who

    @admin.display(description="走访")
    def doors(self, obj):
        return f"{obj.line.done} / {obj.line.stops} 户"

    @admin.display(description="情况卡")
    def cards_words(self, obj):
        if obj.cards is None:
            return ""
        return f"{obj.cards['out']} 张没收回" if obj.cards["out"] else f"{obj.cards['cards']} 张都收回了"

    # Form

    def get_fieldsets(self, request, obj=None):
        key = ("form_key", "unit") if obj is None else ("unit",)
        return ((None, {"fields": ("on_day", "leader", "visitor", "companions", "vehicle", "campaign", *key)}),)

    def get_readonly_fields(self, request, obj=None):
        return ("campaign", "unit") if obj is not None else ()

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "campaign":
            reach = sorted(request.user.reach("ledgers.view_campaign"))
            open_ones = Campaign.objects.filter(unit__in=reach, voided_at__isnull=True)
            field.queryset = open_ones.exclude(state=CampaignState.CLOSED).order_by("starts_on", "pk")
            field.help_text = "单独的领导走访就空着"
        return field

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if "visitor" in form.base_fields:
            form.base_fields["visitor"].queryset = possible_carers(request.user)
        return form

    def get_changeform_initial_data(self, request):
        return {
            "unit": request.user.unit_id, "on_day": timezone.localdate(), **super().get_changeform_initial_data(request)
        }  # fmt: skip

    def write(self, request, obj, form, change):
        if change:
            facts = {**form.cleaned_data, "unit": obj.unit, "campaign": obj.campaign}
            names = ("unit", "on_day", "leader", "visitor", "companions", "vehicle", "campaign")
            check_route(RouteFacts(**{name: facts[name] for name in names}))
            obj.save()
            return
        facts = form.facts()
        if facts.unit.pk not in request.user.reach(self.right("add")):
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
        made = make_route(facts, actor=request.user, form_key=form.cleaned_data["form_key"])
        obj.pk, obj.public_id = made.pk, made.public_id

    # Page

    def get_urls(self):
        pages = (
            ("people", self.people_view), ("arrange", self.arrange_view), ("morning", self.morning_view),
            ("enter", self.enter_view), ("print", self.print_view), ("table", self.table_view),
            ("sign", self.sign_view), ("cards", self.cards_view), ("returned", self.returned_view),
        )  # fmt: skip
        urls = [
            path(f"<path:object_id>/{name}/", self.staff_view(view), name=f"ledgers_visitroute_{name}")
            for name, view in pages
        ]
        return urls + super().get_urls()

    def route_of(self, request, object_id) -> VisitRoute:
        route = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, route):
            raise PermissionDenied
        return route

    def seen(self, request):
        """Cadres whom the reader of a route may see on it."""
        return Cadre.objects.current().visible_to(request.user, VIEW)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method not in SAFE_METHODS or EDIT in request.GET:
            return super().change_view(request, object_id, form_url, extra_context)
        request.reading_record = True
        route = self.route_of(request, object_id)
        rows = route_rows(route, visible=self.seen(request), with_struck=True)
        people = [target.cadre_id for row in rows for target in row.targets]
        audit.look(
            "open", actor=request.user, people=people, fields=["route"], target=f"ledgers.visitroute:{route.pk}",
            request=request,
        )  # fmt: skip
        changes = changed_since_print([target for row in rows for target in row.targets], timezone.localdate())
        waiting = [one for one in changes if one.target.state == TargetState.CHOSEN]
        cards = [target for row in rows for target in row.targets if target.card_id]
        context = {
            "title": self.title_of(route), "original": route, "route": route, "rows": rows, "changes": waiting,
            "cards": cards, "cards_out": sum(one.card.state in papers.OUT for one in cards),
            "record_tools": self.record_tools(request, route),
            "may_change": self.may_change(request, route) and not route.voided_at, "pages": self.pages_of(route),
            "stops": sum(bool(row.chosen) for row in rows), "people": sum(len(row.chosen) for row in rows),
            "done": sum(row.stop.standing_contact is not None for row in rows),
            "campaign_url": reverse("admin:ledgers_campaign_people", args=[route.campaign_id]) + "?route=none"
            if route.campaign_id and request.user.has_perm("ledgers.view_campaign") else "",
        }  # fmt: skip
        return self.page(request, "admin/ledgers/route_page.html", context)

    def pages_of(self, route) -> dict[str, str]:
        names = ("people", "arrange", "morning", "enter", "print", "table", "sign", "cards", "returned")
        return {name: reverse(f"admin:ledgers_visitroute_{name}", args=[route.pk]) for name in names}

    def editable(self, request, object_id) -> VisitRoute:
        route = self.get_object(request, unquote(object_id))
        if not self.may_change(request, route) or route.voided_at:
            raise PermissionDenied
        return route

    def back_to(self, route) -> dict:
        return {
            "list_url": reverse("admin:ledgers_visitroute_changelist"), "list_words": "走访安排",
            "back": self.url_of("change", route), "original": route, "route": route,
        }  # fmt: skip

    def people_view(self, request, object_id):
        """Whom to see, on a route of no campaign."""
        route = self.editable(request, object_id)
        form = AddPeopleForm(request.POST if request.method == "POST" else None)
        mine = Cadre.objects.current().visible_to(request.user, CHANGE)
        form.fields["who"].queryset = Person.objects.living().filter(pk__in=mine.values("pk"))
        widget = AutocompleteSelectMultiple(Contact._meta.get_field("persons"), self.admin_site)
        form.fields["who"].widget, widget.choices = widget, form.fields["who"].choices
        if request.method == "POST" and form.is_valid():
            cadres = list(mine.select_related("person").filter(pk__in=[one.pk for one in form.cleaned_data["who"]]))
            try:
                count = add_people(route, cadres, actor=request.user, asked=form.cleaned_data["asked"])
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"加了 {count} 位。")
                return HttpResponseRedirect(self.url_of("change", route))
        context = {
            "title": f"加人：{self.title_of(route)}", "form": form, "media": form.media,
            "buttons": [("add", "加进来")], **self.back_to(route),
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def arrange_view(self, request, object_id):
        """Order typed as numbers, doors ticked to be taken off; everything of the page is sent at once."""
        route = self.editable(request, object_id)
        if request.method == "POST":
            places = {
                int(name[6:]): int(value)
                for name, value in request.POST.items()
                if name.startswith("place_") and numbers([name[6:]]) and value.isascii() and value.isdecimal()
                and len(value) < 5
            }  # fmt: skip
            try:
                arrange(route, places, numbers(request.POST.getlist("off")), actor=request.user)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, "排好了。")
        return HttpResponseRedirect(self.url_of("change", route))

    def morning_view(self, request, object_id):
        """出发前核对: what changed since the papers were printed, with a decision for each."""
        route = self.route_of(request, object_id)
        may = self.may_change(request, route) and not route.voided_at
        today = timezone.localdate()
        targets = VisitTarget.objects.filter(stop__route=route, cadre__in=self.seen(request).values("pk"))
        targets = targets.select_related("cadre__person", "family", "card").order_by("stop__position", "pk")
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            self.settle(request, route, today)
            return HttpResponseRedirect(request.get_full_path())
        rows = changed_since_print(targets.filter(handed="", state=TargetState.CHOSEN), today)
        context = {
            "title": f"出发前核对：{self.title_of(route)}", "rows": rows, "decisions": DECISIONS, "may_change": may,
            "struck": list(targets.filter(state=TargetState.STRUCK)), **self.back_to(route),
        }  # fmt: skip
        audit.look(
            "open", actor=request.user, people=[row.target.cadre_id for row in rows], fields=["route"],
            target=f"ledgers.visitroute:{route.pk}", request=request,
        )  # fmt: skip
        return self.page(request, "admin/ledgers/route_morning.html", context)

    def settle(self, request, route, today) -> None:
        allowed = dict(DECISIONS)
        said = {
            int(name[2:]): value
            for name, value in request.POST.items()
            if name.startswith("d_") and numbers([name[2:]]) and value in allowed
        }
        try:
            if "unstrike" in request.POST:
                count = unstrike(route, numbers(request.POST.getlist("pick")), actor=request.user)
                messages.success(request, f"恢复了 {count} 位。")
                return
            count = settle_morning(route, said, actor=request.user, on=today)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, f"定了 {count} 位。" if count else "没有要定的。")

    def returned_view(self, request, object_id):
        """情况卡 that came back."""
        route = self.editable(request, object_id)
        if request.method == "POST":
            try:
                keys = numbers(request.POST.getlist("card"))
                count = take_back_cards(route, keys, actor=request.user, on=timezone.localdate())
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, f"收回 {count} 张情况卡。" if count else "请先打勾。")
        return HttpResponseRedirect(self.url_of("change", route))

    def may_enter(self, request, route) -> bool:
        return request.user.has_perm(RECORD) and self.may_change(request, route) and not route.voided_at
