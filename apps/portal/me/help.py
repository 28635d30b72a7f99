"""请人帮忙 at `/me/`: asked for in at most four screens, seen, cancelled, confirmed; by the old comrade himself or by
whoever may act for him. What was chosen stands in the address of the next screen."""

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.common.form_keys import KEY, key_of
from apps.people.acting import Acting
from apps.people.choices import ProxyScope
from apps.volunteers.asking import CHECK, COINS, DAY, LENGTH, ON, SERVICE, STARTS, STEPS, TIME, WHAT, Wishes
from apps.volunteers.choices.bank import HoldState
from apps.volunteers.choices.requests import AskedAs, ConfirmedAs, ProposalState, RequestState
from apps.volunteers.forms.asking import DayForm, TimeForm, WhatForm, WhereForm
from apps.volunteers.models import ServiceRequest, Volunteer
from apps.volunteers.queries.bank import balance_of, hold_of
from apps.volunteers.queries.requests import asked_of, other_help, proposals_of, records_of, requests_of, unconfirmed
from apps.volunteers.rules.times import day_words, length_words, span_words
from apps.volunteers.services import helping
from apps.volunteers.services import requests as services
from apps.volunteers.services.care import confirm_care

from .help_forms import ConfirmForm
from .standing import own_page, show

ENROL = ProxyScope.ENROL
SHOWN = 20
TONES = {
    RequestState.OPEN: "soon", RequestState.AGREED: "info", RequestState.DONE: "soon", RequestState.CONFIRMED: "done",
}  # fmt: skip
MAY_CANCEL = (RequestState.OPEN, RequestState.AGREED)


@dataclass(frozen=True)
class Told:
    """One request in the words of the page."""

    row: ServiceRequest

    @property
    def title(self) -> str:
        return names_of("volunteer_service").get(self.row.service, "帮忙")

    @property
    def when(self) -> str:
        day, time = day_words(self.row.on), span_words(self.row.starts, self.row.ends)
        return format_html('<span class="nowrap">{}</span> <span class="nowrap">{}</span>', day, time)

    @property
    def tone(self) -> str:
        return TONES.get(RequestState(self.row.state), "")

    @property
    def words(self) -> str:
        if self.row.state == RequestState.DONE:
            return "工作人员正在核实" if self.row.doubt else "来过了吗？请您确认"
        return self.row.get_state_display()

    @property
    def to_confirm(self) -> bool:
        return self.row.state == RequestState.DONE and not self.row.doubt

    @property
    def may_cancel(self) -> bool:
        return self.row.state in MAY_CANCEL


@own_page(scope=ENROL)
def home(request, acting):
    """What was asked for and how far it is; for a volunteer, what he is asked himself."""
    now = timezone.now()
    rows = [Told(row) for row in requests_of(acting.person, timezone.localdate(now))[:SHOWN]]
    is_volunteer = not acting.is_proxy and Volunteer.objects.active().filter(pk=acting.person.pk).exists()
    context = {
        "rows": sorted(rows, key=lambda one: not one.to_confirm),
        "asked": asked_of(acting.person, now).filter(state=ProposalState.ASKED).count() if is_volunteer else 0,
        "is_volunteer": is_volunteer,
    }  # fmt: skip
    return show(request, acting, "portal/me/help.html", context)


# Asking --------------------------------------------------------------------------------------------------------------


class Asking(Wishes):
    def __init__(self, request, acting: Acting):
        super().__init__(request)
        self.acting = acting

    def url(self, step: str, **over) -> str:
        return f"{reverse('portal:me_help_step', args=[step])}?{self.query(**over)}"

    def page(self, step: str, context: dict, status: int = 200):
        place = STEPS.index(step)
        back = self.url(STEPS[place - 1]) if place else reverse("portal:me_help")
        frame = {"number": place + 1, "total": len(STEPS), "back": back}
        template = "portal/me/help_check.html" if step == CHECK else "portal/me/help_step.html"
        return show(self.request, self.acting, template, {**frame, **context}, status)


@own_page(scope=ENROL)
def begin(request, acting):
    """The first screen, with a new key."""
    asked = {name: request.GET[name] for name in (SERVICE, ON, COINS) if name in request.GET}
    query = urlencode({KEY: str(uuid.uuid4()), **asked})
    return redirect(f"{reverse('portal:me_help_step', args=[WHAT])}?{query}")


@own_page(scope=ENROL)
def step(request, acting, step):
    if step not in STEPS:
        raise Http404
    if key_of(request) is None:
        return redirect("portal:me_help_new")
    asking = Asking(request, acting)
    if step == CHECK and asking.missing:
        return redirect(asking.url(asking.missing))
    return {WHAT: _what, DAY: _day, TIME: _time, CHECK: _check}[step](asking)


def _data(asking: Asking):
    return asking.request.POST if asking.request.method == "POST" else None


def _what(asking: Asking):
    form = WhatForm(_data(asking), initial={"service": asking.service})
    if form.is_bound and form.is_valid():
        return redirect(asking.url(DAY, **{SERVICE: form.cleaned_data["service"]}))
    return asking.page(WHAT, {"form": form}, 422 if form.errors else 200)


def _day(asking: Asking):
    form = DayForm(_data(asking), today=timezone.localdate())
    if form.is_bound and form.is_valid():
        return redirect(asking.url(TIME, **{ON: form.chosen().isoformat()}))
    return asking.page(DAY, {"form": form}, 422 if form.errors else 200)


def _time(asking: Asking):
    known = {"starts": asking.starts or 9 * 60, "length": asking.length or 120}
    form = TimeForm(_data(asking), initial=known)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        return redirect(asking.url(CHECK, **{STARTS: values["starts"], LENGTH: values["length"]}))
    return asking.page(TIME, {"form": form}, 422 if form.errors else 200)


def _check(asking: Asking):
    """All that was chosen, with the last question; here it is sent."""
    person = asking.acting.person
    form = WhereForm(
        _data(asking), available=balance_of(person), has_home=bool(person.residence),
        initial={"spends": COINS in asking.request.GET},
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        try:
            row = _ask(asking, form)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(asking.request, "已经告诉我们了。有人答应来，就通知您。")
            return redirect("portal:me_help_request", row.public_id)
    ends = asking.starts + asking.length
    context = {
        "form": form, "title": names_of("volunteer_service")[asking.service],
        "when": f"{day_words(asking.on)}{span_words(asking.starts, ends)}", "change_what": asking.url(WHAT),
        "change_day": asking.url(DAY), "change_time": asking.url(TIME),
    }  # fmt: skip
    return asking.page(CHECK, context, 422 if form.errors else 200)


def _ask(asking: Asking, form: WhereForm) -> ServiceRequest:
    acting, values = asking.acting, form.cleaned_data
    facts = services.RequestFacts(
        receiver=acting.person, service=asking.service, on=asking.on, starts=asking.starts,
        ends=asking.starts + asking.length, asked_as=AskedAs.FAMILY if acting.is_proxy else AskedAs.SELF,
        place=form.chosen_place(), details=values["details"], efforts=values["efforts"], grant=acting.grant,
        spends=values.get("spends", False),
    )  # fmt: skip
    return services.ask(facts, actor=asking.request.user, now=timezone.now(), form_key=key_of(asking.request))


# One request ---------------------------------------------------------------------------------------------------------


def own_request(acting: Acting, key) -> ServiceRequest:
    """404 for what is not his."""
    rows = ServiceRequest.objects.current().select_related("team", "community", "unit")
    row = rows.filter(public_id=key, receiver=acting.person).first()
    if row is None:
        raise Http404
    return row


@own_page(scope=ENROL)
def one(request, acting, key):
    """How far it is, who comes, whom to ring. A look by the family is on record."""
    row = own_request(acting, key)
    if acting.is_proxy:
        audit.look(
            "help.see", actor=request.user, people=[acting.person.pk], on_behalf_of=acting.on_behalf_of,
            target=f"volunteers.servicerequest:{row.pk}", request=request,
        )  # fmt: skip
    coming = [one.volunteer.person for one in proposals_of(row) if one.state == ProposalState.ACCEPTED]
    phone = row.team.phone if row.team else row.unit.phone
    helps = row.community if row.state in (RequestState.OPEN, RequestState.UNMET) else None
    context = {
        "one": Told(row), "coming": coming, "phone": phone, "community": helps, "other": other_help(row),
        "confirmed": _confirmed(row), "coins": _coins(row),
    }  # fmt: skip
    return show(request, acting, "portal/me/help_request.html", context)


def _confirmed(row: ServiceRequest) -> list[str]:
    """Of each volunteer: how long, who said so, when."""
    found = [record.confirmation for record in records_of(row) if hasattr(record, "confirmation")]
    return [
        f"{length_words(one.minutes)}（{one.get_confirmed_as_display()} "
        f"{day_words(timezone.localdate(one.confirmed_at))}确认）"
        for one in found
    ]  # fmt: skip


def _coins(row: ServiceRequest) -> str:
    """What was held of his minutes, and what was taken of it."""
    hold = hold_of(row) if row.spends else None
    if hold is None:
        return ""
    length = length_words(hold.minutes)
    if hold.state == HoldState.HELD:
        return f"预留了{length}，服务以后按确认的时长扣"
    return f"用了{length_words(hold.captured)}" if hold.captured else f"没有用，预留的{length}退回了"


@own_page(scope=ENROL)
def cancel(request, acting, key):
    row = own_request(acting, key)
    if request.method == "POST":
        try:
            services.cancel(row, "", actor=request.user, now=timezone.now(), own=True)
        except BusinessError as refusal:
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, "已取消，答应来的志愿者会收到通知。")
        return redirect("portal:me_help_request", key)
    if row.state not in MAY_CANCEL:
        return redirect("portal:me_help_request", key)
    return show(request, acting, "portal/me/help_cancel.html", {"one": Told(row)})


@own_page(scope=ENROL)
def confirm(request, acting, key):
    """来过了吗？多长时间？ Two large buttons; several volunteers one after the other."""
    row = own_request(acting, key)
    waiting = unconfirmed(row) if row.state == RequestState.DONE and not row.doubt else []
    if not waiting:
        return redirect("portal:me_help_request", key)
    record = waiting[0]
    hours, minutes = divmod(record.minutes, 60)
    form = ConfirmForm(request.POST if request.method == "POST" else None, initial={"hours": hours, "minutes": minutes})
    if request.method == "POST" and request.POST.get("came") == "no":
        return _doubt(request, acting, row)
    if request.method == "POST" and form.is_valid():
        try:
            _confirm(request, acting, record, form)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"谢谢！已确认 {length_words(form.total)}。")
            return redirect("portal:me_help_confirm" if len(waiting) > 1 else "portal:me_help_request", key)
    context = {
        "one": Told(row), "form": form, "volunteer": record.volunteer.person,
        "said": f"{span_words(record.starts, record.ends)}，{length_words(record.minutes)}",
    }  # fmt: skip
    return show(request, acting, "portal/me/help_confirm.html", context, 422 if form.errors else 200)


def _confirm(request, acting, record, form: ConfirmForm) -> None:
    confirm_care(
        record, form.total, confirmed_as=ConfirmedAs.FAMILY if acting.is_proxy else ConfirmedAs.RECEIVER,
        actor=request.user, now=timezone.now(), form_key=form.cleaned_data["key"], satisfied=None,
        words=form.cleaned_data["words"],
    )  # fmt: skip


def _doubt(request, acting, row: ServiceRequest):
    words = "家属说没有来过" if acting.is_proxy else "本人说没有来过"
    try:
        helping.doubt(row, words, actor=request.user, now=timezone.now())
    except BusinessError as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, "知道了，工作人员会打电话核实。")
    return redirect("portal:me_help_request", row.public_id)
