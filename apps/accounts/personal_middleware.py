"""A remembered phone signs itself in, and everybody is led to his own door."""

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import resolve_url
from django.utils import timezone

from . import devices
from .personal_accounts import sign_in
from .standing import may_use_personal_doors

# Before signing in, yet of no use to somebody whose phone is remembered.
PASSED_BY = frozenset({"account_phone"})


class RememberedDeviceMiddleware:
    """Begins a session for a remembered phone when a page needs one, a form that is being sent included: after the
    check of its token, before the page asks for signing in. Staff are never let in like this."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        cookie = getattr(request, "device_cookie", None)
        if cookie == "":
            devices.drop_cookie(response)
        elif cookie:
            devices.set_cookie(response, cookie)
        return response

    def process_view(self, request, view, args, kwargs):
        cookie = request.COOKIES.get(devices.cookie_name(), "")
        is_door = request.resolver_match.url_name in PASSED_BY
        if not cookie or request.user.is_authenticated or not (is_door or getattr(view, "login_required", True)):
            return
        recalled = devices.recall(cookie[:128], now=timezone.now())
        if recalled is None or not may_use_personal_doors(recalled.device.user):
            request.device_cookie = ""
            return
        if recalled.cookie:
            request.device_cookie = recalled.cookie
        sign_in(request, recalled.device.user, means="device")
        request.session_ended = ""
        return


class RightDoorMiddleware(LoginRequiredMiddleware):
    """Pages of the staff side and of staff accounts ask for the password, all others for the phone; at the internet
    side there is the phone alone."""

    def handle_no_permission(self, request, view):
        match = request.resolver_match
        is_staffs = "admin" in match.namespaces or (match.url_name or "").startswith(("account_", "mfa_"))
        by_phone = settings.PORTAL_ZONE == "outer" or not is_staffs or match.url_name == "account_devices"
        door = resolve_url("account_phone" if by_phone else self.get_login_url(view))
        return redirect_to_login(request.get_full_path(), door, self.get_redirect_field_name(view))
