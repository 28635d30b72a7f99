"""The doors: how long a session lives, and what stands before staff pages."""

import time

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.common.client_address import client_address, is_within

from .access import has_staff_role
from .passwords import is_overdue

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
# A session row is written at most once in so many seconds for being looked at.
SEEN_STEP = 30
# Pages that lead through the doors, and the way out.
DOORSTEP = frozenset({"account_logout", "account_change_password", "account_reauthenticate"})


class SessionLimitsMiddleware:
    """Ends sessions that were idle or are too old (trust B6). The row is deleted: the cookie is worth nothing then."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = int(time.time())
            session = request.session
            signed_in, seen = session.get(SIGNED_IN_AT, now), session.get(SEEN_AT, now)
            if now - seen > idle_seconds(request.user) or now - signed_in > settings.SESSION_ABSOLUTE_SECONDS:
                logout(request)
                request.session_timed_out = True
            elif SEEN_AT not in session or now - seen >= SEEN_STEP:
                session[SIGNED_IN_AT], session[SEEN_AT] = signed_in, now
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if getattr(request, "session_timed_out", False) and getattr(view, "login_required", True):
            messages.info(request, "很久没有操作，为了安全已退出。请重新登录。")
            if request.method in ("GET", "HEAD"):
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            return redirect("account_login")
        return None


def idle_seconds(user) -> int:
    """How long this user may be idle: staff least, people at home longest."""
    return settings.SESSION_IDLE_SECONDS["staff" if has_staff_role(user) else "people"]


class StaffDoorMiddleware:
    """Before any page that needs signing in: a password of one's own, and for staff the network and second factor."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        user = request.user
        name = request.resolver_match.url_name or ""
        if not user.is_authenticated or not getattr(view, "login_required", True) or name in DOORSTEP:
            return None
        if user.must_change_password or is_overdue(user.password_changed_at, timezone.now()):
            messages.warning(request, "请先设置新密码，再继续使用。")
            return redirect("account_change_password")
        if not has_staff_role(user):
            return None
        if settings.PORTAL_ZONE == "outer":
            raise PermissionDenied("这里是对外网站，工作人员请在单位内部网络登录。")
        if name.startswith("mfa_"):
            return None
        if settings.STAFF_NETWORKS and not is_within(client_address(request), settings.STAFF_NETWORKS):
            raise PermissionDenied("工作人员页面只能在单位网络里打开。")
        if settings.SECOND_FACTOR == "required" and not passed_second_factor(request):
            return _to_second_factor(request)
        return None


def passed_second_factor(request) -> bool:
    """Whether a code was given, or an authenticator set up, in this very session."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def _to_second_factor(request):
    if request.user.authenticator_set.filter(type="totp").exists():
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
    messages.warning(request, "工作人员须使用第二重验证。请按下面的步骤在手机上设置。")
    return redirect("mfa_activate_totp")
