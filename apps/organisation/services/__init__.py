"""Writes over the unit tree and the calendar of working days."""

from .calendar import CalendarChanges, compare, take_in
from .units import add_unit, close_unit, move_unit, reopen_unit

__all__ = ["CalendarChanges", "add_unit", "close_unit", "compare", "move_unit", "reopen_unit", "take_in"]
