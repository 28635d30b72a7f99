"""Visits that 市委, 原单位 and communities plan, merged: who is planned for twice or more, and who by nobody."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.urls import path

from apps.common.errors import BusinessError
from apps.ledgers.choices.campaigns import Category, Layer
from apps.ledgers.forms.campaigns import PasteForm
from apps.ledgers.queries.campaigns import many_and_none, unit_ids_of
from apps.ledgers.services.targets import add_target, match_names, set_layer

PER_PAGE = 50
MOST_ADDED = 200


class CampaignLayers:
    """Mixed into CampaignAdmin."""

    def get_urls(self):
        return [
            path("<path:object_id>/layers/", self.staff_view(self.layers_view), name="ledgers_campaign_layers"),
            *super().get_urls(),
        ]

    def layers_view(self, request, object_id):
        campaign = self.campaign_of(request, object_id)
        may = self.may_change(request, campaign) and not campaign.voided_at
        if request.method == "POST" and not may:
            raise PermissionDenied
        form = PasteForm(request.POST if "paste" in request.POST else None)
        matched = None
        if "add" in request.POST:
            return self.add_others(request, campaign)
        if "paste" in request.POST and form.is_valid():
            matched = self.note_names(request, campaign, form)
        many, none = many_and_none(campaign, self.targets_of(request, campaign))
        context = {
            "title": f"谁去看谁：{campaign.name}", "form": form, "may_change": may, "matched": matched,
            "pasted_layer": form.cleaned_data["layer"] if matched else "",
            "pasted_words": Layer(form.cleaned_data["layer"]).label if matched else "",
            "many": Paginator(many, PER_PAGE).get_page(request.GET.get("many")),
            "none": Paginator(none, PER_PAGE).get_page(request.GET.get("page")),
            "layer_names": dict(Layer.choices), **self.back_to(campaign),
        }  # fmt: skip
        status = 422 if form.errors else 200
        return self.page(request, "admin/ledgers/campaign_layers.html", context, status=status)

    def note_names(self, request, campaign, form):
        """Those of the pasted names who are on the list get the layer at once; the others are shown."""
        values = form.cleaned_data
        scope = self.scope(request).filter(managing_unit__in=unit_ids_of(campaign))
        matched = match_names(campaign, values["names"], scope=scope)
        keys = [target.pk for target in matched.ours.values()]
        try:
            set_layer(campaign, keys, values["layer"], on=True, actor=request.user)
        except BusinessError as refusal:
            form.refuse(refusal)
            return None
        return matched

    def add_others(self, request, campaign):
        """People whom another office plans to visit and who are not on our list: onto it, as its own."""
        layer = request.POST.get("layer", "")
        if layer not in Layer.values:
            raise PermissionDenied
        picked = [key for key in request.POST.getlist("who") if key.isascii() and key.isdecimal() and len(key) < 18]
        scope = self.scope(request).living().filter(managing_unit__in=unit_ids_of(campaign), pk__in=picked[:MOST_ADDED])
        added = 0
        for cadre in scope.select_related("person").order_by("pk"):
            try:
                add_target(
                    campaign, cadre, reason=f"{Layer(layer).label}报来的名单", category=Category.OTHER,
                    actor=request.user, layers=[layer],
                )  # fmt: skip
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
            else:
                added += 1
        messages.success(request, f"列入 {added} 位。")
        return HttpResponseRedirect(self.url_of("layers", campaign))
