"""The doors: how long a session lives, when a page is locked, and what stands before staff pages."""

import datetime
import time

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.common import audit
from apps.common.client_address import client_address, is_within

from . import certificates, code_sheets, kept
from .access import has_staff_role
from .passwords import is_overdue
from .second_factor import CERTIFICATE, CERTIFICATE_IN_SESSION, SHEET, TOTP, accepted, has_passed, presented_certificate

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
LOCKED_AT = "locked_at"
KEPT = "kept_post"
AUTOSAVE = "X-Autosave"
# A session row is written at most once in so many seconds for being looked at.
SEEN_STEP = 30
# Pages that lead through the doors, and the way out.
DOORSTEP = frozenset({"account_logout", "account_change_password", "account_reauthenticate", "account_locked"})
FACTOR_PAGES = frozenset({"mfa_choose", "mfa_authenticate", "mfa_reauthenticate"})
LOCKED_PAGES = frozenset({"account_locked", "account_logout"})
IDLE = "很久没有操作，为了安全已退出。请重新登录。"
NEW_DAY = "每个工作日要完整登录一次。请重新登录。"


class SessionLimitsMiddleware:
    """Ends sessions that are too old, locks idle staff pages and signs idle people at home out (trust B6).

    A session ends after 12 hours and, for staff, with the day it began on: once a working day everybody passes both
    factors at his workstation. An ended session's row is deleted: the cookie is worth nothing then. What somebody
    without a staff role was sending is kept until he is signed in again.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            self.watch(request, int(time.time()))
        return self.get_response(request)

    def watch(self, request, now: int) -> None:
        session, staff = request.session, has_staff_role(request.user)
        signed_in, seen = session.get(SIGNED_IN_AT, now), session.get(SEEN_AT, now)
        is_idle = now - seen > settings.SESSION_IDLE_SECONDS["staff" if staff else "people"]
        if now - signed_in > settings.SESSION_ABSOLUTE_SECONDS or (staff and day_of(signed_in) != day_of(now)):
            self.end(request, NEW_DAY if staff else IDLE)
        elif is_idle and not staff:
            self.end(request, IDLE)
        elif is_idle and LOCKED_AT not in session:
            session[LOCKED_AT] = now
        elif LOCKED_AT not in session and (SEEN_AT not in session or now - seen >= SEEN_STEP):
            session[SIGNED_IN_AT], session[SEEN_AT] = signed_in, now

    def end(self, request, sentence: str) -> None:
        kept.forget(request)
        request.ended_user = None if has_staff_role(request.user) else request.user.pk
        logout(request)
        request.session_ended = sentence

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "login_required", True):
            return None
        if sentence := getattr(request, "session_ended", ""):
            return self.ask_again(request, sentence)
        if LOCKED_AT in request.session and request.resolver_match.url_name not in LOCKED_PAGES:
            return to_lock(request)
        return None

    def ask_again(self, request, sentence: str) -> HttpResponse:
        """To the door this account goes in by, with what it was sending kept; a script that keeps a draft hears 401."""
        if AUTOSAVE in request.headers:
            return HttpResponse(status=401)
        messages.info(request, sentence)
        door = "account_login" if request.ended_user is None else "account_phone"
        if request.method in ("GET", "HEAD"):
            return redirect_to_login(request.get_full_path(), reverse(door))
        if request.ended_user and is_worth_keeping(request) and kept.keep(request, user_id=request.ended_user):
            request.session[KEPT] = True
            messages.info(request, "您刚才填的内容已经保留一小时，登录后可以接着提交。")
        return redirect(door)


def day_of(stamp: int) -> datetime.date:
    return timezone.localdate(datetime.datetime.fromtimestamp(stamp, datetime.UTC))


def to_lock(request) -> HttpResponseRedirect:
    """To the page that asks for the password. What was being sent is kept, except to pages of accounts themselves."""
    locked = reverse("account_locked")
    if request.method in ("GET", "HEAD"):
        return redirect(f"{locked}?{urlencode({'next': request.get_full_path()})}")
    if is_worth_keeping(request):
        request.session[KEPT] = kept.keep(request)
    return HttpResponseRedirect(locked, status=303)


def is_worth_keeping(request) -> bool:
    """What is sent to pages of accounts themselves holds passwords and codes."""
    return not (request.resolver_match.url_name or "").startswith(("account_", "mfa_"))


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
        if settings.STAFF_NETWORKS and not is_within(client_address(request), settings.STAFF_NETWORKS):
            raise PermissionDenied("工作人员页面只能在单位网络里打开。")
        if not accepted() or has_passed(request) or name in FACTOR_PAGES:
            return None
        return self.ask_factor(request, name)

    def ask_factor(self, request, name: str):
        """The certificate at hand passes without a question; a new authenticator is set up by those who hold nothing
        else, so that a stolen password alone never brings its own second factor."""
        user, factors = request.user, accepted()
        if CERTIFICATE in factors and take_certificate(request):
            return None
        holds_totp = user.authenticator_set.filter(type="totp").exists()
        holds_other = (SHEET in factors and code_sheets.asked_code(user) is not None) or (
            CERTIFICATE in factors and certificates.has_certificate(user)
        )
        if TOTP in factors and not holds_totp and not holds_other:
            if name.startswith("mfa_activate"):
                return None
            messages.warning(request, "工作人员须使用第二重验证。请按下面的步骤在手机上设置。")
            return redirect("mfa_activate_totp")
        only_totp = TOTP in factors and holds_totp and not holds_other
        page = reverse("mfa_reauthenticate" if only_totp else "mfa_choose")
        here = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("admin:index")
        return redirect(f"{page}?{urlencode({'next': here})}")


def take_certificate(request) -> bool:
    """Let the session pass by the certificate this request came with, if it is bound to this account; on record."""
    shown = presented_certificate(request)
    if shown is None or not certificates.is_bound(request.user, shown):
        return False
    request.session[CERTIFICATE_IN_SESSION] = shown.fingerprint
    record_authentication(request, request.user, "mfa", type=CERTIFICATE)
    audit.record("use_certificate", actor=request.user, request=request)
    return True
