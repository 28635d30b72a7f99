"""The ledger: what a cadre is owed, by whom, and what was done. Needs and measures of 一人一策 join here later."""

from .advice import TierAdvice
from .care import AssignmentQuerySet, CareAssignment, CareTier, OfVisibleCadres
from .checks import CheckQuerySet, SafetyCheck
from .contacts import Contact, ContactPerson, ContactQuerySet
from .duties import UNOWED, Duty, DutyQuerySet, DutyRun
from .inquiries import Inquiry, InquiryQuerySet
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
    "OfVisibleCadres",
    "SafetyCheck",
    "TierAdvice",
]
