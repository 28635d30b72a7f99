"""Printed sheets of one-time codes: for staff without a phone at work and without a UKey (ADR 15)."""

import hmac
import secrets

from django.db import transaction
from django.utils import timezone

from apps.common import audit, crypto
from apps.common.errors import BusinessError

from .models import CodeSheet, SheetCode, User
from .services import MANAGE, NotAllowed, require_reach

CODES = 40
DIGITS = 8
FEW = 5


def _digest(sheet: CodeSheet, number: int, code: str) -> bytes:
    return crypto.blind_index("code_sheet", f"{sheet.pk}|{number}|{code}")


@transaction.atomic
def print_sheet(user: User, *, actor: User, reason: str) -> tuple[CodeSheet, list[str]]:
    """A new sheet and its codes in order, shown once, kept nowhere. The sheet before is good no more."""
    require_reach(actor, user.unit, MANAGE)
    if actor.pk == user.pk:
        raise NotAllowed("自己的口令单要请另一位安全管理员打印。", code="self")
    if not user.is_active:
        raise BusinessError("这个账号已停用，不能打印口令单。", code="inactive")
    User.objects.select_for_update().get(pk=user.pk)
    revoke_sheets(user)
    sheet = CodeSheet.objects.create(user=user, printed_by=actor)
    codes = [f"{secrets.randbelow(10**DIGITS):0{DIGITS}}" for _ in range(CODES)]
    SheetCode.objects.bulk_create(
        SheetCode(sheet=sheet, number=number, digest=_digest(sheet, number, code))
        for number, code in enumerate(codes, 1)
    )
    audit.record("print_code_sheet", actor=actor, target=f"accounts.user:{user.pk}", reason=reason)
    return sheet, codes


def revoke_sheets(user: User) -> int:
    """The sheet in force is good no more; how many there were (0 or 1)."""
    return CodeSheet.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=timezone.now())


def asked_code(user: User) -> SheetCode | None:
    """The code to ask for: the first one unused of the sheet in force. A wrong try does not change it."""
    codes = SheetCode.objects.filter(sheet__user=user, sheet__revoked_at__isnull=True, used_at__isnull=True)
    return codes.select_related("sheet").order_by("number").first()


def codes_left(user: User) -> int:
    return SheetCode.objects.filter(
        sheet__user=user, sheet__revoked_at__isnull=True, used_at__isnull=True
    ).count()  # fmt: skip


def use_code(user: User, number: int, typed: str) -> bool:
    """Whether `typed` is the code asked for; right, it is used up, once however many try at the same moment."""
    asked = asked_code(user)
    if asked is None or asked.number != number:
        return False
    code = "".join(letter for letter in typed if letter.isdecimal())
    if not hmac.compare_digest(_digest(asked.sheet, number, code), bytes(asked.digest)):
        return False
    unused = SheetCode.objects.filter(pk=asked.pk, used_at__isnull=True, sheet__revoked_at__isnull=True)
    return bool(unused.update(used_at=timezone.now()))
