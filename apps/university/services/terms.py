"""The phases of a term, all together, so that they fit each other (rule book 9.25)."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.university.choices.schools import PhaseKind
from apps.university.models import School, Term, TermPhase

# Each begins no earlier than the one before it in this line.
IN_ORDER = (PhaseKind.CONTINUING, PhaseKind.NEW, PhaseKind.MAKING_UP)
BEFORE_CLASSES = (PhaseKind.CONTINUING, PhaseKind.NEW)
Window = tuple[dt.datetime, dt.datetime]


@transaction.atomic
def put_phases(term: Term, school: School | None, windows: Mapping[str, Window | None], *, actor) -> int:
    """Write the phases of a term, of one school or (None) of all: kind → moments half-open, None for none. Returns
    how many changed. BusinessError with the kind as field."""
    check_phases(term, windows)
    Term.objects.select_for_update(of=("self",)).get(pk=term.pk)
    standing = {row.kind: row for row in TermPhase.objects.filter(term=term, school=school, voided_at=None)}
    changed = 0
    for kind, window in windows.items():
        row = standing.get(kind)
        if window is None:
            changed += row is not None
            if row is not None:
                row.delete()
        elif row is None:
            TermPhase.objects.create(term=term, school=school, kind=kind, opens_at=window[0], closes_at=window[1])
            changed += 1
        elif (row.opens_at, row.closes_at) != window:
            row.opens_at, row.closes_at = window
            row.save(update_fields=["opens_at", "closes_at"])
            changed += 1
    if changed:
        audit.record("term.phases", actor=actor, target=f"university.term:{term.pk}")
    return changed


def check_phases(term: Term, windows: Mapping[str, Window | None]) -> None:
    """BusinessError with the kind as field where the phases do not fit each other (rule book 9.25)."""
    for kind, window in windows.items():
        if window is None:
            continue
        label = PhaseKind(kind).label
        if window[1] <= window[0]:
            raise BusinessError(f"“{label}”的结束要晚于开始。", field=kind)
        if window[0].date() >= term.ends_on:
            raise BusinessError(f"“{label}”在学期结束以后才开始。", field=kind)
        if kind in BEFORE_CLASSES and window[0].date() > term.starts_on:
            raise BusinessError(f"“{label}”要在开学前开始。", field=kind)
    ordered = [(kind, window) for kind in IN_ORDER if (window := windows.get(kind))]
    for (before, first), (after, second) in zip(ordered, ordered[1:], strict=False):
        if second[0] < first[0]:
            raise BusinessError(f"“{PhaseKind(after).label}”不能早于“{PhaseKind(before).label}”开始。", field=after)
