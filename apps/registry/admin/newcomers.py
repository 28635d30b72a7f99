"""Newly retired people whom a unit reported, on their way into the registry: the add form filled from the report."""

import dataclasses

from django.contrib import messages

from apps.accounts.access import unit_ids_for
from apps.registry.choices import NewcomerState
from apps.registry.models import ReportLine
from apps.registry.services import reports
from apps.registry.services.persons import Typed

ADD_CADRE = "registry.add_cadre"
LINE = "line"


def waiting_newcomers(user):
    """Lines that wait for a clerk, of units in which he may add people."""
    return ReportLine.objects.filter(
        state=NewcomerState.WAITING, voided_at__isnull=True, report__unit__in=unit_ids_for(user, ADD_CADRE)
    ).select_related("report__unit", "told_by")


class NewcomerForm:
    """Mixed into CadreAdminBase: `?line=` names the report line that a new person comes from.

    The citizen id is not put into the form: left empty, the reported one is taken.
    """

    def newcomer_of(self, request) -> ReportLine | None:
        key = request.GET.get(LINE, "")
        if not key.isdecimal() or len(key) > 18 or not request.user.has_perm(ADD_CADRE):
            return None
        return waiting_newcomers(request.user).filter(pk=int(key)).first()

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        initial.pop(LINE, None)
        line = self.newcomer_of(request)
        if line is None:
            return initial
        unit = line.report.unit_id
        told = {
            "name": line.name, "birth_date": line.birth_date, "former_post": line.post,
            "retired_on": line.happened_on, "retire_type": "retired", "managing_unit": unit, "counting_unit": unit,
        }  # fmt: skip
        return initial | {name: value for name, value in told.items() if value}

    def add_view(self, request, form_url="", extra_context=None):
        line = self.newcomer_of(request) if request.method == "GET" else None
        if line is not None:
            number = line.citizen_id or ""
            words = f"身份证号尾号 {number[-2:]} 已报，空着就用报来的号码。" if number else "没有报身份证号，请填写。"
            messages.info(request, f"下面是{line.report.unit}报来的内容，核对后保存。{words}")
        return super().add_view(request, form_url, extra_context)

    def with_reported_id(self, typed: Typed, line: ReportLine | None) -> Typed:
        if line is None or typed.citizen_id.strip() or not line.citizen_id:
            return typed
        return dataclasses.replace(typed, citizen_id=line.citizen_id)

    def settle_newcomer(self, request, line: ReportLine | None, cadre) -> None:
        if line is not None:
            reports.settle_newcomer(line, cadre, actor=request.user)
