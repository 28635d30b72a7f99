"""Phones that are remembered for 90 days: a long random cookie, hashed here, changed with each use."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from apps.common import audit, crypto

from .models import RememberedDevice, User
from .services import end_sessions

COOKIE = "phone"
REMEMBERED_FOR = dt.timedelta(days=90)
MOST = 10
# Pages asked for at the same moment carry the same cookie: the first changes it, the others pass.
AT_ONCE = dt.timedelta(minutes=1)
KINDS = (("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("HarmonyOS", "华为手机"), ("Android", "安卓手机"),
         ("Windows", "电脑"), ("Macintosh", "苹果电脑"), ("Linux", "电脑"))  # fmt: skip


@dataclass(frozen=True)
class Recalled:
    """Who is remembered, and the cookie to send now (empty: the one he has stays good)."""

    device: RememberedDevice
    cookie: str


def cookie_name() -> str:
    return f"__Host-{COOKIE}" if settings.SESSION_COOKIE_SECURE else COOKIE


def _digest(text: str) -> bytes:
    return crypto.blind_index("remembered_device", text)


def label_of(user_agent: str) -> str:
    """What the owner knows his phone by: its make, and whether it was WeChat."""
    kind = next((label for mark, label in KINDS if mark in user_agent), "其他设备")
    return f"{kind}（微信）" if "MicroMessenger" in user_agent else kind


def devices_of(user: User, now: dt.datetime):
    return RememberedDevice.objects.filter(user_id=user.pk, revoked_at__isnull=True, expires_at__gt=now)


@transaction.atomic
def remember(user: User, user_agent: str, *, now: dt.datetime) -> str:
    """Remember the phone at hand; returns its cookie. Of more than ten the longest unused is dropped."""
    User.objects.select_for_update().get(pk=user.pk)
    oldest = list(devices_of(user, now).order_by("-last_used_at", "-pk").values_list("pk", flat=True)[MOST - 1 :])
    RememberedDevice.objects.filter(pk__in=oldest).update(revoked_at=now)
    series, token = secrets.token_urlsafe(12), secrets.token_urlsafe(24)
    RememberedDevice.objects.create(
        user=user, series=_digest(series), digest=_digest(token), rotated_at=now, label=label_of(user_agent),
        last_used_at=now, expires_at=now + REMEMBERED_FOR,
    )  # fmt: skip
    audit.record("device.remember", actor=user, target=f"accounts.user:{user.pk}")
    return f"{series}.{token}"


@transaction.atomic
def recall(cookie: str, *, now: dt.datetime) -> Recalled | None:
    """Whose phone this cookie is; None when it is good no more.

    A token that is neither the newest of its series nor the one before is a copy: the phone is forgotten, the
    account's sessions end, and it is on record.
    """
    series, _, token = cookie.partition(".")
    rows = RememberedDevice.objects.select_for_update(of=("self",)).select_related("user")
    device = rows.filter(series=_digest(series), revoked_at__isnull=True).first()
    if device is None or device.expires_at <= now or not device.user.is_active:
        return None
    digest = _digest(token)
    if digest not in (bytes(device.digest), bytes(device.previous_digest or b"")):
        revoke(device, actor=None, now=now)
        audit.record("device.copied", actor=None, target=f"accounts.user:{device.user_id}")
        return None
    if digest != bytes(device.digest) and now - device.rotated_at < AT_ONCE:
        return Recalled(device, "")
    fresh = secrets.token_urlsafe(24)
    device.digest, device.previous_digest = _digest(fresh), digest
    device.rotated_at, device.last_used_at = now, now
    device.save(update_fields=["digest", "previous_digest", "rotated_at", "last_used_at"])
    return Recalled(device, f"{series}.{fresh}")


@transaction.atomic
def revoke(device: RememberedDevice, *, actor: User | None, now: dt.datetime) -> None:
    """Forget one phone. Sessions of the account end; its other phones begin new ones by themselves. Again: nothing."""
    if RememberedDevice.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=now, revoked_by=actor):
        end_sessions(device.user)
        audit.record("device.revoke", actor=actor, target=f"accounts.user:{device.user_id}")


def leave(cookie: str, *, now: dt.datetime) -> None:
    """The owner signs out on this very phone: it is forgotten; sessions elsewhere go on."""
    series = _digest(cookie.partition(".")[0])
    RememberedDevice.objects.filter(series=series, revoked_at__isnull=True).update(revoked_at=now)


@transaction.atomic
def revoke_all(user: User, *, actor: User | None, now: dt.datetime) -> int:
    """Forget every phone of an account and end its sessions; how many there were."""
    count = devices_of(user, now).update(revoked_at=now, revoked_by=actor)
    end_sessions(user)
    audit.record("device.revoke", actor=actor, target=f"accounts.user:{user.pk}")
    return count


def set_cookie(response, cookie: str) -> None:
    response.set_cookie(
        cookie_name(), cookie, max_age=REMEMBERED_FOR, secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        samesite="Lax",
    )  # fmt: skip


def drop_cookie(response) -> None:
    response.delete_cookie(cookie_name(), samesite="Lax")
