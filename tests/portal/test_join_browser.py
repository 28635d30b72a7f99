"""The pages about classes pass axe and fit. Enrolment from end to end: tests/university/test_done_when.py."""

import pytest
from django.utils import timezone

from apps.people.models import Person
from tests.browser import AXE_FACES, SMALL_TARGETS, cookie_of, needs_chromium, violations, width_of
from tests.builders import make_school
from tests.family import make_family
from tests.messaging.conftest import add_phone
from tests.university.open_classes import open_class, open_round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]


@pytest.fixture
def family():
    found = make_family(timezone.localdate())
    Person.objects.filter(pk=found.cadre.pk).update(birth_date="1944-03-02")
    add_phone(found.cadre.person, "13900000009")
    return found


@pytest.mark.parametrize(("display", "width"), sorted(AXE_FACES))
def test_pages_about_classes_pass_axe_and_fit(visit, live_server, family, display, width):
    school = make_school(unit=family.cadre.managing_unit)
    first = open_class(school, course_name="书法", fee=120)
    drawn = open_class(school, mode="lottery", round=open_round(school.unit), course_name="国画", weekday=4)
    page = visit("/courses/", display, width)
    page.context.add_cookies([cookie_of(family.daughter, live_server.url)])

    def check(where: str) -> None:
        assert width_of(page) <= width, where
        assert page.evaluate(SMALL_TARGETS, 60 if display.startswith("elder") else 44) == [], where
        assert violations(page) == [], where
        assert page.query_selector("a[href^='tel:']"), where

    check("courses")
    for path in (f"/courses/{first.public_id}/", "/me/classes/", f"/me/classes/join/{drawn.public_id}/"):
        page.goto(live_server.url + path)
        check(path)
    page.click("main button >> text=下一步")
    check("papers")
    page.click("main button >> text=下一步")
    check("papers refused")
    page.check("[name=safety]")
    page.check("[name=family]")
    if page.query_selector("[name=health]"):
        page.check("[name=health] >> nth=0")
    page.click("main button >> text=下一步")
    check("phone")
    page.click("main .card a.btn >> nth=0")
    check("review")
    page.click("main button >> text=确定报名")
    check("ticket")
    page.goto(f"{live_server.url}/me/classes/join/{first.public_id}/")
    page.click("main .card a.btn >> nth=0")
    page.click("main button >> text=确定报名")
    check("sign-up")
    page.click("main a >> text=撤销这次报名")
    check("undo")
