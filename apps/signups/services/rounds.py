"""Rounds: opened over offerings by lottery, changed while they collect (rule book 9.10)."""

from collections.abc import Sequence

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.signups.choices import Mode, OfferingState, RoundState, SignUpState
from apps.signups.kinds import kinds
from apps.signups.models import Offering, Round, SignUp

GIVEN = (OfferingState.CANCELLED, OfferingState.ENDED)


@transaction.atomic
def save_round(round: Round, offerings: Sequence[Offering], *, actor) -> Round:
    """Store a round with exactly these offerings; they become lottery, and the round's window is theirs.

    BusinessError: not collecting any more, an offering of another round or kind, one taken out that somebody asked
    for, an earlier end than people were told. See rule book 9.10.
    """
    if round.kind not in kinds:
        raise ValueError(f"unknown kind: {round.kind}")
    _check_window(round)
    before = set(Offering.objects.filter(round=round).values_list("pk", flat=True)) if round.pk else set()
    wanted = {one.pk for one in offerings}
    for one in Offering.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"):
        _check_offering(one, round)
    _check_taken_out(before - wanted)
    is_new = round.pk is None
    round.save()
    Offering.objects.filter(pk__in=before - wanted).update(round=None)
    Offering.objects.filter(pk__in=wanted).update(round=round, mode=Mode.LOTTERY, opens_at=None, closes_at=None)
    if is_new:
        audit.record("draw.open", actor=actor, target=f"signups.round:{round.pk}")
    return round


def _check_window(round: Round) -> None:
    if round.draws_at and round.draws_at < round.closes_at:
        raise BusinessError("抽签要在截止报名以后。", field="draws_at")
    if round.most_choices < 1 or round.most_choices > 10:
        raise BusinessError("最多填 1 到 10 个志愿。", field="most_choices")
    if round.pk is None:
        return
    known = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    if known.state != RoundState.COLLECTING:
        raise BusinessError("名单封存以后，这一批不能再改。")
    if round.closes_at < known.closes_at and known.tickets.exists():
        raise BusinessError("已经有人按原来的时间报名，截止时间只能延后，不能提前。", field="closes_at")
    if round.most_choices < known.most_choices and known.tickets.exists():
        raise BusinessError("已经有人报名，志愿数只能增加。", field="most_choices")


def _check_offering(one: Offering, round: Round) -> None:
    if one.kind != round.kind or one.state in GIVEN or one.voided_at:
        raise BusinessError(f"“{one.title}”不能抽签：已经取消或结束。", field="classes")
    if one.round_id and one.round_id != round.pk:
        raise BusinessError(f"“{one.title}”已经在别的抽签批次里。", field="classes")
    asked = SignUp.objects.active().filter(offering=one, ticket=None).exclude(source="next")
    if one.round_id is None and asked.exists():
        raise BusinessError(f"“{one.title}”已经有人按先报先得报了名，不能改成抽签。", field="classes")


def _check_taken_out(offerings: set[int]) -> None:
    asked = SignUp.objects.filter(offering__in=offerings, state=SignUpState.APPLIED, voided_at__isnull=True)
    for row in asked.select_related("offering").order_by("pk")[:1]:
        raise BusinessError(f"“{row.offering.title}”已经有人填了志愿，不能移出这一批。", field="classes")
