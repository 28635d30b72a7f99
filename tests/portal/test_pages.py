"""The public pages as a visitor without account gets them: no database is touched."""

from html.parser import HTMLParser

import pytest
from django.test import RequestFactory, override_settings
from django.urls import reverse

from apps.portal import views

PAGES = ["home", "activities", "help", "privacy", "accessibility", "site_map", "display"]


class Outline(HTMLParser):
    """Headings, labels and ids of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag == "html":
            self.language = values.get("lang", "")
        if "id" in values:
            self.ids.append(values["id"])


def assert_sound(text: str) -> None:
    outline = Outline(text)
    assert outline.language == "zh-CN"
    assert outline.headings.count(1) == 1
    jumps = [(a, b) for a, b in zip(outline.headings, outline.headings[1:], strict=False) if b > a + 1]
    assert jumps == []
    assert len(outline.ids) == len(set(outline.ids))


@pytest.mark.parametrize("display", ["standard.18", "elder.24"])
@pytest.mark.parametrize("name", PAGES)
def test_public_page_is_sound(client, name, display):
    client.cookies["display"] = display

    response = client.get(reverse(f"portal:{name}"))

    assert response.status_code == 200
    text = response.content.decode()
    assert_sound(text)
    assert "0000-000 0000" in text


def test_elder_home_has_at_most_six_entries(client):
    client.cookies["display"] = "elder.24"

    text = client.get("/").content.decode()

    assert 0 < text.count('class="tile') <= 7  # the list itself is "tiles"
    assert '<html lang="zh-CN" class="elder size-24">' in text


def test_switch_goes_to_elder_and_back(client):
    response = client.post("/display/", {"switch": "1", "next": "/help/"})

    assert response.headers["Location"] == "/help/"
    assert response.cookies["display"].value == "elder.24"
    assert response.cookies["display"]["httponly"]
    assert client.post("/display/", {"switch": "1"}).cookies["display"].value == "standard.18"


def test_text_size_is_kept_and_only_steps_are_taken(client):
    assert client.post("/display/", {"size": "36"}).cookies["display"].value == "standard.36"
    assert client.post("/display/", {"size": "99"}).cookies["display"].value == "standard.36"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:1", ""])
def test_display_never_leads_to_another_site(client, target):
    assert client.post("/display/", {"switch": "1", "next": target}).headers["Location"] == "/display/"


def test_mourning_days_are_grey(client, settings):
    settings.PORTAL = {**settings.PORTAL, "mourning": [("2000-01-01", "2999-12-31")]}

    assert ' mourning"' in client.get("/").content.decode()


def test_empty_facts_leave_no_labels(client):
    with override_settings(PORTAL={"name": "测试平台"}):
        text = client.get("/").content.decode()

    for label in ("主办单位：", "地址：", "电话：", "网站标识码：", "None"):
        assert label not in text


def test_unknown_key_in_portal_setting_is_refused(client):
    with override_settings(PORTAL={"phon": "1"}), pytest.raises(ValueError, match="phon"):
        client.get("/")


def test_missing_page_is_a_plain_404(client):
    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert_sound(response.content.decode())


@pytest.mark.parametrize(
    ("view", "status"),
    [(views.bad_request, 400), (views.permission_denied, 403), (views.csrf_failure, 403), (views.server_error, 500)],
)
def test_error_pages_are_sound(rf: RequestFactory, view, status):
    response = view(rf.get("/"))

    assert response.status_code == status
    assert_sound(response.content.decode())
