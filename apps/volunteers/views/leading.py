"""The guard of team leaders' pages: only teams one leads, everything else is 404."""

import functools
from collections.abc import Callable

from django.http import Http404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.volunteers.access import led_teams
from apps.volunteers.models import Team


def leader_page(view: Callable) -> Callable:
    """`view(request, team, …)` for who leads the team named in the address; 404 for everybody else. Never cached."""

    @functools.wraps(view)
    def wrapped(request, team, *args, **kwargs):
        mine = led_teams(request.user, timezone.localdate())
        found = Team.objects.of_teams(mine).select_related("unit").filter(public_id=team).first()
        if found is None:
            raise Http404
        return view(request, found, *args, **kwargs)

    return never_cache(require_http_methods(["GET", "HEAD", "POST"])(wrapped))
