"""The ledger: what a cadre is owed, by whom, and what was done. Needs and measures of 一人一策 join here later."""

from .care import AssignmentQuerySet, CareAssignment, CareTier, OfVisibleCadres
from .contacts import Contact, ContactPerson, ContactQuerySet
from .duties import UNOWED, Duty, DutyQuerySet, DutyRun

__all__ = [
    "UNOWED",
    "AssignmentQuerySet",
    "CareAssignment",
    "CareTier",
    "Contact",
    "ContactPerson",
    "ContactQuerySet",
    "Duty",
    "DutyQuerySet",
    "DutyRun",
    "OfVisibleCadres",
]
