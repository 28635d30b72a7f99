"""Addresses of the election's pages, below branch/<organisation>/."""

from django.urls import path

from . import election_lists, election_papers, election_steps, elections, term_shifts

ONE = "election/<uuid:election>/"
election_urls = [
    path("election/", elections.overview, name="election"),
    path("election/begin/", elections.begin, name="election_begin"),
    path("election/shift/", term_shifts.ask, name="term_shift_ask"),
    path("election/shift/<uuid:shift>/", term_shifts.shift, name="term_shift"),
    path("election/shift/<uuid:shift>/print/", term_shifts.printed, name="term_shift_print"),
    path("election/candidate/<uuid:candidate>/", election_lists.candidate_edit, name="election_candidate"),
    path("election/exclusion/<uuid:exclusion>/drop/", election_lists.exclusion_drop, name="election_exclusion_drop"),
    path(ONE, elections.page, name="election_page"),
    path(ONE + "step/", election_steps.step, name="election_step"),
    path(ONE + "reduce/", election_steps.reduce, name="election_reduce"),
    path(ONE + "plan/", elections.plan, name="election_plan"),
    path(ONE + "words/", elections.method, name="election_words"),
    path(ONE + "cancel/", elections.give_up, name="election_cancel"),
    path(ONE + "undo/", elections.take_back, name="election_undo"),
    path(ONE + "candidate/", election_lists.candidate_add, name="election_candidate_add"),
    path(ONE + "exclusion/", election_lists.exclusion_add, name="election_exclusion_add"),
    *(
        path(f"{ONE}{slug}/print/", election_papers.printed, {"slug": slug}, name=f"election_{slug}")
        for slug in election_papers.PAPERS
    ),
    *(
        path(f"{ONE}{slug}/sheet/", election_papers.workbook, {"slug": slug}, name=f"election_{slug}_sheet")
        for slug, paper in election_papers.PAPERS.items()
        if paper.table
    ),
]
