"""The work of the outbox: claiming, sending, and what becomes of claims whose holder died."""

from .sending import Sent, reclaim_expired, send_waiting

__all__ = ["Sent", "reclaim_expired", "send_waiting"]
