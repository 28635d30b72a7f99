"""The admin of the common floor: the base that every room uses, and the download centre."""

from .admin_base import EDIT, SAFE_METHODS, RecordAdmin, RecordInline, is_reading
from .admin_views.codes import CodeValueAdmin
from .admin_views.jobs import JobAdmin
from .admin_views.papers import PaperAdmin

__all__ = [
    "EDIT", "SAFE_METHODS", "CodeValueAdmin", "JobAdmin", "PaperAdmin", "RecordAdmin", "RecordInline", "is_reading",
]  # fmt: skip
