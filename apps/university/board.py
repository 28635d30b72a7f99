"""What the home page says to the staff of a school: whom to ring, which money waits, what is broken."""

import datetime as dt

from django.urls import reverse

from apps.university.choices.money import RefundState
from apps.university.choices.rooms import RepairState
from apps.university.models import Refund, RoomRepair, School
from apps.university.queries.offers import OVERDUE, TELL, counts, open_offers

WORKS = "university.use_desk"
REFUNDS_UNDER_WAY = (RefundState.APPLIED, RefundState.SIGNED, RefundState.SENT)
REPAIRS_OPEN = (RepairState.REPORTED, RepairState.ORDERED)


def works_here(user) -> bool:
    return user.has_perm(WORKS)


def figures_of(user, now: dt.datetime) -> list[dict]:
    """Figures of the schools on his units, each with its list; nothing for others. Three statements."""
    if not works_here(user):
        return []
    schools = School.objects.visible_to(user, WORKS)
    offers = counts(open_offers(schools), now)
    mine = schools.order_by().values("pk")
    refunds = Refund.objects.filter(school__in=mine, voided_at__isnull=True, state__in=REFUNDS_UNDER_WAY).count()
    repairs = RoomRepair.objects.filter(
        room__campus__school__in=mine, voided_at__isnull=True, state__in=REPAIRS_OPEN
    ).count()
    ring = reverse("admin:signups_offer_changelist")
    return [
        _figure("递补名额，还没有联系上", offers["tell"], f"{ring}?which={TELL}", "今天要打电话", "soon"),
        _figure("递补名额，到期没有答复", offers["overdue"], f"{ring}?which={OVERDUE}", "到期就递给下一位", "late"),
        _figure("退费没有办完", refunds, reverse("admin:university_refund_changelist"), "申请、签字、送财务", ""),
        _figure("教室报修没有修好", repairs, reverse("admin:university_roomrepair_changelist"), "", ""),
    ]


def _figure(label: str, value: int, url: str, note: str, tone: str) -> dict:
    return {"label": label, "value": value, "url": url, "note": note, "tone": tone if value else ""}
