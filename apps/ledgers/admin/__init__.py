"""The staff side of the ledger in the stock admin."""

from .absences import AbsenceAdmin
from .after_death_items import AfterDeathItemAdmin
from .aftermath import AftermathCaseAdmin
from .aid import AidApplicationAdmin
from .assignments import CareAssignmentAdmin, CareTierAdmin
from .cadre import CadreAdmin
from .change_requests import ChangeRequestAdmin
from .checks import SafetyCheckAdmin
from .contacts import ContactAdmin
from .duties import DutyAdmin
from .funds import FundYearAdmin
from .inquiries import InquiryAdmin
from .proxies import ProxyGrantAdmin
from .sheets import CallSheetAdmin
from .whereabouts import WhereaboutsAdmin

__all__ = [
    "AbsenceAdmin", "AfterDeathItemAdmin", "AftermathCaseAdmin", "AidApplicationAdmin", "CadreAdmin",
    "CallSheetAdmin", "CareAssignmentAdmin", "CareTierAdmin", "ChangeRequestAdmin", "ContactAdmin", "DutyAdmin",
    "FundYearAdmin", "InquiryAdmin", "ProxyGrantAdmin", "SafetyCheckAdmin", "WhereaboutsAdmin",
]  # fmt: skip
