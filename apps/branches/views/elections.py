"""换届 at the desk: where it stands, what is next, and what is set around it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.branches.choices import ElectionState, ShiftState, Turn
from apps.branches.desk import at_desk, show
from apps.branches.forms.elections import BeginForm, CancelForm, MethodForm, PlanForm
from apps.branches.models import Election, TermShift
from apps.branches.queries.election_facts import facts_of, listed, rounds, seats_taken
from apps.branches.queries.elections import open_ballot
from apps.branches.rules.election_steps import ACTS, CLOSED, NEXT, STEPS, turn_of
from apps.branches.rules.election_texts import method_text, notice_text
from apps.branches.services.ballots import expected_quorum
from apps.branches.services.elections import (
    Plan,
    acts,
    begin_election,
    cancel,
    change_method,
    change_plan,
    elects,
    may_begin,
)
from apps.branches.services.seating import last_step, may_undo, undo
from apps.common.errors import BusinessError

from .election_desk import FORM, address, find, page_of
from .election_papers import papers_of

VOTE_COLUMNS = ["姓名", "赞成", "反对", "弃权", "结果"]
PLAN = ("seats", "planned_on", "place", "without_vote")


@require_safe
@at_desk
def overview(request, desk):
    """The term, the election under way, requests for delay, and earlier elections."""
    rows = Election.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
    elections = list(rows.order_by("-planned_on", "-pk")[:20])
    current = next((one for one in elections if one.state not in CLOSED), None)
    shifts = TermShift.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
    ends = desk.organisation.term_ends_on
    context = {
        "current": current,
        "following": NEXT[ElectionState(current.state)] if current else None,
        "turn": turn_of(current.state) if current else "",
        "past": [one for one in elections if one.state in CLOSED],
        "shifts": list(shifts.order_by("-asked_on", "-pk")[:20]),
        "refusal": "" if current else may_begin(desk.organisation, desk.today),
        "is_branch": acts(desk, Turn.BRANCH),
        "elects": elects(desk.organisation),
        "decides": acts(desk, Turn.SUPERIOR),
        "waiting": ShiftState.ASKED,
        "late_days": (desk.today - ends).days if ends and ends < desk.today else 0,
    }
    return show(request, desk, "desk/election/overview.html", context)


@require_http_methods(FORM)
@at_desk
def begin(request, desk):
    """Open an election: number of seats and the day."""
    current = Election.objects.open().filter(organisation=desk.organisation).first()
    if current is not None:
        return redirect(page_of(desk, current))
    form = BeginForm(request.POST or None, initial={"seats": 3, "planned_on": desk.organisation.term_ends_on})
    if request.method == "POST" and form.is_valid():
        try:
            election = begin_election(desk, key=form.cleaned_data["key"], plan=_plan(form))
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已开始准备换届。")
            return redirect(page_of(desk, election))
    context = {
        "title": "开始准备换届", "form": form, "back": address(desk, "election"),
        "lead": "先定选几名、哪天开会。以后还能改。",
    }  # fmt: skip
    return show(request, desk, "desk/election/form.html", context, status=422 if form.errors else 200)


def _plan(form) -> Plan:
    return Plan(**{name: form.cleaned_data[name] for name in PLAN})


@require_safe
@at_desk
def page(request, desk, election):
    """Where an election stands."""
    row = find(desk, election)
    following, turn = NEXT[ElectionState(row.state)], turn_of(row.state)
    act = ACTS.get(following.act)
    step = last_step(row)
    ballot = open_ballot(row)
    done = row.state == ElectionState.DONE
    posts = seats_taken(row)
    context = {
        "election": row,
        "following": following,
        "act": act,
        "may_act": act is not None and acts(desk, act.turn),
        "is_branch": acts(desk, Turn.BRANCH),
        "turn": turn,
        "total": len(STEPS),
        "step_name": STEPS[following.number - 1],
        "closed": row.state in CLOSED,
        "last": step,
        "may_undo": may_undo(desk, step),
        "ballot": ballot,
        "may_reduce": ballot is not None and ballot.number > 1,
        "may_plan": row.state in _PLANNED,
        "papers": papers_of(desk, row),
        "quorum": None if row.state in CLOSED else expected_quorum(row, desk.today),
        "rounds": rounds(row),
        "vote_columns": VOTE_COLUMNS,
        "candidates": listed(row),
        "posts": posts,
        "notice": notice_text(facts_of(row, desk.today), posts, row.organisation.term_ends_on) if done else "",
        "history": [_line(one) for one in row.steps.select_related("entered_by").order_by("-pk")],
    }
    return show(request, desk, "desk/election/page.html", context)


_PLANNED = (
    ElectionState.PREPARING, ElectionState.ASKED, ElectionState.NOMINATING, ElectionState.REVIEWING,
    ElectionState.EXCLUDING, ElectionState.EXCLUSIONS_SENT, ElectionState.MEETING,
)  # fmt: skip


def _line(step) -> dict:
    who = f"{step.entered_by} 登记" if step.entered_by else ""
    parts = [
        step.document_no, step.note, f"{who}（工作人员代录）" if step.by_staff else who,
        "已撤回" if step.undone_at else "",
    ]  # fmt: skip
    return {"when": step.on, "text": ACTS[step.act].done, "note": "，".join(part for part in parts if part)}


@require_http_methods(FORM)
@at_desk
def plan(request, desk, election):
    """Another day, place or number of seats."""
    row = find(desk, election)
    if not acts(desk, Turn.BRANCH) or row.state not in _PLANNED:
        messages.info(request, "现在不能改换届安排。")
        return redirect(page_of(desk, row))
    form = PlanForm(request.POST or None, initial={name: getattr(row, name) for name in PLAN})
    if request.method == "POST" and form.is_valid():
        try:
            change_plan(desk, row, _plan(form))
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已改换届安排。")
            return redirect(page_of(desk, row))
    context = {"title": "改换届安排", "form": form, "back": page_of(desk, row), "lead": ""}
    return show(request, desk, "desk/election/form.html", context, status=422 if form.errors else 200)


@require_http_methods(FORM)
@at_desk
def method(request, desk, election):
    """The branch's own words of 选举办法."""
    row = find(desk, election)
    if not acts(desk, Turn.BRANCH) or row.state not in _PLANNED:
        messages.info(request, "现在不能改选举办法。")
        return redirect(page_of(desk, row))
    text = row.method or "\n".join(method_text(facts_of(row, desk.today)))
    form = MethodForm(request.POST or None, initial={"text": text})
    if request.method == "POST" and form.is_valid():
        try:
            change_method(desk, row, form.cleaned_data["text"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已保存选举办法。")
            return redirect(page_of(desk, row))
    context = {
        "title": "选举办法", "form": form, "back": page_of(desk, row),
        "lead": "这是范本，可以按支部的情况改。大会通过以后就不能再改。",
    }  # fmt: skip
    return show(request, desk, "desk/election/form.html", context, status=422 if form.errors else 200)


@require_http_methods(FORM)
@at_desk
def give_up(request, desk, election):
    """Cancel an election, with a reason."""
    row = find(desk, election)
    if not acts(desk, Turn.BRANCH) or row.state in CLOSED:
        messages.info(request, "这次换届已经办完或取消，或者要由支部取消。")
        return redirect(page_of(desk, row))
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel(desk, row, reason=form.cleaned_data["reason"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已取消。当天可以撤回；也可以另外开始一次。")
            return redirect(page_of(desk, row))
    context = {
        "title": "取消这次换届", "form": form, "back": page_of(desk, row),
        "lead": "取消后，已填的名单和票数还留着备查，不能接着办；要选举请另外开始一次。",
    }  # fmt: skip
    return show(request, desk, "desk/election/form.html", context, status=422 if form.errors else 200)


@require_POST
@at_desk
def take_back(request, desk, election):
    """Take back the last step of today."""
    row = find(desk, election)
    try:
        step = undo(desk, row, step_id=int(request.POST.get("step", "") or 0))
    except ValueError:
        messages.error(request, "没有可以撤回的一步。")
    except BusinessError as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"已撤回：{ACTS[step.act].done}。")
    return redirect(page_of(desk, row))
