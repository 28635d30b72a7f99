"""Beside the monthly dues: voluntary payments, exemptions, taking a record back."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect

from apps.branches.access import may_decide_above
from apps.branches.choices import DuesKind
from apps.branches.desk import show
from apps.branches.forms.dues import DayForm, ExemptionForm, ReasonForm, VoluntaryForm
from apps.branches.models import DuesExemption, DuesPayment
from apps.branches.queries.dues import dues_rules, formal_members
from apps.branches.rules.dues import add_months, month_of
from apps.branches.services.dues import Gift, forward_gift, take_voluntary, void_payment
from apps.branches.services.dues_exemptions import approve_exemption, ask_exemption, drop_exemption
from apps.common.errors import BusinessError

from .dues_desk import dues_desk, payment_at, url, year_asked


@dues_desk
def voluntary(request, desk):
    """What members gave of their own free will in a year, and a form for another."""
    year = year_asked(request, desk)
    people = formal_members(desk.organisation, desk.today)
    form = VoluntaryForm(request.POST or None, people=people, initial={"paid_on": desk.today, "key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid() and _give(request, desk, form.cleaned_data, form):
        return HttpResponseRedirect(url(desk, "dues_voluntary"))
    gifts = DuesPayment.objects.filter(
        organisation=desk.organisation, kind=DuesKind.VOLUNTARY, voided_at__isnull=True,
        paid_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)),
    ).select_related("person")  # fmt: skip
    limit = dues_rules(desk.organisation, desk.today).central_from
    context = {"form": form, "gifts": gifts, "year": year, "limit": limit}
    return show(request, desk, "desk/dues/voluntary.html", context, status=422 if form.errors else 200)


def _give(request, desk, values: dict, form: VoluntaryForm) -> bool:
    gift = Gift(values["person"].pk, values["amount"], values["method"], values["payer"], values["bio"])
    try:
        row = take_voluntary(desk, gift, paid_on=values["paid_on"], key=values["key"])
    except BusinessError as refusal:
        form.refuse(refusal)
        return False
    words = "全额上缴中央，请报上级转交，本人会收到收据。" if row.to_centre else "不抵每月党费。"
    messages.success(request, f"已记 {row.paid} 元，{words}")
    return True


@dues_desk
def forward(request, desk, payment):
    """The day on which a voluntary payment went to the organisation above."""
    found = payment_at(desk, payment)
    if found.kind != DuesKind.VOLUNTARY:
        raise Http404
    form = DayForm(request.POST or None, initial={"on": desk.today})
    if request.method == "POST" and form.is_valid():
        try:
            forward_gift(desk, found, on=form.cleaned_data["on"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已记上缴日期。")
            return HttpResponseRedirect(url(desk, "dues_voluntary"))
    lead, back = f"{found.person.name} {found.paid} 元", url(desk, "dues_voluntary")
    context = {"title": "哪天上缴的", "lead": lead, "form": form, "back": back}
    return show(request, desk, "desk/dues/act.html", context, status=422 if form.errors else 200)


@dues_desk
def void(request, desk, payment):
    """Take back a payment that was recorded by mistake."""
    found = payment_at(desk, payment)
    if found.voided_at:
        raise Http404
    form = ReasonForm(request.POST or None)
    form.submit_label = "作废这一笔"
    back = url(desk, "dues_member", found.person.public_id)
    if request.method == "POST" and form.is_valid():
        try:
            void_payment(desk, found, reason=form.cleaned_data["reason"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已作废。要记对的，请重新登记。")
            return HttpResponseRedirect(back)
    lead = f"{found.person.name} {found.month.year}年{found.month.month}月 {found.paid} 元，收据 {found.receipt}。"
    context = {"title": "作废这笔党费", "lead": lead, "form": form, "back": back}
    return show(request, desk, "desk/dues/act.html", context, status=422 if form.errors else 200)


@dues_desk
def exemptions(request, desk):
    """Exemptions of the branch, newest first, and a form for what it decided."""
    people = formal_members(desk.organisation, desk.today)
    now = month_of(desk.today)
    initial = {"first": now, "last": now.replace(month=12), "decided_on": desk.today, "key": uuid.uuid4()}
    form = ExemptionForm(request.POST or None, people=people, initial=initial)
    if request.method == "POST" and form.is_valid() and _ask(request, desk, form):
        return HttpResponseRedirect(url(desk, "dues_exemptions"))
    rows = DuesExemption.objects.filter(organisation=desk.organisation, voided_at__isnull=True).select_related("person")
    for row in (shown := list(rows[:100])):
        row.last = add_months(row.ends_on, -1)
    context = {"form": form, "rows": shown, "may_decide": may_decide_above(desk)}
    return show(request, desk, "desk/dues/exemptions.html", context, status=422 if form.errors else 200)


def _ask(request, desk, form: ExemptionForm) -> bool:
    values = form.cleaned_data
    row = DuesExemption(
        public_id=values["key"], person=values["person"], kind=values["kind"], amount=values["amount"],
        starts_on=values["first"], ends_on=add_months(values["last"], 1), reason=values["reason"],
        decided_on=values["decided_on"],
    )  # fmt: skip
    try:
        ask_exemption(desk, row)
    except BusinessError as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, "已报上级批准，批准以后这几个月才算减免。")
    return True


@dues_desk
def decide(request, desk, exemption):
    """Approve an exemption (the organisation above), or take it back with a reason."""
    rows = DuesExemption.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
    found = rows.select_related("person").filter(public_id=exemption).first()
    if found is None:
        raise Http404
    is_drop = "drop" in request.GET or not may_decide_above(desk)
    form = (ReasonForm if is_drop else DayForm)(request.POST or None, initial={"on": desk.today})
    form.submit_label = "撤回这条减免" if is_drop else "批准"
    if request.method == "POST" and form.is_valid():
        try:
            if is_drop:
                drop_exemption(desk, found, reason=form.cleaned_data["reason"])
            else:
                approve_exemption(desk, found, on=form.cleaned_data["on"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已撤回。" if is_drop else "已批准。")
            return HttpResponseRedirect(url(desk, "dues_exemptions"))
    last = add_months(found.ends_on, -1)
    span = f"{found.starts_on:%Y-%m} 到 {last:%Y-%m}"
    lead = f"{found.person.name} {found.get_kind_display()}，{span}，支部 {found.decided_on} 定。"
    context = {
        "title": "撤回减免" if is_drop else "批准减免", "lead": lead, "form": form, "back": url(desk, "dues_exemptions")
    }  # fmt: skip
    return show(request, desk, "desk/dues/act.html", context, status=422 if form.errors else 200)
