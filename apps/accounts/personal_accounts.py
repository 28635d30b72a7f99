"""Opening accounts for people without a staff role, and signing them in."""

import datetime as dt
import secrets
import time

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from apps.common import audit
from apps.common.navigation import resolve

from .models import User
from .services import READABLE

BACKEND = "apps.accounts.access.RoleBackend"
# When this session last proved itself by a code or by a card's digits; a remembered device proves nothing.
PROVEN_AT = "proven_at"
PROOF_HOLDS = dt.timedelta(minutes=15)


@transaction.atomic
def open_personal_account(display_name: str, *, actor: User | None) -> User:
    """An account with an opaque name and no password: it signs in by phone or card, which are opened for it."""
    name = "p" + "".join(secrets.choice(READABLE[0] + READABLE[2]) for _ in range(11))
    user = User.objects.create_user(name, None, display_name=display_name, is_staff=False)
    audit.record("open_account", actor=actor, target=f"accounts.user:{user.pk}")
    return user


def sign_in(request, user: User, *, means: str) -> None:
    """Begin a session under a new id; `means` (sms, call, card, device) goes on record."""
    login(request, user, backend=BACKEND)
    if means != "device":
        request.session[PROVEN_AT] = int(time.time())
    audit.record("sign_in", actor=user, fields=[means], request=request)


def is_proven(request, now: float) -> bool:
    """Whether this session proved itself within the last quarter of an hour."""
    return now - request.session.get(PROVEN_AT, 0) < PROOF_HOLDS.total_seconds()


def home_of(user) -> str:
    """Where somebody without a staff role begins: workbench with a post, else his own page, else the public site."""
    if user.has_perm("branches.view_organisation"):
        return reverse("portal:branch")
    return resolve("portal:me") or settings.LOGOUT_REDIRECT_URL


def own_address(request, target: str) -> str:
    """`target` when it is a page of ours, else empty."""
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=request.is_secure())
    return target if target.startswith("/") and allowed else ""
