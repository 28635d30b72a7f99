import pytest

from apps.signups import kinds
from tests.builders import make_unit
from tests.signups.draw_world import KEY, Talks, make_round


@pytest.fixture
def talks(monkeypatch):
    """A kind of the tests' own, plugged while the test runs."""
    found = Talks()
    monkeypatch.setitem(kinds.kinds, KEY, found.kind())
    return found


@pytest.fixture
def draw_round(db, talks):
    return make_round(make_unit())
