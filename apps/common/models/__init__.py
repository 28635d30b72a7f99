from .attachment import Attachment
from .audit import AuditEntry, AuditSeal, AuditSubject
from .base import Record, Versioned
from .code import CodeValue
from .job import Job

__all__ = ["Attachment", "AuditEntry", "AuditSeal", "AuditSubject", "CodeValue", "Job", "Record", "Versioned"]
