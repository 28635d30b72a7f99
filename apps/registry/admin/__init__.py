"""The stock admin of the registry. `CadreAdminBase` is registered in `ledgers.admin`, with what is added there."""

from .cadre import CadreAdminBase
from .checks import UnitCheckAdmin
from .deceased import DeceasedListAdmin
from .imports import ImportBatchAdmin, RosterColumnAdmin
from .leaders import ServingLeaderAdmin
from .life import LifeEventAdmin
from .parts import HealthAdmin, PersonAdmin, PhoneAdmin, RelativeAdmin
from .ranks import RankColumnAdmin
from .reports import UnitReportAdmin
from .trainings import TrainingAdmin
from .workers import WorkerAdmin

__all__ = [
    "CadreAdminBase",
    "DeceasedListAdmin",
    "HealthAdmin",
    "ImportBatchAdmin",
    "LifeEventAdmin",
    "PersonAdmin",
    "PhoneAdmin",
    "RankColumnAdmin",
    "RelativeAdmin",
    "RosterColumnAdmin",
    "ServingLeaderAdmin",
    "TrainingAdmin",
    "UnitCheckAdmin",
    "UnitReportAdmin",
    "WorkerAdmin",
]
