"""The staff side of the ledger in the stock admin."""

from .absences import AbsenceAdmin
from .assignments import CareAssignmentAdmin, CareTierAdmin
from .cadre import CadreAdmin
from .contacts import ContactAdmin
from .duties import DutyAdmin
from .inquiries import InquiryAdmin

__all__ = [
    "AbsenceAdmin",
    "CadreAdmin",
    "CareAssignmentAdmin",
    "CareTierAdmin",
    "ContactAdmin",
    "DutyAdmin",
    "InquiryAdmin",
]
