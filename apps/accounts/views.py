"""Pages of the doors: setting up an authenticator, choosing a second factor, the locked page and what it kept."""

import time

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.common import audit

from . import code_sheets, kept
from .forms import SheetCodeForm, UnlockForm
from .limits import TOO_MANY, begin_attempt
from .middleware import KEPT, LOCKED_AT, SEEN_AT
from .second_factor import CERTIFICATE, NETWORK, SHEET, TOTP, accepted, presented_certificate

HERE = "here"  # sent by the script that unlocks without leaving the page


class ActivateTotp(ActivateTOTPView):
    """Setting up an authenticator proves it is at hand: this session has passed, no second code is asked."""

    def form_valid(self, form):
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response


activate_totp = ActivateTotp.as_view()


def safe_next(request) -> str:
    """Where to go on: a page of ours, else the account's home."""
    target = request.POST.get("next") or request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=request.is_secure())
    if target.startswith("/") and allowed and not target.startswith(reverse("account_locked")):
        return target
    return get_adapter().get_login_redirect_url(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_factor(request):
    """What this colleague may pass by: the code of his sheet, his authenticator, his certificate."""
    user, factors = request.user, accepted()
    asked = code_sheets.asked_code(user) if SHEET in factors else None
    form = SheetCodeForm(request.POST or None, initial={"number": asked.number} if asked else None)
    if request.method == "POST" and asked and form.is_valid() and take_code(request, form, asked):
        return HttpResponseRedirect(safe_next(request))
    context = {
        "form": form if asked else None,
        "asked": asked,
        "next": safe_next(request),
        "factors": factors,
        "by_totp": TOTP in factors and user.authenticator_set.filter(type="totp").exists(),
        "by_certificate": CERTIFICATE in factors,
        "by_network": NETWORK in factors,
        "certificate": presented_certificate(request) if CERTIFICATE in factors else None,
    }
    return render(request, "mfa/choose.html", context, status=422 if form.errors else 200)


def take_code(request, form: SheetCodeForm, asked) -> bool:
    """Use the code of the sheet up, limited and on record; else the form says why not."""
    user = request.user
    attempt = begin_attempt(request, f"code_sheet|{user.pk}")
    if attempt is None:
        form.add_error(None, TOO_MANY)
        return False
    if not code_sheets.use_code(user, form.cleaned_data["number"], form.cleaned_data["code"]):
        audit.record("second_factor_failed", actor=user, request=request)
        form.add_error("code", f"口令不对。请看第 {asked.sheet_id} 张口令单的第 {asked.number} 号。")
        return False
    attempt.rollback()
    record_authentication(request, user, "mfa", type=SHEET)
    audit.record("use_code_sheet", actor=user, request=request)
    left = code_sheets.codes_left(user)
    if left <= code_sheets.FEW:
        messages.warning(request, f"口令单只剩 {left} 个口令，请找安全管理员再打印一张。")
    return True


@require_POST
def lock(request):
    """Lock the page at hand before leaving the desk."""
    request.session[LOCKED_AT] = int(time.time())
    audit.record("lock_page", actor=request.user, request=request)
    return redirect(f"{reverse('account_locked')}?{urlencode({'next': safe_next(request)})}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def locked(request):
    """页面已锁定: the password only, and the user is where he was."""
    if LOCKED_AT not in request.session and request.method != "POST":
        return HttpResponseRedirect(safe_next(request))
    form = UnlockForm(request.POST or None)
    is_here = HERE in request.POST
    if request.method == "POST" and form.is_valid():
        outcome = try_password(request, form)
        if outcome is not None:
            return outcome
    if is_here and request.method == "POST":
        sentences = [error for errors in form.errors.values() for error in errors]
        return JsonResponse({"sentence": "；".join(sentences)}, status=422)
    context = {
        "form": form,
        "next": safe_next(request),
        "is_kept": request.session.get(KEPT),
        "is_lost": request.session.get(KEPT) is False,
    }
    return render(request, "account/locked.html", context, status=422 if form.errors else 200)


def try_password(request, form: UnlockForm) -> HttpResponse | None:
    """Unlock with the right password; sign out after too many wrong ones; None leaves the form with its error."""
    user, is_here = request.user, HERE in request.POST
    attempt = begin_attempt(request, f"unlock|{user.pk}")
    if attempt is None:
        audit.record("unlock_failed", actor=user, request=request)
        kept.forget(request)
        logout(request)
        messages.warning(request, f"已退出：{TOO_MANY}")
        return JsonResponse({"url": reverse("account_login")}, status=401) if is_here else redirect("account_login")
    if not user.check_password(form.cleaned_data["password"]):
        audit.record("unlock_failed", actor=user, request=request)
        form.add_error("password", "密码不对。")
        return None
    attempt.rollback()
    request.session.pop(LOCKED_AT, None)
    request.session[SEEN_AT] = int(time.time())
    audit.record("unlock", actor=user, request=request)
    if is_here:
        return HttpResponse(status=204)
    return redirect("account_kept") if request.session.pop(KEPT, False) else HttpResponseRedirect(safe_next(request))


@never_cache
@require_safe
def kept_post(request):
    """What was being sent when the page was locked: to be sent now, or left."""
    found = kept.kept_for(request)
    if found is None:
        messages.info(request, "没有保留的内容，可能已超过一小时。")
        return HttpResponseRedirect(safe_next(request))
    return render(request, "account/kept.html", {"kept": found, "preview": found.longest[:200]})
