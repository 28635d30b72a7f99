"""What the university says about places of its classes: who may not have one, and what happens when one is given."""

import datetime as dt
from collections.abc import Iterable, Mapping

from apps.signups.kinds import Kind
from apps.signups.models import Offering, SignUp

CLASS = "class"


def refusals(offering: Offering, persons: Iterable[int], on: dt.date) -> Mapping[int, str]:
    """Who may not have a place in this class on a day, each with the sentence for him."""
    raise NotImplementedError


def seated(sign_ups: list[SignUp], on: dt.date) -> None:
    """Students and enrolments of those who got a place, with what they owe."""
    raise NotImplementedError


def freed(sign_ups: list[SignUp], on: dt.date) -> None:
    """Ends the enrolments of those who gave their place up."""
    raise NotImplementedError


def phone(offering: Offering) -> str:
    return offering.class_group.school.phone


CLASSES = Kind(CLASS, "课程", refusals, seated, freed, phone)
