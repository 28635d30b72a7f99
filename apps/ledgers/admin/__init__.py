"""The staff side of the ledger in the stock admin."""

from .absences import AbsenceAdmin
from .assignments import CareAssignmentAdmin, CareTierAdmin
from .benefits import GreenCardAdmin, SubscriptionAdmin
from .cadre import CadreAdmin
from .change_requests import ChangeRequestAdmin
from .checks import SafetyCheckAdmin
from .communities import NearbyServiceAdmin, ServiceOfferAdmin
from .contacts import ContactAdmin
from .convalescence import ConvalescenceBatchAdmin, ConvalescencePlaceAdmin
from .duties import DutyAdmin
from .inquiries import InquiryAdmin
from .medical_fees import GuaranteeCheckAdmin, MedicalFeeAdmin
from .proxies import ProxyGrantAdmin
from .seniors import SeniorClaimAdmin
from .sheets import CallSheetAdmin
from .treatment_sheets import TreatmentSheetAdmin
from .treatments import TreatmentChangeAdmin, TreatmentDueAdmin, TreatmentItemAdmin, TreatmentRunAdmin
from .unit_funds import UnitFundAdmin, UnitSpendingAdmin
from .whereabouts import WhereaboutsAdmin

__all__ = [
    "AbsenceAdmin",
    "CadreAdmin",
    "CallSheetAdmin",
    "CareAssignmentAdmin",
    "CareTierAdmin",
    "ChangeRequestAdmin",
    "ContactAdmin",
    "ConvalescenceBatchAdmin",
    "ConvalescencePlaceAdmin",
    "DutyAdmin",
    "GreenCardAdmin",
    "GuaranteeCheckAdmin",
    "InquiryAdmin",
    "MedicalFeeAdmin",
    "NearbyServiceAdmin",
    "ProxyGrantAdmin",
    "SafetyCheckAdmin",
    "SeniorClaimAdmin",
    "ServiceOfferAdmin",
    "SubscriptionAdmin",
    "TreatmentChangeAdmin",
    "TreatmentDueAdmin",
    "TreatmentItemAdmin",
    "TreatmentRunAdmin",
    "TreatmentSheetAdmin",
    "UnitFundAdmin",
    "UnitSpendingAdmin",
    "WhereaboutsAdmin",
]
