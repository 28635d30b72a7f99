"""The staff side of the ledger in the stock admin."""

from .absences import AbsenceAdmin
from .after_death_items import AfterDeathItemAdmin
from .aftermath import AftermathCaseAdmin
from .assignments import CareAssignmentAdmin, CareTierAdmin
from .cadre import CadreAdmin
from .change_requests import ChangeRequestAdmin
from .checks import SafetyCheckAdmin
from .contacts import ContactAdmin
from .duties import DutyAdmin
from .inquiries import InquiryAdmin
from .proxies import ProxyGrantAdmin
from .sheets import CallSheetAdmin
from .twins import PersonMergeAdmin, TwinPairAdmin
from .whereabouts import WhereaboutsAdmin

__all__ = [
    "AbsenceAdmin",
    "AfterDeathItemAdmin",
    "AftermathCaseAdmin",
    "CadreAdmin",
    "CallSheetAdmin",
    "CareAssignmentAdmin",
    "CareTierAdmin",
    "ChangeRequestAdmin",
    "ContactAdmin",
    "DutyAdmin",
    "InquiryAdmin",
    "PersonMergeAdmin",
    "ProxyGrantAdmin",
    "SafetyCheckAdmin",
    "TwinPairAdmin",
    "WhereaboutsAdmin",
]
