"""What the bureau owes to whom and when, and which contact keeps it. Values in, values out: no rows, no clock."""

from .checks import CheckRules
from .duties import (
    BUREAU,
    CALLS,
    DAY,
    FESTIVAL_DAYS,
    GREETED,
    MONTHS,
    PERIODIC,
    VISITS,
    DutyRules,
    Obligation,
    Span,
    due_day,
    festivals,
    obligations,
    overdue_days,
    period_of,
    periods_between,
)
from .means import CALL_KINDS, FIXED_KINDS, Acceptance, Turn, acceptances, means_of, turns
from .tiers import ALONE, CareRules, Facts, Suggestion, TierRules, flags_of, suggest_tier

__all__ = [
    "ALONE", "BUREAU", "CALLS", "CALL_KINDS", "DAY", "FESTIVAL_DAYS", "FIXED_KINDS", "GREETED", "MONTHS", "PERIODIC",
    "VISITS", "Acceptance", "CareRules", "CheckRules", "DutyRules", "Facts", "Obligation", "Span", "Suggestion",
    "TierRules", "Turn", "acceptances", "due_day", "festivals", "flags_of", "means_of", "obligations", "overdue_days",
    "period_of", "periods_between", "suggest_tier", "turns",
]  # fmt: skip
