"""The staff side of the ledger in the stock admin."""

from .absences import AbsenceAdmin
from .adaptation import HomeAdaptationAdmin
from .after_death_items import AfterDeathItemAdmin
from .aftermath import AftermathCaseAdmin
from .aid import AidApplicationAdmin
from .assessments import AssessmentAdmin
from .assignments import CareAssignmentAdmin, CareTierAdmin
from .benefits import GreenCardAdmin, SubscriptionAdmin
from .cadre import CadreAdmin
from .campaigns import CampaignAdmin
from .change_requests import ChangeRequestAdmin
from .check_ups import CheckUpAdmin
from .checks import SafetyCheckAdmin
from .communities import NearbyServiceAdmin, ServiceOfferAdmin
from .contacts import ContactAdmin
from .convalescence import ConvalescenceBatchAdmin, ConvalescencePlaceAdmin
from .duties import DutyAdmin
from .families import FamilyInCareAdmin
from .funds import FundYearAdmin
from .inquiries import InquiryAdmin
from .measures import MeasureAdmin
from .medical_fees import GuaranteeCheckAdmin, MedicalFeeAdmin
from .medicines import MedicineAdmin, ThoughtAdmin
from .needs import NeedAdmin
from .plan_library import MeasureTemplateAdmin
from .plans import ServicePlanAdmin
from .proposals import TierAdviceAdmin
from .proxies import ProxyGrantAdmin
from .seniors import SeniorClaimAdmin
from .sheets import CallSheetAdmin
from .stays import HospitalStayAdmin
from .treatment_sheets import TreatmentSheetAdmin
from .treatments import TreatmentChangeAdmin, TreatmentDueAdmin, TreatmentItemAdmin, TreatmentRunAdmin
from .twins import PersonMergeAdmin, TwinPairAdmin
from .unit_funds import UnitFundAdmin, UnitSpendingAdmin
from .visit_routes import VisitRouteAdmin
from .whereabouts import WhereaboutsAdmin
from .word_templates import WordTemplateAdmin

__all__ = [
    "AbsenceAdmin", "AfterDeathItemAdmin", "AftermathCaseAdmin", "AidApplicationAdmin", "AssessmentAdmin",
    "CadreAdmin", "CallSheetAdmin", "CampaignAdmin", "CareAssignmentAdmin", "CareTierAdmin", "ChangeRequestAdmin",
    "CheckUpAdmin", "ContactAdmin", "ConvalescenceBatchAdmin", "ConvalescencePlaceAdmin", "DutyAdmin",
    "FamilyInCareAdmin", "FundYearAdmin", "GreenCardAdmin", "GuaranteeCheckAdmin", "HomeAdaptationAdmin",
    "HospitalStayAdmin", "InquiryAdmin", "MeasureAdmin", "MeasureTemplateAdmin", "MedicalFeeAdmin", "MedicineAdmin",
    "NearbyServiceAdmin", "NeedAdmin", "PersonMergeAdmin", "ProxyGrantAdmin", "SafetyCheckAdmin", "SeniorClaimAdmin",
    "ServiceOfferAdmin", "ServicePlanAdmin", "SubscriptionAdmin", "ThoughtAdmin", "TierAdviceAdmin",
    "TreatmentChangeAdmin", "TreatmentDueAdmin", "TreatmentItemAdmin", "TreatmentRunAdmin", "TreatmentSheetAdmin",
    "TwinPairAdmin", "UnitFundAdmin", "UnitSpendingAdmin", "VisitRouteAdmin", "WhereaboutsAdmin", "WordTemplateAdmin",
]  # fmt: skip
