"""What is over an account's most goes on to the pool: a transfer of its own, which the holder reads in his passbook.

It hangs on the credit before it by its key alone, and is put right together with it. See rule book 10.32.
"""

import uuid
from dataclasses import replace

from apps.volunteers.choices.bank import AccountKind, TransferKind
from apps.volunteers.models import Transfer
from apps.volunteers.rules.bank import BankRules, time_words

from .ledger import Move, of_bank, write

BY_RULE = "排班和纸质表登记的团队服务"


def pass_on(credited: Move, minutes: int, *, by_team: bool, rules: BankRules) -> Transfer:
    """Minutes of a credit just written, from its account to the pool: all of it where what teams do goes to the pool,
    else what is over the most. The account is locked by the caller; the pool's row comes after it. See rule book
    10.32."""
    all_of_it = by_team and rules.team_to_pool
    kind = TransferKind.DONATE if all_of_it else TransferKind.SURPLUS
    reason = BY_RULE if all_of_it else f"个人账户最多存{time_words(rules.account_most)}"
    move = replace(
        credited, kind=kind, minutes=minutes, form_key=key_after(credited.form_key), extra={"reason": reason}
    )  # fmt: skip
    pool = of_bank(credited.account.bank, AccountKind.POOL)
    return write(move, {credited.account.pk: -minutes, pool.pk: minutes})


def key_after(key: uuid.UUID) -> uuid.UUID:
    """The key of what goes on to the pool after the credit with this key."""
    return uuid.uuid5(key, "surplus")


def passed_on(credit: Transfer) -> Transfer | None:
    """What went on to the pool after a credit and was not put right by itself."""
    if credit.kind != TransferKind.EARN:
        return None
    return Transfer.objects.filter(public_id=key_after(credit.public_id), contra__isnull=True).first()
