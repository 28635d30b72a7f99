import pytest

from tests.signups.walk import Walk


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_in_whatever_order_places_and_ranks_hold():
    """Ten thousand steps are in `bin/drill enrol`. Committed step by step: row versions of one transaction pile up."""
    did = Walk(seed=20261122).run(1500)

    assert all(did[act] for act in ("ask", "leave", "answer", "attempt", "lapse", "undo", "resize", "die_or_live"))
    assert did["ask refused"]
    assert did["answer refused"]
