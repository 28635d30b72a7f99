"""The ledger: what a cadre is owed and needs, by whom, and what was done."""

from .adaptation import AdaptationItem, AdaptationQuerySet, AdaptationStep, HomeAdaptation
from .advice import TierAdvice
from .aftermath import AfterDeathItem, AftermathCase, AftermathHandover, AftermathTask
from .aid import AidApplication, AidDraft, AidEvidence, AidQuerySet, AidStep, AidVote
from .assessment import Assessment, AssessmentQuerySet, Thought, ThoughtQuerySet
from .benefits import GreenCard, NearbyService, ServiceOffer, Subscription
from .campaigns import Campaign, CampaignSource, CampaignStandard, VisitRoute, VisitStop, VisitTarget
from .care import AssignmentQuerySet, CareAssignment, CareTier, OfVisibleCadres
from .checks import CheckQuerySet, SafetyCheck
from .contacts import Contact, ContactPerson, ContactQuerySet
from .convalescence import ConvalescenceBatch, ConvalescencePlace
from .duties import UNOWED, Duty, DutyQuerySet, DutyRun
from .families import FamilyInCare, FamilyQuerySet
from .funds import AidBatch, AidMeeting, AidNotice, AidObjection, FundAdjustment, FundYear
from .guests import ContactGuest
from .inquiries import Inquiry, InquiryQuerySet
from .medical import CheckUp, HospitalStay, Medicine, StayQuerySet
from .medical_fees import GuaranteeCheck, MedicalFee
from .plan_library import MeasureTemplate
from .plan_papers import PlanVersion, WordTemplate
from .plans import Measure, MeasureQuerySet, Need, NeedQuerySet, ServicePlan
from .sheets import CallSheet, CallSheetLine
from .treatments import SeniorClaim, TreatmentChange, TreatmentDue, TreatmentItem, TreatmentRun, TreatmentSheet
from .unit_funds import UnitFund, UnitSpending

__all__ = [
    "AdaptationItem", "AdaptationQuerySet", "AdaptationStep", "AfterDeathItem", "AftermathCase", "AftermathHandover",
    "AftermathTask", "AidApplication", "AidBatch", "AidDraft", "AidEvidence", "AidMeeting", "AidNotice",
    "AidObjection", "AidQuerySet", "AidStep", "AidVote", "Assessment", "AssessmentQuerySet", "AssignmentQuerySet",
    "CallSheet", "CallSheetLine", "Campaign", "CampaignSource", "CampaignStandard", "CareAssignment", "CareTier",
    "CheckQuerySet", "CheckUp", "Contact", "ContactGuest", "ContactPerson", "ContactQuerySet", "ConvalescenceBatch",
    "ConvalescencePlace", "Duty", "DutyQuerySet", "DutyRun", "FamilyInCare", "FamilyQuerySet", "FundAdjustment",
    "FundYear", "GreenCard", "GuaranteeCheck", "HomeAdaptation", "HospitalStay", "Inquiry", "InquiryQuerySet",
    "Measure", "MeasureQuerySet", "MeasureTemplate", "MedicalFee", "Medicine", "NearbyService", "Need",
    "NeedQuerySet", "OfVisibleCadres", "PlanVersion", "SafetyCheck", "SeniorClaim", "ServiceOffer", "ServicePlan",
    "StayQuerySet", "Subscription", "Thought", "ThoughtQuerySet", "TierAdvice", "TreatmentChange", "TreatmentDue",
    "TreatmentItem", "TreatmentRun", "TreatmentSheet", "UNOWED", "UnitFund", "UnitSpending", "VisitRoute",
    "VisitStop", "VisitTarget", "WordTemplate",
]  # fmt: skip
