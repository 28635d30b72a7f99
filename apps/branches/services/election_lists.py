"""The two lists of an election: who stands, and who is not counted among those who must come."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.branches.access import Desk
from apps.branches.choices import ElectionState, NominatedBy, Turn
from apps.branches.models import Candidate, Election, ElectionStep, Exclusion
from apps.branches.queries.elections import voters
from apps.branches.rules.election_steps import ACTS
from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import Person

from .elections import acts, locked, move, require, target_of


@dataclass(frozen=True)
class Standing:
    """What is known of one candidate."""

    nominated_by: str = NominatedBy.MEMBERS
    recommended: int | None = None
    examined: bool = False
    consented: bool = False


def _open_list(desk: Desk, election: Election, state: str) -> Election:
    if not acts(desk, Turn.BRANCH):
        raise BusinessError("名单由支部填写，老干部局也可以代录。", code="not_yours")
    row = locked(election)
    if row.state != state:
        raise BusinessError(f"这次换届现在是“{row.get_state_display()}”，名单不能再改。", code="wrong_step")
    return row


def _require_voter(election: Election, person: Person, on: dt.date) -> None:
    if not voters(election.organisation, on).filter(pk=person.pk).exists():
        raise BusinessError("他不是本支部的正式党员。预备党员没有选举权和被选举权。", code="no_voter", field="person")


@transaction.atomic
def put_candidate(
    desk: Desk, election: Election, person: Person, facts: Standing, *, key: uuid.UUID | None = None
) -> Candidate:
    """Add somebody to the list, or write what is new about him."""
    row = _open_list(desk, election, ElectionState.NOMINATING)
    _require_voter(row, person, desk.today)
    candidate = row.candidates.filter(person=person, voided_at__isnull=True).first()
    if candidate is None:
        candidate = Candidate(public_id=key or uuid.uuid4(), election=row, person=person)
    for name, value in vars(facts).items():
        setattr(candidate, name, value)
    _save(candidate)
    audit.record("election.candidate", actor=desk.user, people=[person.pk], target=target_of(row))
    return candidate


@transaction.atomic
def drop_candidate(desk: Desk, candidate: Candidate) -> None:
    """Off the list; twice is once."""
    row = _open_list(desk, candidate.election, ElectionState.NOMINATING)
    _void(Candidate, candidate, "从候选人名单中去掉")
    audit.record("election.drop_candidate", actor=desk.user, people=[candidate.person_id], target=target_of(row))


@transaction.atomic
def put_exclusion(
    desk: Desk, election: Election, person: Person, category: str, *, key: uuid.UUID | None = None
) -> Exclusion:
    """Put a member on the list of those not counted, with one of the six reasons (domain 0, 3.1)."""
    row = _open_list(desk, election, ElectionState.EXCLUDING)
    _require_voter(row, person, desk.today)
    if row.candidates.filter(person=person, voided_at__isnull=True).exists():
        raise BusinessError("他是候选人，不能列入不计入名单。", code="candidate", field="person")
    exclusion = row.exclusions.filter(person=person, voided_at__isnull=True).first()
    if exclusion is None:
        exclusion = Exclusion(public_id=key or uuid.uuid4(), election=row, person=person)
    exclusion.category = category
    _save(exclusion)
    audit.record("election.exclusion", actor=desk.user, people=[person.pk], target=target_of(row))
    return exclusion


@transaction.atomic
def drop_exclusion(desk: Desk, exclusion: Exclusion) -> None:
    """Off the list; twice is once."""
    row = _open_list(desk, exclusion.election, ElectionState.EXCLUDING)
    _void(Exclusion, exclusion, "从不计入名单中去掉")
    audit.record("election.drop_exclusion", actor=desk.user, people=[exclusion.person_id], target=target_of(row))


def _save(record: Candidate | Exclusion) -> None:
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        raise BusinessError("刚有人加了同一位同志，请刷新再看。", code="concurrent") from error


def _void(model, record: Candidate | Exclusion, reason: str) -> None:
    model.objects.filter(pk=record.pk, voided_at__isnull=True).update(voided_at=timezone.now(), void_reason=reason)


@transaction.atomic
def send_exclusions(desk: Desk, election: Election, *, on: dt.date) -> ElectionStep:
    """The list goes to the superior; an empty one needs no answer and the meeting is next."""
    row = require(desk, election, ACTS["exclude"], on)
    listed = row.exclusions.filter(voided_at__isnull=True).count()
    if not listed:
        return move(desk, row, "exclude_none", on=on)
    if listed >= voters(row.organisation, desk.today).count() - row.without_vote:
        raise BusinessError("不能把全体党员都列入不计入名单。", code="everybody")
    return move(desk, row, "exclude", on=on)


@transaction.atomic
def answer_exclusions(
    desk: Desk, election: Election, *, answers: Mapping[int, bool], on: dt.date, document_no: str = "", note: str = ""
) -> ElectionStep:
    """The superior's word on each: exclusion id → agrees. Every one must be answered."""
    row = require(desk, election, ACTS["agree"], on)
    listed = list(row.exclusions.filter(voided_at__isnull=True))
    if {one.pk for one in listed} != set(answers):
        raise BusinessError("请对名单上的每一位都选“同意”或“不同意”。", code="unanswered")
    for one in listed:
        Exclusion.objects.filter(pk=one.pk).update(superior_agrees=answers[one.pk])
    people = [one.person_id for one in listed]
    audit.record("election.answer_exclusions", actor=desk.user, people=people, target=target_of(row))
    return move(desk, row, "agree", on=on, document_no=document_no, note=note)
