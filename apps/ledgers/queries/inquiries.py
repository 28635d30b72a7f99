"""What waits among calls and visits to the bureau, and how many there were of what."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from apps.common.code_lists import names_of
from apps.ledgers.choices import InquiryState
from apps.ledgers.models import Inquiry

SUBJECTS = "inquiry_subject"


def waiting_for(users: Collection[int]) -> QuerySet[Inquiry]:
    """What these users must do now: to handle what was passed to them, to answer what was handled for callers they
    took; the most urgent first."""
    to_handle = Q(state=InquiryState.OPEN, handler__in=users)
    to_answer = Q(state=InquiryState.ANSWERED, received_by__in=users)
    rows = Inquiry.objects.filter(to_handle | to_answer, voided_at__isnull=True)
    return rows.select_related("person", "received_by").order_by("due_on", "pk")


def subject_name(code: str) -> str:
    return names_of(SUBJECTS).get(code, code)


@dataclass(frozen=True)
class SubjectCount:
    """One line of the statistics."""

    subject: str
    total: int
    calls: int
    visits: int
    others: int
    at_once: int
    closed: int
    open: int
    late: int


def by_subject(rows: QuerySet[Inquiry], start: dt.datetime, end: dt.datetime, *, on: dt.date) -> list[SubjectCount]:
    """Rows received from `start` until before `end`, by subject in the order of the code list, with a total.

    Late: answered after its last day, or not yet and past it on `on`. Voided ones do not count. One statement.
    """
    late = Q(due_on__lt=F("answered_on")) | Q(answered_on__isnull=True, due_on__lt=on, state=InquiryState.OPEN)
    found = (
        rows.filter(received_at__gte=start, received_at__lt=end, voided_at__isnull=True)
        .order_by()
        .values("subject")
        .annotate(
            total=Count("pk"),
            calls=Count("pk", filter=Q(source="call")),
            visits=Count("pk", filter=Q(source="visit")),
            at_once=Count("pk", filter=Q(state=InquiryState.DONE)),
            closed=Count("pk", filter=Q(state=InquiryState.CLOSED)),
            open=Count("pk", filter=Q(state__in=(InquiryState.OPEN, InquiryState.ANSWERED))),
            late=Count("pk", filter=late),
        )
    )
    counts = {row.pop("subject"): Counter(row) for row in found}
    names = names_of(SUBJECTS)
    order = [*names, *(code for code in counts if code not in names)]
    lines = [_line(names.get(code, code), counts.get(code, Counter())) for code in order]
    return [*lines, _line("合计", sum(counts.values(), Counter()))]


def _line(name: str, count: Counter) -> SubjectCount:
    others = count["total"] - count["calls"] - count["visits"]
    keys = ("total", "calls", "visits", "at_once", "closed", "open", "late")
    return SubjectCount(name, others=others, **{key: count[key] for key in keys})
