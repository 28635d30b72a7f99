"""A retiree finds a class and enrols on a phone in 长辈版 without JavaScript; the pages pass axe and fit."""

import pytest
from django.utils import timezone

from apps.people.models import Person
from apps.signups.models import SignUp
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


def test_he_finds_a_class_and_enrols_in_large_letters_without_scripts(visit, live_server, family):
    school = make_school(unit=family.cadre.managing_unit)
    open_class(school, course_name="书法", fee=120)
    page = visit("/", "elder.24", 375, scripts=False)
    page.context.add_cookies([cookie_of(family.own, live_server.url)])

    page.goto(live_server.url)
    page.click("text=老年大学")
    page.click("text=看看这个班 >> nth=0")
    page.click("main >> text=我要报名")
    page.click("main button >> text=下一步")
    assert "还有几处要改" in page.inner_text("main")
    page.click("label:has-text('我看过安全责任书')")
    if page.query_selector("[name=health]"):
        page.check("[name=health] >> nth=0")
    page.click("main button >> text=下一步")
    assert "139****0009" in page.inner_text("main")
    page.click("text=对，就打这个")
    assert "第 3 步，共 3 步" in page.inner_text("main")
    page.click("main button >> text=确定报名")

    assert page.inner_text("h1") == "已录取"
    assert "撤销这次报名" in page.inner_text("main")
    assert SignUp.objects.get().state == "seated"
    page.go_back()  # the questions are not kept: he is told that it is done
    assert page.inner_text("h1") == "已录取"
    assert "不用再报" in page.inner_text("main")
    assert SignUp.objects.count() == 1
    page.click("main a >> text=撤销这次报名")
    page.click("main button >> text=撤销报名")
    assert "已撤销" in page.inner_text("h1")


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
