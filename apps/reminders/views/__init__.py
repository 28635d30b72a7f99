"""Staff pages of reminders and of the channels they leave by."""

from .batch_prints import batch_enter, batch_print, batch_sheet
from .batches import batch, batch_download, batches
from .birthday_list import month_list
from .clock import birthday_calendar, reminder_days, staff_inbox, unknown_deliveries
from .preferences import my_channels, person_channels

__all__ = [
    "batch", "batch_download", "batch_enter", "batch_print", "batch_sheet", "batches", "birthday_calendar",
    "month_list", "my_channels", "person_channels", "reminder_days", "staff_inbox", "unknown_deliveries",
]  # fmt: skip
