"""The end of an election: the elected take their posts, the old committee's end; and taking back today's last step."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.branches.access import Desk
from apps.branches.choices import HowPosted, PostKind
from apps.branches.models import (
    Ballot,
    BallotVote,
    Candidate,
    Election,
    ElectionStep,
    Exclusion,
    Meeting,
    Organisation,
    Post,
)
from apps.branches.queries.elections import elected, last_counted
from apps.branches.rules.election_steps import ACTS
from apps.branches.rules.sizes import COMMITTEE, term_end
from apps.common import audit
from apps.common.errors import BusinessError

from .election_notices import recall
from .elections import acts, branch_rules, locked, move, require, target_of
from .memberships import appoint, dismiss


def old_posts(organisation: Organisation):
    """Posts of the committee that stand open today."""
    rows = Post.objects.filter(
        organisation=organisation, kind__in=COMMITTEE, ends_on__isnull=True, voided_at__isnull=True
    )
    return rows.select_related("person").order_by("pk")


@transaction.atomic
def report_result(
    desk: Desk, election: Election, *, posts: Mapping[int, str], on: dt.date, document_no: str = ""
) -> ElectionStep:
    """The result goes to the superior, with the post that each of the elected is to take (candidate id → kind)."""
    row = require(desk, election, ACTS["report"], on)
    _check_posts(row, {one.pk for one in elected(row)}, posts, on, desk.today)
    for key, kind in posts.items():
        Candidate.objects.filter(pk=key).update(post=kind)
    return move(desk, row, "report", on=on, document_no=document_no, report_document=document_no.strip()[:60])


@transaction.atomic
def seat_committee(desk: Desk, election: Election, *, on: dt.date) -> ElectionStep:
    """Give the elected the posts that the superior approved, from `on`, and end the old ones on it: a new term begins.

    Who goes on keeps his account; others get one from staff. Whoever is no longer in the committee loses his rights
    at once.
    """
    row = require(desk, election, ACTS["appoint"], on)
    chosen = list(elected(row))
    _not_before_meeting(row, on)
    ending = list(old_posts(row.organisation))
    accounts = {post.person_id: post.user for post in ending if post.user_id}
    for post in ending:
        dismiss(post, on=on, actor=desk.user, reason="换届")
    made: list[int] = []
    term = _begin_term(row.organisation, on)
    for one in sorted(chosen, key=lambda one: list(PostKind).index(PostKind(one.post))):
        post = appoint(
            one.person, row.organisation, kind=one.post, on=on, actor=desk.user, user=accounts.get(one.person_id),
            how=HowPosted.ELECTED, document_no=row.reply_document,
        )  # fmt: skip
        made.append(post.pk)
    kept = {"ended": [post.pk for post in ending], "made": made, "term": term}
    return move(desk, row, "appoint", on=on, kept=kept)


def _check_posts(election: Election, chosen: set[int], posts: Mapping[int, str], on: dt.date, today: dt.date) -> None:
    if chosen != set(posts):
        raise BusinessError("请给每一位当选的同志选职务。", code="posts")
    kinds = Counter(posts.values())
    if set(kinds) - set(COMMITTEE):
        raise BusinessError("职务不对，请重选。", code="posts")
    if kinds[PostKind.SECRETARY] != 1:
        raise BusinessError("书记要选一名，也只能选一名。", code="secretary")
    most = branch_rules(election.organisation, today).most_deputies
    if kinds[PostKind.DEPUTY] > most:
        raise BusinessError(f"副书记最多 {most} 名。", code="deputies")
    _not_before_meeting(election, on)


def _not_before_meeting(election: Election, on: dt.date) -> None:
    held = last_counted(election)
    if held and on < held.held_on:
        raise BusinessError(f"日期不能早于选举大会（{held.held_on}）。", code="order", field="on")


def _begin_term(organisation: Organisation, on: dt.date) -> list[str]:
    """Write the new term; returns the old one as texts."""
    before = [_text(organisation.term_began_on), _text(organisation.term_ends_on)]
    organisation.term_began_on = on
    organisation.term_ends_on = term_end(on, organisation.term_years)
    organisation.save(update_fields=["term_began_on", "term_ends_on"])
    return before


def _text(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


# Taking back


def last_step(election: Election) -> ElectionStep | None:
    return election.steps.filter(undone_at__isnull=True).order_by("-pk").first()


def may_undo(desk: Desk, step: ElectionStep | None) -> bool:
    """Today's last step, by the side that took it."""
    return step is not None and step.entered_on == desk.today and acts(desk, ACTS[step.act].turn)


@transaction.atomic
def undo(desk: Desk, election: Election, *, step_id: int) -> ElectionStep:
    """Take back the last step, on the day it was entered: what it wrote is as it was before."""
    row = locked(election)
    step = last_step(row)
    if step is None or step.pk != step_id:
        raise BusinessError("这之后又办了别的，请刷新再看。", code="wrong_step")
    if not may_undo(desk, step):
        raise BusinessError("只能在登记的当天、由办的一方撤回最后一步。隔天请打电话给老干部局。", code="too_late")
    if reverse := _REVERSE.get(step.act):
        reverse(row, step.kept)
    try:
        with transaction.atomic():
            Election.objects.filter(pk=row.pk, state=step.to_state).update(
                state=step.from_state, waiting_since=desk.today
            )
    except IntegrityError as error:
        raise BusinessError("已经另开了一次换届，这一次不能恢复。", code="concurrent") from error
    ElectionStep.objects.filter(pk=step.pk).update(undone_at=timezone.now())
    recall(f"election:{row.pk}:")
    audit.record("election.undo", actor=desk.user, fields=[step.act], target=target_of(row))
    return step


def _undo_agree(election: Election, kept: dict) -> None:
    Exclusion.objects.filter(election=election).update(superior_agrees=None)


def _undo_meet(election: Election, kept: dict) -> None:
    gone = {"voided_at": timezone.now(), "void_reason": "撤回选举大会登记"}
    Ballot.objects.filter(pk=kept["ballot"]).update(**gone)
    Election.objects.filter(pk=election.pk).update(meeting=None, hands_on_exclusions=None)
    Meeting.objects.filter(pk=kept["meeting"]).update(**gone)
    Exclusion.objects.filter(election=election).update(meeting_agrees=None)


def _undo_count(election: Election, kept: dict) -> None:
    ballot = Ballot.objects.get(pk=kept["ballot"])
    gone = {"voided_at": timezone.now(), "void_reason": "撤回计票"}
    if "next" in kept:
        Ballot.objects.filter(pk=kept["next"]).update(**gone)
    BallotVote.objects.filter(ballot=ballot).delete()
    Candidate.objects.filter(election=election, elected_in=ballot.number).update(elected_in=None)
    Candidate.objects.filter(pk__in=kept["written_in"]).update(**gone)
    Ballot.objects.filter(pk=ballot.pk).update(issued=None, returned=None, invalid=None, tellers="")


def _undo_reduce(election: Election, kept: dict) -> None:
    Ballot.objects.filter(pk=kept["ballot"]).update(voided_at=None, void_reason="")


def _undo_appoint(election: Election, kept: dict) -> None:
    Post.objects.filter(pk__in=kept["made"]).update(voided_at=timezone.now(), void_reason="撤回换届任职")
    Post.objects.filter(pk__in=kept["ended"]).update(ends_on=None, reason_out="")
    began, ends = kept["term"]
    Organisation.objects.filter(pk=election.organisation_id).update(term_began_on=_day(began), term_ends_on=_day(ends))


def _undo_report(election: Election, kept: dict) -> None:
    Candidate.objects.filter(election=election).update(post="")


_REVERSE: dict[str, Callable[[Election, dict], None]] = {
    "agree": _undo_agree, "meet": _undo_meet, "count": _undo_count, "again": _undo_count, "reduce": _undo_reduce,
    "report": _undo_report,
    "appoint": _undo_appoint,
}  # fmt: skip
