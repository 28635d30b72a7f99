"""Pure rules of elections: nobody who did not come counts, nobody is elected by numbers that cannot be."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.branches.choices import ElectionState, Turn
from apps.branches.rules.election_steps import ACTS, CLOSED, NEXT, turn_of
from apps.branches.rules.election_texts import Facts, method_text, reply_text, request_text, shift_text
from apps.branches.rules.elections import (
    Count,
    ElectionRules,
    Tally,
    candidates_needed,
    check_shift,
    count_problems,
    exclusion_agreed,
    outcome,
    quorum,
    seats_refusal,
    tally_problems,
)
from apps.branches.rules.sizes import BranchRules

RULES = ElectionRules()
people = st.integers(0, 400)


@given(people, people, st.booleans())
def test_quorum_is_the_least_number_that_reaches_the_share(voters, excluded, inclusive):
    rules = ElectionRules(quorum_inclusive=inclusive)
    if excluded > voters:
        with pytest.raises(ValueError, match="不计入"):
            quorum(voters, excluded, rules)
        return
    found = quorum(voters, excluded, rules)
    counted = voters - excluded

    def enough(present):
        return 5 * present >= 4 * counted if inclusive else 5 * present > 4 * counted

    assert enough(found.needed)
    assert found.needed == 0 or not enough(found.needed - 1)
    assert found.reached(0) is False
    assert inclusive is False or found.needed <= counted


@given(st.integers(1, 60))
def test_surplus_is_rounded_up_and_never_below_the_share(seats):
    needed = candidates_needed(seats, ElectionRules(surplus_single=True))

    assert needed * 100 >= seats * 120
    assert (needed - 1) * 100 < seats * 120


@pytest.mark.parametrize(("seats", "needed"), [(1, 1), (2, 3), (3, 4), (5, 6), (6, 8), (7, 9)])
def test_candidates_for_seats(seats, needed):
    assert candidates_needed(seats, RULES) == needed


numbers = st.integers(-3, 60)


@given(numbers, numbers, numbers, numbers, numbers)
def test_a_count_without_problem_adds_up(voters, present, issued, returned, invalid):
    held = quorum(max(voters, 0), 0, RULES)
    count = Count(max(voters, 0), present, issued, returned, invalid, 3)
    good = not count_problems(count, held)

    assert good == (
        0 <= invalid <= returned <= issued <= present <= max(voters, 0) and present >= held.needed and voters > 0
    )


@given(
    st.integers(1, 40),
    st.integers(1, 7),
    st.dictionaries(st.integers(1, 9), st.tuples(numbers, numbers, numbers), max_size=9),
)
def test_votes_without_problem_fit_on_the_papers_and_elect_by_majority(papers, seats, typed):
    count = Count(papers, papers, papers, papers, 0, seats)
    tallies = {key: Tally(*parts) for key, parts in typed.items()}
    if tally_problems(count, tallies):
        return
    found = outcome(count, tallies)
    votes = {key: one.in_favour for key, one in tallies.items()}

    assert sum(votes.values()) <= papers * seats
    assert all(sum((one.in_favour, one.against, one.abstained)) == papers for one in tallies.values())
    assert len(found.elected) <= seats
    assert found.vacant == seats - len(found.elected)
    assert all(2 * votes[key] > papers for key in (*found.elected, *found.tied))
    losers = set(votes) - set(found.elected)
    assert all(votes[loser] <= votes[key] for loser in losers for key in found.elected)
    assert not any(votes[one] == votes[key] for one in found.tied for key in found.elected)


def test_a_tie_at_the_last_seat_elects_neither():
    count = Count(30, 30, 30, 30, 0, 3)
    votes = {"甲": Tally(28, 2), "乙": Tally(20, 10), "丙": Tally(20, 10), "丁": Tally(20, 10)}
    found = outcome(count, votes)

    assert (found.elected, set(found.tied), found.vacant) == (("甲",), {"乙", "丙", "丁"}, 2)


def test_exactly_half_is_not_elected():
    found = outcome(Count(30, 30, 30, 30, 0, 1), {"甲": Tally(15, 15)})

    assert (found.elected, found.vacant) == ((), 1)
    assert not exclusion_agreed(15, 30)
    assert exclusion_agreed(16, 30)


@pytest.mark.parametrize(
    ("votes", "words"),
    [
        ({"甲": Tally(31)}, "多于有效票"),
        ({"甲": Tally(10, 10, 5)}, "少于有效票"),
        ({"甲": Tally(-1, 31)}, "之间"),
        ({"甲": Tally(10**9)}, "之间"),
        ({"甲": Tally(30), "乙": Tally(30)}, "合计 60 票"),
    ],
)
def test_votes_that_cannot_be(votes, words):
    problems = tally_problems(Count(30, 30, 30, 30, 0, 1), votes)

    assert words in problems[0].sentence


def test_small_branches_elect_a_secretary_only():
    sizes = {"committee_from": 7, "least": 3, "most": 7}

    assert seats_refusal(3, full=6, **sizes)
    assert seats_refusal(1, full=6, **sizes) == ""
    assert seats_refusal(2, full=7, **sizes)
    assert seats_refusal(8, full=40, **sizes)
    assert seats_refusal(5, full=40, **sizes) == ""


@pytest.mark.parametrize(
    ("kind", "until", "allowed"),
    [
        ("delay", "2027-06-30", True), ("delay", "2027-07-01", False), ("delay", "2026-06-30", False),
        ("early", "2025-06-30", True), ("early", "2025-06-29", False), ("early", "2026-06-30", False),
    ],
)  # fmt: skip
def test_shift_by_a_year_at_most(kind, until, allowed):
    sentence = check_shift(kind, dt.date(2026, 6, 30), dt.date.fromisoformat(until), rules=BranchRules())

    assert (sentence == "") is allowed


@pytest.mark.parametrize("values", [{"quorum_parts": 6}, {"surplus_percent": 200}, {"waiting_days": 0}])
def test_rule_values_that_make_no_sense(values):
    with pytest.raises(ValueError, match="。"):
        ElectionRules(**values)


def test_every_open_state_has_a_next_act_of_the_right_side():
    for state in ElectionState:
        following = NEXT[state]
        if state in CLOSED:
            assert (following.act, turn_of(state)) == ("", Turn.NOBODY)
        else:
            assert state in ACTS[following.act].origins
            assert ACTS[following.act].turn == turn_of(state)


def test_texts_say_what_the_facts_say():
    facts = Facts("南河支部", "云江工委", "支部委员会", 38, 2, 3, 4, dt.date(2026, 7, 1), ends_on=dt.date(2026, 6, 30))
    text = "".join(request_text(facts))

    assert "38 名" in text
    assert "不少于 4 名" in text
    assert "差额选举" in text
    assert "不能委托他人代为投票" in "".join(method_text(facts))
    posts = [("王建国", "书记"), ("李秀英", "委员"), ("赵德明", "委员")]
    assert "同意王建国同志任书记。" in reply_text(facts, posts)
    ends, until = dt.date(2026, 6, 30), dt.date(2027, 1, 1)
    shift = "".join(shift_text(delays=True, term_ends_on=ends, until=until, reason="书记住院。"))
    assert "因书记住院，拟延期换届" in shift
