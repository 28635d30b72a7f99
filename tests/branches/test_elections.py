"""An election from the request to the new posts: each act once, by the right side, with numbers that can be."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.branches.access import Desk
from apps.branches.models import Ballot, Candidate, Election, Meeting, Organisation, Post, TermShift
from apps.branches.queries.elections import NARROWED, narrowed, standing, voters, with_elections
from apps.branches.rules.elections import Tally
from apps.branches.services import ballots, election_lists, elections, seating, term_shifts
from apps.branches.services.election_notices import remind_elections
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.messaging.models import Message
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
NAMES = ["丁一山", "王二河", "李三江", "张四海", "陈五湖", "赵六川", "周七田", "郑八林", "钱九峰", "魏十岭"]


class World:
    """A branch of ten full members and one on probation, its secretary, and a superior with a secretary of its own."""

    def __init__(self):
        self.unit = make_unit()
        self.above = make_organisation("云江工委", level="work_committee", unit=self.unit)
        self.branch = make_organisation(
            "南河支部",
            above=self.above,
            unit=self.unit,
            term_ends_on=TODAY + 90 * DAY,
            term_began_on=TODAY - 1005 * DAY,
        )
        self.people = [make_cadre(name, unit=self.unit).person for name in NAMES]
        self.novice = make_cadre("吴预备", unit=self.unit, political_status="02").person
        for person in [*self.people, self.novice]:
            make_member(person, self.branch)
        self.secretary = make_user("sec", is_staff=False)
        self.post = make_post(self.people[0], self.branch, user=self.secretary)
        self.boss = make_user("boss", is_staff=False)
        self.boss_post = make_post(make_cadre("上级", unit=self.unit).person, self.above, user=self.boss)
        self.desk = Desk(self.branch, self.secretary, TODAY, self.post)
        self.superior = Desk(self.branch, self.boss, TODAY, self.boss_post)

    def begin(self, seats=3, **more):
        plan = elections.Plan(seats, TODAY + 30 * DAY, **more)
        return elections.begin_election(self.desk, key=uuid.uuid4(), plan=plan)

    def asked(self, **more):
        row = self.begin(**more)
        elections.ask(self.desk, row, on=TODAY)
        return row

    def nominating(self, **more):
        row = self.asked(**more)
        elections.answer_request(self.superior, row, agrees=True, on=TODAY, document_no="云工〔2026〕1号")
        return row

    def stand(self, row, people):
        for person in people:
            facts = election_lists.Standing(examined=True, consented=True)
            election_lists.put_candidate(self.desk, row, person, facts)

    def excluding(self, candidates=4, **more):
        row = self.nominating(**more)
        self.stand(row, self.people[:candidates])
        elections.send_candidates(self.desk, row, on=TODAY)
        elections.answer_candidates(self.superior, row, agrees=True, on=TODAY)
        return row

    def counting(self, present=9, **more):
        row = self.excluding(**more)
        election_lists.send_exclusions(self.desk, row, on=TODAY)
        ballots.hold_meeting(self.desk, row, on=TODAY, gathering=ballots.Gathering(present))
        return row

    def sheet(self, row, votes, *, issued=9, returned=9, invalid=0, written=None, tellers="周七田"):
        valid = returned - invalid
        people = standing(row)
        tallies = {one.pk: Tally(vote, valid - vote) for one, vote in zip(people, votes, strict=True)}
        return ballots.Sheet(issued, returned, invalid, tellers, tallies, written or {})

    def elected(self, **more):
        row = self.counting(**more)
        ballots.count_ballot(self.desk, row, self.sheet(row, [9, 8, 7, 3]))
        return row

    def approved(self):
        row = self.elected()
        chosen = list(row.candidates.filter(elected_in=1).order_by("pk"))
        kinds = dict(zip([one.pk for one in chosen], ["secretary", "organisation", "publicity"], strict=True))
        seating.report_result(self.desk, row, posts=kinds, on=TODAY)
        elections.approve_result(self.superior, row, on=TODAY, document_no="云工〔2026〕2号")
        return row


@pytest.fixture
def world():
    return World()


def state(row) -> str:
    return Election.objects.get(pk=row.pk).state


def test_whole_election_gives_new_posts_and_a_new_term(world):
    row = world.approved()
    seating.seat_committee(world.desk, row, on=TODAY)

    assert state(row) == "done"
    posts = Post.objects.current(TODAY).filter(organisation=world.branch)
    kinds = dict(posts.values_list("person__name", "kind"))
    chosen = row.candidates.filter(elected_in=1)
    assert kinds == {one.person.name: one.post for one in chosen}
    branch = Organisation.objects.get(pk=world.branch.pk)
    assert (branch.term_began_on, branch.term_ends_on.year) == (TODAY, TODAY.year + branch.term_years)
    assert Post.objects.get(pk=world.post.pk).ends_on == TODAY
    kept = {one.person_id for one in chosen} & {world.people[0].pk}
    assert posts.filter(user=world.secretary).count() == len(kept)
    acts = set(AuditEntry.objects.filter(action__startswith="election.").values_list("action", flat=True))
    assert {"election.ask", "election.consent", "election.meet", "election.count", "election.appoint"} <= acts


def test_taking_back_the_posts_puts_everything_as_it_was(world):
    before = Organisation.objects.values("term_began_on", "term_ends_on").get(pk=world.branch.pk)
    row = world.approved()
    step = seating.seat_committee(world.desk, row, on=TODAY)
    seating.undo(world.desk, row, step_id=step.pk)

    assert state(row) == "approved"
    assert list(Post.objects.current(TODAY).filter(organisation=world.branch)) == [world.post]
    assert Organisation.objects.values("term_began_on", "term_ends_on").get(pk=world.branch.pk) == before


def test_every_step_of_today_can_be_taken_back_to_the_beginning(world):
    row = world.approved()
    for _ in range(20):
        step = seating.last_step(row)
        if step is None:
            break
        side = world.superior if step.act in ("consent", "accept", "agree", "approve") else world.desk
        seating.undo(side, row, step_id=step.pk)

    assert state(row) == "preparing"
    assert not Ballot.objects.filter(election=row, voided_at__isnull=True).exists()
    assert not Meeting.objects.filter(voided_at__isnull=True).exists()
    assert not Candidate.objects.filter(election=row, elected_in__isnull=False).exists()


def test_yesterdays_step_stays(world):
    row = world.asked()
    step = seating.last_step(row)
    step.entered_on = TODAY - DAY
    step.save()

    with pytest.raises(BusinessError, match="当天"):
        seating.undo(world.desk, row, step_id=step.pk)


def test_only_the_superior_or_staff_answers(world):
    row = world.asked()

    with pytest.raises(BusinessError, match="上级"):
        elections.answer_request(world.desk, row, agrees=True, on=TODAY)
    with pytest.raises(BusinessError, match="支部自己办"):
        elections.cancel(world.superior, row, reason="错")
    staff = Desk(world.branch, make_user("ban", role="clerk", unit=world.unit), TODAY, None)
    step = elections.answer_request(staff, row, agrees=True, on=TODAY)
    assert step.by_staff


def test_a_second_click_reads_a_sentence_and_changes_nothing(world):
    row = world.asked()

    with pytest.raises(BusinessError, match="刚有人办过"):
        elections.ask(world.desk, row, on=TODAY)
    assert row.steps.count() == 1


def test_a_step_is_not_dated_before_the_last_or_after_today(world):
    row = world.asked()
    for day, words in ((TODAY - DAY, "早于上一步"), (TODAY + DAY, "不能晚于今天")):
        with pytest.raises(BusinessError, match=words):
            elections.answer_request(world.superior, row, agrees=True, on=day)


def test_one_open_election_and_the_same_form_once(world):
    key, plan = uuid.uuid4(), elections.Plan(3, TODAY + 30 * DAY)
    first = elections.begin_election(world.desk, key=key, plan=plan)

    assert elections.begin_election(world.desk, key=key, plan=plan) == first
    with pytest.raises(BusinessError, match="已经有一次换届"):
        elections.begin_election(world.desk, key=uuid.uuid4(), plan=plan)


@pytest.mark.parametrize("kind", ["functional", "temporary", "floating"])
def test_kinds_without_elections_are_refused_by_service_and_database(world, kind):
    other = make_organisation("书画党支部", above=world.above, unit=world.unit, kind=kind)
    desk = Desk(other, world.secretary, TODAY, None)

    with pytest.raises(BusinessError, match="不换届选举"):
        elections.begin_election(desk, key=uuid.uuid4(), plan=elections.Plan(3, TODAY))
    with pytest.raises(IntegrityError), transaction.atomic():
        Election.objects.create(organisation=other, seats=3, planned_on=TODAY, waiting_since=TODAY)


def test_not_before_half_a_year_ahead_unless_an_early_election_is_approved(world):
    Organisation.objects.filter(pk=world.branch.pk).update(term_ends_on=TODAY + 400 * DAY)
    world.branch.refresh_from_db()
    with pytest.raises(BusinessError, match="提前换届"):
        world.begin()

    shift = term_shifts.ask_shift(
        world.desk, key=uuid.uuid4(), kind="early", until=TODAY + 60 * DAY, reason="书记调任", on=TODAY
    )
    term_shifts.decide_shift(world.superior, shift, agrees=True, on=TODAY, document_no="3号")
    assert world.begin().state == "preparing"


def test_probationary_members_neither_vote_nor_stand(world):
    row = world.nominating()

    assert world.novice not in voters(world.branch, TODAY)
    assert voters(world.branch, TODAY).count() == 10
    with pytest.raises(BusinessError, match="预备党员"):
        world.stand(row, [world.novice])


def test_three_seats_need_four_willing_candidates(world):
    row = world.nominating()
    world.stand(row, world.people[:3])
    with pytest.raises(BusinessError, match="至少 4 名"):
        elections.send_candidates(world.desk, row, on=TODAY)
    election_lists.put_candidate(world.desk, row, world.people[3], election_lists.Standing(examined=True))
    with pytest.raises(BusinessError, match="还没有同意"):
        elections.send_candidates(world.desk, row, on=TODAY)


def test_excluded_count_only_with_the_superiors_and_the_meetings_word(world):
    row = world.excluding()
    old = world.people[7:]
    listed = [election_lists.put_exclusion(world.desk, row, person, "bedridden") for person in old]
    election_lists.send_exclusions(world.desk, row, on=TODAY)
    with pytest.raises(BusinessError, match="每一位"):
        election_lists.answer_exclusions(world.superior, row, answers={}, on=TODAY)
    answers = {listed[0].pk: True, listed[1].pk: True, listed[2].pk: False}
    election_lists.answer_exclusions(world.superior, row, answers=answers, on=TODAY)
    everybody = [one.pk for one in listed]
    with pytest.raises(BusinessError, match="少于 8 名"):  # no majority for the list: ten count
        ballots.hold_meeting(world.desk, row, on=TODAY, gathering=ballots.Gathering(7, 3, everybody))
    ballots.hold_meeting(world.desk, row, on=TODAY, gathering=ballots.Gathering(7, 7, everybody))

    ballot = Ballot.objects.get(election=row)
    assert (ballot.voters, ballot.excluded, ballot.needed) == (10, 2, 7)


def test_too_few_present_writes_nothing(world):
    row = world.excluding()
    election_lists.send_exclusions(world.desk, row, on=TODAY)
    with pytest.raises(BusinessError, match="少于 8 名"):
        ballots.hold_meeting(world.desk, row, on=TODAY, gathering=ballots.Gathering(7))

    assert state(row) == "meeting"
    assert not Ballot.objects.exists()
    assert not Meeting.objects.exists()


def test_a_candidate_cannot_be_excluded(world):
    row = world.excluding()
    with pytest.raises(BusinessError, match="候选人"):
        election_lists.put_exclusion(world.desk, row, world.people[0], "abroad")


@pytest.mark.parametrize(
    ("papers", "field"),
    [
        ({"issued": 10}, "issued"), ({"issued": 8, "returned": 9}, "returned"),
        ({"returned": 8, "invalid": 9}, "invalid"),
        ({"issued": -1, "returned": -1}, "issued"), ({"issued": 10**9}, "issued"),
    ],
)  # fmt: skip
def test_papers_that_cannot_be_are_refused_and_nothing_is_kept(world, papers, field):
    row = world.counting()
    values = {"issued": 9, "returned": 9, "invalid": 0, **papers}
    sheet = ballots.Sheet(
        values["issued"], values["returned"], values["invalid"], "周七田",
        {one.pk: Tally(0, 0, 0) for one in standing(row)}, {},
    )  # fmt: skip
    with pytest.raises(ballots.CountRefused) as refused:
        ballots.count_ballot(world.desk, row, sheet)

    assert field in [problem.field for problem in refused.value.problems]
    assert Ballot.objects.get(election=row).issued is None
    assert not row.candidates.filter(elected_in__isnull=False).exists()


def test_the_database_refuses_papers_that_do_not_add_up(world):
    row = world.counting()
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.filter(election=row).update(issued=8, returned=9, invalid=0)


def test_too_few_elected_vote_again_and_a_name_written_in_can_win(world):
    row = world.counting()
    outsider = world.people[8]
    ballots.count_ballot(world.desk, row, world.sheet(row, [9, 6, 4, 2], written={outsider.pk: 4}))
    assert state(row) == "counting"
    names = {one.person_id for one in standing(row)}
    assert outsider.pk in names
    assert len(names) == 3
    votes = [7 if one.person_id == outsider.pk else 1 for one in standing(row)]
    ballots.count_ballot(world.desk, row, world.sheet(row, votes))

    assert state(row) == "elected"
    assert Candidate.objects.get(election=row, person=outsider).elected_in == 2


def test_a_tie_goes_to_the_tied_alone_and_taking_back_the_count_opens_it_again(world):
    row = world.counting()
    step = ballots.count_ballot(world.desk, row, world.sheet(row, [9, 6, 6, 6]))
    assert len(standing(row)) == 3
    seating.undo(world.desk, row, step_id=step.pk)

    assert len(standing(row)) == 4
    assert Ballot.objects.filter(election=row, voided_at__isnull=True).count() == 1


def test_seats_can_be_left_open_only_with_enough_elected_and_a_majority(world):
    row = world.counting(seats=4, candidates=5)
    ballots.count_ballot(world.desk, row, world.sheet(row, [9, 8, 7, 1, 0]))
    with pytest.raises(BusinessError, match="超过半数"):
        ballots.reduce_seats(world.desk, row, hands=4)
    ballots.reduce_seats(world.desk, row, hands=5)

    assert state(row) == "elected"
    assert row.candidates.filter(elected_in=1).count() == 3


def test_exactly_one_secretary(world):
    row = world.elected()
    kinds = {one.pk: "member" for one in row.candidates.filter(elected_in=1)}
    with pytest.raises(BusinessError, match="书记要选一名"):
        seating.report_result(world.desk, row, posts=kinds, on=TODAY)


def test_delay_of_a_year_at_most_counts_from_the_first_end(world):
    ends = world.branch.term_ends_on
    shift = term_shifts.ask_shift(
        world.desk, key=uuid.uuid4(), kind="delay", until=ends + 100 * DAY, reason="书记住院", on=TODAY
    )
    with pytest.raises(BusinessError, match="文号"):
        term_shifts.decide_shift(world.superior, shift, agrees=True, on=TODAY)
    term_shifts.decide_shift(world.superior, shift, agrees=True, on=TODAY, document_no="4号")
    world.branch.refresh_from_db()

    assert world.branch.term_ends_on == ends + 100 * DAY
    with pytest.raises(BusinessError, match="最多延期"):
        term_shifts.ask_shift(
            world.desk, key=uuid.uuid4(), kind="delay", until=ends + 370 * DAY, reason="还没好", on=TODAY
        )
    with pytest.raises(BusinessError, match="已经答复"):
        term_shifts.decide_shift(world.superior, shift, agrees=False, on=TODAY, answer="不行")


def test_branch_cannot_answer_its_own_request_and_one_waits_at_a_time(world):
    ask = {"kind": "delay", "until": world.branch.term_ends_on + DAY, "reason": "书记住院", "on": TODAY}
    shift = term_shifts.ask_shift(world.desk, key=uuid.uuid4(), **ask)
    with pytest.raises(BusinessError, match="由上级"):
        term_shifts.decide_shift(world.desk, shift, agrees=True, on=TODAY, document_no="1")
    with pytest.raises(BusinessError, match="等上级答复"):
        term_shifts.ask_shift(world.desk, key=uuid.uuid4(), **ask)
    term_shifts.withdraw_shift(world.desk, shift)

    assert TermShift.objects.get().state == "withdrawn"


def test_those_whose_turn_it_is_are_told_and_reminded_once_a_week(world):
    row = world.asked()
    assert list(Message.objects.filter(withdrawn_at__isnull=True).values_list("user_id", flat=True)) == [world.boss.pk]
    Election.objects.filter(pk=row.pk).update(waiting_since=TODAY - 8 * DAY)
    now = timezone.now()

    assert remind_elections(now) == 1
    remind_elections(now)
    assert Message.objects.filter(template="election.still_waits").count() == 1
    elections.answer_request(world.superior, row, agrees=True, on=TODAY)
    waiting = Message.objects.filter(withdrawn_at__isnull=True).values_list("user_id", flat=True)
    assert list(waiting) == [world.secretary.pk]


def test_list_of_the_superior_is_narrowed_by_what_is_due(world):
    world.asked()
    late = make_organisation("北河支部", above=world.above, term_ends_on=TODAY - DAY)
    make_organisation("书画支部", above=world.above, kind="functional", term_ends_on=TODAY - DAY)
    rows = with_elections(Organisation.objects.all())
    found = {
        key: [row.name for row in narrowed(rows, key, today=TODAY, notice_until=TODAY + 180 * DAY)] for key in NARROWED
    }

    assert found == {
        "due": ["南河支部"], "overdue": [late.name], "superior": ["南河支部"], "open": ["南河支部"], "no_term": [],
    }  # fmt: skip


def test_member_who_left_meanwhile_counts_nowhere(world):
    row = world.excluding()
    one = election_lists.put_exclusion(world.desk, row, world.people[9], "returned")
    election_lists.send_exclusions(world.desk, row, on=TODAY)
    election_lists.answer_exclusions(world.superior, row, answers={one.pk: True}, on=TODAY)
    world.people[9].memberships.update(ends_on=TODAY)
    ballots.hold_meeting(world.desk, row, on=TODAY, gathering=ballots.Gathering(8, 8, [one.pk]))

    ballot = Ballot.objects.get(election=row)
    assert (ballot.voters, ballot.excluded, ballot.needed) == (9, 0, 8)
