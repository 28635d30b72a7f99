"""Asking for a later or earlier election, and answering it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches.choices import ShiftKind, ShiftState, Turn
from apps.branches.desk import at_desk, show
from apps.branches.forms.elections import ShiftAnswerForm, ShiftForm
from apps.branches.models import TermShift
from apps.branches.queries.election_facts import superior_name
from apps.branches.queries.elections import first_end
from apps.branches.rules.election_texts import day, shift_text
from apps.branches.rules.sizes import latest_end
from apps.branches.services.elections import acts, branch_rules
from apps.branches.services.term_shifts import ask_shift, decide_shift, withdraw_shift
from apps.common.errors import BusinessError
from apps.common.printing import frame_for

from .election_desk import FORM, address


def _find(desk, public_id) -> TermShift:
    rows = TermShift.objects.filter(public_id=public_id, organisation=desk.organisation, voided_at__isnull=True)
    if (found := rows.select_related("organisation", "entered_by", "decided_by").first()) is None:
        raise Http404
    return found


@require_http_methods(FORM)
@at_desk
def ask(request, desk):
    """延期、提前请示."""
    ends = first_end(desk.organisation)
    if ends is None or not acts(desk, Turn.BRANCH):
        words = "请示由支部报。" if ends else "还没有登记任期届满日，请先请老干部局登记。"
        messages.info(request, words)
        return redirect(address(desk, "election"))
    last = latest_end(ends, rules=branch_rules(desk.organisation, desk.today))
    form = ShiftForm(request.POST or None, initial={"kind": ShiftKind.DELAY, "on": desk.today})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            shift = ask_shift(
                desk, key=values["key"], kind=values["kind"], until=values["until"], reason=values["reason"],
                on=values["on"],
            )  # fmt: skip
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已报上级，等答复。请打印请示，签字盖章。")
            return redirect(address(desk, "term_shift", shift.public_id))
    context = {
        "title": "延期、提前换届请示", "form": form, "back": address(desk, "election"),
        "lead": f"本届任期到{day(ends)}届满，最多延期到{day(last)}。",
    }  # fmt: skip
    return show(request, desk, "desk/election/form.html", context, status=422 if form.errors else 200)


@require_http_methods(FORM)
@at_desk
def shift(request, desk, shift):
    """One request: how it stands, and the answer or its withdrawal."""
    row = _find(desk, shift)
    waiting = row.state == ShiftState.ASKED
    decides = waiting and acts(desk, Turn.SUPERIOR)
    may_withdraw = waiting and acts(desk, Turn.BRANCH)
    withdraws = request.method == "POST" and "withdraw" in request.POST
    form = ShiftAnswerForm(None if withdraws else request.POST or None, initial={"on": desk.today})
    try:
        if withdraws:
            withdraw_shift(desk, row)
            messages.success(request, "已撤回请示。")
            return redirect(address(desk, "term_shift", row.public_id))
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            decide_shift(
                desk, row, agrees=values["agrees"] == "yes", on=values["on"], document_no=values["document_no"],
                answer=values["answer"],
            )  # fmt: skip
            messages.success(request, "已答复。")
            return redirect(address(desk, "term_shift", row.public_id))
    except BusinessError as refusal:
        if withdraws or not decides:
            messages.error(request, refusal.sentence)
            return redirect(address(desk, "term_shift", row.public_id))
        form.refuse(refusal)
    context = {
        "shift": row, "form": form if decides else None, "may_withdraw": may_withdraw,
        "back": address(desk, "election"), "facts": _facts(row),
        "print_url": address(desk, "term_shift_print", row.public_id),
    }  # fmt: skip
    return show(request, desk, "desk/election/shift.html", context, status=422 if decides and form.errors else 200)


def _facts(row: TermShift) -> list[tuple]:
    facts = [
        ("状态", row.get_state_display()), ("原任期届满日", row.term_ends_on), ("改到", row.until),
        ("原因", row.reason), ("请示日期", row.asked_on),
        ("录入", f"{row.entered_by or ''}{'（工作人员代录）' if row.by_staff else ''}"),
    ]  # fmt: skip
    if row.decided_on:
        facts += [("答复日期", row.decided_on), ("批复文号", row.document_no or "没有"), ("意见", row.answer or "没有")]
    return facts


@require_safe
@at_desk
def printed(request, desk, shift):
    """The request on A4."""
    row = _find(desk, shift)
    delays = row.kind == ShiftKind.DELAY
    heading = f"关于{row.get_kind_display()}选举的请示"
    frame = frame_for(request, heading, back_url=address(desk, "term_shift", row.public_id), recall=False)
    context = {
        "frame": frame, "to": superior_name(row.organisation), "signed": row.organisation.name,
        "lines": shift_text(delays=delays, term_ends_on=row.term_ends_on, until=row.until, reason=row.reason),
    }  # fmt: skip
    return render(request, "print/election/letter.html", context)
