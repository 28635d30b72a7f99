"""Periods somebody spends away: begun, mended, ended, voided; flags and duties follow in the same transaction."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import Person, Whereabouts
from apps.people.services import apply_sealed
from apps.registry.models import Cadre

from .planning import plan_duties

FARTHEST = dt.timedelta(days=366 * 2)


@transaction.atomic
def save_whereabouts(
    away: Whereabouts, *, sealed: dict[str, str], actor: User, on: dt.date, request=None
) -> Whereabouts:
    """Store a new or mended period of `away.person`; `sealed` holds address and phone as typed (empty leaves them).

    Refuses, with a sentence, a period that overlaps another, ends before it begins, or lies years ahead.
    """
    _check(away, on)
    is_new = away.pk is None
    changed = apply_sealed(away, sealed)
    # The flags are brought in step again, whatever the period said before.
    away.in_force = False
    _store(away)
    fields = [away.kind, *changed]
    _note("whereabouts.add" if is_new else "whereabouts.change", away, fields, actor, request)
    _follow(away.person_id, on)
    return away


@transaction.atomic
def end_whereabouts(away: Whereabouts, *, back_on: dt.date, actor: User, on: dt.date, request=None) -> Whereabouts:
    """He is back home from the day `back_on`, which may be before the day that was expected."""
    away = _locked(away)
    if away.starts_on and back_on <= away.starts_on:
        raise BusinessError("回来的日期要晚于离开的日期；没有去的，请作废。", code="order", field="back_on")
    away.ends_on = back_on
    _store(away)
    _note("whereabouts.change", away, ["ends_on"], actor, request)
    _follow(away.person_id, on)
    return away


@transaction.atomic
def void_whereabouts(away: Whereabouts, *, actor: User, reason: str, on: dt.date, request=None) -> None:
    """Take a period out that was entered by mistake; the row stays, with the reason."""
    if not reason.strip():
        raise BusinessError("请写明为什么作废。", code="reason", field="reason")
    away = _locked(away)
    if away.voided_at is not None:
        return
    away.voided_at, away.void_reason = timezone.now(), reason[:200]
    away.save(update_fields=["voided_at", "void_reason"])
    _note("whereabouts.void", away, [], actor, request, reason=reason)
    _follow(away.person_id, on)


def _check(away: Whereabouts, on: dt.date) -> None:
    if away.starts_on and away.ends_on and away.ends_on <= away.starts_on:
        raise BusinessError("回来的日期要晚于离开的日期。", code="order", field="ends_on")
    if away.starts_on and away.starts_on > on + FARTHEST:
        raise BusinessError("离开的日期太远了，请核对年份。", code="far", field="starts_on")


def _store(away: Whereabouts) -> None:
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=away.person_id)
    try:
        with transaction.atomic():
            away.validate_constraints()
            away.save()
    except (IntegrityError, ValidationError) as error:
        raise BusinessError(_overlap_words(away), code="overlap", field="starts_on") from error


def _overlap_words(away: Whereabouts) -> str:
    rows = Whereabouts.objects.filter(person_id=away.person_id, voided_at__isnull=True).exclude(pk=away.pk)
    clash = next((row for row in rows if _overlap(row, away)), None)
    if clash is None:
        return "这段时间已经登记过外出或异地居住，请先更正那一条。"
    start = f"{clash.starts_on:%Y-%m-%d}" if clash.starts_on else "以前"
    end = f"{clash.ends_on:%Y-%m-%d}" if clash.ends_on else "还没回来"
    return f"和已登记的“{clash.get_kind_display()}”（{start} 至 {end}）时间重叠，请先更正那一条。"


def _overlap(one: Whereabouts, other: Whereabouts) -> bool:
    return (one.starts_on or dt.date.min) < (other.ends_on or dt.date.max) and (other.starts_on or dt.date.min) < (
        one.ends_on or dt.date.max
    )


def _locked(away: Whereabouts) -> Whereabouts:
    return Whereabouts.objects.select_for_update(of=("self",)).get(pk=away.pk)


def _follow(person_id: int, on: dt.date) -> None:
    if Cadre.objects.filter(pk=person_id).exists():
        plan_duties(on=on, cadres=[person_id])


def _note(action: str, away: Whereabouts, fields: list[str], actor: User, request, *, reason: str = "") -> None:
    audit.record(
        action, actor=actor, people=[away.person_id], fields=fields, reason=reason,
        target=f"people.whereabouts:{away.pk}", request=request,
    )  # fmt: skip
