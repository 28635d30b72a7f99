"""Staff pages of units, divisions, communities, rule sets and the calendar."""

from .calendar import CalendarDayAdmin
from .units import CommunityAdmin, DivisionAdmin, RuleSetAdmin, UnitAdmin

__all__ = ["CalendarDayAdmin", "CommunityAdmin", "DivisionAdmin", "RuleSetAdmin", "UnitAdmin"]
