"""Persons, and who acts for them."""

from .family import ChangeRequest, GrantRenewal, ProxyGrant
from .merging import PersonMerge, TwinPair, TwinPairQuerySet
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
    "PersonMerge",
    "PersonQuerySet",
    "Phone",
    "ProxyGrant",
    "Relative",
    "TwinPair",
    "TwinPairQuerySet",
    "Whereabouts",
]
