"""What volunteers do for a measure: how far it is, what came of it, what would be asked for."""

from apps.common.code_lists import codes_by_name
from apps.ledgers.models import Measure
from apps.volunteers.choices.requests import LIVE_REQUESTS, RequestState
from apps.volunteers.models import CareConfirmation
from apps.volunteers.rules.times import length_words

# Of the request, for whoever goes there alone.
SECRET = ("request__place", "request__details")
WORDS = {
    RequestState.OPEN: ("正在请志愿者", "soon"),
    RequestState.AGREED: ("志愿者答应了", "info"),
    RequestState.DONE: ("志愿者去过了，等确认", "soon"),
    RequestState.CONFIRMED: ("志愿者办好了，已确认", "done"),
    RequestState.UNMET: ("没有请到志愿者", "late"),
    RequestState.CANCELLED: ("求助已取消", ""),
}


def help_words(measure: Measure) -> tuple[str, str] | None:
    """Words and tone; None where no volunteers were asked."""
    return WORDS[RequestState(measure.request.state)] if measure.request_id else None


def is_asked(measure: Measure) -> bool:
    """Whether a request for it is under way."""
    return measure.request_id is not None and measure.request.state in LIVE_REQUESTS


def done_by_volunteers(measure: Measure) -> dict:
    """The result and its day, as the receiver confirmed it, for the form that says it was done; nothing before.
    See rule book 10.29."""
    if not measure.request_id or measure.request.state != RequestState.CONFIRMED:
        return {}
    rows = CareConfirmation.objects.filter(record__request=measure.request_id, voided_at__isnull=True)
    said = [
        f"志愿者{row.record.volunteer.person.name}服务{length_words(row.minutes)}，{row.get_confirmed_as_display()}已确认"
        for row in rows.select_related("record__volunteer__person").order_by("pk")
    ]
    return {"result": "；".join(said)[:300], "done_on": measure.request.on}


def likely_service(text: str) -> str:
    """The code of `volunteer_service` that a need or measure speaks of (陪诊 …), the longest word first; else none."""
    names = codes_by_name("volunteer_service")
    found = [name for name in names if len(name) > 1 and not name.isascii() and name in text]
    return names[max(found, key=len)] if found else ""
