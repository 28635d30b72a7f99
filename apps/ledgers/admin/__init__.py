"""The staff side of the ledger in the stock admin."""

from .assignments import CareAssignmentAdmin, CareTierAdmin
from .cadre import CadreAdmin
from .contacts import ContactAdmin
from .duties import DutyAdmin
from .inquiries import InquiryAdmin
from .sheets import CallSheetAdmin

__all__ = [
    "CadreAdmin",
    "CallSheetAdmin",
    "CareAssignmentAdmin",
    "CareTierAdmin",
    "ContactAdmin",
    "DutyAdmin",
    "InquiryAdmin",
]
