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
from apps.signups.choices import RoundState, SignUpState
from apps.signups.models import Round
from apps.signups.services import offers, seats, tickets
from apps.university.choices.money import RefundCause
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup
from apps.university.queries import own
from apps.university.queries.merges import open_answers
from apps.university.queries.own import Asked, OwnTicket
from apps.university.rules.when import fee_words
from apps.university.services.refunds import reckon

from .join import choices_of, source_of
from .join_forms import ChoicesForm
from .join_papers import lacking_words
from .standing import own_page, show, whom
from .surveys import waiting_surveys

ENROL = ProxyScope.ENROL
UNDO, LEAVE, ACCEPT, DECLINE = "undo", "leave", "accept", "decline"
ADD = "add"


@own_page(scope=ENROL)
def home(request, acting):
    """Offers first: they have a day; then what runs, what waits, and what ended lately."""
    now = timezone.now()
    asked = own.asked_of(acting.person, now)
    drawn = own.tickets_among(asked, now)
    studying = [one.enrolment.pk for one in asked if one.enrolment is not None and is_studying(one)]
    context = {
        "offers": [one for one in asked if one.state == SignUpState.OFFERED],
        "running": [one for one in asked if one.state == SignUpState.SEATED and is_studying(one)],
        "waiting": [one for one in asked if one.state == SignUpState.WAITING],
        "tickets": drawn, "over": [one for one in asked if not one.is_active or not is_studying(one)],
        "nothing": not asked, "merging": set(open_answers(studying).values_list("enrolment", flat=True)),
        "surveys": [] if acting.is_proxy else waiting_surveys(acting.person.pk, timezone.localdate(now)),
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
    one = asked_or_404(acting, key)
    has_place = one.state == SignUpState.SEATED and is_studying(one)
    papers = lacking_words(acting, one.card.group, timezone.localdate()) if has_place else []
    studies = has_place and one.enrolment is not None
    context = {
        "one": one, "papers": papers, "may_move": studies and not one.may_undo,
        "asked_to_merge": open_answers([one.enrolment.pk]).first() if studies and one.enrolment else None,
    }  # fmt: skip
    return show(request, acting, "portal/me/sign_up.html", context)


@dataclass(frozen=True)
class Act:
    """One thing that can be done about a sign-up: asked before, said after."""

    question: str
    button: str
    done: str
    detail: str = ""
    is_danger: bool = True


ACTS = {
    UNDO: Act(
        question="撤销这次报名？", button="撤销报名", done="已撤销。",
        detail="十分钟以内可以撤销，就当没有报过。撤销以后可以重新报，要按新的时间排队。",
    ),
    LEAVE: Act(question="确定退出？", button="确定退出", done="已退出。"),
    ACCEPT: Act(
        question="接受这个名额？", button="我接受，我要上", done="已录取，请按时交费、上课。", is_danger=False,
        detail="接受以后就录取了，请按时交费、上课。",
    ),
    DECLINE: Act(
        question="放弃这个名额？", button="我放弃", done="已放弃，名额给下一位了。",
        detail="放弃以后，名额马上给候补的下一位，收不回来。以后想上要重新排。",
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


def refund_words(one: Asked) -> str:
    """What would be given back if he left today, as far as the school's window agrees. See rule book 9.44."""
    if one.enrolment is None:
        return ""
    if not one.enrolment.paid:
        return "还没有交费，不用退。"
    found, _, _, _ = reckon(one.enrolment, RefundCause.OWN, timezone.localdate())
    if found.refusal:
        return f"{found.refusal}因重病、移居外地退出的，请带证明到学校窗口问。"
    return f"{found.words}，能退 {fee_words(found.amount)}，到学校窗口办。因重病、移居外地的，请带证明去。"


@own_page(scope=ENROL)
def act(request, acting, key, act):
    """Ask, then do; what is no longer possible is said calmly on the sign-up's own page. See rule book 9.44."""
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
            "page": reverse("portal:me_sign_up", args=[key]), "refund": refund_words(one) if act == LEAVE else "",
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
    holders = found.ticket.holders.select_related("person").exclude(person=acting.person.pk)
    context = {
        "own": found, "others": [one.person.name for one in holders], "title": title_of(found),
        "draw_url": draw_url(found), "result": result_words(found, whom(acting)),
    }  # fmt: skip
    return show(request, acting, "portal/me/ticket.html", context)


def title_of(found: OwnTicket) -> str:
    if found.ticket.withdrawn_at:
        return "抽签表已撤回"
    if not found.is_published:
        return "已进入抽签"
    return "抽中了" if any(one.state == SignUpState.SEATED for one in found.choices) else "这次没有抽中"


def result_words(found: OwnTicket, him: str) -> tuple[str, str] | None:
    """What the draw gave, and why, in two sentences; None before it is published."""
    if not found.is_published:
        return None
    why = f"签号由封存的名单、密封数和现场抽出的数一起算出来，谁也改不了；公示里有办法，{him}或别人都可以自己再算一遍。"
    got = [str(one.card.group) for one in found.choices if one.state == SignUpState.SEATED]
    if got:
        return f"{him}抽中了{'、'.join(got)}，请按时交费、上课。", why
    waits = [f"{one.card.group}{one.big}" for one in found.choices if one.state == SignUpState.WAITING]
    return (f"这次没有抽中，按签号排在{'、'.join(waits)}，有人退出就通知。" if waits else "这次没有抽中。"), why


def draw_url(found: OwnTicket) -> str:
    """The public page of the draw, which shows a list once it is closed."""
    drawn = found.ticket.round
    return reverse("university:draw", args=[drawn.public_id]) if drawn.state != RoundState.COLLECTING else ""


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
    status = 422 if form.errors else 200
    return show(request, acting, "portal/me/ticket_change.html", {"form": form, "own": found}, status)


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
