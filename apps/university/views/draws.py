"""`/courses/draws/`: every draw in public. Ticket numbers only, nobody's name; two files, with which anybody may do it
again."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.common import attachments
from apps.signups.choices import RoundState
from apps.signups.drawing import is_ticket_number
from apps.signups.models import Round
from apps.university.queries.rounds import (
    class_lines,
    explained,
    phone_of,
    rounds_of_classes,
    stage_words,
    ticket_by_number,
    ticket_counts,
    ticket_view,
)

PER_PAGE = 12
LONGEST_NUMBER = 20


@login_not_required
@require_safe
def draws(request):
    """All rounds, newest first."""
    now = timezone.now()
    page = Paginator(rounds_of_classes().order_by("-opens_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    rounds = [(round, *stage_words(round, now)) for round in page.object_list]
    return render(request, "university/draws.html", {"page": page, "rounds": rounds})


@login_not_required
@require_safe
def draw(request, key):
    """One round: how it stands, its hashes, its files, and one's own number."""
    round = _round(key)
    words, tone = stage_words(round, timezone.now())
    asked = "".join(request.GET.get("number", "").split())[:LONGEST_NUMBER]
    ticket, sentence = _look_up(round, asked)
    context = {
        "round": round, "words": words, "tone": tone, "lines": class_lines(round), "phone": phone_of(round),
        "tickets": ticket_counts([round]).get(round.pk, 0), "remarks": round.remarks.splitlines(),
        "sentences": explained(round) if round.state == RoundState.PUBLISHED else [], "asked": asked,
        "view": ticket, "sentence": sentence, "is_drawn": round.state in (RoundState.DRAWN, RoundState.PUBLISHED),
    }  # fmt: skip
    return render(request, "university/draw.html", context)


def _round(key) -> Round:
    return get_object_or_404(rounds_of_classes().select_related("list_file", "result_file"), public_id=key)


def _look_up(round: Round, number: str):
    """(what became of the ticket, a sentence where there is none)."""
    if not number:
        return None, ""
    if not is_ticket_number(number):
        return None, "编号不对，请对着回执上的数字再输一遍。编号只有数字，最少 7 位。"
    ticket = ticket_by_number(round, number)
    if ticket is None:
        return None, "这一批里没有这个编号。请看看回执上写的是哪一批，或者打电话问学校。"
    if ticket.withdrawn_at:
        return None, "这张抽签表已经撤回，没有参加抽签。"
    return ticket_view(ticket), ""


@login_not_required
@require_safe
def list_file(request, key):
    """The frozen list, from the moment it is frozen."""
    return _download(_round(key).list_file, "list.txt")


@login_not_required
@require_safe
def result_file(request, key):
    """The result, with the secret, once it is published."""
    round = _round(key)
    return _download(round.result_file if round.state == RoundState.PUBLISHED else None, "result.txt")


def _download(attachment, name: str) -> HttpResponse:
    if attachment is None:
        raise Http404
    return HttpResponse(
        attachments.read(attachment), content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip
