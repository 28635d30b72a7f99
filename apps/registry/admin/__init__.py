"""The stock admin of the registry. `CadreAdminBase` is registered in `ledgers.admin`, with what is added there."""

from .cadre import CadreAdminBase
from .checks import UnitCheckAdmin
from .deceased import DeceasedListAdmin
from .imports import ImportBatchAdmin, RosterColumnAdmin
from .life import LifeEventAdmin
from .parts import HealthAdmin, PersonAdmin, PhoneAdmin, RelativeAdmin
from .reports import UnitReportAdmin

__all__ = [
    "CadreAdminBase",
    "DeceasedListAdmin",
    "HealthAdmin",
    "ImportBatchAdmin",
    "LifeEventAdmin",
    "PersonAdmin",
    "PhoneAdmin",
    "RelativeAdmin",
    "RosterColumnAdmin",
    "UnitCheckAdmin",
    "UnitReportAdmin",
]
