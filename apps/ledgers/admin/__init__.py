"""The staff side of the ledger in the stock admin."""

from .absences import AbsenceAdmin
from .adaptation import HomeAdaptationAdmin
from .assessments import AssessmentAdmin
from .assignments import CareAssignmentAdmin, CareTierAdmin
from .cadre import CadreAdmin
from .change_requests import ChangeRequestAdmin
from .check_ups import CheckUpAdmin
from .checks import SafetyCheckAdmin
from .contacts import ContactAdmin
from .duties import DutyAdmin
from .families import FamilyInCareAdmin
from .inquiries import InquiryAdmin
from .medicines import MedicineAdmin, ThoughtAdmin
from .proposals import TierAdviceAdmin
from .proxies import ProxyGrantAdmin
from .sheets import CallSheetAdmin
from .stays import HospitalStayAdmin
from .whereabouts import WhereaboutsAdmin

__all__ = [
    "HospitalStayAdmin",
    "TierAdviceAdmin",
    "ThoughtAdmin",
    "MedicineAdmin",
    "FamilyInCareAdmin",
    "CheckUpAdmin",
    "AssessmentAdmin",
    "HomeAdaptationAdmin",
    "AbsenceAdmin",
    "CadreAdmin",
    "CallSheetAdmin",
    "CareAssignmentAdmin",
    "CareTierAdmin",
    "ChangeRequestAdmin",
    "ContactAdmin",
    "DutyAdmin",
    "InquiryAdmin",
    "ProxyGrantAdmin",
    "SafetyCheckAdmin",
    "WhereaboutsAdmin",
]
