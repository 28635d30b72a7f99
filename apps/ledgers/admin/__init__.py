"""The staff side of the ledger in the stock admin."""

from .absences import AbsenceAdmin
from .adaptation import HomeAdaptationAdmin
from .after_death_items import AfterDeathItemAdmin
from .aftermath import AftermathCaseAdmin
from .aid import AidApplicationAdmin
from .assessments import AssessmentAdmin
from .assignments import CareAssignmentAdmin, CareTierAdmin
from .cadre import CadreAdmin
from .change_requests import ChangeRequestAdmin
from .check_ups import CheckUpAdmin
from .checks import SafetyCheckAdmin
from .contacts import ContactAdmin
from .duties import DutyAdmin
from .families import FamilyInCareAdmin
from .funds import FundYearAdmin
from .inquiries import InquiryAdmin
from .medicines import MedicineAdmin, ThoughtAdmin
from .proposals import TierAdviceAdmin
from .proxies import ProxyGrantAdmin
from .sheets import CallSheetAdmin
from .stays import HospitalStayAdmin
from .whereabouts import WhereaboutsAdmin

__all__ = [
    "AbsenceAdmin", "AfterDeathItemAdmin", "AftermathCaseAdmin", "AidApplicationAdmin", "AssessmentAdmin",
    "CadreAdmin", "CallSheetAdmin", "CareAssignmentAdmin", "CareTierAdmin", "ChangeRequestAdmin", "CheckUpAdmin",
    "ContactAdmin", "DutyAdmin", "FamilyInCareAdmin", "FundYearAdmin", "HomeAdaptationAdmin", "HospitalStayAdmin",
    "InquiryAdmin", "MedicineAdmin", "ProxyGrantAdmin", "SafetyCheckAdmin", "ThoughtAdmin", "TierAdviceAdmin",
    "WhereaboutsAdmin",
]  # fmt: skip
