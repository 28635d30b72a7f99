"""The one form of each step of an election. Who sends a form twice, or one that is out of date, is led on calmly."""

from collections.abc import Callable

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.branches.access import Desk
from apps.branches.choices import ElectionState
from apps.branches.desk import at_desk, show
from apps.branches.forms.elections import (
    AgreeForm,
    AnswerForm,
    ApproveForm,
    CountForm,
    ExclusionAnswerForm,
    MeetingForm,
    PostForm,
    ReduceForm,
    SeatForm,
    SendForm,
    SentForm,
    VoteForm,
    WrittenInForm,
)
from apps.branches.models import Election
from apps.branches.queries.election_facts import listed, seats_taken
from apps.branches.queries.elections import elected, open_ballot, standing, valid_exclusions, voters
from apps.branches.rules.election_steps import ACTS, NEXT
from apps.branches.rules.elections import Tally, candidates_needed
from apps.branches.services import ballots, election_lists, elections, seating
from apps.common import audit
from apps.common.errors import BusinessError

from .election_desk import FORM, address, find, page_of

ONE_FORM = "desk/election/form.html"
WRITTEN_LINES = 3
Handler = Callable[..., object]


def _begin_state(row: Election, desk: Desk, **more) -> dict:
    return {"state": row.state, "on": desk.today, **more}


@require_http_methods(FORM)
@at_desk
def step(request, desk, election):
    """Show or take the step that is next. A form of an earlier step, sent again, changes nothing."""
    row = find(desk, election)
    following = NEXT[ElectionState(row.state)]
    if not following.act or not elections.acts(desk, ACTS[following.act].turn):
        messages.info(request, following.sentence)
        return redirect(page_of(desk, row))
    sent = request.POST.get("state", row.state)
    if request.method == "POST" and sent != row.state:
        messages.info(request, f"这一步已经办过。{following.sentence}")
        return redirect(page_of(desk, row))
    return HANDLERS[following.act](request, desk, row)


def _try(request, form, work: Callable[[], object]) -> bool:
    """Run an act; a refusal is shown in the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        work()
    except BusinessError as refusal:
        form.refuse(refusal)
        return False
    return True


def _done(request, desk: Desk, row: Election):
    row.refresh_from_db()
    messages.success(request, f"已登记。{NEXT[ElectionState(row.state)].sentence}")
    return redirect(page_of(desk, row))


def _page(
    request, desk: Desk, row: Election, form, title: str, *, lead: str = "", template=ONE_FORM, bad=False, **more
):
    context = {"title": title, "form": form, "lead": lead, "back": page_of(desk, row), "election": row, **more}
    status = 422 if bad or form.errors else 200
    return show(request, desk, template, context, status=status)


def _ask(request, desk, row):
    form = SentForm(request.POST or None, initial=_begin_state(row, desk))
    values = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if _try(request, form, lambda: elections.ask(desk, row, on=values["on"], document_no=values["document_no"])):
        return _done(request, desk, row)
    facts = [
        ("应选", f"{row.seats} 名"), ("选举大会", f"{row.planned_on} {row.place}".strip()),
        ("没有表决权的正式党员", f"{row.without_vote} 名"),
    ]  # fmt: skip
    lead = "先核对下面的安排，打印请示，签字盖章后报上级；报出后在这里登记。"
    return _page(
        request, desk, row, form, "报换届请示", lead=lead, facts=facts,
        print_url=address(desk, "election_request", row.public_id), print_label="打印请示",
        change_url=address(desk, "election_plan", row.public_id),
    )  # fmt: skip


def _answer(request, desk, row, *, title: str, service, **more):
    form = AnswerForm(request.POST or None, initial=_begin_state(row, desk))
    values = form.cleaned_data if form.is_bound and form.is_valid() else {}

    def work():
        service(
            desk, row, agrees=values["agrees"] == "yes", on=values["on"], document_no=values["document_no"],
            note=values["note"],
        )  # fmt: skip

    if _try(request, form, work):
        return _done(request, desk, row)
    return _page(request, desk, row, form, title, **more)


def _consent(request, desk, row):
    facts = [
        ("党组织", row.organisation.name), ("应选", f"{row.seats} 名"),
        ("选举大会", f"{row.planned_on} {row.place}".strip()), ("请示文号", row.request_document or "没有编号"),
    ]  # fmt: skip
    return _answer(
        request, desk, row, title="答复换届请示", service=elections.answer_request, facts=facts,
        print_url=address(desk, "election_request", row.public_id), print_label="看请示",
    )  # fmt: skip


def candidate_table(desk: Desk, row: Election, *, editable: bool) -> list[dict]:
    return [
        {
            "name": one.person.name,
            "nominated": one.get_nominated_by_display(),
            "recommended": one.recommended,
            "examined": one.examined,
            "consented": one.consented,
            "url": address(desk, "election_candidate", one.public_id) if editable else "",
        }
        for one in listed(row)
    ]


def _nominate(request, desk, row):
    form = SendForm(request.POST or None, initial=_begin_state(row, desk))
    work = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if _try(request, form, lambda: elections.send_candidates(desk, row, on=work["on"])):
        return _done(request, desk, row)
    needed = candidates_needed(row.seats, elections.election_rules(row.organisation, desk.today))
    return _page(
        request, desk, row, form, "候选人名单", template="desk/election/candidates.html",
        lead=f"应选 {row.seats} 名，候选人至少 {needed} 名。名单按姓氏笔画排列。",
        candidates=candidate_table(desk, row, editable=True),
        add_url=address(desk, "election_candidate_add", row.public_id),
    )  # fmt: skip


def _accept(request, desk, row):
    return _answer(
        request, desk, row, title="审查候选人", service=elections.answer_candidates,
        template="desk/election/candidates.html", candidates=candidate_table(desk, row, editable=False),
    )  # fmt: skip


def exclusion_rows(row: Election) -> list:
    rows = row.exclusions.filter(voided_at__isnull=True).select_related("person")
    return list(rows.order_by("person__name_stroke_key", "pk"))


def look_at(request, row: Election, exclusions) -> None:
    """Why somebody cannot come is sensitive: a look leaves an entry before the page is made."""
    if exclusions:
        people = [one.person_id for one in exclusions]
        audit.look("election.look", actor=request.user, people=people, request=request, target=elections.target_of(row))


def _exclude(request, desk, row):
    form = SendForm(request.POST or None, initial=_begin_state(row, desk))
    values = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if _try(request, form, lambda: election_lists.send_exclusions(desk, row, on=values["on"])):
        return _done(request, desk, row)
    rows = exclusion_rows(row)
    look_at(request, row, rows)
    found = ballots.expected_quorum(row, desk.today)
    if not rows:
        form.submit_label = "没有不计入的，往下"
    return _page(
        request, desk, row, form, "不计入应到人数的党员", template="desk/election/exclusions.html",
        rows=rows, quorum=found, lead="只有六种情况可以不计入。每一位都要上级同意、大会通过。",
        add_url=address(desk, "election_exclusion_add", row.public_id), editable=True,
    )  # fmt: skip


def _agree(request, desk, row):
    rows = exclusion_rows(row)
    form = AgreeForm(request.POST or None, initial=_begin_state(row, desk))
    lines = [ExclusionAnswerForm(request.POST or None, prefix=f"e{one.pk}") for one in rows]
    good = request.method == "POST" and all([line.is_valid() for line in lines])

    def work():
        values = form.cleaned_data
        answers = {one.pk: line.cleaned_data["agrees"] == "yes" for one, line in zip(rows, lines, strict=True)}
        election_lists.answer_exclusions(
            desk, row, answers=answers, on=values["on"], document_no=values["document_no"], note=values["note"]
        )

    if good and _try(request, form, work):
        return _done(request, desk, row)
    look_at(request, row, rows)
    table = [
        {"name": one.person.name, "cells": [one.person.name, one.get_category_display()], "form": line}
        for one, line in zip(rows, lines, strict=True)
    ]
    return _page(
        request, desk, row, form, "审批不计入名单", template="desk/election/grid.html",
        table=table, columns=["姓名", "原因"], fields=["答复"], button="答复", bad=request.method == "POST",
        caption="不计入应到人数的党员",
    )  # fmt: skip


def _meet(request, desk, row):
    allowed = list(valid_exclusions(row, desk.today).filter(superior_agrees=True).select_related("person"))
    form = MeetingForm(request.POST or None, exclusions=allowed, initial=_begin_state(row, desk, place=row.place))
    values = form.cleaned_data if form.is_bound and form.is_valid() else {}

    def work():
        gathering = ballots.Gathering(
            values["present"], values.get("hands") or 0, [int(key) for key in values.get("agreed", ())],
            values["place"],
        )  # fmt: skip
        ballots.hold_meeting(desk, row, on=values["on"], gathering=gathering)

    if _try(request, form, work):
        return _done(request, desk, row)
    look_at(request, row, allowed)
    found = ballots.expected_quorum(row, desk.today)
    return _page(
        request, desk, row, form, "选举大会到会人数", lead="先清点人数，再填写。人数不够，不能选举，要改期再开。",
        facts=[("应到", found.formula)],
    )  # fmt: skip


def _count(request, desk, row):
    ballot = open_ballot(row)
    people = standing(row)
    form = CountForm(request.POST or None, initial={"state": row.state, "number": ballot.number, "invalid": 0})
    lines = {one.pk: VoteForm(request.POST or None, prefix=f"c{one.pk}") for one in people}
    others = voters(row.organisation, ballot.held_on).exclude(pk__in=[one.person_id for one in listed(row)])
    blanks = [
        WrittenInForm(request.POST or None, prefix=f"w{number}", people=others) for number in range(WRITTEN_LINES)
    ]
    if request.method == "POST":
        if request.POST.get("number", "") != str(ballot.number):
            messages.info(request, "这一次投票已经登记过，请看结果。")
            return redirect(page_of(desk, row))
        if all([one.is_valid() for one in (form, *lines.values(), *blanks)]):
            try:
                ballots.count_ballot(desk, row, _sheet(form, lines, blanks))
            except ballots.CountRefused as refusal:
                _place(refusal, form, lines, blanks)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return _done(request, desk, row)
    table = [{"name": one.person.name, "cells": [one.person.name], "form": lines[one.pk]} for one in people]
    written = [
        {"name": f"另选他人第 {number} 行", "cells": [f"第 {number} 位"], "form": blank}
        for number, blank in enumerate(blanks, 1)
    ]
    return _page(
        request, desk, row, form, f"第 {ballot.number} 次投票的计票单", template="desk/election/count.html",
        ballot=ballot, table=table, written=written, name_columns=["姓名"],
        vote_fields=["赞成", "反对", "弃权"], line_columns=["行"],
        written_fields=["姓名", "得票"], bad=request.method == "POST",
        lead="照监票人、计票人签字的计票单抄。这里只登记合计票数，不替任何人投票。",
    )  # fmt: skip


def _sheet(form, lines, blanks) -> ballots.Sheet:
    head = form.cleaned_data
    votes = {
        key: Tally(line.cleaned_data["in_favour"], line.cleaned_data["against"], line.cleaned_data["abstained"])
        for key, line in lines.items()
    }
    written: dict[int, int] = {}
    for blank in blanks:
        if person := blank.cleaned_data.get("person"):
            if person.pk in written:
                raise BusinessError(f"另选他人里{person.name}填了两行，请合在一行。", code="twice")
            written[person.pk] = blank.cleaned_data["votes"]
    return ballots.Sheet(head["issued"], head["returned"], head["invalid"], head["tellers"], votes, written)


def _place(refusal: ballots.CountRefused, form, lines, blanks) -> None:
    """Each problem at its field, or at its candidate's line."""
    persons = {blank.cleaned_data["person"].pk: blank for blank in blanks if blank.cleaned_data.get("person")}
    for problem in refusal.problems:
        line = lines.get(problem.key) or persons.get(problem.key[1] if isinstance(problem.key, tuple) else None)
        if line is not None:
            line.add_error(None, problem.sentence)
        else:
            form.add_error(problem.field if problem.field in form.fields else None, problem.sentence)


def _report(request, desk, row):
    chosen = list(elected(row))
    form = SentForm(request.POST or None, initial=_begin_state(row, desk))
    lines = [PostForm(request.POST or None, prefix=f"p{one.pk}", initial={"post": one.post}) for one in chosen]
    good = request.method == "POST" and all([line.is_valid() for line in lines])

    def work():
        posts = {one.pk: line.cleaned_data["post"] for one, line in zip(chosen, lines, strict=True)}
        values = form.cleaned_data
        seating.report_result(desk, row, posts=posts, on=values["on"], document_no=values["document_no"])

    if good and _try(request, form, work):
        return _done(request, desk, row)
    table = [
        {"name": one.person.name, "cells": [one.person.name], "form": line}
        for one, line in zip(chosen, lines, strict=True)
    ]
    return _page(
        request, desk, row, form, "报告选举结果", template="desk/election/grid.html",
        table=table, columns=["当选人"], fields=["职务"], button="已报上级", caption="当选人和分工",
        bad=request.method == "POST",
        lead="填好委员分工（设委员会的由新一届委员会选出书记），打印结果报告单，签字盖章后报上级。",
    )  # fmt: skip


def _approve(request, desk, row):
    form = ApproveForm(request.POST or None, initial=_begin_state(row, desk))
    values = form.cleaned_data if form.is_bound and form.is_valid() else {}

    def work():
        elections.approve_result(desk, row, on=values["on"], document_no=values["document_no"], note=values["note"])

    if _try(request, form, work):
        return _done(request, desk, row)
    facts = [(post, f"{name}同志") for name, post in seats_taken(row)]
    return _page(
        request, desk, row, form, "批复选举结果", facts=facts, lead="同意后就能打印批复。结果有问题的先和支部联系。",
        print_url=address(desk, "election_report", row.public_id), print_label="看结果报告单",
    )  # fmt: skip


def _appoint(request, desk, row):
    form = SeatForm(request.POST or None, initial=_begin_state(row, desk))
    values = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if _try(request, form, lambda: seating.seat_committee(desk, row, on=values["on"])):
        if desk.by_staff or _still_serves(desk):
            return _done(request, desk, row)
        messages.success(request, "新班子已任职。您已卸任，谢谢您为支部做的工作。")
        return redirect("portal:branch")
    leaving = "、".join(dict.fromkeys(post.person.name for post in seating.old_posts(row.organisation)))
    facts = [(post, f"{name}同志") for name, post in seats_taken(row)]
    return _page(
        request, desk, row, form, "新班子任职", facts=[*facts, ("同一天卸任的原班子", leaving or "没有登记")],
        lead="请核对名单。没有继续任职的，当天起不能再用账号办支部的事。",
    )  # fmt: skip


def _still_serves(desk: Desk) -> bool:
    return desk.user.posts.current(desk.today).exists()


HANDLERS: dict[str, Handler] = {
    "ask": _ask, "consent": _consent, "nominate": _nominate, "accept": _accept, "exclude": _exclude, "agree": _agree,
    "meet": _meet, "count": _count, "report": _report, "approve": _approve, "appoint": _appoint,
}  # fmt: skip


@require_http_methods(FORM)
@at_desk
def reduce(request, desk, election):
    """Leave the open seats unfilled, by the meeting's vote."""
    row = find(desk, election)
    if row.state != ElectionState.COUNTING or not elections.acts(desk, ACTS["reduce"].turn):
        messages.info(request, "现在不能减少名额。")
        return redirect(page_of(desk, row))
    form = ReduceForm(request.POST or None)
    values = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if _try(request, form, lambda: ballots.reduce_seats(desk, row, hands=values["hands"])):
        return _done(request, desk, row)
    lead = "当选人少于应选名额，经到会党员半数以上同意，可以减少名额，不再选举。"
    return _page(request, desk, row, form, "减少名额，不再选", lead=lead)
