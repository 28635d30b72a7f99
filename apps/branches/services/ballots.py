"""The election meeting: who came, what the signed count sheet says, and whom that elects.

Nobody's paper is entered here: a count is a copy of the sheet that the tellers signed.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.branches.access import Desk
from apps.branches.choices import MeetingKind, NominatedBy
from apps.branches.models import Ballot, BallotVote, Candidate, Election, ElectionStep, Exclusion, Meeting
from apps.branches.queries.elections import count_of, elected, open_ballot, standing, valid_exclusions, voters
from apps.branches.rules.election_steps import ACTS
from apps.branches.rules.elections import (
    MOST,
    Problem,
    Quorum,
    Tally,
    count_problems,
    exclusion_agreed,
    outcome,
    quorum,
    tally_problems,
)
from apps.common.errors import BusinessError
from apps.people.models import Person

from .elections import branch_rules, election_rules, move, require


class CountRefused(BusinessError):
    """A count that cannot be: `problems` name the fields and the candidates."""

    def __init__(self, problems: list[Problem]):
        super().__init__(problems[0].sentence, code="count", field=problems[0].field or None)
        self.problems = problems


@dataclass(frozen=True)
class Gathering:
    """Who came. `hands` voted for the list of those not counted; `agreed` are the exclusions that passed."""

    present: int
    hands: int = 0
    agreed: Collection[int] = ()
    place: str = ""


@dataclass(frozen=True)
class Sheet:
    """A signed count sheet: papers, and votes by candidate id; `written_in` by person id."""

    issued: int
    returned: int
    invalid: int
    tellers: str
    votes: Mapping[int, Tally]
    written_in: Mapping[int, int]


def expected_quorum(election: Election, on: dt.date) -> Quorum:
    """What would be needed on a day if the meeting agreed to all that the superior agreed to."""
    allowed = valid_exclusions(election, on).exclude(superior_agrees=False)
    return _quorum(election, allowed.count(), on)


def _quorum(election: Election, excluded: int, on: dt.date) -> Quorum:
    people = max(voters(election.organisation, on).count() - election.without_vote, 0)
    return quorum(people, min(excluded, people), election_rules(election.organisation, on))


@transaction.atomic
def hold_meeting(desk: Desk, election: Election, *, on: dt.date, gathering: Gathering) -> ElectionStep:
    """Record a meeting that may elect. With too few present nothing is written: it must be held again."""
    row = require(desk, election, ACTS["meet"], on)
    present, hands = gathering.present, gathering.hands
    if not 0 <= present <= MOST or not 0 <= hands <= present:
        raise BusinessError("举手赞成的人数不能多于到会人数。", code="hands", field="hands")
    passed = exclusion_agreed(hands, present)
    allowed = {one.pk for one in valid_exclusions(row, on).filter(superior_agrees=True)}
    counted = allowed & set(gathering.agreed) if passed else set()
    found = _quorum(row, len(counted), on)
    if not found.counted:
        raise BusinessError("名册里没有有选举权的党员。请先核对党员名册。", code="nobody")
    ballot = Ballot(
        election=row, number=1, held_on=on, voters=found.voters, excluded=found.excluded, needed=found.needed,
        present=present, seats=row.seats, entered_by=desk.user, by_staff=desk.by_staff,
    )  # fmt: skip
    if problems := [one for one in count_problems(count_of(ballot), found) if one.field == "present"]:
        raise BusinessError(problems[0].sentence, code="quorum", field="present")
    listed = row.exclusions.filter(voided_at__isnull=True)
    listed.update(meeting_agrees=False)
    Exclusion.objects.filter(pk__in=counted).update(meeting_agrees=True)
    ballot.save()
    meeting = Meeting.objects.create(
        organisation=row.organisation, kind=MeetingKind.ELECTION, held_on=on, place=gathering.place[:80],
        topic="换届选举党员大会", said_present=present, expected=found.counted, entered_by=desk.user,
        by_staff=desk.by_staff,
    )  # fmt: skip
    kept = {"ballot": ballot.pk, "meeting": meeting.pk}
    hands_kept = hands if listed.exists() else None
    return move(desk, row, "meet", on=on, kept=kept, meeting=meeting, hands_on_exclusions=hands_kept)


@transaction.atomic
def count_ballot(desk: Desk, election: Election, sheet: Sheet) -> ElectionStep:
    """Copy a signed count sheet. Fills the seats by more than half of those present; seats that stay open and ties go
    to another ballot. Raises CountRefused with everything that cannot be, and writes nothing then."""
    row = require(desk, election, ACTS["count"], desk.today)
    ballot = open_ballot(row)
    if ballot is None:
        raise BusinessError("这一次投票已经登记过，请刷新再看。", code="wrong_step")
    if not sheet.tellers.strip():
        raise BusinessError("请照计票单填监票人、计票人的姓名。", code="tellers", field="tellers")
    ballot.issued, ballot.returned, ballot.invalid = sheet.issued, sheet.returned, sheet.invalid
    ballot.tellers = sheet.tellers.strip()[:80]
    _check_sheet(ballot, sheet, {one.pk for one in standing(row)})
    ballot.entered_by, ballot.by_staff = desk.user, desk.by_staff
    ballot.save()
    added = _write_in(row, sheet.written_in, ballot.held_on)
    tallies = {**sheet.votes, **{candidate.pk: Tally(votes) for candidate, votes in added}}
    BallotVote.objects.bulk_create(
        BallotVote(
            ballot=ballot, candidate_id=key, in_favour=one.in_favour, against=one.against, abstained=one.abstained
        )
        for key, one in tallies.items()
    )
    found = outcome(count_of(ballot), tallies)
    Candidate.objects.filter(pk__in=found.elected).update(elected_in=ballot.number)
    kept = {"ballot": ballot.pk, "written_in": [candidate.pk for candidate, _ in added]}
    if found.complete:
        return move(desk, row, "count", on=ballot.held_on, kept=kept)
    again = _next_round(ballot, found.vacant, desk)
    return move(desk, row, "again", on=ballot.held_on, kept={**kept, "next": again.pk})


def _check_sheet(ballot: Ballot, sheet: Sheet, expected: set[int]) -> None:
    if set(sheet.votes) != expected:
        raise BusinessError("候选人名单刚变过，请刷新后照计票单重填。", code="stale")
    count = count_of(ballot)
    held = Quorum(ballot.voters, ballot.excluded, ballot.needed, "")
    names = {("person", key): Tally(votes) for key, votes in sheet.written_in.items()}
    problems = count_problems(count, held) or tally_problems(count, {**sheet.votes, **names}, frozenset(names))
    if problems:
        raise CountRefused(problems)


def _write_in(election: Election, written: Mapping[int, int], on: dt.date) -> list[tuple[Candidate, int]]:
    """Names that voters wrote on the blank line become candidates of the rounds to come; only voters can be elected."""
    people = {one.pk: one for one in voters(election.organisation, on).filter(pk__in=written)}
    if set(people) != set(written):
        raise BusinessError("另选的人不是本支部的正式党员，这些票不算，请不要填。", code="no_voter")
    if election.candidates.filter(person_id__in=written, voided_at__isnull=True).exists():
        raise BusinessError("另选的人已经在候选人名单里，请把票数填在他的名下。", code="twice")
    return [(_new_name(election, people[key]), votes) for key, votes in written.items() if votes]


def _new_name(election: Election, person: Person) -> Candidate:
    return Candidate.objects.create(
        election=election, person=person, nominated_by=NominatedBy.WRITTEN_IN, examined=True, consented=True
    )


def _next_round(ballot: Ballot, seats: int, desk: Desk) -> Ballot:
    return Ballot.objects.create(
        election_id=ballot.election_id, number=ballot.number + 1, held_on=ballot.held_on, voters=ballot.voters,
        excluded=ballot.excluded, needed=ballot.needed, present=ballot.present, seats=seats, entered_by=desk.user,
        by_staff=desk.by_staff,
    )  # fmt: skip


@transaction.atomic
def reduce_seats(desk: Desk, election: Election, *, hands: int) -> ElectionStep:
    """The meeting leaves the open seats unfilled, by more than half of those present."""
    row = require(desk, election, ACTS["reduce"], desk.today)
    ballot = open_ballot(row)
    if ballot is None or ballot.number == 1:
        raise BusinessError("第一次投票还没有计票，不能减少名额。", code="wrong_step")
    if not 0 <= hands <= ballot.present or not exclusion_agreed(hands, ballot.present):
        raise BusinessError(
            f"到会 {ballot.present} 名，要超过半数（至少 {ballot.present // 2 + 1} 名）赞成才能减少名额。",
            code="hands", field="hands",
        )  # fmt: skip
    chosen = elected(row).count()
    least = branch_rules(row.organisation, desk.today).committee_least if row.seats > 2 else 1
    if chosen < least:
        raise BusinessError(f"只选出 {chosen} 名，少于 {least} 名，不能减少名额，要再投一次。", code="too_few")
    Ballot.objects.filter(pk=ballot.pk).update(voided_at=timezone.now(), void_reason="减少名额，不再投票")
    return move(desk, row, "reduce", on=ballot.held_on, note=f"{hands} 名赞成", kept={"ballot": ballot.pk})
