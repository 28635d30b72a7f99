"""Reads over reminders."""

from .birthdays import Celebration, celebrations
from .figures import Heartbeat, heartbeat, reminders_by_day, runs, without_recipient
from .inbox import inbox_days
from .recipients import officers_of, recipients_of

__all__ = [
    "Celebration", "Heartbeat", "celebrations", "heartbeat", "inbox_days", "officers_of", "recipients_of",
    "reminders_by_day", "runs", "without_recipient",
]  # fmt: skip
