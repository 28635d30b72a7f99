"""A place in a shift, from `/me/`: looked over and asked for in one press, undone within ten minutes, given up; an
offer answered. Everything goes through the sign-ups that classes use (rule book 9.4, 10.10)."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.form_keys import key_of, keyed_address
from apps.people.choices import ProxyScope
from apps.signups.choices import SignUpState
from apps.signups.kinds import kind_of
from apps.signups.services import offers, seats
from apps.volunteers.models import Volunteer
from apps.volunteers.queries import front, own
from apps.volunteers.queries.fitting import beyond_wish
from apps.volunteers.queries.front import Card
from apps.volunteers.queries.own import Place

from .join import source_of
from .standing import own_page, show

ENROL = ProxyScope.ENROL
UNDO, LEAVE, ACCEPT, DECLINE = "undo", "leave", "accept", "decline"
ALREADY = "这一班已经报过了，不用再报。"
STALE = "这一步已经办过，或者现在不能办了。下面是最新的情况。"


@dataclass(frozen=True)
class Act:
    """One thing that can be done about a place: asked before, said after."""

    question: str
    button: str
    done: str
    detail: str = ""
    is_danger: bool = True


ACTS = {
    UNDO: Act("撤销这次报名？", "撤销报名", "已撤销。", "撤销以后就当没有报过，可以重新报，按新的时间排队。"),
    LEAVE: Act(
        "这一班不去了？", "不去了，退出", "已退出，谢谢您早说。",
        "没有关系，身体和家里的事要紧。退出以后，名额给候补的下一位。",
    ),
    ACCEPT: Act("有名额了，您去吗？", "我去", "报上了。", "答应以后，名额就是您的了。", is_danger=False),
    DECLINE: Act("这次不去？", "这次不去", "已放弃，名额给下一位了。", "没有关系。名额马上给候补的下一位。"),
}  # fmt: skip


@own_page(scope=ENROL)
def join(request, acting, key):
    """Everything on one screen, with all that speaks against it said before; one press takes part."""
    now = timezone.now()
    card = front.shift_of(key, now)
    if card is None:
        raise Http404
    if (answer := keyed_address(request)) is not None:
        return answer
    standing = own.standing_place(acting.person, card.shift.offering_id)
    if standing is not None:
        messages.info(request, ALREADY)
        return redirect("portal:me_volunteer_place", standing.public_id)
    refusal = refusal_of(card, acting.person.pk)
    if request.method == "POST" and not refusal:
        try:
            row = seats.sign_up(
                card.shift.offering, acting.person, source=source_of(acting), actor=request.user, now=now,
                form_key=key_of(request), grant=acting.grant,
            )  # fmt: skip
            return redirect("portal:me_volunteer_place", row.public_id)
        except BusinessError as error:
            refusal = error.sentence
    if refusal:
        return _refused(request, acting, card, refusal)
    context = {"card": card, "care": beyond_wish(card.shift, [acting.person.pk]).get(acting.person.pk, "")}
    return show(request, acting, "portal/me/volunteer_join.html", context)


def refusal_of(card: Card, person_id: int) -> str:
    """Why he may not have a place here; empty when he may."""
    if not card.is_open:
        return f"{card.standing}。"
    offering = card.shift.offering
    return kind_of(offering).refusals(offering, [person_id], timezone.localdate(card.now)).get(person_id, "")


def _refused(request, acting, card: Card, sentence: str):
    is_volunteer = Volunteer.objects.active().filter(pk=acting.person.pk).exists()
    context = {"card": card, "sentence": sentence, "is_volunteer": is_volunteer}
    return show(request, acting, "portal/me/volunteer_refused.html", context)


def place_or_404(acting, key) -> Place:
    found = own.place_of(acting.person, key, timezone.now())
    if found is None:
        raise Http404
    return found


@own_page(scope=ENROL)
def place(request, acting, key):
    """How it stands in large words, and what comes next. Printed, it is his receipt."""
    return show(request, acting, "portal/me/volunteer_place.html", {"one": place_or_404(acting, key)})


def is_possible(one: Place, act: str) -> bool:
    if act == UNDO:
        return one.may_undo
    if act == LEAVE:
        return one.may_leave
    return one.state == SignUpState.OFFERED and one.offer is not None


@own_page(scope=ENROL)
def act(request, acting, key, act):
    """Ask, then do; what is no longer possible is said calmly on the place's own page."""
    if act not in ACTS:
        raise Http404
    one = place_or_404(acting, key)
    page = reverse("portal:me_volunteer_place", args=[key])
    if not is_possible(one, act):
        messages.info(request, STALE)
        return redirect(page)
    if request.method != "POST":
        return show(request, acting, "portal/me/volunteer_act.html", {"one": one, "act": ACTS[act], "page": page})
    try:
        _do(one, act, acting, request.user)
    except BusinessError as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, ACTS[act].done)
    return redirect(page)


def _do(one: Place, act: str, acting, user) -> None:
    now = timezone.now()
    if act == UNDO:
        seats.undo(one.sign_up, actor=user, now=now)
    elif act == LEAVE:
        reason = "家属代为退出" if acting.is_proxy else "本人退出"
        seats.withdraw(one.sign_up, reason=reason, actor=user, now=now)
    else:
        answer = offers.accept if act == ACCEPT else offers.decline
        answer(one.offer, actor=user, now=now, via=source_of(acting))
