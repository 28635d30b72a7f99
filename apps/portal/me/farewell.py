"""The calm page of a family after a death: whom to ask, and the one sheet of what is to be seen to."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.common import audit
from apps.common.printing import frame_for
from apps.ledgers.queries.aftermath import Farewell, farewells_of, notice_lines
from apps.registry.models import Cadre

from .promises import helper_of


@never_cache
@require_safe
def farewell(request):
    """For the relatives who acted for him, until the quiet days are over and affairs are done; 404 for all others."""
    found = farewells_of(request.user, timezone.localdate())
    if not found:
        raise Http404
    note_look(request, found, "see_farewell")
    pages = [
        {"person": one.person, "helper": helper_of(one.case.owner) if one.case and one.case.owner else None,
         "lines": lines_of(one), "key": one.person.public_id}
        for one in found
    ]  # fmt: skip
    return render(request, "portal/me/farewell.html", {"pages": pages, "mourning": True})


@never_cache
@require_safe
def farewell_sheet(request, key):
    """The sheet on paper, with his name, the contact and the bureau's telephone."""
    found = [one for one in farewells_of(request.user, timezone.localdate()) if one.person.public_id == key]
    if not found:
        raise Http404
    one = found[0]
    note_look(request, found, "print")
    context = {
        "frame": frame_for(request, "后事办理一次告知单", columns=5, recall=False),
        "person": one.person,
        "lines": lines_of(one),
        "owner": one.case.owner if one.case else None,
    }
    return render(request, "print/aftermath_notice.html", context)


def lines_of(one: Farewell) -> list:
    unit = one.case.cadre.managing_unit if one.case else None
    if unit is None:
        cadre = Cadre.objects.filter(pk=one.person.pk).select_related("managing_unit").first()
        unit = cadre.managing_unit if cadre else None
    return notice_lines(unit, timezone.localdate())


def note_look(request, found: list[Farewell], action: str) -> None:
    people = [one.person.pk for one in found]
    audit.look(action, actor=request.user, people=people, fields=["aftermath_notice"], request=request)
