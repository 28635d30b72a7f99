"""Codes for signing in by phone: six digits, five minutes, five tries, for the browser that asked (trust B6).

Asking does the same for every number and says the same: whether anybody signs in by it is looked up later, by the
worker that texts the code or on the page of the colleague who reads it out.
"""

import datetime as dt
import hmac
import secrets

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from apps.common import audit, crypto
from apps.common.errors import BusinessError
from apps.common.phone import parse_phone

from .models import PhoneLogin, SignInCode, User
from .phone_logins import phone_hash

DIGITS = 6
VALID_FOR = dt.timedelta(minutes=5)
TRIES = 5
BETWEEN = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
TEXTS_A_DAY = 10
CALLS_A_DAY = 3
# A call is awaited so long: asked for on a Friday evening, answered on Monday.
CALL_WAITS = dt.timedelta(days=3)
KEPT = dt.timedelta(days=4)


class TooSoon(BusinessError):
    """A code was asked for this number a moment ago."""


def browser_digest(token: str) -> bytes:
    return crypto.blind_index("sign_in_browser", token)


def only_digits(text: str) -> str:
    """Digits alone: "123 456" and full-width １２３４５６ are what people paste and type."""
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())


@transaction.atomic
def ask(typed: str, browser: str, *, now: dt.datetime, by_call: bool = False) -> SignInCode:
    """Note that a browser asks for a code for a number; the bell is rung when this is committed.

    Raises BusinessError with a sentence for what is no number, for a second one within a minute (TooSoon) and for an
    eleventh within a day; the same for every number. However many ask at the same moment, one row is written.
    """
    try:
        digits = parse_phone(typed).digits
    except ValueError as error:
        raise BusinessError(str(error), code="phone", field="phone") from error
    found = phone_hash(digits)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(found[:8], "big", signed=True)])
    _check_limits(SignInCode.objects.filter(phone_hash=found, by_call=by_call), now, by_call)
    mine = browser_digest(browser)
    # The newer one is the one that counts: an earlier code of this browser is good no more.
    SignInCode.objects.filter(browser=mine, by_call=by_call, expires_at__gt=now).update(expires_at=now)
    row = SignInCode(
        phone_hash=found, number=digits, browser=mine, by_call=by_call, asked_at=now,
        expires_at=now + (CALL_WAITS if by_call else VALID_FOR),
    )  # fmt: skip
    row.save()
    # robust: where the broker is away, the clock finds the row.
    transaction.on_commit(ring, robust=True)
    return row


def _check_limits(rows, now: dt.datetime, by_call: bool) -> None:
    if rows.filter(asked_at__gt=now - BETWEEN).exists():
        raise TooSoon("这个号码刚要过验证码，请等一分钟再要。", code="too_soon", field="phone")
    most = CALLS_A_DAY if by_call else TEXTS_A_DAY
    if rows.filter(asked_at__gt=now - DAY).count() >= most:
        raise BusinessError(
            "这个号码今天要得太多了，请明天再试，或者打电话给老干部局。", code="too_many", field="phone"
        )


def ring() -> None:
    """Wake the worker. It carries nothing: what was asked stands in the database."""
    current_app.send_task(settings.SIGN_IN_BELL, expires=VALID_FOR.total_seconds(), ignore_result=True, retry=False)


def open_codes(browser: str, *, now: dt.datetime):
    """Codes this browser asked for that may still come true, newest first."""
    rows = SignInCode.objects.filter(browser=browser_digest(browser), used_at__isnull=True, expires_at__gt=now)
    return rows.order_by("-pk")


def make(row: SignInCode, *, now: dt.datetime) -> str:
    """A code for a locked row, returned once; its digest is written, its tries begin anew."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row.digest, row.taken_at, row.tries = _digest(row, code), row.taken_at or now, 0
    row.save(update_fields=["digest", "taken_at", "tries"])
    return code


def _digest(row: SignInCode, code: str) -> bytes:
    return crypto.blind_index("sign_in_code", f"{row.public_id}|{code}")


def use(browser: str, typed: str, *, now: dt.datetime) -> SignInCode:
    """The row whose code this is, used up. Raises BusinessError that says what to do; a wrong try is counted, and
    committed before the refusal is raised."""
    row = _try(browser, only_digits(typed), now)
    if row is None:
        audit.record("sign_in_failed", actor=None, fields=["phone_code"])
        left = max((TRIES - found.tries for found in open_codes(browser, now=now)), default=0)
        again = f"还可以试 {left} 次。" if left > 0 else "这个验证码不能再用了，请重新要一个。"
        raise BusinessError(f"验证码不对。{again}", code="wrong", field="code")
    return row


@transaction.atomic
def _try(browser: str, code: str, now: dt.datetime) -> SignInCode | None:
    """Count a try on every open code of the browser: a text may come after a call was asked for."""
    rows = list(open_codes(browser, now=now).select_for_update())
    if not rows:
        raise BusinessError("验证码过了五分钟，已经不能用了。请重新要一个。", code="expired", field="code")
    left = [row for row in rows if row.tries < TRIES]
    if not left:
        raise BusinessError("试错五次，这个验证码不能再用了。请重新要一个。", code="tries", field="code")
    SignInCode.objects.filter(pk__in=[row.pk for row in left]).update(tries=F("tries") + 1)
    for row in left:
        if hmac.compare_digest(_digest(row, code), bytes(row.digest or b"")):
            SignInCode.objects.filter(pk=row.pk).update(used_at=now, number=None)
            return row
    return None


@transaction.atomic
def tell(request_row: SignInCode, *, actor: User, users, people, now: dt.datetime) -> str:
    """A code for whoever asked for a call, to be read out now; shown once. Both sides are on record."""
    row = SignInCode.objects.select_for_update().get(pk=request_row.pk)
    if row.used_at or (row.told_at is None and row.expires_at <= now):
        raise BusinessError("他已经登录，或者等了三天没有回电，这一条不用再办了。", code="over")
    code = make(row, now=now)
    row.told_by, row.told_at, row.expires_at = actor, now, now + VALID_FOR
    row.save(update_fields=["told_by", "told_at", "expires_at"])
    for user in users:
        audit.record("phone_code.tell", actor=actor, on_behalf_of=user.pk, people=people.get(user.pk, ()),
                     target=f"accounts.user:{user.pk}")  # fmt: skip
    return code


def purge(now: dt.datetime) -> int:
    """Remove rows that no limit counts any more."""
    return SignInCode.objects.filter(asked_at__lte=now - KEPT).delete()[0]


def open_logins(found: bytes):
    """Working accounts that sign in by this number."""
    return PhoneLogin.objects.filter(Q(phone_hash=found), closed_at__isnull=True, user__is_active=True).order_by("pk")
