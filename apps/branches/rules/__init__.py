"""Rules of party organisations. Values in, values out: no rows, no clock."""

from .belonging import last_day_of_life
from .capability import Capability, able, refusal

__all__ = ["Capability", "able", "last_day_of_life", "refusal"]
