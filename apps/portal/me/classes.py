"""我的课 at `/me/`: what he has and asked for, and what can be done about it; by himself or by whoever may enrol him
(rule book 9.42, 9.44)."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.people.choices import ProxyScope
from apps.signups.choices import SignUpState
from apps.signups.models import Round
from apps.signups.services import offers, seats, tickets
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup
from apps.university.queries import own
from apps.university.queries.own import Asked, OwnTicket

from .join import choices_of, source_of
from .join_forms import ChoicesForm
from .standing import own_page, show

ENROL = ProxyScope.ENROL
UNDO, LEAVE, ACCEPT, DECLINE = "undo", "leave", "accept", "decline"
ADD = "add"


@own_page(scope=ENROL)
def home(request, acting):
    """Offers first: they have a day; then what runs, what waits, and what ended lately."""
    now = timezone.now()
    asked = own.asked_of(acting.person, now)
    drawn = own.tickets_among(asked, now)
    context = {
        "offers": [one for one in asked if one.state == SignUpState.OFFERED],
        "running": [one for one in asked if one.state == SignUpState.SEATED and is_studying(one)],
        "waiting": [one for one in asked if one.state == SignUpState.WAITING],
        "tickets": drawn, "over": [one for one in asked if not one.is_active or not is_studying(one)],
        "nothing": not asked,
    }  # fmt: skip
    return show(request, acting, "portal/me/classes.html", context)


def is_studying(one: Asked) -> bool:
    """Whether a place he got is still his."""
    return one.runs and (one.enrolment is None or one.enrolment.state == EnrolmentState.STUDYING)


def asked_or_404(acting, key) -> Asked:
    one = own.asked_one(acting.person, key, timezone.now())
    if one is None:
        raise Http404
    return one


@own_page(scope=ENROL)
def sign_up(request, acting, key):
    """One sign-up: how it stands in large words, and what happens next. Printed, it is his receipt."""
    return show(request, acting, "portal/me/sign_up.html", {"one": asked_or_404(acting, key), "acts": ACTS})


@dataclass(frozen=True)
class Act:
    """One thing that can be done about a sign-up: asked before, said after."""

    question: str
    detail: str
    button: str
    done: str
    is_danger: bool = True


ACTS = {
    UNDO: Act(
        "撤销这次报名？", "十分钟以内可以撤销，就当没有报过。撤销以后可以重新报，要按新的时间排队。", "撤销报名", "已撤销。"
    ),
    LEAVE: Act("确定退出？", "", "确定退出", "已退出。"),
    ACCEPT: Act("接受这个名额？", "接受以后就录取了，请按时交费、上课。", "我接受，我要上", "已录取，请按时交费、上课。", False),
    DECLINE: Act(
        "放弃这个名额？", "放弃以后，名额马上给候补的下一位，收不回来。以后想上要重新排。", "我放弃", "已放弃，名额给下一位了。"
    ),
}  # fmt: skip


def is_possible(one: Asked, act: str) -> bool:
    if act == UNDO:
        return one.may_undo
    if act == LEAVE:
        return one.may_leave
    return one.state == SignUpState.OFFERED and one.offer is not None


def leaving_words(one: Asked) -> str:
    """What leaving costs."""
    if one.state == SignUpState.WAITING:
        return f"您现在是{one.big}。退出以后位置就没有了，再报要从最后排起。"
    return "退出以后，名额马上给候补的第一位，收不回来。"


@own_page(scope=ENROL)
def act(request, acting, key, act):
    """Ask, then do; what is no longer possible is said calmly on the sign-up's own page."""
    if act not in ACTS:
        raise Http404
    one = asked_or_404(acting, key)
    page = redirect("portal:me_sign_up", key)
    if not is_possible(one, act):
        messages.info(request, "这一步已经办过，或者现在不能办了。下面是最新的情况。")
        return page
    if request.method != "POST":
        context = {
            "one": one, "act": ACTS[act], "detail": leaving_words(one) if act == LEAVE else ACTS[act].detail,
            "page": reverse("portal:me_sign_up", args=[key]), "is_leaving": act == LEAVE,
        }  # fmt: skip
        return show(request, acting, "portal/me/class_act.html", context)
    try:
        _do(one, act, acting, request.user)
    except BusinessError as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, ACTS[act].done)
    return page


def _do(one: Asked, act: str, acting, user) -> None:
    now = timezone.now()
    if act == UNDO:
        seats.undo(one.sign_up, actor=user, now=now)
    elif act == LEAVE:
        reason = "家属代为退出" if acting.is_proxy else "本人退出"
        seats.withdraw(one.sign_up, reason=reason, actor=user, now=now)
    else:
        answer = offers.accept if act == ACCEPT else offers.decline
        answer(one.offer, actor=user, now=now, via=source_of(acting))


# Tickets of a draw ------------------------------------------------------------------------------------------------


def ticket_or_404(acting, key) -> OwnTicket:
    found = own.own_ticket(acting.person, key, timezone.now())
    if found is None:
        raise Http404
    return found


@own_page(scope=ENROL)
def ticket(request, acting, key):
    """A ticket: its number in the public list, its choices, what the draw gave."""
    found = ticket_or_404(acting, key)
    others = [
        one.person.name for one in found.ticket.holders.select_related("person") if one.person_id != acting.person.pk
    ]
    return show(request, acting, "portal/me/ticket.html", {"own": found, "others": others})


@own_page(scope=ENROL)
def change_ticket(request, acting, key):
    """Other choices or another order, while the window is open; the number stays."""
    found = ticket_or_404(acting, key)
    if not found.is_open:
        messages.info(request, "报名已经截止，志愿不能再改。")
        return redirect("portal:me_ticket", key)
    held = [one.card.group for one in found.choices if one.is_active]
    drawn: Round = found.ticket.round
    first = held[0] if held else ClassGroup.objects.filter(offering__round=drawn).first()
    classes = choices_of(first, acting, timezone.localdate())
    initial = {f"choice_{place}": str(group.public_id) for place, group in enumerate(held, 1)}
    data = request.POST if request.method == "POST" else None
    form = ChoicesForm(data, initial=initial, classes=classes, most=drawn.most_choices, partners=[])
    if data is not None and form.is_valid():
        by_key = {
            str(one.public_id): one.offering
            for one in ClassGroup.objects.current().filter(offering__round=drawn).select_related("offering")
        }
        wanted = [by_key[one] for one in form.chosen()]
        try:
            tickets.change(
                found.ticket, wanted, wants=min(found.ticket.wants, len(wanted)), actor=request.user, now=timezone.now()
            )
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "志愿改好了。")
            return redirect("portal:me_ticket", key)
    return show(
        request, acting, "portal/me/ticket_change.html", {"form": form, "own": found}, 422 if form.errors else 200
    )


@own_page(scope=ENROL)
def withdraw_ticket(request, acting, key):
    """Take the whole ticket back before the window closes."""
    found = ticket_or_404(acting, key)
    if found.is_open and request.method != "POST":
        context = {"own": found, "page": reverse("portal:me_ticket", args=[key])}
        return show(request, acting, "portal/me/ticket_withdraw.html", context)
    if found.is_open:
        try:
            tickets.withdraw_ticket(found.ticket, actor=request.user, now=timezone.now())
        except BusinessError as refusal:
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, "抽签表已撤回。截止以前可以重新填。")
    else:
        messages.info(request, "这张表已经撤回，或者报名已经截止。")
    return redirect("portal:me_ticket", key)
