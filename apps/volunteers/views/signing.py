"""A volunteer signs himself in and out: the code at the place, scanned with his own phone, signed in."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.common.errors import BusinessError
from apps.people.acting import actings_of
from apps.volunteers.choices.shifts import SignWay, TurnState
from apps.volunteers.models import Shift, Turn
from apps.volunteers.queries.requests import to_enter
from apps.volunteers.queries.sign_codes import shift_of_code
from apps.volunteers.queries.turns import turns_of
from apps.volunteers.rules.times import span_words
from apps.volunteers.services import turns as acts

NOT_TODAY = "这个码今天不能用：也许不是今天的班次，也许改了时间。请问一问队长。"
NOT_ON_IT = "您没有报这一班。想参加，请告诉队长，队长能把您加上。"


def own_turn(request, shift: Shift) -> Turn | None:
    """His own, never that of somebody he acts for."""
    found = actings_of(request.user, timezone.localdate())
    own = [acting.person.pk for acting in found if not acting.is_proxy]
    return turns_of(shift).filter(volunteer__in=own).first()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_shift(request, code):
    """Looking writes nothing; the button does. A code of another day is told like one that is none."""
    now = timezone.now()
    shift = shift_of_code(code, timezone.localdate(now))
    turn = own_turn(request, shift) if shift else None
    sentence = "" if turn else NOT_ON_IT if shift else NOT_TODAY
    if turn is not None and request.method == "POST":
        try:
            messages.success(request, _sign(turn, request, now))
            return HttpResponseRedirect(request.path)
        except BusinessError as refusal:
            sentence = refusal.sentence
    context = {
        "shift": shift, "turn": turn, "sentence": sentence, "came": turn is not None and turn.came_at is not None,
        "time": span_words(shift.starts, shift.ends) if shift else "", "enter_url": _enter_url(turn),
    }  # fmt: skip
    return render(request, "volunteers/sign_shift.html", context, status=200 if turn and not sentence else 422)


def _enter_url(turn: Turn | None) -> str:
    """Where he enters what he did for a request, once he has signed out."""
    if turn is None or turn.left_at is None or (row := to_enter(turn.shift, turn.volunteer_id)) is None:
        return ""
    return reverse("portal:me_help_served", args=[row.public_id])


def _sign(turn: Turn, request, now) -> str:
    if request.POST.get("act") == "out" and turn.state == TurnState.CAME:
        acts.sign_out(turn, now, SignWay.QR, request.user)
        return "签退好了，辛苦您了。"
    acts.sign_in(turn, now, SignWay.QR, request.user)
    return "签到好了。走的时候再扫一次，点签退。"
