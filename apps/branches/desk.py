"""The frame of every page of the secretary's workbench: whose desk it is, and who sits at it."""

import functools

from django.shortcuts import render
from django.utils import timezone

from .access import Desk, open_desk


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
    return render(request, template, {"desk": desk, "today": desk.today, **context}, status=status)
