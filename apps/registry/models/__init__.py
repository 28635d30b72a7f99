"""The registry of retired cadres: what the bureau knows of each, how it came about, and the rosters it came from."""

from .cadre import Cadre, Health
from .events import LifeEvent
from .liaison import CheckLine, DeceasedList, ReportLine, UnitCheck, UnitReport
from .rosters import ExportLayout, ImportBatch, ImportExtra, RosterColumn
from .spans import ClosedSpan, StandingSpan, UnitSpan

__all__ = [
    "Cadre",
    "CheckLine",
    "ClosedSpan",
    "DeceasedList",
    "ExportLayout",
    "Health",
    "ImportBatch",
    "ImportExtra",
    "LifeEvent",
    "ReportLine",
    "RosterColumn",
    "StandingSpan",
    "UnitCheck",
    "UnitReport",
    "UnitSpan",
]
