"""Rules of party organisations. Values in, values out: no rows, no clock."""

from .belonging import last_day_of_life
from .capability import Capability, able, refusal
from .meetings import Coverage, MeetingRules, coverage, period_of, require_kind
from .pasted import Matched, clean_minutes, match_names

__all__ = [
    "Capability", "Coverage", "Matched", "MeetingRules", "able", "clean_minutes", "coverage", "last_day_of_life",
    "match_names", "period_of", "refusal", "require_kind",
]  # fmt: skip
