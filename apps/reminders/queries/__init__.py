"""Reads over reminders."""

from .recipients import recipients_of

__all__ = ["recipients_of"]
