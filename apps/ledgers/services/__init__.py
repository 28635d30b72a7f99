"""Every write of the ledger that means something to the bureau."""

from .assignments import AssignCounts, OverCapacity, add_helper, assign_carer, assign_carers, end_assignment
from .branch_reports import DeathReport, report_death, report_event, report_need, take_back_report
from .checks import CheckReport, call_off_check, close_check, repeat_alarms
from .contacts import ContactFacts, change_contact, record_contact, void_contact
from .duties import waive_duty
from .inquiries import InquiryFacts, take_inquiry
from .planning import PlanCounts, plan_day, plan_duties
from .reports import report_check
from .settling import settle_duties
from .sheets import Entered, LineResult, enter_results, make_sheet
from .tiers import TierCounts, decide_tier, decide_tiers, suggestions
from .whereabouts import end_whereabouts, save_whereabouts, void_whereabouts

__all__ = [
    "AssignCounts", "CheckReport", "ContactFacts", "DeathReport", "Entered", "InquiryFacts", "LineResult",
    "OverCapacity", "PlanCounts", "TierCounts", "add_helper", "assign_carer", "assign_carers", "call_off_check",
    "change_contact", "close_check", "decide_tier", "decide_tiers", "end_assignment", "end_whereabouts",
    "enter_results", "make_sheet", "plan_day", "plan_duties", "record_contact", "repeat_alarms", "report_check",
    "report_death", "report_event", "report_need", "save_whereabouts", "settle_duties", "suggestions",
    "take_back_report", "take_inquiry", "void_contact", "void_whereabouts", "waive_duty",
]  # fmt: skip
