"""The ledger: what a cadre is owed and needs, by whom, and what was done."""

from .advice import TierAdvice
from .aid import AidApplication, AidDraft, AidEvidence, AidQuerySet, AidStep, AidVote
from .care import AssignmentQuerySet, CareAssignment, CareTier, OfVisibleCadres
from .checks import CheckQuerySet, SafetyCheck
from .contacts import Contact, ContactPerson, ContactQuerySet
from .duties import UNOWED, Duty, DutyQuerySet, DutyRun
from .funds import AidBatch, AidMeeting, AidNotice, AidObjection, FundAdjustment, FundYear
from .inquiries import Inquiry, InquiryQuerySet
from .plans import Measure, MeasureQuerySet, Need, NeedQuerySet, ServicePlan
from .sheets import CallSheet, CallSheetLine

__all__ = [
    "UNOWED",
    "AidApplication",
    "AidBatch",
    "AidDraft",
    "AidEvidence",
    "AidMeeting",
    "AidNotice",
    "AidObjection",
    "AidQuerySet",
    "AidStep",
    "AidVote",
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
    "FundAdjustment",
    "FundYear",
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
