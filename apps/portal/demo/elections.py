"""Elections of the demo city: the secretary's branch in the middle of one, others done, delayed, overdue."""

import datetime as dt
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.branches.access import Desk
from apps.branches.choices import Kind, Level, PostKind
from apps.branches.models import Election, Organisation, Post
from apps.branches.queries.elections import elected, standing, voters
from apps.branches.rules.elections import Tally, candidates_needed
from apps.branches.services import ballots, election_lists, elections, seating, term_shifts

DAY = dt.timedelta(days=1)


@transaction.atomic
def write_elections(staff: dict[str, User], *, on: dt.date) -> None:
    """Everything by the services, entered by a clerk on the branches' behalf."""
    own = Post.objects.filter(user__username="shuji").select_related("organisation").first()
    if own is None or Election.objects.exists():
        return
    clerk = staff["jingban"]
    others = Organisation.objects.filter(kind=Kind.FORMAL, level=Level.BRANCH, dissolved_on__isnull=True)
    rows = [one for one in others.exclude(pk=own.organisation_id).order_by("pk")[:40] if _full(one, on) >= 4]
    _write_begun(own.organisation, clerk, on)
    for organisation, write in zip(rows, (_write_finished, _write_delay, _write_overdue), strict=False):
        write(organisation, clerk, on)


def _full(organisation: Organisation, on: dt.date) -> int:
    return voters(organisation, on).count()


def _term(organisation: Organisation, ends: dt.date) -> Organisation:
    Organisation.objects.filter(pk=organisation.pk).update(
        term_began_on=ends.replace(year=ends.year - 3, day=min(ends.day, 28)), term_ends_on=ends
    )
    return Organisation.objects.get(pk=organisation.pk)


def _begin(desk: Desk, planned_on: dt.date) -> Election:
    seats = 3 if _full(desk.organisation, desk.today) >= 7 else 1
    plan = elections.Plan(seats, planned_on, desk.organisation.venue or "社区党群服务中心二楼")
    return elections.begin_election(desk, key=uuid.uuid4(), plan=plan)


def _stand(desk: Desk, election: Election, *, ready: int) -> None:
    needed = candidates_needed(election.seats, elections.election_rules(desk.organisation, desk.today))
    for place, person in enumerate(voters(desk.organisation, desk.today)[:needed]):
        facts = election_lists.Standing(recommended=18 - 2 * place, examined=True, consented=place < ready)
        election_lists.put_candidate(desk, election, person, facts)


def _write_begun(organisation: Organisation, clerk: User, on: dt.date) -> None:
    """Asked and agreed to; the last candidate has not said yes."""
    organisation = _term(organisation, on + 150 * DAY)
    desk = Desk(organisation, clerk, on - 12 * DAY, None)
    election = _begin(desk, on + 45 * DAY)
    elections.ask(desk, election, on=desk.today, document_no="南支〔2026〕3号")
    elections.answer_request(desk, election, agrees=True, on=desk.today + 4 * DAY, document_no="云离退工〔2026〕18号")
    _stand(Desk(organisation, clerk, on, None), election, ready=2)


def _write_finished(organisation: Organisation, clerk: User, on: dt.date) -> None:
    organisation = _term(organisation, on - 40 * DAY)

    def desk(ago: int) -> Desk:
        return Desk(organisation, clerk, on - ago * DAY, None)

    election = _begin(desk(120), on - 60 * DAY)
    elections.ask(desk(118), election, on=on - 118 * DAY)
    elections.answer_request(desk(112), election, agrees=True, on=on - 112 * DAY, document_no="云离退工〔2026〕6号")
    _stand(desk(90), election, ready=99)
    elections.send_candidates(desk(88), election, on=on - 88 * DAY)
    elections.answer_candidates(desk(80), election, agrees=True, on=on - 80 * DAY, document_no="云离退工〔2026〕9号")
    frail = voters(organisation, on - 75 * DAY).exclude(
        pk__in=election.candidates.values("person_id")
    ).order_by("birth_date")[:2]  # fmt: skip
    listed = [election_lists.put_exclusion(desk(75), election, person, "bedridden") for person in frail]
    election_lists.send_exclusions(desk(74), election, on=on - 74 * DAY)
    if listed:
        answers = {one.pk: True for one in listed}
        election_lists.answer_exclusions(desk(70), election, answers=answers, on=on - 70 * DAY)
    present = ballots.expected_quorum(election, on - 60 * DAY).counted
    gathering = ballots.Gathering(present, present, [one.pk for one in listed], election.place)
    ballots.hold_meeting(desk(60), election, on=on - 60 * DAY, gathering=gathering)
    _count(desk(60), election, present)
    kinds = [PostKind.SECRETARY, PostKind.ORGANISATION, PostKind.PUBLICITY]
    posts = dict(zip([one.pk for one in elected(election)], kinds, strict=False))
    seating.report_result(desk(58), election, posts=posts, on=on - 58 * DAY)
    elections.approve_result(desk(50), election, on=on - 50 * DAY, document_no="云离退工〔2026〕12号")
    seating.seat_committee(desk(49), election, on=on - 49 * DAY)


def _count(desk: Desk, election: Election, present: int) -> None:
    people = standing(election)
    votes = {
        one.pk: Tally(present, 0) if place < election.seats else Tally(0, present)
        for place, one in enumerate(people)
    }  # fmt: skip
    sheet = ballots.Sheet(present, present, 0, "周国强（监票）、吴秀兰（计票）", votes, {})
    ballots.count_ballot(desk, election, sheet)


def _write_delay(organisation: Organisation, clerk: User, on: dt.date) -> None:
    """Asked for and not answered yet."""
    organisation = _term(organisation, on + 60 * DAY)
    term_shifts.ask_shift(
        Desk(organisation, clerk, on - 9 * DAY, None), key=uuid.uuid4(), kind="delay", until=on + 200 * DAY,
        reason="书记住院治疗，近期不能主持换届", on=on - 9 * DAY,
    )  # fmt: skip


def _write_overdue(organisation: Organisation, clerk: User, on: dt.date) -> None:
    _term(organisation, on - 20 * DAY)
