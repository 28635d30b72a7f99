"""The registry of retired cadres: what the bureau knows of each, how it came about, and the rosters it came from."""

from .cadre import Cadre, Health
from .events import LifeEvent
from .leaders import ServingLeader
from .ranking import RankColumn
from .registers import RegisterBatch
from .rosters import ExportLayout, ImportBatch, ImportExtra, RosterColumn
from .spans import ClosedSpan, StandingSpan, UnitSpan
from .workers import Attendance, Training, Worker

__all__ = [
    "Attendance",
    "Cadre",
    "ClosedSpan",
    "ExportLayout",
    "Health",
    "ImportBatch",
    "ImportExtra",
    "LifeEvent",
    "RankColumn",
    "RegisterBatch",
    "RosterColumn",
    "ServingLeader",
    "StandingSpan",
    "Training",
    "UnitSpan",
    "Worker",
]
