"""The ledger: what a cadre is owed and needs, by whom, and what was done."""

from .advice import TierAdvice
from .aftermath import AfterDeathItem, AftermathCase, AftermathHandover, AftermathTask
from .care import AssignmentQuerySet, CareAssignment, CareTier, OfVisibleCadres
from .checks import CheckQuerySet, SafetyCheck
from .contacts import Contact, ContactPerson, ContactQuerySet
from .duties import UNOWED, Duty, DutyQuerySet, DutyRun
from .inquiries import Inquiry, InquiryQuerySet
from .plans import Measure, MeasureQuerySet, Need, NeedQuerySet, ServicePlan
from .sheets import CallSheet, CallSheetLine

__all__ = [
    "UNOWED",
    "AfterDeathItem",
    "AftermathCase",
    "AftermathHandover",
    "AftermathTask",
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
