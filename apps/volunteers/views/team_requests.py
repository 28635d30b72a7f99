"""Requests that a leader's team takes care of: who needs what and when, whom to ask, what they answered. Where it is he
sees only of requests that his team goes to, and the look is on record."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.volunteers.choices.requests import ProposalState, RequestState
from apps.volunteers.forms.requests import DoneForm, PickForm
from apps.volunteers.help_notices import said_of
from apps.volunteers.models import Proposal, ServiceRequest, Team
from apps.volunteers.queries.requests import of_teams, proposals_of
from apps.volunteers.rules.help import moment
from apps.volunteers.services import helping, proposals

from .leading import leader_page

SHOWN = 60
MAY_ASK = (ProposalState.PROPOSED, ProposalState.LAPSED, ProposalState.DECLINED)
GOING = (RequestState.AGREED, RequestState.DONE)
ANSWERS = {"yes": True, "no": False}


def _line(row: ServiceRequest) -> dict:
    tones = {RequestState.OPEN: "soon", RequestState.AGREED: "info", RequestState.DONE: "soon"}
    return {
        "row": row, "said": said_of(row), "words": row.get_state_display(), "tone": tones.get(row.state, "done"),
        "helpers": f"{row.agreed}/{row.wanted} 位答应" + (f"，{row.asked} 位等答复" if row.asked else ""),
    }  # fmt: skip


@leader_page
def team_requests(request, team: Team):
    today = timezone.localdate()
    rows = of_teams([team.pk], today).order_by("on", "starts", "pk")
    live = [_line(row) for row in rows.filter(ended_at__isnull=True)[:SHOWN]]
    over = [_line(row) for row in rows.filter(ended_at__isnull=False).order_by("-on", "-pk")[:SHOWN]]
    return render(request, "volunteers/team_requests.html", {"team": team, "live": live, "over": over})


def _request(team: Team, key) -> ServiceRequest:
    row = of_teams([team.pk], timezone.localdate()).filter(public_id=key).select_related("unit").first()
    if row is None:
        raise Http404
    return row


@leader_page
def team_request(request, team: Team, key):
    """One of them, with acts: ask the ones ticked, take an answer, enter the time."""
    row = _request(team, key)
    if request.method == "POST":
        return _act(request, team, row)
    rows = proposals_of(row)
    asking = [one for one in rows if one.state in MAY_ASK] if row.state == RequestState.OPEN else []
    fresh = [one.pk for one in asking if one.state == ProposalState.PROPOSED]
    context = {
        "team": team, "one": _line(row), "proposals": rows, "is_open": row.state == RequestState.OPEN,
        "form": PickForm(None, proposals=asking, initial={"volunteers": fresh}) if asking else None,
        "to_enter": _to_enter(row), "back": "volunteers:team_requests", "place": "", "details": "",
    }  # fmt: skip
    if row.state in GOING:
        _look(request, row)
        context |= {"place": row.place, "details": row.details}
    return render(request, "volunteers/team_request.html", context)


def _look(request, row: ServiceRequest) -> None:
    target = f"volunteers.servicerequest:{row.pk}"
    audit.look("help.see", actor=request.user, people=[row.receiver_id], target=target, request=request)


def _to_enter(row: ServiceRequest) -> bool:
    return row.state == RequestState.AGREED and moment(row.on, row.starts) <= timezone.now()


def _act(request, team: Team, row: ServiceRequest):
    """`pick`: ask those ticked; `yes-<id>` and `no-<id>`: what somebody answered."""
    try:
        words = _pick(request, row) if "pick" in request.POST else _answer(request, row)
    except BusinessError as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, words)
    return redirect("volunteers:team_request", team.public_id, row.public_id)


def _pick(request, row: ServiceRequest) -> str:
    rows = [one for one in proposals_of(row) if one.state in MAY_ASK]
    form = PickForm(request.POST, proposals=rows)
    if not form.is_valid():
        raise BusinessError("请至少勾一位。", code="nobody")
    chosen = form.cleaned_data["volunteers"]
    wanted = [one for one in rows if one.pk in chosen]
    asked = proposals.ask_volunteers(row, wanted, actor=request.user, now=timezone.now())
    return f"已问 {len(asked)} 位。打电话问到了，请在下面登记他的答复。"


def _answer(request, row: ServiceRequest) -> str:
    answer, _, key = request.POST.get("answer", "").partition("-")
    proposal = _proposal(row, key)
    if answer not in ANSWERS:
        raise BusinessError("请选愿意还是这次不方便。", code="answer")
    said = proposals.answer(proposal, ANSWERS[answer], actor=request.user, now=timezone.now())
    if said.state == ProposalState.WITHDRAWN:
        return "刚才已经有别的队员答应了，请谢谢他，这次不用去。"
    return "已登记他愿意，请把时间和地点告诉他。" if ANSWERS[answer] else "已登记他这次不方便。"


def _proposal(row: ServiceRequest, key: str) -> Proposal:
    rows = row.proposals.current().exclude(state=ProposalState.PROPOSED).select_related("volunteer__person")
    found = rows.filter(pk=key).first() if key.isascii() and key.isdecimal() and len(key) < 19 else None
    if found is None:
        raise Http404
    found.request = row
    return found


@leader_page
def team_request_done(request, team: Team, key, proposal):
    """When a member came and went."""
    row = _request(team, key)
    one = _proposal(row, str(proposal))
    if one.state != ProposalState.ACCEPTED:
        raise Http404
    times = {"starts": row.starts, "ends": row.ends}
    form = DoneForm(request.POST if request.method == "POST" else None, initial=times)
    if form.is_bound and form.is_valid():
        try:
            helping.done(one, actor=request.user, now=timezone.now(), **form.cleaned_data)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已登记，请求助的同志确认。")
            return redirect("volunteers:team_request", team.public_id, row.public_id)
    context = {"team": team, "one": _line(row), "form": form, "name": one.volunteer.person.name}
    return render(request, "volunteers/team_request_done.html", context, status=422 if form.errors else 200)
