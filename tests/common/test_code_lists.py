import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as CacheDown

from apps.common import code_lists
from apps.common.models import CodeValue
from tests.builders import make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    code_lists.forget()
    yield
    code_lists._drop()


def make_line(**over) -> CodeValue:
    return CodeValue.objects.create(**{"code_list": "test", "code": "1", "name": "一", "aliases": ["壹"], **over})


def test_loading_twice_changes_nothing_and_keeps_the_bureaus_lines():
    make_line()
    lines = list(CodeValue.objects.order_by("pk").values_list("code_list", "code", "name", "aliases"))
    code_lists.load_code_lists()

    assert list(CodeValue.objects.order_by("pk").values_list("code_list", "code", "name", "aliases")) == lines


def test_disabled_line_is_shown_but_not_chosen():
    make_line(disabled_on="2026-01-01")

    assert code_lists.names_of("test") == {"1": "一"}
    assert code_lists.codes_by_name("test") == {}


def test_edit_in_another_process_is_followed_within_ten_seconds():
    make_line()
    assert code_lists.codes_by_name("test") == {"1": "1", "壹": "1", "一": "1"}
    CodeValue.objects.filter(code_list="test").update(name="壹壹")
    cache.set(code_lists.STAMP, "another process", timeout=None)

    code_lists._known.asked_at = 0.0
    assert code_lists.names_of("test") == {"1": "壹壹"}


def test_without_the_cache_server_lists_are_still_read(monkeypatch):
    def down(*args, **kwargs):
        raise CacheDown

    make_line()
    monkeypatch.setattr(code_lists.cache, "get", down)
    monkeypatch.setattr(code_lists.cache, "set", down)
    code_lists._known.asked_at = 0.0
    code_lists.forget()

    assert code_lists.names_of("test") == {"1": "一"}


def test_system_administrator_edits_a_line_and_everybody_follows(client, django_capture_on_commit_callbacks):
    line = make_line()
    client.force_login(make_user("xitong", role="system_admin", unit=make_unit()))
    assert code_lists.names_of("test") == {"1": "一"}
    url = f"/admin/common/codevalue/{line.pk}/change/?edit=1"
    assert client.get(url).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            url,
            {"name": "壹", "aliases": "一,弌", "position": "0", "disabled_on": "", "code": "9", "seen_version": "0"},
        )

    assert response.status_code == 302, response.context["adminform"].form.errors
    assert code_lists.names_of("test") == {"1": "壹"}
    assert code_lists.codes_by_name("test")["弌"] == "1"
