"""Reads over the ledger."""

from .page import Moment, carers_of, open_duties_of, tier_of, timeline_of
from .responsible import bureau_leaders, open_duty_ids, responsible_for_cadres, responsible_users, section_heads
from .today import DueRow, TodayBoard, today

__all__ = [
    "DueRow", "Moment", "TodayBoard", "bureau_leaders", "carers_of", "open_duties_of", "open_duty_ids",
    "responsible_for_cadres", "responsible_users", "section_heads", "tier_of", "timeline_of", "today",
]  # fmt: skip
