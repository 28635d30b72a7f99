"""What a transfer looks like in lists and on paper: the ledger as rows, its headings, states in words."""

import datetime as dt
from collections.abc import Iterable

from apps.branches.models import Transfer
from apps.branches.queries.transfers import whose_turn

LEDGER = (
    "序号", "姓名", "类型", "转出党组织", "转入党组织", "申请日期", "状态", "该谁办", "介绍信编号", "开信日期",
    "有效期到", "党费交到", "接收日期", "回执日期", "原因",
)  # fmt: skip


def state_words(row: Transfer, on: dt.date) -> tuple[str, str]:
    """(words, tone): 逾期 is read from the letter's last day."""
    if row.is_expired(on):
        return f"介绍信逾期 {(on - row.expires_on).days + 1} 天", "late"
    if row.state == "under_way":
        left = (row.expires_on - on).days
        return f"转接中，还剩 {left} 天", "soon" if left <= 15 else "info"
    tone = {"accepted": "info", "done": "done", "sent_back": "soon"}.get(row.state, "")
    return row.get_state_display(), tone


def last_day(row: Transfer) -> dt.date | None:
    """The last day on which the letter is good (inclusive)."""
    return row.expires_on - dt.timedelta(days=1) if row.expires_on else None


def ledger_rows(rows: Iterable[Transfer], on: dt.date) -> Iterable[list]:
    """组织关系转接台账 in the usual columns."""
    for number, row in enumerate(rows, 1):
        yield [
            number, row.person.name, row.get_kind_display(), row.from_name, row.to_name, row.applied_on,
            state_words(row, on)[0], whose_turn(row, on), row.letter_no, row.issued_on, last_day(row),
            str(row.dues_paid_to or ""), row.accepted_on, row.receipt_on, row.closed_because or row.reason,
        ]  # fmt: skip
