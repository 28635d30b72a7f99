"""What the papers and pages of an election say, gathered from its rows."""

import datetime as dt
from dataclasses import dataclass

from apps.branches.choices import Level, PostKind
from apps.branches.models import Ballot, BallotVote, Candidate, Election, Organisation
from apps.branches.rules.election_texts import Facts
from apps.branches.rules.elections import ElectionRules, candidates_needed
from apps.organisation.queries import rule_values

from .belonging import whole_counts
from .elections import elected

COMMITTEES = {Level.BRANCH: "支部委员会", Level.GENERAL: "总支部委员会"}


@dataclass(frozen=True)
class Round:
    """One round of voting and what each candidate got, by 姓氏笔画."""

    ballot: Ballot
    votes: list[BallotVote]

    @property
    def rows(self) -> list[list]:
        return [
            [
                vote.candidate.person.name, vote.in_favour, vote.against, vote.abstained,
                "当选" if vote.candidate.elected_in == self.ballot.number else "",
            ]
            for vote in self.votes
        ]  # fmt: skip


def superior_name(organisation: Organisation) -> str:
    parent = Organisation.objects.get_parent(organisation) if organisation.depth > 1 else None
    return parent.name if parent else "上级党组织"


def committee_name(organisation: Organisation, seats: int) -> str:
    return COMMITTEES.get(organisation.level, "委员会") if seats > 2 else "书记"


def facts_of(election: Election, on: dt.date) -> Facts:
    """Facts of the papers, by the register on a day."""
    organisation = election.organisation
    rules: ElectionRules = rule_values(ElectionRules.rule_key, on=on, unit=organisation.unit)
    counts = whole_counts([organisation], on)[organisation.pk]
    ballot = next((one.ballot for one in rounds(election)), None)
    return Facts(
        organisation=organisation.name,
        superior=superior_name(organisation),
        committee=committee_name(organisation, election.seats),
        full=counts.full,
        probationary=counts.probationary,
        seats=election.seats,
        candidates=candidates_needed(election.seats, rules),
        planned_on=ballot.held_on if ballot else election.planned_on,
        place=election.place,
        began_on=organisation.term_began_on if election.state != "done" else None,
        ends_on=election.term_ended_on,
        surplus_percent=rules.surplus_percent,
        parts=rules.quorum_parts,
        whole=rules.quorum_whole,
        inclusive=rules.quorum_inclusive,
    )


def rounds(election: Election) -> list[Round]:
    """Counted rounds with their votes; two queries."""
    ballots = list(election.ballots.filter(issued__isnull=False, voided_at__isnull=True).order_by("number"))
    votes = BallotVote.objects.filter(ballot__in=ballots).select_related("candidate", "candidate__person")
    by_ballot: dict[int, list[BallotVote]] = {ballot.pk: [] for ballot in ballots}
    for vote in votes.order_by("candidate__person__name_stroke_key", "pk"):
        by_ballot[vote.ballot_id].append(vote)
    return [Round(ballot, by_ballot[ballot.pk]) for ballot in ballots]


def listed(election: Election) -> list[Candidate]:
    """Everybody who stands or stood, by 姓氏笔画."""
    rows = election.candidates.filter(voided_at__isnull=True).select_related("person")
    return list(rows.order_by("person__name_stroke_key", "pk"))


def seats_taken(election: Election) -> list[tuple[str, str]]:
    """(name, post) of the elected, secretary first; 委员 where no post is proposed yet."""
    order = list(PostKind)
    chosen = list(elected(election))
    chosen.sort(key=lambda one: (order.index(PostKind(one.post or "member")), one.person.name_stroke_key, one.pk))
    return [(one.person.name, PostKind(one.post or "member").label) for one in chosen]
