"""The registry of retired cadres: what the bureau knows of each, how it came about, and the rosters it came from."""

from .cadre import Cadre, Health
from .events import LifeEvent
from .leaders import ServingLeader
from .liaison import CheckLine, DeceasedList, ReportLine, UnitCheck, UnitReport
from .ranking import RankColumn
from .registers import RegisterBatch
from .rosters import ExportLayout, ImportBatch, ImportExtra, RosterColumn
from .spans import ClosedSpan, StandingSpan, UnitSpan
from .workers import Attendance, Training, Worker

__all__ = [
    "Attendance",
    "Cadre",
    "CheckLine",
    "ClosedSpan",
    "DeceasedList",
    "ExportLayout",
    "Health",
    "ImportBatch",
    "ImportExtra",
    "LifeEvent",
    "RankColumn",
    "RegisterBatch",
    "ReportLine",
    "RosterColumn",
    "ServingLeader",
    "StandingSpan",
    "Training",
    "UnitCheck",
    "UnitReport",
    "UnitSpan",
    "Worker",
]
