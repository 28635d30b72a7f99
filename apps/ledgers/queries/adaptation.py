"""Cases of 适老化改造 as pages show them, and their photos."""

import datetime as dt

from apps.common.models import Attachment
from apps.ledgers.choices.adaptation import PhotoSide
from apps.ledgers.models import HomeAdaptation

MOST_PHOTOS = 12
MOST_SHOWN = 20


def subject_of(case: HomeAdaptation) -> str:
    return f"ledgers.homeadaptation:{case.pk}"


def purpose_of(side: str) -> str:
    return f"adaptation_{PhotoSide(side).value}"


def photos_of(case: HomeAdaptation, side: str | None = None) -> list[Attachment]:
    """Photos that are still there, oldest first; of one side, or of both."""
    sides = [side] if side else PhotoSide.values
    return list(
        Attachment.objects.filter(
            subject=subject_of(case), purpose__in=[purpose_of(one) for one in sides], purged_at__isnull=True
        ).order_by("pk")
    )


def waiting_words(case: HomeAdaptation, on: dt.date) -> tuple[str, str]:
    """(what the case waits for and until when, tone of the tag)."""
    words = str(case.get_state_display())
    if case.step_due_on is None:
        return words, "done" if case.accepted_on else ""
    if case.step_due_on < on:
        return f"{words}，逾期 {(on - case.step_due_on).days} 天", "late"
    return f"{words}，{case.step_due_on.month}月{case.step_due_on.day}日前", "soon"
