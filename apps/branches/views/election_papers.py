"""Every paper of an election from one button: A4, and the lists as workbooks too.

Who prints names leaves an audit entry before the page is made.
"""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from apps.branches.access import Desk
from apps.branches.choices import ElectionState, ExclusionCategory
from apps.branches.desk import at_desk
from apps.branches.models import Election
from apps.branches.queries.election_facts import facts_of, listed, rounds, seats_taken, superior_name
from apps.branches.queries.elections import elected, open_ballot, standing
from apps.branches.rules.election_texts import method_text, reply_text, request_text
from apps.branches.services.ballots import expected_quorum
from apps.branches.services.elections import target_of
from apps.common import audit
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet

from .election_desk import address, find, page_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDER = "姓氏笔画"
MOST_COPIES = 500
ROWS_FOR_HALF_A_PAGE = 7


@dataclass(frozen=True)
class Paper:
    """`make` gives the context of its template; `is_ready` whether there is anything to print; `table` the columns and
    rows of its workbook; `people` the persons named on it."""

    slug: str
    title: str
    template: str
    make: Callable[[Election, Desk, object], dict]
    is_ready: Callable[[Election], bool] = lambda election: True
    people: Callable[[Election], Iterable[int]] = lambda election: ()
    table: Callable[[Election], tuple[list[str], list[list]]] | None = None
    recall: bool = False
    signature: str = ""


def _request(election: Election, desk: Desk, request) -> dict:
    facts = facts_of(election, desk.today)
    return {
        "heading": "关于召开党员大会进行换届选举的请示", "to": facts.superior, "lines": request_text(facts),
        "signed": facts.organisation, "document_no": election.request_document,
    }  # fmt: skip


def _candidates(election: Election, desk: Desk, request) -> dict:
    columns, rows = _candidate_table(election)
    return {"columns": columns, "rows": rows}


def _candidate_table(election: Election) -> tuple[list[str], list[list]]:
    columns = ["序号", "姓名", "性别", "出生年月", "提名方式", "推荐票数", "支部考察", "本人意见"]
    rows = [
        [
            number, one.person.name, one.person.get_sex_display(), str(one.person.birth_date or "")[:7],
            one.get_nominated_by_display(), one.recommended, "符合条件" if one.examined else "",
            "同意" if one.consented else "",
        ]
        for number, one in enumerate(listed(election), 1)
    ]  # fmt: skip
    return columns, rows


def _exclusion_rows(election: Election):
    rows = election.exclusions.filter(voided_at__isnull=True).select_related("person")
    return rows.order_by("person__name_stroke_key", "pk")


WORDS = {True: "同意", False: "不同意", None: ""}


def _exclusions(election: Election, desk: Desk, request) -> dict:
    columns, rows = _exclusion_table(election)
    return {"columns": columns, "rows": rows, "stamp_label": "上级党组织意见"}


def _exclusion_table(election: Election) -> tuple[list[str], list[list]]:
    columns = ["序号", "姓名", "原因", "上级意见", "大会意见"]
    rows = [
        [
            number, one.person.name, one.get_category_display(), WORDS[one.superior_agrees],
            {True: "通过", False: "没有通过", None: ""}[one.meeting_agrees],
        ]
        for number, one in enumerate(_exclusion_rows(election), 1)
    ]  # fmt: skip
    return columns, rows


def _quorum(election: Election, desk: Desk, request) -> dict:
    """Categories and numbers, no names: it is read out and hung up."""
    held = rounds(election)
    ballot = held[0].ballot if held else open_ballot(election)
    categories = dict.fromkeys(ExclusionCategory.values, 0)
    for one in _exclusion_rows(election).exclude(superior_agrees=False).exclude(meeting_agrees=False):
        categories[one.category] += 1
    rows = [[ExclusionCategory(key).label, number] for key, number in categories.items()]
    facts = facts_of(election, desk.today)
    return {
        "facts": facts, "rows": rows, "ballot": ballot, "election": election,
        "quorum": expected_quorum(election, ballot.held_on if ballot else desk.today),
    }  # fmt: skip


def _method(election: Election, desk: Desk, request) -> dict:
    lines = election.method.splitlines() if election.method else method_text(facts_of(election, desk.today))
    return {
        "heading": f"{election.organisation.name}换届选举办法", "lines": [line for line in lines if line.strip()],
        "note": "（草案，提请大会通过）",
    }  # fmt: skip


def _ballot(election: Election, desk: Desk, request) -> dict:
    people = standing(election)
    names = [one.person.name for one in people]
    ballot = open_ballot(election)
    seats = ballot.seats if ballot else election.seats
    asked = request.GET.get("copies", "")
    copies = min(max(int(asked), 1), MOST_COPIES) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    a_page = 2 if len(names) + seats <= ROWS_FOR_HALF_A_PAGE else 1
    whole = -(-copies // a_page)
    number = expected_quorum(election, desk.today).counted
    return {
        "names": names, "seats": seats, "blanks": range(seats), "pages": [range(a_page) for _ in range(whole)],
        "again": ballot.number if ballot and ballot.number > 1 else 0, "organisation": election.organisation.name,
        "copies_url": f"?copies={number}" if number else "", "number": number, "a_page": a_page,
    }  # fmt: skip


def _sheet(election: Election, desk: Desk, request) -> dict:
    """The blank sheet of the round that is open, or the filled ones."""
    ballot = open_ballot(election)
    return {
        "rounds": rounds(election), "ballot": ballot, "election": election,
        "names": [one.person.name for one in standing(election)] if ballot or not rounds(election) else [],
        "blanks": range(3),
    }  # fmt: skip


def _sheet_table(election: Election) -> tuple[list[str], list[list]]:
    columns = ["第几次投票", "姓名", "赞成", "反对", "弃权", "结果"]
    return columns, [[one.ballot.number, *row] for one in rounds(election) for row in one.rows]


def _report(election: Election, desk: Desk, request) -> dict:
    return {
        "facts": facts_of(election, desk.today), "rounds": rounds(election), "posts": seats_taken(election),
        "election": election, "to": superior_name(election.organisation),
    }  # fmt: skip


def _reply(election: Election, desk: Desk, request) -> dict:
    facts = facts_of(election, desk.today)
    return {
        "heading": f"关于{facts.organisation}换届选举结果的批复", "to": facts.organisation,
        "lines": reply_text(facts, seats_taken(election)), "signed": facts.superior,
        "document_no": election.reply_document,
    }  # fmt: skip


_CHOSEN = (ElectionState.ELECTED, ElectionState.REPORTED, ElectionState.APPROVED, ElectionState.DONE)
_VOTING = (
    ElectionState.EXCLUDING, ElectionState.EXCLUSIONS_SENT, ElectionState.MEETING, ElectionState.COUNTING,
)  # fmt: skip
_APPROVED = (ElectionState.APPROVED, ElectionState.DONE)


def _has_candidates(election: Election) -> bool:
    return election.candidates.filter(voided_at__isnull=True).exists()


def _may_vote(election: Election) -> bool:
    """From the superior's word on the candidates until the seats are filled."""
    return election.state in _VOTING and _has_candidates(election)


def _candidate_people(election: Election) -> list[int]:
    return [one.person_id for one in listed(election)]


def _elected_people(election: Election) -> list[int]:
    return [one.person_id for one in elected(election)]


PAPERS = {
    paper.slug: paper
    for paper in (
        Paper("request", "换届请示", "print/election/letter.html", _request),
        Paper(
            "candidates", "候选人名单", "print/election/table.html", _candidates, is_ready=_has_candidates,
            people=_candidate_people, table=_candidate_table,
        ),
        Paper(
            "exclusions", "不计入应到会人数的党员名单", "print/election/table.html", _exclusions,
            is_ready=lambda election: _exclusion_rows(election).exists(),
            people=lambda election: [one.person_id for one in _exclusion_rows(election)], table=_exclusion_table,
            recall=True,
        ),
        Paper("quorum", "到会人数说明", "print/election/quorum.html", _quorum),
        Paper("method", "选举办法", "print/election/letter.html", _method),
        Paper("ballot", "选票", "print/election/ballot.html", _ballot, is_ready=_may_vote, people=_candidate_people),
        Paper(
            "count", "计票单", "print/election/count.html", _sheet, is_ready=_has_candidates, people=_candidate_people,
            table=_sheet_table,
        ),
        Paper(
            "report", "选举结果报告单", "print/election/report.html", _report,
            is_ready=lambda election: election.state in _CHOSEN, people=_elected_people,
        ),
        Paper(
            "reply", "选举结果批复", "print/election/letter.html", _reply,
            is_ready=lambda election: election.state in _APPROVED, people=_elected_people,
        ),
    )
}  # fmt: skip


def papers_of(desk: Desk, election: Election) -> list[dict]:
    """Buttons of the papers that there is something to print on."""
    return [
        {
            "title": paper.title,
            "url": address(desk, f"election_{paper.slug}", election.public_id),
            "sheet": address(desk, f"election_{paper.slug}_sheet", election.public_id) if paper.table else "",
        }
        for paper in PAPERS.values()
        if paper.is_ready(election)
    ]


def _found(request, desk: Desk, public_id, slug: str) -> tuple[Election, Paper, bool]:
    election, paper = find(desk, public_id), PAPERS[slug]
    ready = paper.is_ready(election)
    if not ready:
        messages.info(request, f"现在还没有内容，不能打印{paper.title}。")
    return election, paper, ready


@require_safe
@at_desk
def printed(request, desk, election, slug):
    """One paper on A4."""
    row, paper, ready = _found(request, desk, election, slug)
    if not ready:
        return redirect(page_of(desk, row))
    people = list(paper.people(row))
    context = paper.make(row, desk, request)
    if people:
        audit.look("print", actor=request.user, people=people, fields=[slug], request=request, target=target_of(row))
    frame = frame_for(
        request, context.get("heading") or paper.title, scope="" if "heading" in context else desk.organisation.name,
        order=ORDER if paper.table or slug == "ballot" else "", back_url=page_of(desk, row), recall=paper.recall,
        columns=len(context.get("columns", ())) or 1,
    )  # fmt: skip
    return render(request, paper.template, {"frame": frame, **context})


@require_safe
@at_desk
def workbook(request, desk, election, slug):
    """A list as .xlsx; who takes it out leaves an audit entry."""
    row, paper, ready = _found(request, desk, election, slug)
    if not ready or paper.table is None:
        return redirect(page_of(desk, row))
    columns, rows = paper.table(row)
    audit.look(
        "export", actor=request.user, people=list(paper.people(row)), fields=[slug], request=request,
        target=target_of(row),
    )  # fmt: skip
    stream = io.BytesIO()
    title = f"{desk.organisation.name}{paper.title}"
    notes = [("导出", f"{request.user} {desk.today}"), ("排列", ORDER)]
    write_sheet(stream, title, columns, rows, sheet_name=paper.title, notes=notes)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{title} {desk.today}.xlsx")
    return response
