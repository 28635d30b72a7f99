"""The acts of an election. Each is one conditional UPDATE: of two people at once one wins, the other reads a sentence.

Each leaves a step, an audit entry, and a message to those whose turn it is now.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.branches.access import Desk
from apps.branches.choices import ElectionState, Level, ShiftKind, ShiftState, Turn
from apps.branches.models import Election, ElectionStep, Organisation, TermShift
from apps.branches.queries.elections import voters
from apps.branches.rules import able, refusal
from apps.branches.rules.capability import Capability
from apps.branches.rules.election_steps import ACTS, Act
from apps.branches.rules.elections import ElectionRules, candidates_needed, seats_refusal
from apps.branches.rules.sizes import ELECTED_HERE, BranchRules, notice_day
from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values

from .election_notices import tell_next
from .guards import not_after_today, require_standing


@dataclass(frozen=True)
class Plan:
    """What a branch sets before it asks."""

    seats: int
    planned_on: dt.date
    place: str = ""
    without_vote: int = 0


def decides(desk: Desk) -> bool:
    """Whether this desk answers a branch's requests: a post in an organisation above, or staff."""
    return desk.post is None or desk.post.organisation_id != desk.organisation.pk


def acts(desk: Desk, turn: str) -> bool:
    """Whether a step of `turn` may be taken here. Staff may enter either side's."""
    return desk.by_staff or decides(desk) == (turn == Turn.SUPERIOR)


def election_rules(organisation: Organisation, on: dt.date) -> ElectionRules:
    return rule_values(ElectionRules.rule_key, on=on, unit=organisation.unit)


def branch_rules(organisation: Organisation, on: dt.date) -> BranchRules:
    return rule_values(BranchRules.rule_key, on=on, unit=organisation.unit)


# Beginning


def elects(organisation: Organisation) -> bool:
    """Whether it holds elections at all."""
    return able(organisation.kind, Capability.ELECTION) and organisation.level in ELECTED_HERE


def may_begin(organisation: Organisation, today: dt.date) -> str:
    """Why no election may begin today; empty if one may."""
    if not able(organisation.kind, Capability.ELECTION):
        return refusal(organisation.kind, Capability.ELECTION)
    if organisation.level not in ELECTED_HERE:
        return f"{organisation.get_level_display()}不换届选举，负责人由上级指定。"
    ends = organisation.term_ends_on
    if ends is None or today >= notice_day(ends, rules=branch_rules(organisation, today)):
        return ""
    early = TermShift.objects.filter(
        organisation=organisation, kind=ShiftKind.EARLY, state=ShiftState.APPROVED, term_ends_on=ends,
        voided_at__isnull=True,
    )  # fmt: skip
    if early.exists():
        return ""
    return f"本届任期 {ends} 才届满，现在还不用准备。要提前换届，请先请示上级。"


@transaction.atomic
def begin_election(desk: Desk, *, key: uuid.UUID, plan: Plan) -> Election:
    """Open an election. The same form sent twice is one; one open election an organisation."""
    if known := Election.objects.filter(public_id=key, organisation=desk.organisation).first():
        return known
    _require_side(desk, Turn.BRANCH)
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=desk.organisation.pk)
    require_standing(organisation, desk.today)
    if sentence := may_begin(organisation, desk.today):
        raise BusinessError(sentence, code="not_yet")
    _check_plan(organisation, plan, desk.today)
    election = Election(
        public_id=key, organisation=organisation, state=ElectionState.PREPARING, waiting_since=desk.today,
        term_ended_on=organisation.term_ends_on, entered_by=desk.user, by_staff=desk.by_staff, **vars(plan),
    )  # fmt: skip
    try:
        election.full_clean()
        with transaction.atomic():
            election.save()
    except ValidationError as error:
        raise BusinessError(error.messages[0], code="invalid") from error
    except IntegrityError as error:
        raise BusinessError("这个党组织已经有一次换届在办，请从它接着办。", code="concurrent") from error
    audit.record("election.begin", actor=desk.user, target=target_of(election))
    return election


@transaction.atomic
def change_plan(desk: Desk, election: Election, plan: Plan) -> Election:
    """Another day, place or number of seats. After the superior's consent only day and place."""
    _require_side(desk, Turn.BRANCH)
    row = locked(election)
    if row.state in (ElectionState.COUNTING, *_AFTER_COUNT):
        raise BusinessError("选举大会已经开过，不能再改。", code="wrong_step")
    fixed = row.state != ElectionState.PREPARING
    if fixed and (plan.seats, plan.without_vote) != (row.seats, row.without_vote):
        raise BusinessError("请示已经报出，名额不能再改。要改请先撤回请示，或请上级退回。", code="fixed", field="seats")
    _check_plan(row.organisation, plan, desk.today)
    for name, value in vars(plan).items():
        setattr(row, name, value)
    row.save(update_fields=[*vars(plan)])
    audit.record("election.plan", actor=desk.user, target=target_of(row))
    return row


_AFTER_COUNT = (
    ElectionState.ELECTED, ElectionState.REPORTED, ElectionState.APPROVED, ElectionState.DONE, ElectionState.CANCELLED,
)  # fmt: skip


@transaction.atomic
def change_method(desk: Desk, election: Election, text: str) -> None:
    """The branch's own words of 选举办法, until the meeting has adopted them; an empty text goes back to the model."""
    _require_side(desk, Turn.BRANCH)
    row = locked(election)
    if row.state in (ElectionState.COUNTING, *_AFTER_COUNT):
        raise BusinessError("选举办法已由大会通过，不能再改。", code="wrong_step")
    Election.objects.filter(pk=row.pk).update(method=text.strip())
    audit.record("election.method", actor=desk.user, target=target_of(row))


def _check_plan(organisation: Organisation, plan: Plan, today: dt.date) -> None:
    full = voters(organisation, today).count()
    sizes = branch_rules(organisation, today)
    sentence = seats_refusal(
        plan.seats, full=full, committee_from=sizes.committee_from, least=sizes.committee_least,
        most=sizes.committee_most, higher=organisation.level != Level.BRANCH,
    )  # fmt: skip
    if sentence:
        raise BusinessError(sentence, code="seats", field="seats")
    if not 0 <= plan.without_vote < max(full, 1):
        raise BusinessError(f"正式党员 {full} 名，请核对没有表决权的人数。", code="voters", field="without_vote")
    ends = organisation.term_ends_on
    if ends and today <= ends < plan.planned_on:
        raise BusinessError(
            f"开会日期在任期届满（{ends}）以后，要先请示延期；请改早，或先办延期。", code="late", field="planned_on"
        )
    if abs((plan.planned_on - today).days) > 800:
        raise BusinessError("开会日期离今天太远，请核对年份。", code="far", field="planned_on")


# One step on


def locked(election: Election) -> Election:
    """The election for writing; the lock lasts until the transaction ends."""
    rows = Election.objects.select_for_update(of=("self",)).select_related("organisation", "organisation__unit")
    return rows.get(pk=election.pk)


def target_of(election: Election) -> str:
    return f"branches.election:{election.pk}"


def _require_side(desk: Desk, turn: str) -> None:
    if not acts(desk, turn):
        whose = "上级党组织或老干部局办" if turn == Turn.SUPERIOR else "支部自己办，老干部局也可以代录"
        raise BusinessError(f"这一步由{whose}。", code="not_yours")


def require(desk: Desk, election: Election, act: Act, on: dt.date) -> Election:
    """The locked election, ready for the act. Raises BusinessError for the wrong side or step, a day to come, or one
    before the last step's."""
    _require_side(desk, act.turn)
    not_after_today(on, "日期")
    row = locked(election)
    if row.state not in act.origins or row.voided_at:
        raise BusinessError(
            f"这次换届现在是“{row.get_state_display()}”，刚有人办过这一步。请刷新再看。", code="wrong_step"
        )
    before = row.steps.filter(undone_at__isnull=True).order_by("-pk").first()
    if before is not None and on < before.on:
        raise BusinessError(f"日期早于上一步（{before.on}），请核对。", code="order", field="on")
    return row


def move(
    desk: Desk, row: Election, key: str, *, on: dt.date, document_no: str = "", note: str = "", kept=None, **values
) -> ElectionStep:
    """Take one step on a locked election; `values` are fields that change with it."""
    act = ACTS[key]
    origin = row.state
    changed = Election.objects.filter(pk=row.pk, state=origin, state__in=act.origins).update(
        state=act.target, waiting_since=desk.today, **values
    )
    if not changed:
        raise BusinessError("刚有人办过这一步，请刷新再看。", code="wrong_step")
    row.refresh_from_db()
    step = ElectionStep.objects.create(
        election=row, act=key, from_state=origin, to_state=act.target, on=on, entered_on=desk.today,
        document_no=document_no.strip()[:60], note=note.strip()[:200], kept=kept or {}, entered_by=desk.user,
        by_staff=desk.by_staff,
    )  # fmt: skip
    audit.record(f"election.{key}", actor=desk.user, target=target_of(row))
    tell_next(row, step, actor=desk.user)
    return step


@transaction.atomic
def ask(desk: Desk, election: Election, *, on: dt.date, document_no: str = "") -> ElectionStep:
    """The request goes to the superior."""
    row = require(desk, election, ACTS["ask"], on)
    _check_plan(row.organisation, Plan(row.seats, row.planned_on, row.place, row.without_vote), desk.today)
    return move(desk, row, "ask", on=on, document_no=document_no, request_document=document_no.strip()[:60])


@transaction.atomic
def answer_request(
    desk: Desk, election: Election, *, agrees: bool, on: dt.date, document_no: str = "", note: str = ""
) -> ElectionStep:
    """The superior's consent, or the request back with a reason."""
    row = require(desk, election, ACTS["consent"], on)
    if agrees:
        return move(
            desk, row, "consent", on=on, document_no=document_no, note=note, consent_document=document_no.strip()[:60]
        )
    return move(desk, row, "send_back", on=on, note=_reason(note))


@transaction.atomic
def send_candidates(desk: Desk, election: Election, *, on: dt.date) -> ElectionStep:
    """The list goes to the superior: enough names, each examined and willing."""
    row = require(desk, election, ACTS["nominate"], on)
    people = list(row.candidates.filter(voided_at__isnull=True).select_related("person"))
    needed = candidates_needed(row.seats, election_rules(row.organisation, on))
    if len(people) < needed:
        raise BusinessError(
            f"应选 {row.seats} 名，候选人至少 {needed} 名，现在 {len(people)} 名。请再加 {needed - len(people)} 名。",
            code="too_few",
        )
    if unready := [str(one.person) for one in people if not (one.examined and one.consented)]:
        names = "、".join(unready[:5])
        raise BusinessError(f"还没有考察，或本人还没有同意：{names}。请先办好这两样。", code="unready")
    return move(desk, row, "nominate", on=on)


@transaction.atomic
def answer_candidates(
    desk: Desk, election: Election, *, agrees: bool, on: dt.date, document_no: str = "", note: str = ""
) -> ElectionStep:
    """The superior's examination of the candidates."""
    row = require(desk, election, ACTS["accept"], on)
    if agrees:
        return move(desk, row, "accept", on=on, document_no=document_no, note=note)
    return move(desk, row, "reject", on=on, note=_reason(note))


@transaction.atomic
def approve_result(desk: Desk, election: Election, *, on: dt.date, document_no: str, note: str = "") -> ElectionStep:
    """The superior's reply; its number is on the printed reply."""
    row = require(desk, election, ACTS["approve"], on)
    return move(
        desk, row, "approve", on=on, document_no=document_no, note=note, reply_document=document_no.strip()[:60]
    )


@transaction.atomic
def cancel(desk: Desk, election: Election, *, reason: str) -> ElectionStep:
    """Give up this election; another may begin."""
    row = require(desk, election, ACTS["cancel"], desk.today)
    return move(desk, row, "cancel", on=desk.today, note=_reason(reason))


def _reason(text: str) -> str:
    if not text.strip():
        raise BusinessError("请写明原因，对方好知道怎么办。", code="reason", field="note")
    return text
