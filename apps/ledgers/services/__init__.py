"""Every write of the ledger that means something to the bureau."""

from .assignments import AssignCounts, OverCapacity, add_helper, assign_carer, assign_carers, end_assignment
from .contacts import ContactFacts, change_contact, record_contact, void_contact
from .duties import waive_duty
from .planning import PlanCounts, plan_day, plan_duties
from .settling import settle_duties
from .tiers import TierCounts, decide_tier, decide_tiers, suggestions

__all__ = [
    "AssignCounts", "ContactFacts", "OverCapacity", "PlanCounts", "TierCounts", "add_helper", "assign_carer",
    "assign_carers", "change_contact", "decide_tier", "decide_tiers", "end_assignment", "plan_day", "plan_duties",
    "record_contact", "settle_duties", "suggestions", "void_contact", "waive_duty",
]  # fmt: skip
