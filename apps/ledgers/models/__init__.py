"""The ledger: what a cadre is owed and needs, by whom, and what was done."""

from .advice import TierAdvice
from .benefits import GreenCard, NearbyService, ServiceOffer, Subscription
from .care import AssignmentQuerySet, CareAssignment, CareTier, OfVisibleCadres
from .checks import CheckQuerySet, SafetyCheck
from .contacts import Contact, ContactPerson, ContactQuerySet
from .convalescence import ConvalescenceBatch, ConvalescencePlace
from .duties import UNOWED, Duty, DutyQuerySet, DutyRun
from .inquiries import Inquiry, InquiryQuerySet
from .medical_fees import GuaranteeCheck, MedicalFee
from .plans import Measure, MeasureQuerySet, Need, NeedQuerySet, ServicePlan
from .sheets import CallSheet, CallSheetLine
from .treatments import (
    SeniorClaim,
    TreatmentChange,
    TreatmentDue,
    TreatmentItem,
    TreatmentRun,
    TreatmentSheet,
)
from .unit_funds import UnitFund, UnitSpending

__all__ = [
    "UNOWED",
    "AssignmentQuerySet",
    "CallSheet",
    "CallSheetLine",
    "CareAssignment",
    "CareTier",
    "CheckQuerySet",
    "Contact",
    "ContactPerson",
    "ContactQuerySet",
    "ConvalescenceBatch",
    "ConvalescencePlace",
    "Duty",
    "DutyQuerySet",
    "DutyRun",
    "GreenCard",
    "GuaranteeCheck",
    "Inquiry",
    "InquiryQuerySet",
    "Measure",
    "MeasureQuerySet",
    "MedicalFee",
    "NearbyService",
    "Need",
    "NeedQuerySet",
    "OfVisibleCadres",
    "SafetyCheck",
    "SeniorClaim",
    "ServiceOffer",
    "ServicePlan",
    "Subscription",
    "TierAdvice",
    "TreatmentChange",
    "TreatmentDue",
    "TreatmentItem",
    "TreatmentRun",
    "TreatmentSheet",
    "UnitFund",
    "UnitSpending",
]
