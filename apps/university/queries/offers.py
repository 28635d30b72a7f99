"""递补待联系: who has to be told of a place that is kept for him, and by when he answers."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from apps.signups.choices import OfferReason, OfferState
from apps.signups.models import Offer
from apps.university.models import School

TELL, WAIT, OVERDUE, CONTINUING = "tell", "wait", "overdue", "next"
FILTERS = (
    (TELL, "还没有联系上的"),
    (WAIT, "等他答复的"),
    (OVERDUE, "到期没有答复的"),
    (CONTINUING, "老生续读"),
    ("all", "全部"),
)


@dataclass(frozen=True)
class Deadline:
    words: str
    tone: str


def open_offers(schools: QuerySet[School]) -> QuerySet[Offer]:
    """Places kept for somebody at classes of these schools, with who he is and how often he was tried."""
    rows = Offer.objects.filter(
        state=OfferState.OPEN, voided_at__isnull=True,
        sign_up__offering__class_group__school__in=schools.order_by().values("pk"),
    )  # fmt: skip
    return rows.select_related("sign_up__person", "sign_up__offering__class_group__school")


def worklist(offers: QuerySet[Offer], which: str, now: dt.datetime) -> QuerySet[Offer]:
    """In the order in which they are rung: who was never tried first, then by who has waited longest."""
    if which == TELL:
        offers = offers.filter(reached_at__isnull=True).exclude(reason=OfferReason.CONTINUING)
    elif which == WAIT:
        offers = offers.filter(reached_at__isnull=False, answer_by__gt=now)
    elif which == OVERDUE:
        offers = offers.filter(answer_by__lte=now)
    elif which == CONTINUING:
        offers = offers.filter(reason=OfferReason.CONTINUING)
    tried = offers.annotate(tries=Count("attempts"), last_try=Max("attempts__at"))
    return tried.order_by(F("last_try").asc(nulls_first=True), "made_at", "pk")


def counts(offers: QuerySet[Offer], now: dt.datetime) -> dict[str, int]:
    """How many for each filter; one statement."""
    next_grade = Q(reason=OfferReason.CONTINUING)
    return offers.order_by().aggregate(
        tell=Count("pk", filter=Q(reached_at__isnull=True) & ~next_grade),
        wait=Count("pk", filter=Q(reached_at__isnull=False, answer_by__gt=now)),
        overdue=Count("pk", filter=Q(answer_by__lte=now)),
        next=Count("pk", filter=next_grade),
        all=Count("pk"),
    )


def deadline_of(offer: Offer, now: dt.datetime) -> Deadline:
    """By when he answers, in words; the time runs from reaching him (rule book 9.6, 9.7)."""
    if offer.answer_by is None:
        return Deadline("还没有联系上，联系上才算答复时间", "")
    local = timezone.localtime(offer.answer_by)
    words = f"{local.month}月{local.day}日 {local:%H:%M} 前答复"
    if offer.answer_by <= now:
        return Deadline(f"{words}，已到期", "late")
    return Deadline(words, "soon" if offer.answer_by - now < dt.timedelta(hours=24) else "info")
