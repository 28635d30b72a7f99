"""The staff side of the ledger in the stock admin."""

from .absences import AbsenceAdmin
from .assignments import CareAssignmentAdmin, CareTierAdmin
from .cadre import CadreAdmin
from .campaigns import CampaignAdmin
from .change_requests import ChangeRequestAdmin
from .checks import SafetyCheckAdmin
from .contacts import ContactAdmin
from .duties import DutyAdmin
from .inquiries import InquiryAdmin
from .proxies import ProxyGrantAdmin
from .sheets import CallSheetAdmin
from .visit_routes import VisitRouteAdmin
from .whereabouts import WhereaboutsAdmin

__all__ = [
    "AbsenceAdmin",
    "CadreAdmin",
    "CallSheetAdmin",
    "CampaignAdmin",
    "CareAssignmentAdmin",
    "CareTierAdmin",
    "ChangeRequestAdmin",
    "ContactAdmin",
    "DutyAdmin",
    "InquiryAdmin",
    "ProxyGrantAdmin",
    "SafetyCheckAdmin",
    "VisitRouteAdmin",
    "WhereaboutsAdmin",
]
