"""On whose behalf this session acts, and the guard of every page below `/me/`."""

import functools
from collections.abc import Callable

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.people.acting import Acting, actings_of
from apps.people.choices import Sex

CHOSEN = "acting_for"
STEPS = require_http_methods(["GET", "HEAD", "POST"])


def actings(request) -> list[Acting]:
    """Everybody this account may act for today, read once a request."""
    if not hasattr(request, "actings"):
        request.actings = actings_of(request.user, timezone.localdate())
    return request.actings


def choose(request, acting: Acting) -> None:
    request.session[CHOSEN] = acting.key


def chosen(request) -> Acting | None:
    """The one he acts for: the only one there is, else the one he chose; None where he has to choose."""
    found = actings(request)
    if len(found) == 1:
        return found[0]
    return next((acting for acting in found if acting.key == request.session.get(CHOSEN)), None)


def own_page(view: Callable | None = None, *, scope: str = "", himself: bool = False):
    """A page below `/me/`: `view(request, acting, …)`. 404 for strangers, for a proxy without `scope`, and with
    `himself` for every proxy; who may act for several and has not chosen is asked first. Never cached."""

    def guard(inner: Callable) -> Callable:
        @functools.wraps(inner)
        def wrapped(request, *args, **kwargs):
            if not actings(request):
                raise Http404
            acting = chosen(request)
            if acting is None:
                return redirect(f"{reverse('portal:me_who')}?{urlencode({'next': request.path})}")
            if (scope and not acting.may(scope)) or (himself and acting.is_proxy):
                raise Http404
            return inner(request, acting, *args, **kwargs)

        return never_cache(STEPS(wrapped))

    return guard(view) if view else guard


def whom(acting: Acting) -> str:
    """How the page speaks of the person: to himself, or of him to his family."""
    if not acting.is_proxy:
        return "您"
    return "她" if acting.person.sex == Sex.FEMALE else "他"


def show(request, acting: Acting, template: str, context: dict | None = None, status: int = 200):
    """Render a page that says on whose behalf it is."""
    common = {
        "acting": acting, "person": acting.person, "whom": whom(acting), "several": len(actings(request)) > 1
    }  # fmt: skip
    return render(request, template, {**common, **(context or {})}, status=status)
