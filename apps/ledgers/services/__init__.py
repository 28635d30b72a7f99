"""Every write of the ledger that means something to the bureau."""

from .assignments import AssignCounts, OverCapacity, add_helper, assign_carer, assign_carers, end_assignment
from .contacts import ContactFacts, change_contact, record_contact, void_contact
from .duties import waive_duty
from .inquiries import InquiryFacts, take_inquiry
from .planning import PlanCounts, plan_day, plan_duties
from .settling import settle_duties
from .sheets import Entered, LineResult, enter_results, make_sheet
from .tiers import TierCounts, decide_tier, decide_tiers, suggestions

__all__ = [
    "AssignCounts", "ContactFacts", "Entered", "InquiryFacts", "LineResult", "OverCapacity", "PlanCounts",
    "TierCounts", "add_helper", "assign_carer", "assign_carers", "change_contact", "decide_tier", "decide_tiers",
    "end_assignment", "enter_results", "make_sheet", "plan_day", "plan_duties", "record_contact", "settle_duties",
    "suggestions", "take_inquiry", "void_contact", "waive_duty",
]  # fmt: skip
