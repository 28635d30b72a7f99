import pytest
from django.core.cache import cache
from django.core.management.commands import flush

from tests.browser import chromium, visit  # noqa: F401 (fixtures)
from tests.emptying import sql_flush

flush.sql_flush = sql_flush  # how the tables are emptied after a test that commits


@pytest.fixture(autouse=True)
def _clean_cache():
    cache.clear()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The short ones, the walks through the running city, what starts other processes, what only drives a browser."""
    items.sort(key=place_of)


def place_of(item) -> int:
    process, browser = (bool(item.get_closest_marker(name)) for name in ("process", "browser"))
    return {(False, False): 0, (True, True): 1, (True, False): 2, (False, True): 3}[process, browser]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fixtures learn at their end whether the test went wrong: `visit` then keeps pictures of its pages."""
    report = yield
    if call.when == "call":
        item.has_failed = report.failed
    return report
