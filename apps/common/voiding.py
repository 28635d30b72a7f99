"""Taking a record back out of use, and putting it back: nothing is deleted (design 3)."""

from django.db import transaction
from django.db.models.functions import Now

from . import audit
from .errors import BusinessError
from .models import Record
from .secrecy_words import refuse_marks

LONGEST_REASON = 200


def check_reason(reason: str) -> str:
    """The reason without outer blanks and unseen characters; refuses an empty, overlong or marked one."""
    reason = "".join(letter if letter.isprintable() else " " for letter in reason)
    reason = " ".join(reason.split())
    if not reason:
        raise BusinessError("请写明原因。", code="reason_missing", field="reason")
    if len(reason) > LONGEST_REASON:
        raise BusinessError(f"原因请不超过 {LONGEST_REASON} 个字。", code="reason_long", field="reason")
    refuse_marks(reason, field="reason")
    return reason


@transaction.atomic
def void(record: Record, *, reason: str, actor, people=(), request=None) -> None:
    """Mark `record` as void with a reason and an audit entry about `people`; void already: nothing happens."""
    reason = check_reason(reason)
    changed = (
        type(record)
        ._base_manager.filter(pk=record.pk, voided_at__isnull=True)
        .update(voided_at=Now(), void_reason=reason)
    )
    if changed:
        _note("void", record, reason=reason, actor=actor, people=people, request=request)
    record.refresh_from_db(fields=["voided_at", "void_reason", "version"])


@transaction.atomic
def restore(record: Record, *, actor, people=(), request=None) -> None:
    """Take a voided record back into use; not void: nothing happens. Its constraints hold again from here."""
    changed = (
        type(record)._base_manager.filter(pk=record.pk, voided_at__isnull=False).update(voided_at=None, void_reason="")
    )
    if changed:
        _note("restore", record, reason="", actor=actor, people=people, request=request)
    record.refresh_from_db(fields=["voided_at", "void_reason", "version"])


def _note(action: str, record: Record, *, reason: str, actor, people, request) -> None:
    target = f"{record._meta.label_lower}:{record.pk}"
    audit.record(action, actor=actor, people=people, reason=reason, target=target, request=request)
