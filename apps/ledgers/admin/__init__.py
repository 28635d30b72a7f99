"""The staff side of the ledger in the stock admin."""

from .absences import AbsenceAdmin
from .assignments import CareAssignmentAdmin, CareTierAdmin
from .cadre import CadreAdmin
from .change_requests import ChangeRequestAdmin
from .checks import SafetyCheckAdmin
from .contacts import ContactAdmin
from .duties import DutyAdmin
from .inquiries import InquiryAdmin
from .measures import MeasureAdmin
from .needs import NeedAdmin
from .plan_library import MeasureTemplateAdmin
from .plans import ServicePlanAdmin
from .proxies import ProxyGrantAdmin
from .sheets import CallSheetAdmin
from .whereabouts import WhereaboutsAdmin
from .word_templates import WordTemplateAdmin

__all__ = [
    "AbsenceAdmin",
    "CadreAdmin",
    "CallSheetAdmin",
    "CareAssignmentAdmin",
    "CareTierAdmin",
    "ChangeRequestAdmin",
    "ContactAdmin",
    "DutyAdmin",
    "InquiryAdmin",
    "MeasureAdmin",
    "MeasureTemplateAdmin",
    "NeedAdmin",
    "ProxyGrantAdmin",
    "SafetyCheckAdmin",
    "ServicePlanAdmin",
    "WhereaboutsAdmin",
    "WordTemplateAdmin",
]
