"""Who is told of what in the time bank, in the act's transaction. Who did it himself saw it and is not told again."""

import datetime as dt
from collections.abc import Iterable

from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage, post
from apps.volunteers.bank_notices import CORRECTED, EARNED, GIFT, GRANTED, SPENT, SURPLUS
from apps.volunteers.models import Account, Transfer


def earned(transfer: Transfer, *, now: dt.datetime) -> None:
    """The volunteer: so much came in."""
    _tell(EARNED, transfer, [transfer.account], now)


def passed_on(transfer: Transfer, *, now: dt.datetime) -> None:
    """The volunteer: of what he earned so much went to the pool, and what is in his account now."""
    _tell(SURPLUS, transfer, [transfer.account], now)


def spent(transfer: Transfer, *, now: dt.datetime) -> None:
    """Who was helped: so much was used."""
    _tell(SPENT, transfer, [transfer.account], now)


def gift(transfer: Transfer, receiver: Account, *, now: dt.datetime) -> None:
    """Who got it."""
    _tell(GIFT, transfer, [receiver], now)


def granted(transfer: Transfer, *, now: dt.datetime) -> None:
    _tell(GRANTED, transfer, [transfer.account], now)


def corrected(transfer: Transfer, accounts: Iterable[Account], *, now: dt.datetime) -> None:
    """Everybody whose passbook changed."""
    _tell(CORRECTED, transfer, [account for account in accounts if account.person_id], now)


def _tell(template: str, transfer: Transfer, accounts: Iterable[Account], now: dt.datetime) -> None:
    post(
        [
            NewMessage(
                key=f"{template}:{transfer.pk}:{account.pk}", delivery_class=DeliveryClass.URGENT, template=template,
                person_id=account.person_id, context={"transfer": transfer.pk, "account": account.pk},
            )
            for account in accounts
        ],
        now=now,
    )  # fmt: skip
