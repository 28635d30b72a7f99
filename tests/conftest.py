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
    """What starts processes comes last, then what drives a browser, each one after the other."""
    items.sort(key=lambda item: (bool(item.get_closest_marker("browser")), bool(item.get_closest_marker("process"))))
