"""The workbench in a real Chromium: the month's 主题党日 by keyboard on a phone, axe on each screen."""

import pytest

from apps.branches.models import HomeDelivery, Meeting
from tests.browser import cookie_of, needs_chromium, violations, width_of
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]


@pytest.fixture
def secretary(live_server):
    """(address of the desk, cookie of his session)."""
    unit, branch = make_unit(), make_organisation("甲支部", party_day=25)
    people = [make_cadre(name, unit=unit).person for name in ("张三", "李四", "王秀兰", "赵六")]
    for person in people:
        make_member(person, branch)
    user = make_user("shuji", is_staff=False)
    make_post(people[0], branch, user=user)
    cookie = cookie_of(user, live_server.url)
    return f"/branch/{branch.public_id}/", cookie


def at(visit, secretary, path, **look):
    """A page of the desk, signed in."""
    page = visit("/help/", **look)
    page.context.add_cookies([secretary[1]])
    page.goto(page.url.replace("/help/", secretary[0] + path))
    return page


def fits(page, width) -> None:
    assert width_of(page) <= width, page.url
    assert violations(page) == [], page.url


@pytest.mark.parametrize("width", [375, 320])
def test_party_day_with_two_deliveries_by_keyboard(visit, secretary, width):
    page = at(visit, secretary, "", width=width)
    fits(page, width)

    page.focus(".desk-big a.first")
    page.keyboard.press("Enter")
    page.wait_for_url("**/start/")
    page.focus("#id_said_present")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-error-summary]")
    fits(page, width)
    page.focus("#id_said_present")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/names/")
    for number, steps in enumerate((3, 3, 2, 2)):  # from 没来 back to 到会, or to 送学
        page.focus(f"fieldset.roll-row:nth-of-type({number + 1}) input:checked")
        for _ in range(steps):
            page.keyboard.press("ArrowLeft")
    assert "现在点了 2 人到会" in page.inner_text("[data-count]")
    fits(page, width)
    page.focus("text=下一步，写内容")
    page.keyboard.press("Enter")
    page.wait_for_url("**/words/")
    page.focus("#id_topic")
    page.keyboard.type("重温入党誓词")
    fits(page, width)
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/")
    fits(page, width)
    page.focus("text=没错，保存")
    page.keyboard.press("Enter")
    page.wait_for_url("**?saved=1")
    fits(page, width)
    assert page.complaints == [line for line in page.complaints if "422" in line]
    assert Meeting.objects.get().said_present == 2
    assert HomeDelivery.objects.count() == 2


def test_what_is_typed_keeps_itself_and_lists_pass_axe_without_scripts(visit, secretary):
    page = at(visit, secretary, "meetings/new/start/", width=375)
    page.fill("#id_said_present", "3")
    page.click("text=下一步，点名")
    page.goto(page.url.replace("/names/", "/words/"))
    page.fill("#id_minutes", "大家谈了体会")
    page.wait_for_selector("text=已自动存好")
    page.reload()
    assert page.input_value("#id_minutes") == "大家谈了体会"

    for path in ("members/", "report/", "report/admitted/", "report/mine/", "meetings/"):
        page = at(visit, secretary, path, width=320, scripts=False)
        assert width_of(page) <= 320, path
