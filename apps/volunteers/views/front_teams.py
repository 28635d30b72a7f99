"""The public pages of teams, and how the time bank works, in plain words. No names of people."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.common.code_lists import names_of
from apps.organisation.queries import rule_values
from apps.volunteers.choices.teams import TeamKind
from apps.volunteers.queries import front
from apps.volunteers.queries.front import Card
from apps.volunteers.rules.bank import BankRules
from apps.volunteers.rules.times import length_words

from .front import address, group_of, per_page, said_text

SHIFTS = 6


@login_not_required
@require_safe
def teams(request):
    on = timezone.localdate()
    places = front.team_districts(on)
    said = _said(request, {place.pk for place in places})
    rows = front.teams_found(on, kind=said.get("kind", ""), district=said.get("near", ""), text=said.get("q", ""))
    page = Paginator(rows, per_page(request)).get_page(request.GET.get("page"))
    base = reverse("volunteers:teams")
    context = {
        "page": page, "query": urlencode(said), "total": f"共 {page.paginator.count} 支队", "is_filtered": bool(said),
        "text": said.get("q", ""), "without_text": [pair for pair in said.items() if pair[0] != "q"],
        "groups": [
            group_of(base, "哪一类", "people", said, [("kind", list(TeamKind.choices))]),
            group_of(base, "离我近", "home", said, [("near", [(place.pk, place.name) for place in places])]),
        ],
        "everything": address(base, {}),
    }  # fmt: skip
    return render(request, "volunteers/teams.html", context)


def _said(request, districts: set[str]) -> dict[str, str]:
    values = {
        "q": said_text(request),
        "kind": request.GET.get("kind", "") if request.GET.get("kind", "") in TeamKind.values else "",
        "near": request.GET.get("near", "") if request.GET.get("near", "") in districts else "",
    }
    return {name: value for name, value in values.items() if value}


@login_not_required
@require_safe
def team_page(request, key):
    now = timezone.now()
    team = front.public_teams(timezone.localdate(now)).filter(public_id=key).first()
    if team is None:
        raise Http404
    rows = front.coming(now).filter(team=team).order_by("on", "starts", "pk")[:SHIFTS]
    context = {
        "team": team, "cards": [Card(row, now) for row in rows], "phone_link": front.digits_of(team.phone)
    }  # fmt: skip
    return render(request, "volunteers/team_page.html", context)


@login_not_required
@require_safe
def time_bank(request):
    """The rules of today as sentences; nobody's account."""
    rules = rule_values(BankRules.rule_key, on=timezone.localdate())
    names = names_of(front.SERVICES)
    context = {
        "rules": rules, "services": [names[code] for code in rules.care_services if code in names],
        "coin": length_words(rules.coin_minutes), "day_most": length_words(rules.day_most),
        "account_most": length_words(rules.account_most),
    }  # fmt: skip
    return render(request, "volunteers/time_bank.html", context)
