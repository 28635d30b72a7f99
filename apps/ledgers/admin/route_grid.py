"""The results of a route in one grid: a line a door, errors by line, nothing typed lost."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.choices.campaigns import CampaignState, Handed
from apps.ledgers.forms.visit_routes import StopForm
from apps.ledgers.queries.visit_routes import route_rows
from apps.ledgers.services.visit_results import enter_stops

COLUMNS = ("老同志和慰问金（品）",)
FIELDS = ("领取情况", "日期", "代领人", "代领关系", "情况", "意见建议", "要办的事", "什么事")


class RouteGrid:
    """Mixed into VisitRouteAdmin."""

    def enter_view(self, request, object_id):
        route, on = self.route_of(request, object_id), timezone.localdate()
        may = self.may_enter(request, route) and self.is_open(route)
        is_post = request.method == "POST"
        if is_post and not self.may_enter(request, route):
            raise PermissionDenied
        rows = route_rows(route, visible=self.seen(request))
        day = min(route.on_day, on)
        forms = {row.stop.pk: self.line_form(route, row, request.POST if is_post else None, day) for row in rows}
        status = 200
        if is_post:
            if self.save_stops(request, route, [form for form in forms.values() if form], on):
                return HttpResponseRedirect(self.url_of("enter", route))
            status = 422
            kept = {pk: form for pk, form in forms.items() if form is not None and form.errors}
            rows = route_rows(route, visible=self.seen(request))
            forms = {row.stop.pk: kept.get(row.stop.pk) or self.line_form(route, row, None, day) for row in rows}
        audit.look(
            "open", actor=request.user, people=[target.cadre_id for row in rows for target in row.chosen],
            fields=["route"], target=f"ledgers.visitroute:{route.pk}", request=request,
        )  # fmt: skip
        context = {
            "title": f"录入结果：{self.title_of(route)}", "columns": COLUMNS, "fields": FIELDS if may else (),
            "rows": [grid_row(row, forms[row.stop.pk] if may else None) for row in rows],
            "may_enter": may and any(forms.values()), "is_open": self.is_open(route), **self.back_to(route),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/route_enter.html", context, status=status)

    def is_open(self, route) -> bool:
        return route.campaign is None or route.campaign.state == CampaignState.APPROVED

    def line_form(self, route, row, data, day) -> StopForm | None:
        """The small form of a door; None where it has its result."""
        if row.stop.standing_contact is not None:
            return None
        initial = {"form_key": row.stop.form_key, "happened_on": day}
        return StopForm(data, row=row, has_money=route.campaign_id is not None, initial=initial)

    def save_stops(self, request, route, forms: list[StopForm], on) -> bool:
        """Record the doors that are whole; True when nothing was refused."""
        results = [form.result() for form in forms if form.is_valid()]
        try:
            done = enter_stops(route, [one for one in results if one is not None], actor=request.user, on=on)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
            return True
        for form in forms:
            if sentence := done.refused.get(form.row.stop.pk):
                form.add_error(None, sentence)
        left = sum(bool(form.errors) for form in forms)
        if done.saved:
            messages.success(request, f"录入了 {done.saved} 户。")
        if left:
            messages.error(request, f"有 {left} 户没有录进去，原因写在那一行，改好再存。")
        elif not done.saved:
            messages.info(request, "没有新录的行。去过的请选“领取情况”。")
        return not left


def grid_row(row, form: StopForm | None) -> dict:
    contact, first = row.stop.standing_contact, row.chosen[0]
    note = ""
    if contact is not None:
        words = first.get_handed_display()
        who = f"，{first.receiver}（{first.relation}）" if first.handed == Handed.BY_PROXY else ""
        note = f"已录：{words}{who}，{contact.happened_on.month}月{contact.happened_on.day}日"
    elif first.handed == Handed.UNCLAIMED:
        note = "上次没有送到，送到了可以再录"
    elif first.redirect:
        note = f"改为{first.get_redirect_display()}"
    people = "\n".join(person_words(target) for target in row.chosen)
    place = f"{row.stop.position}. " if row.stop.position else ""
    return {
        "name": row.names, "cells": [place + people], "form": form, "note": note,
        "tone": "done" if contact is not None else "",
    }  # fmt: skip


def person_words(target) -> str:
    """李德厚　1000 元 慰问品一份; of 遗属 whose family they are."""
    name = f"{target.name}（{target.of_whom}）" if target.of_whom else target.name
    money = f"{target.money.normalize():f} 元" if target.money else ""
    return "　".join(filter(None, (name, " ".join(filter(None, (money, target.gift))))))
