"""The ledger: what a cadre is owed and needs, by whom, and what was done."""

from .advice import TierAdvice
from .campaigns import Campaign, CampaignSource, CampaignStandard, VisitRoute, VisitStop, VisitTarget
from .care import AssignmentQuerySet, CareAssignment, CareTier, OfVisibleCadres
from .checks import CheckQuerySet, SafetyCheck
from .contacts import Contact, ContactPerson, ContactQuerySet
from .duties import UNOWED, Duty, DutyQuerySet, DutyRun
from .guests import ContactGuest
from .inquiries import Inquiry, InquiryQuerySet
from .plans import Measure, MeasureQuerySet, Need, NeedQuerySet, ServicePlan
from .sheets import CallSheet, CallSheetLine

__all__ = [
    "UNOWED",
    "AssignmentQuerySet",
    "CallSheet",
    "CallSheetLine",
    "Campaign",
    "CampaignSource",
    "CampaignStandard",
    "CareAssignment",
    "CareTier",
    "CheckQuerySet",
    "Contact",
    "ContactGuest",
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
    "VisitRoute",
    "VisitStop",
    "VisitTarget",
]
