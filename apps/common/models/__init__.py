from .attachment import Attachment
from .audit import AuditEntry, AuditSeal, AuditSubject
from .base import Record, Versioned
from .code import CodeValue
from .job import Job
from .paper import Paper

__all__ = [
    "Attachment",
    "AuditEntry",
    "AuditSeal",
    "AuditSubject",
    "CodeValue",
    "Job",
    "Paper",
    "Record",
    "Versioned",
]
