"""What the timeline and the plan of a person show of treatments, papers, cards, journeys and services."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Q, QuerySet

from apps.ledgers.choices.timeline import MomentKind
from apps.ledgers.choices.treatments import PlaceState
from apps.ledgers.models import (
    ConvalescencePlace,
    GreenCard,
    NearbyService,
    Subscription,
    TreatmentChange,
    TreatmentDue,
    UnitSpending,
)
from apps.ledgers.models.treatments import STATE
from apps.ledgers.rules.treatments import period_words
from apps.registry.models import Cadre

from .moments import Moment, Source, on_day

SEE_DUES, SEE_SPENT = "ledgers.view_treatmentdue", "ledgers.view_unitspending"
SEE_JOURNEYS, SEE_CARDS = "ledgers.view_convalescenceplace", "ledgers.view_greencard"
SEE_PAPERS = "ledgers.view_subscription"


def _dues(cadre: Cadre) -> QuerySet:
    return TreatmentDue.objects.standing().filter(cadre=cadre).select_related("run__item")


def _of_received(row: TreatmentDue) -> Iterator[Moment]:
    who = f"{row.receiver}（{row.relation}）代领" if row.receiver else "本人领"
    words = f"领到{row.run.item} {period_words(row.run.item.every, row.run.period_start)}"
    yield on_day(row.received_on, words, f"{row.get_how_display()}　{who}", f"ledgers.treatmentdue:{row.pk}")


def _of_stopped(row: TreatmentDue) -> Iterator[Moment]:
    words = f"停发{row.run.item} {period_words(row.run.item.every, row.run.period_start)}"
    yield on_day(row.stopped_on, words, row.get_stop_reason_display(), f"ledgers.treatmentdue:{row.pk}")


def _changes(cadre: Cadre) -> QuerySet:
    rows = TreatmentChange.objects.filter(due__cadre=cadre, voided_at__isnull=True)
    return rows.select_related("due__run__item")


def _of_change(row: TreatmentChange) -> Iterator[Moment]:
    words = f"{row.due.run.item}{row.get_kind_display()}"
    yield on_day(row.made_on, words, row.reason, f"ledgers.treatmentchange:{row.pk}")


def _spent(cadre: Cadre) -> QuerySet:
    return UnitSpending.objects.filter(cadre=cadre, voided_at__isnull=True).select_related("fund__item")


def _of_spent(row: UnitSpending) -> Iterator[Moment]:
    words = f"{row.fund.item}为他支出 {row.amount} 元"
    yield on_day(row.spent_on, words, row.what, f"ledgers.unitspending:{row.pk}")


def _journeys(cadre: Cadre) -> QuerySet:
    rows = ConvalescencePlace.objects.filter(cadre=cadre, voided_at__isnull=True, closed_by_event__isnull=True)
    return rows.select_related("batch")


def _of_journey(row: ConvalescencePlace) -> Iterator[Moment]:
    note = "　".join(filter(None, (row.get_state_display(), row.reason)))
    yield on_day(row.answered_on, f"疗养：{row.batch}", note, f"ledgers.convalescenceplace:{row.pk}")


def _cards(cadre: Cadre) -> QuerySet:
    return GreenCard.objects.filter(cadre=cadre, voided_at__isnull=True)


def _of_card(row: GreenCard) -> Iterator[Moment]:
    yield on_day(row.issued_on, "发绿色通道卡", row.hospital, f"ledgers.greencard:{row.pk}")


KIND = MomentKind.TREATMENT
SOURCES: tuple[Source, ...] = (
    Source("treatments", KIND, SEE_DUES, "received_on", _dues, _of_received),
    Source("treatments_stopped", KIND, SEE_DUES, "stopped_on", _dues, _of_stopped),
    Source("treatments_changed", KIND, "ledgers.view_treatmentchange", "made_on", _changes, _of_change),
    Source("unit_spending", KIND, SEE_SPENT, "spent_on", _spent, _of_spent),
    Source("convalescence", KIND, SEE_JOURNEYS, "answered_on", _journeys, _of_journey),
    Source("green_cards", KIND, SEE_CARDS, "issued_on", _cards, _of_card),
)  # fmt: skip


# The plan


def dues_of_year(cadre: Cadre, on: dt.date) -> list[tuple[str, str]]:
    """(item, how far) for the periods of a year: one statement."""
    rows = (
        TreatmentDue.objects.standing().filter(cadre=cadre)
        .filter(Q(run__period_start__year=on.year) | Q(run__item__every="once", received_on__year=on.year))
        .order_by("run__item__group", "run__item__name").values_list("run__item__name")
        .annotate(due=Count("pk", filter=~STATE["stopped"]), done=Count("pk", filter=STATE["received"]))
    )  # fmt: skip
    return [(name, f"应发 {due} 次，已领 {done} 次" if due else "停发") for name, due, done in rows]


def card_words(cadre: Cadre) -> str:
    """His green channel card in use: one statement."""
    card = GreenCard.objects.filter(cadre=cadre, closed_on__isnull=True, voided_at__isnull=True).first()
    return f"{card.hospital}，有效期到 {card.valid_until}" if card else ""


def paper_words(cadre: Cadre, year: int) -> str:
    rows = Subscription.objects.filter(cadre=cadre, year=year, voided_at__isnull=True, ends_on__isnull=True)
    return "、".join(rows.order_by("title").values_list("title", flat=True))


def journey_words(cadre: Cadre) -> str:
    """When he last went to convalesce."""
    rows = ConvalescencePlace.objects.filter(cadre=cadre, state=PlaceState.WENT, voided_at__isnull=True)
    last = rows.select_related("batch").order_by("-batch__starts_on").first()
    return f"{last.batch.starts_on.year}年{last.batch.place}" if last else ""


def nearby_words(cadre: Cadre) -> str:
    """What of the four his community offers."""
    if cadre.person.community_id is None:
        return ""
    rows = NearbyService.objects.filter(
        community=cadre.person.community_id, voided_at__isnull=True, ends_on__isnull=True
    )
    return "；".join(f"{row.get_kind_display()}：{row.what}" for row in rows.order_by("kind", "pk"))
