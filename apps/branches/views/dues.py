"""Dues at the desk: where we are, the grid of a month, one member."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpResponseRedirect

from apps.branches.access import may_fix_dues
from apps.branches.choices import DuesKind, DuesMethod
from apps.branches.desk import show
from apps.branches.forms.dues import LineForm, PayForm, TopForm
from apps.branches.models import DuesPayment, DuesYear
from apps.branches.queries.dues import dues_of, dues_rules, formal_members, people_of_year, totals_of
from apps.branches.rules.dues import ZERO, MonthState, add_months, month_of, months_apart, needs_approval
from apps.branches.services.dues import Approval, HandOver, Refused, take_dues
from apps.common.errors import BusinessError

from .dues_desk import dues_desk, member_at, month_asked, url, year_asked

QUARTER = 3
LOOK_BACK = 24
COLUMNS = ("姓名", "应交", "情况")
FIELDS = ("收到", "金额（元）", "方式", "代交人")


@dues_desk
def home(request, desk):
    """Where the branch stands this month and this year, and the ways from here."""
    month = month_of(desk.today)
    january = month.replace(month=1)
    nothing = {"people": 0, "due": ZERO, "paid": ZERO, "open": ZERO, "open_people": 0}
    now = totals_of([desk.organisation.pk], month, month).get(desk.organisation.pk, nothing)
    year = totals_of([desk.organisation.pk], january, month).get(desk.organisation.pk, nothing)
    decided = DuesYear.objects.filter(organisation=desk.organisation, year=month.year, voided_at__isnull=True).first()
    rules = dues_rules(desk.organisation, desk.today)
    context = {
        "month": month, "now": now, "year": year, "decided": decided, "may_fix": may_fix_dues(desk),
        "behind": _behind(desk, min(rules.alert_months)),
    }  # fmt: skip
    return show(request, desk, "desk/dues/home.html", context)


def _behind(desk, least: int) -> list[tuple]:
    """(person, number of months) of current members with so many open months in a row up to the last."""
    last = add_months(month_of(desk.today), -1)
    dues = dues_of([desk.organisation.pk], add_months(last, -11), last)
    current = {person.pk: person for person in formal_members(desk.organisation, desk.today)}
    found = []
    for pk, person in current.items():
        count = 0
        for month in sorted(dues.get(pk, {}), reverse=True):
            if dues[pk][month].state != MonthState.OPEN:
                break
            count += 1
        if count >= least:
            found.append((person, count))
    return found


@dues_desk
def month(request, desk):
    """Members × one month or a quarter, with the open amount filled in; ticked rows are saved together."""
    first = month_asked(request, desk)
    count = QUARTER if request.GET.get("months") == str(QUARTER) else 1
    months = [add_months(first, number) for number in range(count)]
    rules = dues_rules(desk.organisation, desk.today)
    top = TopForm(
        request.POST or None,
        initial={"paid_on": desk.today, "key": uuid.uuid4()},
        needs_approval=needs_approval(months, desk.today, rules),
    )
    rows = _grid(request, desk, months)
    if request.method == "POST" and _save_grid(request, desk, top, rows, months):
        return HttpResponseRedirect(request.get_full_path())
    failed = request.method == "POST"
    context = {
        "top": top, "rows": rows, "columns": COLUMNS, "fields": FIELDS, "first": first, "count": count,
        "last": months[-1], "before": add_months(first, -count), "after": add_months(first, count),
        "waiting": sum(row["form"] is not None for row in rows),
        "open": sum((row["open"] for row in rows), ZERO), "paid": sum((row["paid"] for row in rows), ZERO),
        "failed": failed,
    }  # fmt: skip
    return show(request, desk, "desk/dues/month.html", context, status=422 if failed else 200)


def _grid(request, desk, months: list[dt.date]) -> list[dict]:
    """A row for each member who owes one of the months, in 姓氏笔画 order; a form where something is open."""
    dues = dues_of([desk.organisation.pk], months[0], months[-1])
    rows = []
    for pk, person in people_of_year(desk.organisation, dues).items():
        mine = [dues[pk][month] for month in months if month in dues[pk]]
        wanted = tuple(month for month in months if month in dues[pk] and dues[pk][month].state == MonthState.OPEN)
        open_sum = sum((one.open for one in mine), ZERO)
        form = None
        if wanted:
            initial = {"amount": open_sum, "method": DuesMethod.CASH}
            form = LineForm(request.POST or None, prefix=str(pk), initial=initial)
        rows.append({
            "name": person.name, "person": person, "months": wanted, "form": form, "open": open_sum,
            "paid": sum((one.paid for one in mine), ZERO),
            "cells": (person.name, f"{sum((one.due for one in mine), ZERO)}", _words(mine)),
            "tone": "" if wanted else "done",
        })  # fmt: skip
    return rows


def _words(dues: list) -> str:
    """How some months stand, in words."""
    states = {one.state for one in dues}
    if states == {MonthState.EXEMPT}:
        return "免交"
    if MonthState.UNFIXED in states:
        return "还没核定"
    if MonthState.OPEN not in states:
        return "已交"
    return "部分已交" if any(one.paid for one in dues) else "未交"


def _save_grid(request, desk, top: TopForm, rows: list[dict], months: list[dt.date]) -> bool:
    """Take the ticked rows; errors go to the row they belong to."""
    forms = [row["form"] for row in rows if row["form"] is not None]
    if not all([top.is_valid(), *[form.is_valid() for form in forms]]):
        return False
    ticked = [row for row in rows if row["form"] is not None and row["form"].cleaned_data["taken"]]
    if not ticked:
        if DuesPayment.objects.filter(organisation=desk.organisation, paid_on=top.cleaned_data["paid_on"]).exists():
            messages.info(request, "没有新勾选的同志，已记的不变。")
            return True
        top.add_error(None, "请先在“收到”一栏勾选交了党费的同志。")
        return False
    hand_overs = [
        HandOver(
            row["person"].pk, row["months"], row["form"].cleaned_data["amount"],
            row["form"].cleaned_data["method"] or DuesMethod.CASH, row["form"].cleaned_data["payer"],
        )
        for row in ticked
    ]  # fmt: skip
    try:
        saved = take_dues(
            desk, hand_overs, paid_on=top.cleaned_data["paid_on"], key=top.cleaned_data["key"],
            approval=approval_of(top),
        )  # fmt: skip
    except Refused as refusal:
        form = next(row["form"] for row in ticked if row["person"].pk == refusal.person_id)
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, refusal.sentence)
        return False
    except BusinessError as refusal:
        top.refuse(refusal)
        return False
    total = sum((row.paid for row in saved), ZERO)
    messages.success(request, f"已记 {len({row.person_id for row in saved})} 位同志，共 {total} 元。")
    return True


def approval_of(form) -> Approval | None:
    values = form.cleaned_data
    if not values.get("approved_on"):
        return None
    return Approval(values["approved_on"], values["approval"])


@dues_desk
def member(request, desk, person):
    """One member: his months of a year, what he paid, and a form for months behind or ahead."""
    found = member_at(desk, person)
    year = year_asked(request, desk)
    rules = dues_rules(desk.organisation, desk.today)
    now = month_of(desk.today)
    first, last = add_months(now, -LOOK_BACK), add_months(now, rules.ahead_months)
    dues = dues_of([desk.organisation.pk], min(first, dt.date(year, 1, 1)), max(last, dt.date(year, 12, 1)))
    mine = dues.get(found.pk, {})
    open_months = [month for month in sorted(mine) if first <= month <= last and mine[month].state == MonthState.OPEN]
    form = PayForm(
        request.POST or None,
        months=open_months,
        initial={"paid_on": desk.today, "key": uuid.uuid4(), **_span(open_months, now)},
    )
    if request.method == "POST" and form.is_valid() and _pay(request, desk, found, form, open_months):
        return HttpResponseRedirect(url(desk, "dues_member", found.public_id))
    payments = DuesPayment.objects.filter(person=found, organisation=desk.organisation).order_by("-paid_on", "-pk")[:60]
    context = {
        "person": found, "year": year, "form": form if open_months or request.method == "POST" else None,
        "months": [(month, mine[month], _words([mine[month]])) for month in sorted(mine) if month.year == year],
        "payments": payments, "may_fix": may_fix_dues(desk), "voluntary": DuesKind.VOLUNTARY,
    }  # fmt: skip
    return show(request, desk, "desk/dues/member.html", context, status=422 if form.errors else 200)


def _span(open_months: list[dt.date], now: dt.date) -> dict:
    """From the first open month to the current one."""
    due = [month for month in open_months if months_apart(month, now) >= 0] or open_months[:1]
    return {"first": f"{due[0]:%Y-%m}", "last": f"{due[-1]:%Y-%m}"} if due else {}


def _pay(request, desk, person, form: PayForm, open_months: list[dt.date]) -> bool:
    values = form.cleaned_data
    months = tuple(month for month in open_months if values["first"] <= f"{month:%Y-%m}" <= values["last"])
    hand_over = HandOver(person.pk, months, values["amount"], values["method"], values["payer"])
    try:
        saved = take_dues(
            desk, [hand_over], paid_on=values["paid_on"], key=values["key"], approval=approval_of(form)
        )  # fmt: skip
    except BusinessError as refusal:
        form.refuse(refusal)
        return False
    messages.success(
        request, f"已记 {len(saved)} 个月，共 {sum((row.paid for row in saved), ZERO)} 元，收据 {saved[0].receipt}。"
    )
    return True
