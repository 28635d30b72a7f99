"""Persons, and who acts for them."""

from .family import ChangeRequest, GrantRenewal, ProxyGrant
from .persons import (
    AwayQuerySet,
    Consent,
    Household,
    Person,
    PersonAccount,
    PersonQuerySet,
    Phone,
    Relative,
    Whereabouts,
)

__all__ = [
    "AwayQuerySet",
    "ChangeRequest",
    "Consent",
    "GrantRenewal",
    "Household",
    "Person",
    "PersonAccount",
    "PersonQuerySet",
    "Phone",
    "ProxyGrant",
    "Relative",
    "Whereabouts",
]
