"""Time-driven facts about transfers and applications, as sets (design 2): which fall into a window of days."""

import datetime as dt

from django.db.models import F, QuerySet

from apps.branches.choices import RecruitStage, TransferState
from apps.branches.models import Recruit, Transfer


def letters_expiring_between(start: dt.date, end: dt.date) -> QuerySet[Transfer]:
    """Letters not accepted whose first day past use lies in [start, end], both included."""
    rows = Transfer.objects.filter(state=TransferState.UNDER_WAY, voided_at__isnull=True)
    return rows.filter(expires_on__range=(start, end)).annotate(occasion_date=F("expires_on"))


def steps_waiting_between(start: dt.date, end: dt.date) -> QuerySet[Transfer]:
    """Transfers that have stood on their step since a day in [start, end], both included."""
    rows = Transfer.objects.waiting().filter(moved_on__range=(start, end))
    return rows.annotate(occasion_date=F("moved_on"))


def probations_ending_between(start: dt.date, end: dt.date) -> QuerySet[Recruit]:
    """预备党员 whose probation ends in [start, end], both included."""
    rows = Recruit.objects.filter(stage=RecruitStage.PROBATIONARY, voided_at__isnull=True)
    return rows.filter(probation_until__range=(start, end)).annotate(occasion_date=F("probation_until"))
