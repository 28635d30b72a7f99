"""公开活动须先请示: whom lists for public occasions leave out until it was asked, and show apart.

Routine care is no public occasion: duties, calls, visits by the 责任人, birthdays and reminders never ask this module.
"""

from django.db.models import Q, QuerySet

from .choices import HoldPurpose

HOLD_WORDS = "公开活动须先请示"
HELD = Q(on_hold=True)
NOT_HELD = Q(on_hold=False)
# Every purpose that this flag bars. A purpose that is not here would be routine care and would not be named at all.
BARRED = frozenset(HoldPurpose)


def selectable(cadres: QuerySet, purpose: HoldPurpose) -> QuerySet:
    """Those of a queryset of cadres who may be chosen for `purpose`. Raises ValueError for an unknown purpose.

    rule book 3.8
    """
    return cadres.filter(NOT_HELD) if HoldPurpose(purpose) in BARRED else cadres


def held(cadres: QuerySet, purpose: HoldPurpose) -> QuerySet:
    """The others, to be shown apart as 须先请示."""
    return cadres.filter(HELD) if HoldPurpose(purpose) in BARRED else cadres.none()


def not_held(prefix: str = "") -> Q:
    """The condition for selections over other models: `not_held("cadre__")`."""
    return Q(**{f"{prefix}on_hold": False})
