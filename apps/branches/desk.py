"""The frame of every page of the secretary's workbench: whose desk it is, who sits at it, and what else is on it."""

import functools

from django.conf import settings
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from apps.common.navigation import Entry

from .access import Desk, current_posts, open_desk
from .queries.dues import is_dues_off
from .rules.capability import Capability, able

WECHAT = "MicroMessenger"


def at_desk(view):
    """View decorator: `organisation` of the address becomes a Desk, or 404. The view is called (request, desk, …)."""

    @functools.wraps(view)
    def wrapped(request, organisation, *args, **kwargs):
        desk = open_desk(request.user, organisation, today=timezone.localdate())
        response = view(request, desk, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return wrapped


def show(request, desk: Desk, template: str, context: dict, *, status: int = 200):
    """Render a page of the workbench; templates extend desk/base.html."""
    frame = {
        "desk": desk,
        "today": desk.today,
        "desk_url": address(desk, "ledgers:desk"),
        "has_more_desks": desk.by_staff or len({post.organisation_id for post in current_posts(desk.user)}) > 1,
        "in_wechat": WECHAT in request.headers.get("User-Agent", ""),
    }
    return render(request, template, {**frame, **context}, status=status)


def address(desk: Desk, name: str, *args) -> str:
    """The address of a page of this desk; empty where this installation has no such page."""
    try:
        return reverse(name, args=[desk.organisation.public_id, *args])
    except NoReverseMatch:
        return ""


def entries(desk: Desk) -> list[tuple[Entry, str]]:
    """The other tables of the workbench (settings.DESK_ENTRIES) that exist here and that this kind of organisation
    may have: (entry, sentence)."""
    kind, off = desk.organisation.kind, set()
    if able(kind, Capability.DUES) and is_dues_off(desk.organisation, desk.today):
        off.add(Capability.DUES)
    return [
        (Entry(label, url, icon), sentence)
        for label, name, icon, sentence, capability in settings.DESK_ENTRIES
        if capability not in off and (not capability or able(kind, capability)) and (url := address(desk, name))
    ]
