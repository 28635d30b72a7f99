"""Whether an offering takes people in, in words."""

import datetime as dt

from django.utils import timezone

from apps.common.errors import BusinessError

from .choices import Mode, OfferingState, RoundState, SignUpSource
from .kinds import kind_of
from .models import Offering

_CLOSED = {
    OfferingState.DRAFT: ("还没有公布，暂时不能报名。", "draft"),
    OfferingState.CANCELLED: ("已经取消，请另选一项。", "cancelled"),
    OfferingState.ENDED: ("已经结束，请另选一项。", "ended"),
}


def check_open(offering: Offering, source: str, asked_at: dt.datetime) -> None:
    """Raises BusinessError with a sentence unless places are given first come at that moment, [opens_at, closes_at).

    By lottery it is only after the result was published. Adjustments by staff are not held to the window.
    """
    if offering.state in _CLOSED:
        words, code = _CLOSED[OfferingState(offering.state)]
        raise BusinessError(f"“{offering.title}”{words}", code=code)
    drawn = offering.round is not None and offering.round.state == RoundState.PUBLISHED
    if offering.mode == Mode.LOTTERY and not drawn:
        raise BusinessError(f"“{offering.title}”用抽签录取，抽签以后还有名额才先报先得。请填抽签表。", code="lottery")
    if source == SignUpSource.STAFF:
        return
    if offering.opens_at is not None and asked_at < offering.opens_at:
        raise BusinessError(f"“{offering.title}”还没有开始报名，{_moment(offering.opens_at)}开始。", code="not_yet")
    if offering.closes_at is not None and asked_at >= offering.closes_at:
        words = f"“{offering.title}”已经在{_moment(offering.closes_at)}截止报名。"
        raise BusinessError(f"{words}想补报，请打电话{kind_of(offering).phone(offering)}。", code="closed")


def _moment(at: dt.datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日{local.hour}点{f'{local.minute}分' if local.minute else ''}"
