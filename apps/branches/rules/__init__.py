"""Rules of party organisations. Values in, values out: no rows, no clock."""

from .belonging import last_day_of_life, not_a_member
from .capability import Capability, able, refusal
from .levels import default_link, misplaced, wrong_link
from .sizes import BranchRules

__all__ = [
    "BranchRules", "Capability", "able", "default_link", "last_day_of_life", "misplaced", "not_a_member", "refusal",
    "wrong_link",
]  # fmt: skip
