"""The ledger: what a cadre is owed and needs, by whom, and what was done."""

from .adaptation import AdaptationItem, AdaptationQuerySet, AdaptationStep, HomeAdaptation
from .advice import TierAdvice
from .assessment import Assessment, AssessmentQuerySet, Thought, ThoughtQuerySet
from .care import AssignmentQuerySet, CareAssignment, CareTier, OfVisibleCadres
from .checks import CheckQuerySet, SafetyCheck
from .contacts import Contact, ContactPerson, ContactQuerySet
from .duties import UNOWED, Duty, DutyQuerySet, DutyRun
from .families import FamilyInCare, FamilyQuerySet
from .inquiries import Inquiry, InquiryQuerySet
from .medical import CheckUp, HospitalStay, Medicine, StayQuerySet
from .plans import Measure, MeasureQuerySet, Need, NeedQuerySet, ServicePlan
from .sheets import CallSheet, CallSheetLine

__all__ = [
    "StayQuerySet",
    "Medicine",
    "HospitalStay",
    "CheckUp",
    "FamilyQuerySet",
    "FamilyInCare",
    "ThoughtQuerySet",
    "Thought",
    "AssessmentQuerySet",
    "Assessment",
    "HomeAdaptation",
    "AdaptationStep",
    "AdaptationQuerySet",
    "AdaptationItem",
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
    "Duty",
    "DutyQuerySet",
    "DutyRun",
    "Inquiry",
    "InquiryQuerySet",
    "Measure",
    "MeasureQuerySet",
    "Need",
    "NeedQuerySet",
    "OfVisibleCadres",
    "SafetyCheck",
    "ServicePlan",
    "TierAdvice",
]
