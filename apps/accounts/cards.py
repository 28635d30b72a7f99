"""Printed cards with a QR code and four digits. The token and the digits are shown or typed once, kept as digests."""

import base64
import datetime as dt
import io
import secrets

import qrcode
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from qrcode.image.svg import SvgPathImage

from apps.common import audit, crypto
from apps.common.errors import BusinessError

from .models import SignInCard, User
from .phone_codes import only_digits
from .phone_logins import require_personal
from .services import end_sessions

DIGITS = 4
TRIES = 5
VALID_FOR = dt.timedelta(days=365)
EASY = frozenset({"1234", "4321", "0123", "3210", *(str(digit) * DIGITS for digit in range(10))})


def token_digest(token: str) -> bytes:
    return crypto.blind_index("sign_in_card", token)


def check_digits(typed: str) -> str:
    """The four digits as stored; raises BusinessError for others and for those everybody tries first."""
    digits = only_digits(typed)
    if len(digits) != DIGITS:
        raise BusinessError("请填四位数字。", code="digits", field="digits")
    if digits in EASY:
        raise BusinessError("这四位数字太容易猜，请换一组，也不要用生日。", code="easy", field="digits")
    return digits


@transaction.atomic
def issue(user: User, digits: str, *, actor: User | None, on: dt.date) -> tuple[SignInCard, str]:
    """A new card and its token, shown once. The card before is good no more; its sessions end."""
    user = User.objects.select_for_update().get(pk=user.pk)
    require_personal(user)
    digits = check_digits(digits)
    for card in SignInCard.objects.filter(user=user, revoked_at__isnull=True):
        revoke(card, actor=actor)
    token = secrets.token_urlsafe(24)
    card = SignInCard.objects.create(
        user=user, digest=token_digest(token), digits=make_password(digits), issued_by=actor, expires_on=on + VALID_FOR
    )
    audit.record("card.issue", actor=actor, target=f"accounts.user:{user.pk}")
    return card, token


@transaction.atomic
def revoke(card: SignInCard, *, actor: User | None) -> None:
    """Lost or handed back: it opens nothing any more, and the account's sessions end. Again: nothing."""
    standing = SignInCard.objects.filter(pk=card.pk, revoked_at__isnull=True)
    if standing.update(revoked_at=timezone.now(), revoked_by=actor):
        end_sessions(card.user)
        audit.record("card.revoke", actor=actor, target=f"accounts.user:{card.user_id}")


def use(digest: bytes, typed: str, *, now: dt.datetime) -> SignInCard:
    """The card whose digits these are. Raises BusinessError that says what to do; five wrong tries in a row lock the
    card, and the bell is rung so that staff are told."""
    card, sentence = _try(digest, only_digits(typed), now)
    if sentence:
        raise BusinessError(sentence, code="card", field="digits")
    return card


@transaction.atomic
def _try(digest: bytes, digits: str, now: dt.datetime) -> tuple[SignInCard | None, str]:
    """(card, refusal); what was counted is committed."""
    card = SignInCard.objects.select_for_update(of=("self",)).select_related("user").filter(digest=digest).first()
    if card is None or card.revoked_at or not card.user.is_active:
        make_password(digits)  # as long as a look at real digits takes
        return None, "这张卡已经停用。请用新卡，或者用手机验证码登录。"
    if card.expires_on <= timezone.localdate(now):
        return None, "这张卡过了有效期。请找工作人员换一张。"
    if card.locked_at:
        return None, "这张卡试错五次，已经锁住，工作人员会和您联系。急用请打电话。"
    if check_password(digits, card.digits):
        card.tries, card.last_used_at = 0, now
        card.save(update_fields=["tries", "last_used_at"])
        return card, ""
    card.tries += 1
    left = TRIES - card.tries
    if left <= 0:
        card.locked_at = now
    card.save(update_fields=["tries", "locked_at"])
    target = f"accounts.user:{card.user_id}"
    audit.record("sign_in_failed", actor=None, fields=["card"], target=target)
    if left > 0:
        return None, f"数字不对，还可以试 {left} 次。"
    audit.record("card.locked", actor=None, target=target)
    return None, "试错五次，这张卡锁住了，工作人员会和您联系。急用请打电话。"


def qr_image(address: str) -> str:
    """The QR code of an address as a `data:` address of an SVG image."""
    drawn = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, error_correction=qrcode.ERROR_CORRECT_Q, border=2).save(drawn)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()
