"""The ledger: what a cadre is owed and needs, by whom, and what was done."""

from .advice import TierAdvice
from .care import AssignmentQuerySet, CareAssignment, CareTier, OfVisibleCadres
from .checks import CheckQuerySet, SafetyCheck
from .contacts import Contact, ContactPerson, ContactQuerySet
from .duties import UNOWED, Duty, DutyQuerySet, DutyRun
from .inquiries import Inquiry, InquiryQuerySet
from .plan_library import MeasureTemplate
from .plan_papers import PlanVersion, WordTemplate
from .plans import Measure, MeasureQuerySet, Need, NeedQuerySet, ServicePlan
from .sheets import CallSheet, CallSheetLine

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
    "Duty",
    "DutyQuerySet",
    "DutyRun",
    "Inquiry",
    "InquiryQuerySet",
    "Measure",
    "MeasureQuerySet",
    "MeasureTemplate",
    "Need",
    "NeedQuerySet",
    "OfVisibleCadres",
    "PlanVersion",
    "SafetyCheck",
    "ServicePlan",
    "TierAdvice",
    "WordTemplate",
]
