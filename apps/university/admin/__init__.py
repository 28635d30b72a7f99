"""The staff side of the senior university in the stock admin."""

from .rounds import RoundAdmin
from .tickets import TicketAdmin

__all__ = ["RoundAdmin", "TicketAdmin"]
