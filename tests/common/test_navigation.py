"""Menus show only what exists and what the user may open."""

from dataclasses import dataclass, field

import pytest
from django.urls import set_urlconf

from apps.common.navigation import public_entries, staff_groups


@dataclass
class Someone:
    permissions: set = field(default_factory=set)
    is_authenticated: bool = True
    is_staff: bool = True

    def has_perm(self, permission):
        return permission in self.permissions


@pytest.fixture
def menus(settings):
    settings.STAFF_NAVIGATION = [
        ("", "今日待办", "admin:index", ""),
        ("", "帮助", "portal:help", "x.view_help"),
        ("系统", "没有的页", "admin:nothing_here", ""),
        ("系统", "说明", "portal:privacy", ""),
    ]
    settings.PUBLIC_NAVIGATION = [
        ("首页", "portal:home", "home", "all"),
        ("消息", "portal:help", "news", "member"),
        ("登录", "account_login", "key", "visitor"),
    ]
    set_urlconf(None)


def labels(groups):
    return [(group.caption, [entry.label for entry in group.entries]) for group in groups]


def test_staff_menu_hides_missing_pages_and_missing_rights(menus):
    assert labels(staff_groups(Someone(), "/")) == [("", ["今日待办"]), ("系统", ["说明"])]
    assert labels(staff_groups(Someone({"x.view_help"}), "/"))[0] == ("", ["今日待办", "帮助"])


def test_staff_menu_marks_the_longest_match(menus):
    groups = staff_groups(Someone({"x.view_help"}), "/help/more/")

    assert [entry.label for group in groups for entry in group.entries if entry.is_current] == ["帮助"]


def test_public_menu_depends_on_being_signed_in(menus):
    assert [entry.label for entry in public_entries(Someone(), "/")] == ["首页", "消息"]
    assert [entry.label for entry in public_entries(None, "/")] == ["首页", "登录"]


def test_home_is_current_only_on_the_home_page(menus):
    assert [entry.is_current for entry in public_entries(Someone(), "/")] == [True, False]
    assert [entry.is_current for entry in public_entries(Someone(), "/help/")] == [False, True]
