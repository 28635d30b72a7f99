"""Who signs in and by what, what they were granted, and who stands in for them."""

from .factors import BoundCertificate, CodeSheet, SheetCode
from .kept import KeptPost
from .users import Absence, DateRange, RoleGrant, RoleGrantQuerySet, User, UserManager

__all__ = [
    "Absence",
    "BoundCertificate",
    "CodeSheet",
    "DateRange",
    "KeptPost",
    "RoleGrant",
    "RoleGrantQuerySet",
    "SheetCode",
    "User",
    "UserManager",
]
