"""The amounts of a year: January's grid, the branch's confirmation, the public list, a change in the year."""

import datetime as dt
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect

from apps.branches.access import may_fix_dues
from apps.branches.choices import DuesSource
from apps.branches.desk import show
from apps.branches.forms.dues import BaseForm, ChangeBaseForm, ConfirmYearForm
from apps.branches.models import DuesYear
from apps.branches.queries.dues import bases_of, dues_rules, formal_members
from apps.branches.rules.dues import ZERO, add_months, month_of, monthly_amount
from apps.branches.services.dues_bases import BaseLine, Change, confirm_year, fix_bases, publish_year
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.printing import frame_for

from .dues_desk import dues_desk, member_at, url, year_asked

COLUMNS = ("姓名", "上年每月（元）", "今年每月（元）")
FIELDS = ("交纳基数（元）", "基数来源")
ORDER = "姓氏笔画"


@dues_desk
def year(request, desk):
    """Last year's base filled in, the amount beside it; officers see bases, all others the amounts."""
    asked = year_asked(request, desk)
    if not may_fix_dues(desk):
        return show(request, desk, "desk/dues/year.html", {"year": asked, "lines": _amounts(desk, asked)})
    if request.method == "POST" and "confirm" in request.POST:
        return _confirm(request, desk, asked)
    rows = _grid(request, desk, asked, request.POST if request.method == "POST" else None)
    saved = _save(request, desk, asked, rows) if request.method == "POST" and "save" in request.POST else None
    if saved is True:
        return HttpResponseRedirect(f"{url(desk, 'dues_year')}?year={asked}")
    failed = saved is False
    context = _context(desk, asked, rows, failed)
    return show(request, desk, "desk/dues/year.html", context, status=422 if failed else 200)


def _context(desk, asked: int, rows: list[dict], failed: bool, confirm: ConfirmYearForm | None = None) -> dict:
    rules = dues_rules(desk.organisation, dt.date(asked, 1, 1))
    return {
        "year": asked, "rows": rows, "columns": COLUMNS, "fields": FIELDS, "rules": rules, "failed": failed,
        "decided": _decided(desk, asked), "total": sum((row["amount"] or ZERO for row in rows), ZERO),
        "missing": sum(row["standing"] is None for row in rows),
        "confirm": confirm or ConfirmYearForm(initial={"decided_on": desk.today}),
    }  # fmt: skip


def _decided(desk, asked: int) -> DuesYear | None:
    return DuesYear.objects.filter(organisation=desk.organisation, year=asked, voided_at__isnull=True).first()


def _grid(request, desk, asked: int, typed) -> list[dict]:
    """Rows of current members, bound to what was typed; a confirmed year takes only new members. Whose base is shown
    is written down first."""
    people = list(formal_members(desk.organisation, desk.today))
    ids = [person.pk for person in people]
    now, last = bases_of(ids, asked), bases_of(ids, asked - 1)
    rules, decided = dues_rules(desk.organisation, dt.date(asked, 1, 1)), _decided(desk, asked)
    rows, known = [], []
    for person in people:
        standing, before = now.get(person.pk), last.get(person.pk)
        shown = standing or before
        if shown is not None:
            known.append(person.pk)
        source = standing.source if standing else DuesSource.LAST_YEAR if before else DuesSource.PAY_SLIP
        initial = {"base": shown.base if shown else None, "source": source}
        form = None if decided and standing else BaseForm(typed, prefix=str(person.pk), initial=initial)
        amount = standing.amount if standing else monthly_amount(Decimal(shown.base), rules) if shown else None
        if form is not None and typed is not None and form.is_valid() and form.cleaned_data["base"] is not None:
            amount = monthly_amount(form.cleaned_data["base"], rules)
        rows.append({
            "name": person.name, "person": person, "form": form, "standing": standing, "amount": amount,
            "cells": (person.name, f"{before.amount}" if before else "", "" if amount is None else f"{amount}"),
        })  # fmt: skip
    if known:
        audit.look("dues.bases", actor=desk.user, people=known, fields=["base"], request=request)
    return rows


def _save(request, desk, asked: int, rows: list[dict]) -> bool:
    forms = [(row, row["form"]) for row in rows if row["form"] is not None]
    if not all([form.is_valid() for _, form in forms]):
        return False
    lines = [
        BaseLine(row["person"].pk, form.cleaned_data["base"], form.cleaned_data["source"] or DuesSource.TOLD)
        for row, form in forms
        if form.cleaned_data["base"] is not None
    ]
    try:
        count = fix_bases(desk, lines, year=asked)
    except BusinessError as refusal:
        messages.error(request, refusal.sentence)
        return False
    messages.success(request, f"已核定 {count} 位同志。" if count else "没有改动。")
    return True


def _confirm(request, desk, asked: int):
    form = ConfirmYearForm(request.POST)
    if form.is_valid():
        try:
            confirm_year(desk, year=asked, decided_on=form.cleaned_data["decided_on"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{asked} 年党费标准已确认，一年内一般不变。可以打印公示表了。")
            return HttpResponseRedirect(f"{url(desk, 'dues_year')}?year={asked}")
    rows = _grid(request, desk, asked, None)
    return show(request, desk, "desk/dues/year.html", _context(desk, asked, rows, True, form), status=422)


def _amounts(desk, asked: int) -> list[tuple]:
    """(person, amount or None) of current members."""
    people = list(formal_members(desk.organisation, desk.today))
    bases = bases_of([person.pk for person in people], asked)
    return [(person, bases[person.pk].amount if person.pk in bases else None) for person in people]


@dues_desk
def public_list(request, desk):
    """公示表: names and amounts, once a year; printing it after the confirmation marks the year as published."""
    asked = year_asked(request, desk)
    lines = _amounts(desk, asked)
    if request.method == "POST":
        publish_year(desk, year=asked)
        messages.success(request, "已记下公布日期。")
        return HttpResponseRedirect(f"{url(desk, 'dues_year')}?year={asked}")
    audit.look("print", actor=desk.user, people=[person.pk for person, _ in lines], request=request)
    frame = frame_for(
        request, f"{asked} 年党费交纳标准公示", scope=desk.organisation.name, order=ORDER, recall=False, stamp=True,
        columns=4, back_url=f"{url(desk, 'dues_year')}?year={asked}",
    )  # fmt: skip
    context = {"frame": frame, "lines": lines, "year": asked, "decided": _decided(desk, asked)}
    return show(request, desk, "desk/dues/print_public.html", context)


@dues_desk
def change_base(request, desk, person):
    """A new base in the course of a year, from a month on and with its reason."""
    found = member_at(desk, person)
    if not may_fix_dues(desk):
        raise Http404
    now = month_of(desk.today)
    bases = bases_of([found.pk], desk.today.year)
    form = ChangeBaseForm(request.POST or None, initial={"starts_on": add_months(now, 1)})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        line = BaseLine(found.pk, values["base"], values["source"])
        try:
            fix_bases(desk, [line], year=desk.today.year, change=Change(values["starts_on"], values["reason"]))
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已改标准。已预交的月份如有差额，会列为未交，请补交差额。")
            return HttpResponseRedirect(url(desk, "dues_member", found.public_id))
    standing = bases.get(found.pk)
    if standing is not None:
        audit.look("dues.bases", actor=desk.user, people=[found.pk], fields=["base"], request=request)
    context = {"person": found, "form": form, "standing": standing}
    return show(request, desk, "desk/dues/change_base.html", context, status=422 if form.errors else 200)
