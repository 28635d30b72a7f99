"""What the staff of schools are reminded of on a day: rows (template, subject, unit id), few at any time."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, Q

from apps.messaging.rules import ZONE
from apps.signups.choices import OfferState
from apps.signups.models import Offer
from apps.university.choices.money import RefundState
from apps.university.choices.rooms import RepairState
from apps.university.choices.schools import ClassState
from apps.university.models import Agreement, ClassGroup, Refund, RoomRepair, TermPhase
from apps.university.rules.reminders import UniversityReminders

from .people import DAY, midnight

RING, BEGINS, ENDS = "university.ring", "university.phase_begins", "university.phase_ends"
SHORT, REFUND = "university.class_short", "university.refund_waits"
AGREEMENT, REPAIR = "university.agreement_ends", "university.repair_open"
# Refunds that somebody still has to move.
UNDER_WAY = (RefundState.APPLIED, RefundState.SIGNED, RefundState.SENT)
MOST = 2000

Row = tuple[str, str, int]


def staff_to_remind(on: dt.date, rules: UniversityReminders) -> Iterator[Row]:
    """Everything that waits for staff on a working day. The subject names what, and from when on it is told anew:
    offers each day, refunds and repairs each week, all else once. See rule book 9.67."""
    week = "{}-{}".format(*on.isocalendar()[:2])
    yield from _offers(on)
    yield from _phases(on)
    classes = ClassGroup.objects.current().filter(
        state=ClassState.PUBLISHED, first_on__gt=on, first_on__lte=on + rules.short_ahead * DAY,
        offering__places__taken__lt=F("min_open"),
    )  # fmt: skip
    for pk, day, unit in classes.order_by("pk").values_list("pk", "first_on", "school__unit_id")[:MOST]:
        yield SHORT, f"class:{pk}:{day}", unit
    refunds = Refund.objects.filter(
        voided_at__isnull=True, state__in=UNDER_WAY, moved_on__lte=on - rules.refund_days * DAY
    )
    for pk, state, unit in refunds.order_by("pk").values_list("pk", "state", "school__unit_id")[:MOST]:
        yield REFUND, f"refund:{pk}:{state}:{week}", unit
    agreements = Agreement.objects.filter(
        voided_at__isnull=True, ended_on__isnull=True, last_on__gte=on, last_on__lte=on + rules.agreement_ahead * DAY
    )
    for pk, day, unit in agreements.order_by("pk").values_list("pk", "last_on", "partner__school__unit_id")[:MOST]:
        yield AGREEMENT, f"agreement:{pk}:{day}", unit
    repairs = RoomRepair.objects.filter(
        voided_at__isnull=True, state__in=(RepairState.REPORTED, RepairState.ORDERED),
        reported_on__lte=on - rules.repair_days * DAY,
    )  # fmt: skip
    for pk, unit in repairs.order_by("pk").values_list("pk", "room__campus__school__unit_id")[:MOST]:
        yield REPAIR, f"repair:{pk}:{week}", unit


def _offers(on: dt.date) -> Iterator[Row]:
    """Made before today, and nobody has reached him yet."""
    rows = Offer.objects.filter(
        voided_at__isnull=True, state=OfferState.OPEN, reached_at__isnull=True, answer_by__isnull=True,
        made_at__lt=midnight(on),
    )  # fmt: skip
    for pk, unit in rows.order_by("pk").values_list("pk", "sign_up__offering__unit_id")[:MOST]:
        yield RING, f"offer:{pk}:{on}", unit


def _phases(on: dt.date) -> Iterator[Row]:
    """Beginning or ending today or tomorrow."""
    first, last = midnight(on), midnight(on + 2 * DAY)
    begins = Q(opens_at__gte=first, opens_at__lt=last)
    ends = Q(closes_at__gt=first, closes_at__lte=last)
    rows = TermPhase.objects.filter(begins | ends, voided_at__isnull=True, term__voided_at__isnull=True)
    columns = ("pk", "opens_at", "closes_at", "school__unit_id", "term__unit_id")
    for pk, opens_at, closes_at, own, unit in rows.order_by("pk").values_list(*columns):
        if first <= opens_at < last:
            yield BEGINS, f"phase:{pk}:{opens_at.astimezone(ZONE).date()}", own or unit
        if first < closes_at <= last:
            yield ENDS, f"phase:{pk}:{closes_at.astimezone(ZONE).date()}", own or unit
