"""Who signs in and by what, what they were granted, and who stands in for them."""

from .factors import BoundCertificate, CodeSheet, SheetCode
from .kept import KeptPost
from .personal import CallRequest, PersonalAccount, PhoneLogin, RememberedDevice, SignInCard, SignInCode
from .users import Absence, DateRange, RoleGrant, RoleGrantQuerySet, User, UserManager

__all__ = [
    "Absence",
    "BoundCertificate",
    "CallRequest",
    "CodeSheet",
    "DateRange",
    "KeptPost",
    "PersonalAccount",
    "PhoneLogin",
    "RememberedDevice",
    "RoleGrant",
    "RoleGrantQuerySet",
    "SheetCode",
    "SignInCard",
    "SignInCode",
    "User",
    "UserManager",
]
