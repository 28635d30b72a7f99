"""`/me/` in a real Chromium: every page of an old comrade and of his daughter, narrow and wide."""

import pytest
from django.utils import timezone

from apps.common import audit
from apps.ledgers.models import CareAssignment, Duty
from tests.browser import AXE_FACES, SMALL_TARGETS, cookie_of, needs_chromium, violations, width_of
from tests.family import DAY, make_family

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]
PAGES = ("", "carer/", "promises/", "calendar/", "change/", "looks/")
HIS_OWN = (*PAGES, "health/", "family/")


@pytest.fixture
def family():
    """Somebody with a carer, something promised, and looks of three kinds."""
    today = timezone.localdate()
    family = make_family(today)
    CareAssignment.objects.create(cadre=family.cadre, carer=family.clerk, starts_on=today - 30 * DAY)
    Duty.objects.create(
        cadre=family.cadre, kind="veteran_visit", period_start=today - DAY, period_end=today + 30 * DAY, due_on=today
    )
    for action in ("open", "open", "see_contact"):
        audit.record(action, actor=family.clerk, people=[family.cadre.pk])
    audit.record("reveal", actor=family.clerk, people=[family.cadre.pk], reason="核对补贴账户")
    return family


@pytest.mark.parametrize(("display", "width"), sorted(AXE_FACES))
def test_pages_of_an_old_comrade_and_his_family_pass_axe_and_fit(visit, live_server, family, display, width):
    for user, paths in ((family.own, HIS_OWN), (family.daughter, PAGES)):
        page = visit("/help/", display, width)
        page.context.add_cookies([cookie_of(user, live_server.url)])
        for path in paths:
            page.goto(f"{live_server.url}/me/{path}")

            assert width_of(page) <= width, path
            assert page.evaluate(SMALL_TARGETS, 60 if display.startswith("elder") else 44) == [], path
            assert violations(page) == [], path
        assert "核对补贴账户" in page.inner_text("main") or paths is HIS_OWN
