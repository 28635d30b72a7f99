"""Menus of the staff side and of the public site, from the settings STAFF_NAVIGATION and PUBLIC_NAVIGATION.

An entry whose page does not exist here, or which the user may not open, is left out: a menu never
leads to a refusal.
"""

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Entry:
    """One line of a menu, ready to show."""

    label: str
    url: str
    icon: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Group:
    """A caption (may be empty) and its entries."""

    caption: str
    entries: tuple[Entry, ...]


def resolve(url_name: str) -> str:
    """The address of a named page, or an empty text when this installation has no such page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def resolve_for(subject: str, page: str, user) -> str:
    """The address of `admin:app_model_page` for a subject `app.model:pk`; empty where there is no such page, or where
    the user has no right to view that model. The page itself asks for its own."""
    label, _, key = subject.partition(":")
    app, _, model = label.partition(".")
    if not user.has_perm(f"{app}.view_{model}"):
        return ""
    try:
        return reverse(f"admin:{app}_{model}_{page}", args=[key])
    except NoReverseMatch:
        return ""


def longest_match(urls, path: str) -> str:
    """Of the addresses that ``path`` begins with, the longest: the page's own entry in the menu."""
    return max((url for url in urls if path.startswith(url)), key=len, default="")


def is_on(url_name: str) -> bool:
    """Whether the module of a page is used here; pages that no STAFF_SWITCHES names always are."""
    path = settings.STAFF_SWITCHES.get(url_name)
    return path is None or import_string(path)()


def staff_groups(user, path: str) -> list[Group]:
    """STAFF_NAVIGATION for this user: rows of (group, label, url name, permission), in order.

    An empty permission means: whoever may enter the staff side.
    """
    shown = [
        (group, label, url)
        for group, label, url_name, permission in settings.STAFF_NAVIGATION
        if (not permission or user.has_perm(permission)) and (url := resolve(url_name)) and is_on(url_name)
    ]
    current = longest_match([url for _, _, url in shown], path)
    groups: dict[str, list[Entry]] = {}
    for group, label, url in shown:
        groups.setdefault(group, []).append(Entry(label=label, url=url, is_current=url == current))
    return [Group(caption=caption, entries=tuple(entries)) for caption, entries in groups.items()]


def public_entries(user, path: str) -> list[Entry]:
    """PUBLIC_NAVIGATION: rows of (label, url name, icon, who), ``who`` in all, visitor, member, person (a member who is
    not of the staff)."""
    signed_in = user is not None and user.is_authenticated
    states = {"all", "member" if signed_in else "visitor"} | ({"person"} if signed_in and not user.is_staff else set())
    shown = [
        (label, url, icon)
        for label, url_name, icon, who in settings.PUBLIC_NAVIGATION
        if who in states and (url := resolve(url_name))
    ]
    current = longest_match([url for _, url, _ in shown if url != "/"], path) or ("/" if path == "/" else "")
    return [Entry(label=label, url=url, icon=icon, is_current=url == current) for label, url, icon in shown]
