"""How allauth behaves here: accounts are opened by the bureau, sign-ins are on record, secrets are encrypted."""

import base64
import time

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import clear_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from apps.common import audit, crypto
from apps.common.client_address import client_address

from . import devices, kept, services
from .access import has_staff_role
from .models import User
from .personal_accounts import home_of
from .second_factor import TOTP, accepted
from .standing import ENDED, may_sign_in

SECRETS = crypto.place("mfa.authenticator", "any", "data")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "用户名或密码不对。",
        "too_many_login_attempts": "试错次数太多，请过 15 分钟再试，或请安全管理员重置密码。",
        "rate_limited": "操作太频繁，请稍等一会儿再试。",
        "account_inactive": "这个账号已停用。",
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_client_ip(self, request) -> str:
        return client_address(request) or "unknown"

    def get_login_redirect_url(self, request) -> str:
        if has_staff_role(request.user):
            return reverse("admin:index") if settings.PORTAL_ZONE != "outer" else settings.LOGOUT_REDIRECT_URL
        return home_of(request.user)

    def pre_login(self, request, user, **login):
        """The internet side knows no staff: their accounts open nothing there, whatever they know. Whose posts and
        proxies have ended does not get in, with a calm word."""
        if user.is_active and not may_sign_in(user, timezone.localdate()):
            clear_authentication_records(request)
            audit.record("sign_in_failed", actor=None, request=request, target=f"accounts.user:{user.pk}")
            messages.error(request, ENDED)
            return redirect("account_login")
        if settings.PORTAL_ZONE == "outer" and has_staff_role(user):
            clear_authentication_records(request)
            audit.record("sign_in_failed", actor=None, request=request, target=f"accounts.user:{user.pk}")
            messages.error(request, "这里是对外网站。工作人员请在单位内部网络登录。")
            return redirect("account_login")
        return super().pre_login(request, user, **login)

    def get_password_change_redirect_url(self, request) -> str:
        return self.get_login_redirect_url(request)

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Having signed in within the last minutes counts: setting up a phone at once does not ask a second time."""
        records = get_authentication_records(context.request, context.request.user)
        now = time.time()
        recent = any(now - record["at"] < account_settings.REAUTHENTICATION_TIMEOUT for record in records)
        return not recent and super().is_reauthentication_required(app=app, **kwargs)

    def set_password(self, user, password: str) -> None:
        services.change_password(user, password)

    def login(self, request, user) -> None:
        super().login(request, user)
        audit.record("sign_in", actor=user, request=request)

    def logout(self, request) -> None:
        audit.record("sign_out", actor=request.user, request=request)
        kept.forget(request)
        if cookie := request.COOKIES.get(devices.cookie_name()):
            devices.leave(cookie[:128], now=timezone.now())
            request.device_cookie = ""
        super().logout(request)

    def authentication_failed(self, request, **credentials) -> None:
        """On record with the account it was tried on; an unknown name is not kept: it may be a mistyped password."""
        known = User.objects.filter(username__iexact=credentials.get("username") or "").values_list("pk", flat=True)
        pk = known.first()
        audit.record("sign_in_failed", actor=None, request=request, target=f"accounts.user:{pk}" if pk else "")

    def send_notification_mail(self, *args, **kwargs) -> None:
        """No mail: staff accounts need not have one, and what happened is in the audit."""


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证码不对。请看手机上最新的六位数字，注意手机时间要准。",
        "cannot_delete_authenticator": "工作人员必须使用第二重验证，不能关闭。换手机请找安全管理员重置。",
    }

    def get_totp_label(self, user) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.encrypt(text, SECRETS)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(base64.b64decode(encrypted_text), SECRETS)

    def can_delete_authenticator(self, authenticator) -> bool:
        return not accepted() or not has_staff_role(authenticator.user)

    def is_mfa_enabled(self, user, types=None) -> bool:
        """Where an installation does not accept the authenticator, nobody is asked for it at sign-in."""
        factors = accepted()
        return (not factors or TOTP in factors) and super().is_mfa_enabled(user, types)
