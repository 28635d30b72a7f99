"""Rules of party organisations. Values in, values out: no rows, no clock."""

from .belonging import last_day_of_life, not_a_member
from .capability import Capability, able, refusal
from .levels import default_link, misplaced, wrong_link
from .meetings import Coverage, MeetingRules, coverage, period_of, require_kind
from .pasted import Matched, clean_minutes, match_names
from .sizes import BranchRules

__all__ = [
    "BranchRules", "Capability", "Coverage", "Matched", "MeetingRules", "able", "clean_minutes", "coverage",
    "default_link", "last_day_of_life", "match_names", "misplaced", "not_a_member", "period_of", "refusal",
    "require_kind", "wrong_link",
]  # fmt: skip
