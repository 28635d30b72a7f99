import pytest

from tests.signups.walk import Walk


@pytest.mark.django_db
def test_whatever_happens_in_whatever_order_places_and_ranks_hold():
    """Ten thousand steps are in `bin/drill enrol`."""
    did = Walk(seed=20261122).run(400)

    assert all(did[act] for act in ("ask", "leave", "answer", "attempt", "lapse", "undo", "resize", "die_or_live"))
