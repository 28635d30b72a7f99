"""`/branch/`: the door of the secretary's workbench, and the question which branch he means."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches.access import current_posts, open_desk, organisations_open_to
from apps.branches.models import Organisation
from apps.common.navigation import resolve

ENTER = "branches.enter_for_branch"
CHOSEN = "desk_organisation"
PER_PAGE = 20
LONGEST = 60


def desk_address(public_id) -> str:
    """The desk's home; empty where this installation has no workbench (the internet side)."""
    try:
        return reverse("ledgers:desk", args=[public_id])
    except NoReverseMatch:
        return ""


@login_not_required
@never_cache
@require_safe
def branch(request):
    """To the desk of whoever has one post or chose already; else to the choice; a visitor finds the door."""
    user = request.user
    if not desk_address(uuid.UUID(int=0)):
        return render(request, "portal/branch_closed.html")
    if not user.is_authenticated:
        door = resolve("account_phone") or reverse("account_login")
        return render(request, "portal/branch_door.html", {"door": f"{door}?{urlencode({'next': request.path})}"})
    held = {post.organisation_id: post.organisation for post in current_posts(user)}
    chosen = next((one for one in held.values() if str(one.public_id) == request.session.get(CHOSEN)), None)
    if chosen is None and len(held) == 1:
        chosen = next(iter(held.values()))
    if chosen is not None:
        return redirect(desk_address(chosen.public_id))
    if held or user.has_perm(ENTER):
        return redirect("portal:branch_choose")
    return render(request, "portal/branch_none.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request):
    """Which branch: those of one's posts, remembered for the session; for staff who enter on behalf, a search."""
    user = request.user
    if request.method == "POST":
        return take_choice(request)
    held = {post.organisation_id: post for post in current_posts(user)}
    may_enter = user.has_perm(ENTER)
    if not held and not may_enter:
        raise Http404
    text = request.GET.get("q", "").strip()[:LONGEST]
    rows = organisations_open_to(user, ENTER) if may_enter else Organisation.objects.none()
    rows = rows.filter(voided_at__isnull=True, dissolved_on__isnull=True)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(short_name__icontains=text))
    page = Paginator(rows.order_by("path"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "held": list(held.values()), "may_enter": may_enter, "page": page, "q": text,
        "query": urlencode({"q": text}) if text else "", "total": f"共 {page.paginator.count} 个党组织",
    }  # fmt: skip
    return render(request, "portal/branch_choose.html", context)


def take_choice(request):
    try:
        public_id = uuid.UUID(request.POST.get("organisation", ""))
    except ValueError as error:
        raise Http404 from error
    desk = open_desk(request.user, public_id, today=timezone.localdate())
    request.session[CHOSEN] = str(desk.organisation.public_id)
    return redirect(desk_address(desk.organisation.public_id))
