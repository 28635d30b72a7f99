"""Checks on people who did not answer."""

from django.db.models import QuerySet

from apps.ledgers.models import SafetyCheck

VIEW = "ledgers.view_safetycheck"


def open_checks(user) -> QuerySet[SafetyCheck]:
    """Checks within the user's scope that nobody has reported on, the oldest first."""
    return SafetyCheck.objects.open().visible_to(user, VIEW).order_by("raised_at", "pk")
