"""请志愿者帮忙: a need or a measure becomes a request for help, filled in from what the ledger knows."""

import datetime as dt

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.ledgers.queries.measure_help import help_words, is_asked, likely_service
from apps.ledgers.services.measure_help import ask_for_need, ask_volunteers
from apps.volunteers.choices.requests import AskedAs
from apps.volunteers.forms.requests import AskForm
from apps.volunteers.models import ServiceRequest, Team
from apps.volunteers.services.requests import RequestFacts

NAMES = ("service", "on", "starts", "ends", "wanted", "efforts", "place", "details", "team", "spends")

STARTS, ENDS = 9 * 60, 11 * 60  # put in to begin with


def request_url(user, pk: int | None) -> str:
    """The page of a request, where this user may see it; else nothing."""
    if pk is None or not ServiceRequest.objects.visible_to(user).filter(pk=pk).exists():
        return ""
    return reverse("admin:volunteers_servicerequest_change", args=[pk])


class VolunteerHelp:
    """What both pages share."""

    def help_page(self, request, row, known: dict, ask, *, lead: str):
        """The form, filled with what is `known`; `ask(values)` makes the request, and its page comes next."""
        made = []
        teams = Team.objects.visible_to(request.user).filter(closed_on__isnull=True, voided_at__isnull=True)
        cadre = self.cadre_of_help(row)

        def apply(form):
            made.append(ask(form.cleaned_data))
            found = made[0].proposals.count()
            if not found:
                return "已登记，附近没有找到合适的志愿者。可以点“另请一位”。"
            return f"已登记，找到 {found} 位合适的志愿者。接着点“问志愿者”。"

        form = AskForm(request.POST or None, teams=teams, initial=known)
        return self.act_page(
            request, row, f"请志愿者帮忙：{cadre.person.name}", form, apply, lead=lead, button="登记，找志愿者",
            onward=lambda: request_url(request.user, made[0].pk),
        )  # fmt: skip

    @staticmethod
    def facts_of(cadre, values, asked_as: str) -> RequestFacts:
        said = {name: values[name] for name in NAMES}
        return RequestFacts(receiver=cadre.person, unit=cadre.managing_unit, asked_as=asked_as, **said)


class NeedHelp(VolunteerHelp):
    """Mixed into the admin of needs: straight from the need, the measure is made on the way."""

    @staticmethod
    def cadre_of_help(need):
        return need.cadre

    def help_view(self, request, object_id):
        need = self.need_of(request, object_id)
        today = timezone.localdate()
        known = {
            "service": likely_service(need.description), "on": today + dt.timedelta(days=1), "starts": STARTS,
            "ends": ENDS, "details": need.description,
        }  # fmt: skip

        def ask(values):
            facts = self.facts_of(need.cadre, values, AskedAs.STAFF)
            key, now = values["key"], timezone.now()
            return ask_for_need(need, facts, actor=request.user, on=today, now=now, form_key=key)

        lead = f"{self.lead(need)}。登记以后就在附近的志愿者里找，同时在台账里记一项办法，进展在那里看得到。"
        return self.help_page(request, need, known, ask, lead=lead)


class MeasureHelp(VolunteerHelp):
    """Mixed into the admin of measures."""

    @staticmethod
    def cadre_of_help(measure):
        return measure.need.cadre

    @admin.display(description="请志愿者帮忙")
    def help_tag(self, obj):
        found = help_words(obj)
        if found is None:
            return ""
        return format_html('<span class="tag {}">{}</span>', found[1], found[0])

    def help_view(self, request, object_id):
        """The form; where a request is under way it says how far it is."""
        measure = self.measure_of(request, object_id)
        lead = f"{measure.what}。登记以后就去附近的志愿者里找，进展在这项办法里看得到。"
        if is_asked(measure):
            lead = f"已经请过了，现在是“{help_words(measure)[0]}”。要改时间，请先取消那一件求助。"
        asked_as = AskedAs.CARER if measure.owner_id == request.user.pk else AskedAs.STAFF

        def ask(values):
            facts = self.facts_of(measure.need.cadre, values, asked_as)
            return ask_volunteers(measure, facts, actor=request.user, now=timezone.now(), form_key=values["key"])

        return self.help_page(request, measure, self._known(measure), ask, lead=lead)

    @staticmethod
    def _known(measure) -> dict:
        tomorrow = timezone.localdate() + dt.timedelta(days=1)
        text = f"{measure.what} {measure.need.description}"
        return {
            "service": likely_service(text), "on": max(measure.due_on, tomorrow), "starts": STARTS, "ends": ENDS,
            "details": measure.what,
        }  # fmt: skip
