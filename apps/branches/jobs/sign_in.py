"""What waits at the door: codes to be texted, calls asked for, cards that locked themselves.

Whether a number is anybody's is looked up here and not when it is asked for, so that asking tells nobody (trust B6).
"""

import datetime as dt
import logging
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from apps.accounts import phone_codes
from apps.accounts.access import acting_holders, has_staff_role
from apps.accounts.models import SignInCard, SignInCode
from apps.branches.standings import account_standings
from apps.common.phone import MOBILE, parse_phone
from apps.messaging.rules import Template, register_template
from apps.messaging.services import NewMessage, post, send_code
from apps.organisation.models import Unit

logger = logging.getLogger(__name__)

AT_ONCE = 200
CALL, LOCKED = "sign_in.call", "sign_in.card_locked"
register_template(Template(key=CALL, label="等电话报登录码", unit="位", page="admin:accounts_callrequest_changelist"))
register_template(
    Template(key=LOCKED, label="二维码卡被锁住", unit="张", page="admin:accounts_personalaccount_changelist")
)


def take_up(now: dt.datetime) -> int:
    """Make the codes that were asked for, tell staff of calls and locked cards; returns how many codes left. Each in a
    transaction of its own; two at once share the work. A failure is logged and holds nobody else up."""
    sent = 0
    waiting = SignInCode.objects.filter(taken_at__isnull=True).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            sent += _take_up(pk, now)
        except Exception:
            logger.exception("sign-in code %s could not be taken up", pk)
    _tell_of_locked_cards(now)
    return sent


@transaction.atomic
def _take_up(pk: int, now: dt.datetime) -> bool:
    row = SignInCode.objects.select_for_update(skip_locked=True).filter(pk=pk, taken_at__isnull=True).first()
    if row is None:
        return False
    row.taken_at = now
    row.save(update_fields=["taken_at"])
    users = _users_of(row)
    if not users or row.expires_at <= now:
        return False
    if row.by_call:
        _tell_staff(CALL, f"{CALL}|{row.public_id}", users, now, valid_until=row.expires_at)
        return False
    number = row.number
    if parse_phone(number).kind != MOBILE:
        return False
    code = phone_codes.make(row, now=now)
    text = f"{code}是您的登录验证码，五分钟内有效。不要告诉别人，工作人员也不会向您要。"
    key = f"sign_in.code|{row.public_id}"
    return send_code(users[0], number, text, key=key, now=now, valid_until=row.expires_at)


def _users_of(row: SignInCode) -> list[int]:
    """Accounts without a staff role that sign in by the number, where it still is on somebody's record."""
    number = bytes(row.phone_hash)
    logins = phone_codes.open_logins(number).select_related("user")
    users = [login.user_id for login in logins if not has_staff_role(login.user)]
    found = account_standings(users, timezone.localdate(row.asked_at))
    return [user for user in users if user not in found or number in found[user].numbers]


def _tell_staff(
    template: str, key: str, users: Collection[int], now: dt.datetime, *, valid_until: dt.datetime | None
) -> None:
    """An own message to each of those who look after the accounts: their unit's clerks, else its section head; where
    no unit is known, those of the whole bureau."""
    found = account_standings(set(users), timezone.localdate(now))
    units = {unit for one in found.values() for unit in one.units}
    units = units or set(Unit.objects.filter(depth=1).values_list("pk", flat=True))
    holders = acting_holders(units, "clerk", "section_head", on=timezone.localdate(now))
    staff = sorted({user for there in holders.values() for user in there})
    post(
        [
            NewMessage(key=f"{key}|{user}", delivery_class="urgent", template=template, user_id=user,
                       valid_until=valid_until)
            for user in staff
        ],
        now=now,
    )  # fmt: skip


def _tell_of_locked_cards(now: dt.datetime) -> None:
    waiting = SignInCard.objects.filter(locked_at__isnull=False, lock_told_at__isnull=True, revoked_at__isnull=True)
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            card = waiting.select_for_update(skip_locked=True).filter(pk=pk).first()
            if card is None:
                continue
            card.lock_told_at = now
            card.save(update_fields=["lock_told_at"])
            _tell_staff(LOCKED, f"{LOCKED}|{card.pk}", [card.user_id], now, valid_until=None)
