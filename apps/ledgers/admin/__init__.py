"""The staff side of the ledger in the stock admin."""

from .assignments import CareAssignmentAdmin, CareTierAdmin
from .cadre import CadreAdmin
from .checks import SafetyCheckAdmin
from .contacts import ContactAdmin
from .duties import DutyAdmin
from .whereabouts import WhereaboutsAdmin

__all__ = [
    "CadreAdmin",
    "CareAssignmentAdmin",
    "CareTierAdmin",
    "ContactAdmin",
    "DutyAdmin",
    "SafetyCheckAdmin",
    "WhereaboutsAdmin",
]
