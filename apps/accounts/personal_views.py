"""Doors without a password: a code to a phone on record, a printed card, remembered phones (docs/sign-in.md)."""

import functools
import secrets
import time

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.common.errors import BusinessError

from . import cards, devices, kept, phone_codes
from .limits import slow_down
from .middleware import KEPT
from .models import RememberedDevice, User
from .personal_accounts import is_proven, own_address, sign_in
from .personal_forms import CodeForm, DigitsForm, PhoneForm, RememberForm
from .standing import ENDED, may_use_personal_doors, standings, words_of

BROWSER = "asked_code"  # cookie: which browser asked
NEXT, WHO, CARD = "personal_next", "personal_who", "personal_card"  # in the session
WHO_HOLDS = 300
NOT_YOURS = "这不是您账号的登录手机或卡。请用您自己的再试。"
STEPS = require_http_methods(["GET", "HEAD", "POST"])


def open_door(view):
    """A page before signing in: open to all, never cached."""
    return login_not_required(never_cache(STEPS(view)))


def browser_of(request) -> str:
    return request.COOKIES.get(BROWSER, "")[:64]


def texts_are_on() -> bool:
    return bool(settings.SMS_GATEWAY["url"])


@open_door
def phone(request):
    """Ask for a code. Who is signed in already goes on, unless an act asks him to prove himself again."""
    if target := own_address(request, request.POST.get("next") or request.GET.get("next", "")):
        request.session[NEXT] = target
    proving = request.user.is_authenticated
    is_asked_again = "again" in request.GET or "again" in request.POST
    if proving and (is_proven(request, time.time()) or not is_asked_again):
        return go_on(request)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = asked(request, form, form.cleaned_data["phone"])
        if answer is not None:
            return answer
    context = {"form": form, "texts_are_on": texts_are_on(), "proving": proving}
    return render(request, "account/phone.html", context, status=422 if form.errors else 200)


def asked(request, form, typed: str):
    """Note the request and go on to the code; None leaves the form with its error."""
    by_call = "call" in request.POST or not texts_are_on()
    browser = browser_of(request) or secrets.token_urlsafe(24)
    try:
        slow_down(request, "phone_code")
        phone_codes.ask(typed, browser, now=timezone.now(), by_call=by_call)
    except phone_codes.TooSoon as refusal:
        if not phone_codes.open_codes(browser, now=timezone.now()).filter(by_call=by_call).exists():
            form.refuse(refusal)
            return None
    except BusinessError as refusal:
        form.refuse(refusal)
        return None
    response = redirect("account_code")
    response.set_cookie(
        BROWSER, browser, max_age=int(phone_codes.CALL_WAITS.total_seconds()), httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


@open_door
def code(request):
    """Type the code; right, the session begins, or the page asks which of several people it is."""
    now, browser = timezone.now(), browser_of(request)
    open_codes = list(phone_codes.open_codes(browser, now=now)) if browser else []
    form = CodeForm(request.POST if "code" in request.POST else None)
    if "again" in request.POST and open_codes:
        return ask_again(request, open_codes[0])
    if form.is_bound and form.is_valid():
        try:
            slow_down(request, "phone_code_try")
            row = phone_codes.use(browser, form.cleaned_data["code"], now=now)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            means = "call" if row.by_call else "sms"
            return choose(request, logins_of(row), means, form.cleaned_data["remember"])
    newest = open_codes[0] if open_codes else None
    context = {"form": form, "newest": newest, "texts_are_on": texts_are_on()}
    return render(request, "account/code.html", context, status=422 if form.errors else 200)


def ask_again(request, row):
    """Another code, or a call, for the number this browser asked for."""
    form = PhoneForm({"phone": row.number})
    form.is_valid()
    answer = asked(request, form, row.number)
    if answer is None:
        sentences = [sentence for found in form.errors.values() for sentence in found]
        messages.warning(request, "".join(sentences))
        return redirect("account_code")
    messages.info(request, "已经记下，请看下面。")
    return answer


def logins_of(row) -> list[User]:
    """Accounts that sign in by this number today: open for it, with something to do, the number still on record."""
    users = [login.user for login in phone_codes.open_logins(bytes(row.phone_hash)).select_related("user")]
    found = standings([user.pk for user in users], timezone.localdate())
    number = bytes(row.phone_hash)
    return [
        user
        for user in users
        if may_use_personal_doors(user) and (user.pk not in found or number in found[user.pk].numbers)
    ]


def choose(request, users: list[User], means: str, remember: bool):
    """One person signs in; several are asked; of nobody it is said calmly."""
    if request.user.is_authenticated:
        users = [user for user in users if user.pk == request.user.pk]
    if not users:
        sentence = NOT_YOURS if request.user.is_authenticated else ENDED
        return render(request, "account/ended.html", {"sentence": sentence}, status=403)
    if len(users) == 1:
        return enter(request, users[0], means, remember)
    keys = [user.pk for user in users]
    request.session[WHO] = {"users": keys, "means": means, "remember": remember, "until": time.time() + WHO_HOLDS}
    return redirect("account_who")


@open_door
def who(request):
    """您是哪一位: names and branch words of those who share the phone, nothing else."""
    asked_who = request.session.get(WHO) or {}
    keys = asked_who.get("users", []) if asked_who.get("until", 0) > time.time() else []
    users = [user for user in User.objects.filter(pk__in=keys).order_by("pk") if may_use_personal_doors(user)]
    chosen = next((user for user in users if str(user.pk) == request.POST.get("user", "")), None)
    if chosen is not None:
        del request.session[WHO]
        return enter(request, chosen, asked_who["means"], asked_who["remember"])
    found = standings([user.pk for user in users], timezone.localdate())
    people = [(user, words_of(user, found.get(user.pk))) for user in users]
    missed = request.method == "POST"
    return render(request, "account/who.html", {"people": people, "missed": missed}, status=422 if missed else 200)


def enter(request, user: User, means: str, remember: bool):
    """Sign in, remember the phone where that was asked, and go on to where he wanted."""
    request.session.pop(CARD, None)
    sign_in(request, user, means=means)
    if request.session.pop(KEPT, False):
        request.session[NEXT] = reverse("account_kept")
    response = go_on(request)
    if remember:
        agent = request.headers.get("User-Agent", "")
        devices.set_cookie(response, devices.remember(user, agent, now=timezone.now()))
    return response


def go_on(request):
    """To the page he wanted, else to where he begins."""
    target = own_address(request, request.session.pop(NEXT, ""))
    return HttpResponseRedirect(target or get_adapter().get_login_redirect_url(request))


@login_not_required
@never_cache
@require_safe
def card(request, token: str):
    """The address in the QR code: the token goes into the session, so that it stands in no address from here on."""
    request.session[CARD] = cards.token_digest(token).hex()
    return redirect("account_card_digits")


@open_door
def card_digits(request):
    """Four digits for the card that was scanned."""
    scanned = request.session.get(CARD, "")
    form = DigitsForm(request.POST or None)
    if request.method == "POST" and scanned and form.is_valid():
        try:
            slow_down(request, "card_try")
            found = cards.use(bytes.fromhex(scanned), form.cleaned_data["digits"], now=timezone.now())
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            users = [found.user] if may_use_personal_doors(found.user) else []
            return choose(request, users, "card", form.cleaned_data["remember"])
    context = {"form": form, "scanned": bool(scanned)}
    return render(request, "account/card.html", context, status=422 if form.errors else 200)


@never_cache
@STEPS
def own_devices(request):
    """我的登录设备: the phones that are remembered, to be forgotten one by one or all."""
    now, user = timezone.now(), request.user
    if request.method == "POST":
        forget(request, user, now)
        return redirect("account_devices")
    return render(request, "account/devices.html", {"devices": devices.devices_of(user, now), "form": RememberForm()})


def forget(request, user, now) -> None:
    """Forget what the button names; the session at hand goes on."""
    chosen = request.POST.get("device", "")
    if chosen == "all":
        devices.revoke_all(user, actor=user, now=now)
    elif chosen.isdecimal() and len(chosen) < 18:
        device = RememberedDevice.objects.filter(pk=chosen, user_id=user.pk).select_related("user").first()
        if device is not None:
            devices.revoke(device, actor=user, now=now)
    else:
        return
    user.refresh_from_db(fields=["session_epoch"])
    update_session_auth_hash(request, user)
    messages.success(request, "已取消。那部手机下次登录要重新验证。")


def freshly_proven(view):
    """View decorator for sensitive acts: a session that began by a remembered device, or proved itself more than a
    quarter of an hour ago, proves itself again by phone or card first; what was being sent is kept meanwhile."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        if is_proven(request, time.time()):
            return view(request, *args, **kwargs)
        here = request.get_full_path()
        if request.method not in ("GET", "HEAD") and kept.keep(request):
            here = reverse("account_kept")
        return redirect(f"{reverse('account_phone')}?{urlencode({'next': here, 'again': 1})}")

    return wrapped
