"""The list of a campaign: chosen by filters, looked through page by page, mended by hand, sent out as a sheet."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.ledgers.choices.campaigns import CampaignState, Category, Handed, Layer, TargetState
from apps.ledgers.forms.campaigns import AddTargetForm, AmountForm, PeopleActForm, PeopleFilter, SelectForm
from apps.ledgers.models import Campaign, VisitRoute, VisitTarget
from apps.ledgers.queries.campaigns import CHOOSE, LAYER_COUNT, choose, totals, unit_ids_of
from apps.ledgers.services.targets import (
    add_target,
    remove_targets,
    restore_targets,
    select_targets,
    set_amounts,
    set_layer,
)
from apps.ledgers.services.visit_results import take_back_money, undo_return
from apps.ledgers.services.visit_routes import assign_stops
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.models import Cadre

from .campaign_export import CampaignExport

PER_PAGE = 50
MOST_PICKED = 500
MOST_HELD_SHOWN = 200


def numbers(values) -> list[int]:
    """Keys posted from ticked boxes."""
    return [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 18][:MOST_PICKED]


def filtered(rows, values: dict):
    """The rows of a list that a PeopleFilter names; without a state: those on the list."""
    state = values.get("state") or TargetState.CHOSEN
    rows = rows if state == "all" else rows.filter(state=state)
    if values.get("category"):
        rows = rows.filter(category=values["category"])
    if values.get("layer") == "none":
        rows = rows.annotate(times=LAYER_COUNT).filter(times=0)
    elif values.get("layer"):
        rows = rows.filter(planned_by(values["layer"]))
    if handed := values.get("handed"):
        rows = rows.filter(handed="" if handed == "open" else handed)
    if route := values.get("route"):
        rows = rows.filter(stop__route__isnull=True) if route == "none" else rows.filter(stop__route=route)
    if text := values.get("q", "").strip():
        rows = rows.filter(Q(cadre__person__name__startswith=text) | Q(family_name__startswith=text))
    return rows


def planned_by(layer: str) -> Q:
    """Named, or brought by a route: a leader's is 市委's, a colleague's the bureau's."""
    brings = {
        Layer.CITY: Q(stop__route__leader__isnull=False),
        Layer.BUREAU: Q(stop__route__leader__isnull=True, stop__route__isnull=False),
    }
    named = Q(layers__contains=[layer])
    return named | brings[Layer(layer)] if layer in brings else named


class CampaignPeople(CampaignExport):
    """Mixed into CampaignAdmin."""

    def get_urls(self):
        pages = (
            ("select", self.select_view), ("people", self.people_view), ("person", self.person_view),
            ("amounts", self.amounts_view), ("unclaimed", self.unclaimed_view), ("export", self.export_view),
        )  # fmt: skip
        urls = [
            path(f"<path:object_id>/{name}/", self.staff_view(view), name=f"ledgers_campaign_{name}")
            for name, view in pages
        ]
        return urls + super().get_urls()

    # What he may see of it

    def editable(self, request, object_id) -> Campaign:
        campaign = self.get_object(request, unquote(object_id))
        if not self.may_change(request, campaign) or campaign.voided_at:
            raise PermissionDenied
        return campaign

    def scope(self, request, permission: str = CHOOSE):
        """Cadres whom this user may put on a list, or see on it."""
        return Cadre.objects.current().visible_to(request.user, permission)

    def targets_of(self, request, campaign):
        seen = self.scope(request, "ledgers.view_campaign").values("pk")
        rows = VisitTarget.objects.filter(campaign=campaign, cadre__in=seen)
        return rows.select_related(
            "cadre__person__community", "cadre__managing_unit", "family", "stop__route__leader", "stop__route__visitor"
        )

    def back_to(self, campaign) -> dict:
        return {
            "list_url": reverse("admin:ledgers_campaign_changelist"), "list_words": "节日慰问",
            "back": self.url_of("change", campaign), "original": campaign, "campaign": campaign,
        }  # fmt: skip

    # Choosing

    def select_view(self, request, object_id):
        """Filters, who they name with the held ones apart, and one button that puts them on the list."""
        campaign = self.editable(request, object_id)
        units = Unit.objects.filter(pk__in=unit_ids_of(campaign))
        form = SelectForm(request.GET if request.GET else None, units=units)
        widget = AutocompleteSelectMultiple(VisitRoute._meta.get_field("unit"), self.admin_site)
        form.fields["units"].widget, widget.choices = widget, form.fields["units"].choices
        found = None
        if request.GET and form.is_valid():
            if request.method == "POST":
                return self.put_chosen(request, campaign, form.selection())
            found = choose(campaign, form.selection(), scope=self.scope(request))
        context = {
            "title": f"选人：{campaign.name}", "form": form, "found": found, "query": request.GET.urlencode(),
            "groups": self.counted(campaign, found) if found else [], "media": form.media,
            "held": Cadre.objects.filter(pk__in=list(found.held)[:MOST_HELD_SHOWN]).select_related(
                "person", "managing_unit"
            ).order_by("pk") if found else [],
            **self.back_to(campaign),
        }  # fmt: skip
        status = 422 if request.GET and form.errors else 200
        return self.page(request, "admin/ledgers/campaign_select.html", context, status=status)

    def put_chosen(self, request, campaign, selection):
        try:
            found = select_targets(campaign, selection, scope=self.scope(request), actor=request.user)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(request.get_full_path())
        messages.success(request, f"列入 {len(found.selectable)} 位。")
        if found.held:
            messages.warning(request, f"{len(found.held)} 位公开活动须先请示，单独列着，没有列入。")
        return HttpResponseRedirect(self.url_of("people", campaign))

    def counted(self, campaign, found) -> list[dict]:
        """One line a category: how many, and what the standard makes of them."""
        standards = {one.category: one for one in campaign.standards.all()}
        counts: dict[str, int] = {}
        for groups in found.selectable.values():
            counts[groups[0]] = counts.get(groups[0], 0) + 1
        return [
            {
                "label": category.label, "count": counts[category],
                "money": counts[category] * standards[category].money,
                "gifts": counts[category] * standards[category].gift_value,
            }
            for category in Category
            if category in counts and category in standards
        ]  # fmt: skip

    # The list

    def people_view(self, request, object_id):
        campaign = self.campaign_of(request, object_id)
        may = self.may_change(request, campaign) and not campaign.voided_at
        routes = self.routes_of(campaign)
        asked = PeopleFilter(request.GET, routes=[(str(route.pk), str(route)) for route in routes])
        values = asked.cleaned_data if asked.is_valid() else {}
        act = PeopleActForm(request.POST if request.method == "POST" else None, routes=routes)
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            if act.is_valid() and (answer := self.act_on(request, campaign, act)) is not None:
                return answer
        rows = filtered(self.targets_of(request, campaign), values).order_by("category", "cadre__order_no", "pk")
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        asked_for = request.GET.copy()
        asked_for.pop("page", None)
        context = {
            "title": f"慰问名单：{campaign.name}", "asked": asked, "act": act, "page": page, "may_change": may,
            "query": asked_for.urlencode(), "totals": totals(campaign), "has_routes": routes.exists(),
            "total": f"{page.paginator.count} 位", "ticked": set(request.POST.getlist("pick")),
            "is_approved": campaign.state == CampaignState.APPROVED, **self.back_to(campaign),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/campaign_people.html", context, status=422 if act.errors else 200)

    def act_on(self, request, campaign, form):
        """One button of the list for the ticked people; None where the form is shown again."""
        keys = numbers(request.POST.getlist("pick"))
        values, actor = form.cleaned_data, request.user
        keys = list(self.targets_of(request, campaign).filter(pk__in=keys).values_list("pk", flat=True))
        if not keys:
            form.add_error(None, "请先在名单里打勾。")
            return None
        if "amounts" in request.POST:
            return HttpResponseRedirect(f"{self.url_of('amounts', campaign)}?pk={','.join(map(str, keys))}")
        try:
            words = self.do_act(request.POST, campaign, keys, values, actor)
        except BusinessError as refusal:
            form.refuse(refusal)
            return None
        messages.success(request, words)
        return HttpResponseRedirect(request.get_full_path())

    def do_act(self, posted, campaign, keys, values, actor) -> str:
        if "remove" in posted:
            return f"移出 {remove_targets(campaign, keys, reason=values['reason'], actor=actor)} 位。"
        if "restore" in posted:
            return f"放回 {restore_targets(campaign, keys, asked=values['reason'], actor=actor)} 位。"
        if "assign" in posted:
            if values["route"] is None:
                raise BusinessError("请选分派到哪个走访安排。", code="route", field="route")
            stops = list(campaign.targets.filter(pk__in=keys).values_list("stop", flat=True))
            return f"分派了 {assign_stops(values['route'], stops, actor=actor)} 户。"
        is_on = "unlayer" not in posted
        changed = set_layer(campaign, keys, values["layer"], on=is_on, actor=actor)
        return f"{'记下' if is_on else '去掉'} {changed} 位。"

    def person_view(self, request, object_id):
        """One more by hand."""
        campaign = self.editable(request, object_id)
        form = AddTargetForm(request.POST if request.method == "POST" else None)
        units = unit_ids_of(campaign)
        mine = self.scope(request).filter(managing_unit__in=units)
        form.fields["who"].queryset = Person.objects.living().filter(pk__in=mine.values("pk"))
        widget = AutocompleteSelect(VisitTarget._meta.get_field("family"), self.admin_site)
        form.fields["who"].widget, widget.choices = widget, form.fields["who"].choices
        if request.method == "POST" and form.is_valid():
            values = dict(form.cleaned_data)
            cadre = mine.select_related("person").get(pk=values.pop("who").pk)
            try:
                target = add_target(campaign, cadre, actor=request.user, **values)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"{target.name}同志已列入名单。")
                return HttpResponseRedirect(self.url_of("people", campaign))
        context = {
            "title": f"增加一位：{campaign.name}", "form": form, "media": form.media,
            "buttons": [("add", "列入名单")], **self.back_to(campaign),
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def amounts_view(self, request, object_id):
        """Amounts of their own for those ticked in the list."""
        campaign = self.editable(request, object_id)
        keys = numbers(request.GET.get("pk", "").split(","))
        rows = self.targets_of(request, campaign).filter(pk__in=keys)
        first = rows.first()
        initial = {"money": first.money, "gift": first.gift, "gift_value": first.gift_value} if first else {}
        form = AmountForm(request.POST if request.method == "POST" else None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                count = set_amounts(
                    campaign, list(rows.values_list("pk", flat=True)), actor=request.user, **form.cleaned_data
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"改了 {count} 位的金额。")
                return HttpResponseRedirect(self.url_of("people", campaign))
        names = "、".join(row.name for row in rows[:12])
        context = {
            "title": f"另定金额：{campaign.name}", "form": form,
            "lead": f"{names}{' 等' if rows.count() > 12 else ''}，共 {rows.count()} 位；已经领取的不改。",
            "buttons": [("save", "保存")], **self.back_to(campaign),
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    # Not handed over

    def unclaimed_view(self, request, object_id):
        """Envelopes that nobody took: back to the bureau, or still to be brought."""
        campaign = self.campaign_of(request, object_id)
        may = self.may_change(request, campaign) and campaign.state == CampaignState.APPROVED
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            keys = numbers(request.POST.getlist("pick"))
            keys = list(self.targets_of(request, campaign).filter(pk__in=keys).values_list("pk", flat=True))
            try:
                words = self.do_return(request, campaign, keys)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, words)
            return HttpResponseRedirect(request.get_full_path())
        rows = self.targets_of(request, campaign).filter(state=TargetState.CHOSEN)
        rows = rows.filter(handed__in=(Handed.UNCLAIMED, Handed.RETURNED)).order_by("handed", "pk")
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "title": f"没有送到的：{campaign.name}", "page": page, "may_change": may, "totals": totals(campaign),
            "total": f"{page.paginator.count} 份", **self.back_to(campaign),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/campaign_unclaimed.html", context)

    def do_return(self, request, campaign, keys) -> str:
        if not keys:
            raise BusinessError("请先打勾。", code="nobody")
        if "undo" in request.POST:
            return f"撤回 {undo_return(campaign, keys, actor=request.user)} 份的退回登记。"
        count = take_back_money(campaign, keys, actor=request.user, on=timezone.localdate())
        return f"登记退回 {count} 份。"
