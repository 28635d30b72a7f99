"""请志愿者帮忙 at the desk: for a member of the branch who asked for it and said yes, one question a screen."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches.access import Desk, people_at
from apps.branches.desk import address, at_desk, show
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.common.form_keys import key_of, keyed_address
from apps.ledgers.queries.desk import member_or_404, member_rows, members_found
from apps.people.models import Person
from apps.volunteers.asking import CHECK, DAY, LENGTH, ON, SERVICE, STARTS, STEPS, TIME, WHAT, Wishes
from apps.volunteers.choices.requests import AskedAs, RequestState
from apps.volunteers.forms.asking import BranchWhereForm, DayForm, TimeForm, WhatForm
from apps.volunteers.models import ServiceRequest
from apps.volunteers.rules.times import day_words, span_words
from apps.volunteers.services import requests as services

PER_PAGE, SHOWN, LONGEST = 30, 100, 60
MAY_CANCEL = (RequestState.OPEN, RequestState.AGREED)
SENDING = require_http_methods(["GET", "HEAD", "POST"])
TONES = {
    RequestState.OPEN: "soon", RequestState.AGREED: "info", RequestState.DONE: "soon", RequestState.CONFIRMED: "done",
}  # fmt: skip
LAST = "答应来的志愿者才看得到姓名、电话和地址。办到哪一步，在“请志愿者帮忙”里看。"


def rows_at(desk: Desk):
    """Requests that a branch entered for members of this desk, the latest first: when and how far; no place, no words,
    not what they or their families asked for themselves."""
    rows = ServiceRequest.objects.current().filter(
        receiver__in=people_at(desk).values("pk"), asked_as=AskedAs.BRANCH
    )  # fmt: skip
    return rows.select_related("receiver", "asked_by").defer("place", "details").order_by("-on", "-starts", "-pk")


def told(desk: Desk, row: ServiceRequest) -> dict:
    own = row.asked_by_id == desk.user.pk
    return {
        "row": row, "what": names_of("volunteer_service").get(row.service, "帮忙"),
        "when": f"{day_words(row.on)}{span_words(row.starts, row.ends)}", "may_cancel": own and row.state in MAY_CANCEL,
        "tone": TONES.get(RequestState(row.state), ""),
    }  # fmt: skip


@require_safe
@at_desk
def help_list(request, desk):
    return show(request, desk, "desk/help/list.html", {"rows": [told(desk, row) for row in rows_at(desk)[:SHOWN]]})


@require_safe
@at_desk
def help_who(request, desk):
    """For whom: names to pick, or to find."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    people, understood = members_found(desk, text, "")
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": member_rows(desk, list(page)), "page": page, "q": text, "understood": understood,
        "query": urlencode({"q": text}), "total": f"共 {page.paginator.count} 人，按拼音排",
    }  # fmt: skip
    return show(request, desk, "desk/help/who.html", context)


class Asking(Wishes):
    """The questions about one member."""

    def __init__(self, request, desk: Desk, person: Person):
        super().__init__(request)
        self.desk, self.person = desk, person
        self.data = request.POST if request.method == "POST" else None

    def url(self, step: str, **over) -> str:
        return f"{address(self.desk, 'ledgers:help_step', self.person.public_id, step)}?{self.query(**over)}"

    def page(self, step: str, form, facts=()):
        place = STEPS.index(step)
        context = {
            "title": f"替{self.person.name}请志愿者帮忙", "form": form, "facts": facts,
            "lead": LAST if step == CHECK else f"第{place + 1}步，共{len(STEPS)}步。",
            "back": self.url(STEPS[place - 1]) if place else address(self.desk, "ledgers:help_who"),
        }  # fmt: skip
        return show(self.request, self.desk, "desk/help/step.html", context, status=422 if form.errors else 200)


@SENDING
@at_desk
def help_step(request, desk, person, step):
    """Sent twice it is one request: its key stands in the address."""
    found = member_or_404(desk, person)
    if (keyed := keyed_address(request)) is not None:
        return keyed
    asking = Asking(request, desk, found)
    if step not in STEPS:
        return redirect(asking.url(WHAT))
    if step == CHECK and asking.missing:
        return redirect(asking.url(asking.missing))
    return {WHAT: _what, DAY: _day, TIME: _time, CHECK: _check}[step](asking)


def _what(asking: Asking):
    form = WhatForm(asking.data, initial={"service": asking.service})
    if form.is_bound and form.is_valid():
        return redirect(asking.url(DAY, **{SERVICE: form.cleaned_data["service"]}))
    return asking.page(WHAT, form)


def _day(asking: Asking):
    form = DayForm(asking.data, today=asking.desk.today)
    if form.is_bound and form.is_valid():
        return redirect(asking.url(TIME, **{ON: form.chosen().isoformat()}))
    return asking.page(DAY, form)


def _time(asking: Asking):
    form = TimeForm(asking.data, initial={"starts": asking.starts or 9 * 60, "length": asking.length or 120})
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        return redirect(asking.url(CHECK, **{STARTS: values["starts"], LENGTH: values["length"]}))
    return asking.page(TIME, form)


def _check(asking: Asking):
    form = BranchWhereForm(asking.data, has_home=bool(asking.person.residence))
    form.submit_label = "提出去"
    if form.is_bound and form.is_valid():
        try:
            _ask(asking, form)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(asking.request, "提出去了。有人答应来，就通知他本人，也告诉您。")
            return redirect(address(asking.desk, "ledgers:help"))
    facts = [
        ("谁需要帮忙", asking.person.name), ("帮什么忙", names_of("volunteer_service")[asking.service]),
        ("什么时候", f"{day_words(asking.on)}{span_words(asking.starts, asking.starts + asking.length)}"),
    ]  # fmt: skip
    return asking.page(CHECK, form, facts)


def _ask(asking: Asking, form: BranchWhereForm) -> ServiceRequest:
    values = form.cleaned_data
    facts = services.RequestFacts(
        receiver=asking.person, service=asking.service, on=asking.on, starts=asking.starts,
        ends=asking.starts + asking.length, asked_as=AskedAs.BRANCH, place=form.chosen_place(),
        details=values["details"], efforts=values["efforts"], consent=values["consent"],
    )  # fmt: skip
    return services.ask(facts, actor=asking.desk.user, now=timezone.now(), form_key=key_of(asking.request))


@SENDING
@at_desk
def help_cancel(request, desk, key):
    """Take back what this account asked for; the member and who said yes are told."""
    row = rows_at(desk).filter(public_id=key, asked_by=desk.user.pk).first()
    if row is None:
        raise Http404
    back = address(desk, "ledgers:help")
    if row.state not in MAY_CANCEL:
        messages.info(request, "这件求助现在不能取消。下面是最新的情况。")
        return redirect(back)
    if request.method == "POST":
        try:
            services.cancel(row, "党支部代为取消", actor=desk.user, now=timezone.now(), own=False)
        except BusinessError as refusal:
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, "已取消，本人和答应来的志愿者会收到通知。")
        return redirect(back)
    one = told(desk, row)
    context = {
        "title": "不需要志愿者了？", "lead": "取消以后，本人和答应来的志愿者会收到通知。", "button": "取消这件求助",
        "facts": [("谁需要帮忙", row.receiver.name), ("帮什么忙", one["what"]), ("什么时候", one["when"])],
        "form": None, "back": back,
    }  # fmt: skip
    return show(request, desk, "desk/step.html", context)
