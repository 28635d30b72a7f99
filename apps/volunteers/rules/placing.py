"""Who may have a place in a shift (rule book 10.10). Values in, values out."""

import datetime as dt
from dataclasses import dataclass

from apps.common.birthday import full_age
from apps.common.partial_date import PartialDate

from .times import length_words


@dataclass(frozen=True)
class Asker:
    """What is known of somebody who asks: `paper` is the sentence why nothing may be given to him, if there is one;
    `busy` what he has at that time."""

    birth: PartialDate | None
    paper: str = ""
    busy: str = ""


def refusal(asker: Asker, shift_on: dt.date, age_to: int | None, today: dt.date) -> str:
    """The sentence for him, empty where he may. Years of age count on the day of the shift, both inclusive; whose
    birth is not known is let in. See rule book 10.10."""
    if shift_on < today:
        return "这个班次的日子已经过了，请另选一个。"
    if asker.paper:
        return asker.paper
    if asker.busy:
        return f"这个时间您在“{asker.busy}”，不能同时参加。请另选一个时间。"
    if age_to is not None and asker.birth is not None and full_age(asker.birth.last_day, shift_on) > age_to:
        return f"为了您的安全，这项服务请 {age_to} 岁以下的同志参加。请另选一项，或者打电话问我们。"
    return ""


def too_much(limit: int, planned: int, more: int, *, own: bool = True) -> str:
    """What is said to whoever would do more in a week than `limit` minutes (量力而行): a word of care, no refusal.
    `own`: the limit is his own word. Empty where it fits. See rule book 10.10."""
    if planned + more <= limit:
        return ""
    said = f"您说过每周最多{length_words(limit)}" if own else f"每周服务最好不超过{length_words(limit)}"
    before = f"这一周已经排了{length_words(planned)}，" if planned else ""
    return f"{said}，{before}加上这一班就超过了。请量力而行，身体要紧。"
