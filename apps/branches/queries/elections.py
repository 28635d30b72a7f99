"""Reads over elections: who votes, who stands, whose turn it is, whose term ends."""

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from apps.accounts.access import acting_holders
from apps.branches.choices import ElectionState, Kind, Link, NominatedBy, PostKind, ShiftState, Turn
from apps.branches.models import Ballot, Candidate, Election, Exclusion, Membership, Organisation, Post, TermShift
from apps.branches.rules.capability import Capability, kinds_without
from apps.branches.rules.election_steps import WAITING_FOR_SUPERIOR
from apps.branches.rules.elections import Count, Outcome, Tally, outcome
from apps.branches.rules.sizes import ELECTED_HERE
from apps.people.choices import LifeStatus
from apps.people.models import Person

from .belonging import probationary_on, subtree_ids


def voters(organisation: Organisation, on: dt.date) -> QuerySet[Person]:
    """Full members with a formal relation in the organisation or below it on a day, by 姓氏笔画.

    Probationary members have no vote (domain 3.1): by 政治面貌, and by a day of 转正 that lies ahead.
    """
    links = Membership.objects.current(on).filter(organisation_id__in=subtree_ids([organisation]), link=Link.FORMAL)
    people = Person.objects.filter(pk__in=links.values("person_id"), voided_at__isnull=True)
    return (
        people.exclude(life_status=LifeStatus.DECEASED)
        .exclude(probationary_on(on, person=""))
        .order_by("name_stroke_key", "pk")
    )


def standing(election: Election) -> list[Candidate]:
    """Who stands in the round that is open (or in the first): not elected yet; after a tie only the tied."""
    people = Candidate.objects.filter(election=election, voided_at__isnull=True, elected_in__isnull=True)
    found = list(people.select_related("person").order_by("person__name_stroke_key", "pk"))
    last = last_counted(election)
    if last is None:
        return [one for one in found if one.nominated_by != NominatedBy.WRITTEN_IN]
    tied = set(result_of(last).tied)
    return [one for one in found if one.pk in tied] if tied else found


def open_ballot(election: Election) -> Ballot | None:
    """The round whose papers are not counted yet."""
    return election.ballots.filter(issued__isnull=True, voided_at__isnull=True).first()


def last_counted(election: Election) -> Ballot | None:
    return election.ballots.filter(issued__isnull=False, voided_at__isnull=True).order_by("-number").first()


def count_of(ballot: Ballot) -> Count:
    return Count(
        ballot.voters, ballot.present, ballot.issued or 0, ballot.returned or 0, ballot.invalid or 0, ballot.seats
    )


def result_of(ballot: Ballot) -> Outcome:
    """Candidate ids that a counted round elected, those tied, and the seats left."""
    tallies = {
        vote.candidate_id: Tally(vote.in_favour, vote.against, vote.abstained) for vote in ballot.votes.order_by("pk")
    }
    return outcome(count_of(ballot), tallies)


def valid_exclusions(election: Election, on: dt.date) -> QuerySet[Exclusion]:
    """Those of the list who would have a vote on the day: who left or died meanwhile counts nowhere."""
    people = voters(election.organisation, on).order_by().values("pk")
    return election.exclusions.filter(voided_at__isnull=True, person_id__in=people)


def elected(election: Election) -> QuerySet[Candidate]:
    """By 姓氏笔画: who was elected in any round."""
    return election.candidates.filter(elected_in__isnull=False, voided_at__isnull=True).select_related("person")


def superior_posts(organisation: Organisation, on: dt.date) -> list[Post]:
    """Secretaries and deputies with an account of the nearest organisation above that has any."""
    step = Organisation.steplen
    paths = [organisation.path[:end] for end in range(len(organisation.path) - step, 0, -step)]
    posts = Post.objects.current(on).filter(
        organisation__path__in=paths,
        organisation__voided_at__isnull=True,
        user__isnull=False,
        kind__in=(PostKind.SECRETARY, PostKind.DEPUTY),
    )
    found = list(posts.select_related("organisation").order_by("pk"))
    nearest = max((len(post.organisation.path) for post in found), default=0)
    return [post for post in found if len(post.organisation.path) == nearest]


def users_to_tell(organisation: Organisation, turn: str, on: dt.date) -> list[int]:
    """Accounts whose turn it is: of the branch's posts, or of those above; where none is above, the section head."""
    if turn == Turn.BRANCH:
        posts = Post.objects.current(on).filter(organisation=organisation, user__isnull=False)
        return list(dict.fromkeys(posts.order_by("pk").values_list("user_id", flat=True)))
    if above := superior_posts(organisation, on):
        return list(dict.fromkeys(post.user_id for post in above))
    if organisation.unit_id is None:
        return []
    return acting_holders({organisation.unit_id}, "section_head", on=on)[organisation.unit_id]


def electing(organisations: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Those that hold elections at all and stand."""
    return organisations.filter(level__in=ELECTED_HERE, voided_at__isnull=True, dissolved_on__isnull=True).exclude(
        kind__in=[Kind(kind) for kind in kinds_without(Capability.ELECTION)]
    )


def with_elections(organisations: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Each with `election_state`, `election_key`, `waiting_since` of its open election and `asks_shift`."""
    current = Election.objects.open().filter(organisation_id=OuterRef("pk"))
    asked = TermShift.objects.filter(organisation_id=OuterRef("pk"), state=ShiftState.ASKED, voided_at__isnull=True)
    return electing(organisations).annotate(
        election_state=Subquery(current.values("state")[:1]),
        election_key=Subquery(current.values("public_id")[:1]),
        waiting_since=Subquery(current.values("waiting_since")[:1]),
        asks_shift=Exists(asked),
    )


# What the staff's list is narrowed to, and the words for it.
DUE, OVERDUE, SUPERIOR, UNDER_WAY, NO_TERM = "due", "overdue", "superior", "open", "no_term"
NARROWED = {
    DUE: "六个月内届满", OVERDUE: "逾期", SUPERIOR: "等上级答复", UNDER_WAY: "正在换届", NO_TERM: "没有登记届满日",
}  # fmt: skip


def narrowed(rows: QuerySet[Organisation], wanted: str, *, today: dt.date, notice_until: dt.date) -> QuerySet:
    """Rows of `with_elections` by one of NARROWED; all for anything else. `notice_until` is the last day of a term that
    is to be prepared for today."""
    conditions = {
        DUE: Q(term_ends_on__gte=today, term_ends_on__lte=notice_until),
        OVERDUE: Q(term_ends_on__lt=today),
        SUPERIOR: Q(election_state__in=WAITING_FOR_SUPERIOR) | Q(asks_shift=True),
        UNDER_WAY: Q(election_state__isnull=False),
        NO_TERM: Q(term_ends_on__isnull=True),
    }
    condition = conditions.get(wanted)
    rows = rows.filter(condition) if condition is not None else rows
    return rows.order_by(F("term_ends_on").asc(nulls_last=True), "path")


def waiting_elections(until: dt.date) -> QuerySet[Election]:
    """Open elections that have waited for the superior since `until` or longer."""
    states = [ElectionState(state) for state in WAITING_FOR_SUPERIOR]
    rows = Election.objects.open().filter(state__in=states, waiting_since__lte=until)
    return rows.select_related("organisation").order_by("pk")


def first_end(organisation: Organisation) -> dt.date | None:
    """The last day of the current term before any delay: a delay counts from there, not from the last delay."""
    shift = TermShift.objects.filter(
        organisation=organisation, kind="delay", state=ShiftState.APPROVED, until=organisation.term_ends_on,
        voided_at__isnull=True,
    ).order_by("-decided_on").first()  # fmt: skip
    return shift.term_ends_on if shift else organisation.term_ends_on
