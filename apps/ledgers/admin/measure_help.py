"""请志愿者帮忙: a measure becomes a request for help, filled in from what the ledger knows."""

import datetime as dt

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from apps.ledgers.queries.measure_help import help_words, is_asked, likely_service
from apps.ledgers.services.measure_help import ask_volunteers
from apps.volunteers.choices.requests import AskedAs
from apps.volunteers.forms.requests import AskForm
from apps.volunteers.models import Team
from apps.volunteers.services.requests import RequestFacts

NAMES = ("service", "on", "starts", "ends", "wanted", "efforts", "place", "details", "team", "spends")


class MeasureHelp:
    """Mixed into the admin of measures."""

    @admin.display(description="请志愿者帮忙")
    def help_tag(self, obj):
        found = help_words(obj)
        if found is None:
            return ""
        return format_html('<span class="tag {}">{}</span>', found[1], found[0])

    def help_view(self, request, object_id):
        """The form; where a request is under way it says how far it is."""
        measure = self.measure_of(request, object_id)
        cadre = measure.need.cadre
        teams = Team.objects.visible_to(request.user).filter(closed_on__isnull=True, voided_at__isnull=True)
        form = AskForm(request.POST or None, teams=teams, initial=self._known(measure))
        lead = f"{measure.what}。登记以后就去附近的志愿者里找，进展在这项办法里看得到。"
        if is_asked(measure):
            lead = f"已经请过了，现在是“{help_words(measure)[0]}”。要改时间，请先取消那一件求助。"
        return self.act_page(
            request, measure, f"请志愿者帮忙：{cadre.person.name}", form,
            lambda form: self._ask(request, measure, form.cleaned_data), lead=lead, button="登记，找志愿者",
        )  # fmt: skip

    @staticmethod
    def _known(measure) -> dict:
        tomorrow = timezone.localdate() + dt.timedelta(days=1)
        text = f"{measure.what} {measure.need.description}"
        return {
            "service": likely_service(text), "on": max(measure.due_on, tomorrow), "starts": 9 * 60, "ends": 11 * 60,
            "details": measure.what,
        }  # fmt: skip

    @staticmethod
    def _ask(request, measure, values) -> str:
        cadre = measure.need.cadre
        carer = measure.owner_id == request.user.pk
        facts = RequestFacts(
            receiver=cadre.person, unit=cadre.managing_unit, asked_as=AskedAs.CARER if carer else AskedAs.STAFF,
            **{name: values[name] for name in NAMES},
        )  # fmt: skip
        made = ask_volunteers(measure, facts, actor=request.user, now=timezone.now(), form_key=values["key"])
        found = made.proposals.count()
        return f"已登记，找到 {found} 位合适的志愿者，工作人员去问。" if found else "已登记，工作人员去找志愿者。"
