"""Reads over the ledger."""

from .checks import open_checks
from .moments import Moment
from .page import PersonLedger
from .responsible import bureau_leaders, open_duty_ids, responsible_for_cadres, responsible_users, section_heads
from .today import DueRow, TodayBoard, today

__all__ = [
    "DueRow", "Moment", "PersonLedger", "TodayBoard", "bureau_leaders", "open_checks", "open_duty_ids",
    "responsible_for_cadres", "responsible_users", "section_heads", "today",
]  # fmt: skip
