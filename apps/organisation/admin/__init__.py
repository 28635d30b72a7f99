"""Staff pages of units, divisions, communities, rule sets and the calendar."""

from .barred import BarredEntryAdmin
from .calendar import CalendarDayAdmin
from .units import CommunityAdmin, DivisionAdmin, InReach, RuleSetAdmin, UnitAdmin

__all__ = [
    "BarredEntryAdmin",
    "CalendarDayAdmin",
    "CommunityAdmin",
    "DivisionAdmin",
    "InReach",
    "RuleSetAdmin",
    "UnitAdmin",
]
