"""督导检查: what was found, the branch's answer, the re-check."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from apps.branches.choices import RecheckResult
from apps.branches.models import Inspection, InspectionFinding
from apps.common import audit
from apps.common.errors import BusinessError

from .guards import not_after_today


@transaction.atomic
def record_inspection(inspection: Inspection, found: Sequence[tuple[str, dt.date]], *, actor) -> Inspection:
    """Store an inspection with its findings (content, deadline). No deadline lies before the inspection."""
    not_after_today(inspection.inspected_on, "检查日期")
    for content, due_on in found:
        _require_deadline(inspection, content, due_on)
    inspection.save()
    InspectionFinding.objects.bulk_create(
        InspectionFinding(inspection=inspection, position=place, content=content, due_on=due_on, entered_by=actor)
        for place, (content, due_on) in enumerate(found, 1)
    )
    audit.record("inspect", actor=actor, target=f"branches.inspection:{inspection.pk}")
    return inspection


@transaction.atomic
def add_finding(inspection: Inspection, *, content: str, due_on: dt.date, key: uuid.UUID, actor) -> InspectionFinding:
    """One more finding; the same form sent twice (`key`) is one row."""
    Inspection.objects.select_for_update(of=("self",)).get(pk=inspection.pk)
    standing = InspectionFinding.objects.filter(public_id=key, inspection=inspection).first()
    if standing is not None:
        return standing
    _require_deadline(inspection, content, due_on)
    last = inspection.findings.order_by("-position").values_list("position", flat=True).first() or 0
    finding = InspectionFinding.objects.create(
        inspection=inspection, position=last + 1, content=content, due_on=due_on, public_id=key, entered_by=actor
    )
    audit.record("inspect", actor=actor, target=f"branches.inspection:{inspection.pk}", fields=["findings"])
    return finding


def _require_deadline(inspection: Inspection, content: str, due_on: dt.date) -> None:
    if due_on < inspection.inspected_on:
        raise BusinessError(f"“{content[:20]}”的整改期限早于检查日期，请核对。", code="order", field="due_on")


@transaction.atomic
def answer_finding(
    finding: InspectionFinding, *, answer: str, on: dt.date, actor, by_staff: bool = False
) -> InspectionFinding:
    """The branch says what it has mended; may be said again until the re-check has closed it."""
    not_after_today(on, "整改日期")
    finding = _locked(finding)
    if finding.is_closed:
        raise BusinessError("这一条已经复查通过，不用再报。", code="closed")
    if on < finding.inspection.inspected_on:
        raise BusinessError("整改日期早于检查日期，请核对。", code="order", field="on")
    finding.answer, finding.answered_on, finding.entered_by, finding.by_staff = answer, on, actor, by_staff
    finding.save(update_fields=["answer", "answered_on", "entered_by", "by_staff"])
    audit.record("answer_finding", actor=actor, target=f"branches.inspectionfinding:{finding.pk}")
    return finding


@transaction.atomic
def recheck(
    finding: InspectionFinding, *, result: str, on: dt.date, note: str, actor, due_on: dt.date | None = None
) -> InspectionFinding:
    """The superior checked again: closed, or on with a new deadline, which is then required."""
    not_after_today(on, "复查日期")
    finding = _locked(finding)
    if finding.is_closed:
        raise BusinessError("这一条已经复查通过。", code="closed")
    if on < finding.inspection.inspected_on:
        raise BusinessError("复查日期早于检查日期，请核对。", code="order", field="on")
    if result == RecheckResult.AGAIN:
        if due_on is None or due_on < on:
            raise BusinessError("还要继续整改的，请填新的整改期限，不早于复查日期。", code="deadline", field="due_on")
        finding.due_on = due_on
    finding.result, finding.rechecked_on, finding.recheck_note = result, on, note
    finding.save(update_fields=["result", "rechecked_on", "recheck_note", "due_on"])
    audit.record("recheck_finding", actor=actor, target=f"branches.inspectionfinding:{finding.pk}", fields=[result])
    return finding


def _locked(finding: InspectionFinding) -> InspectionFinding:
    rows = InspectionFinding.objects.select_for_update(of=("self",)).select_related("inspection")
    return rows.get(pk=finding.pk)
