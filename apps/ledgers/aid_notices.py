"""What the clock owes to staff about the aid fund: what waits too long, notices that are over, days for applying."""

import datetime as dt
from collections.abc import Iterator

from apps.accounts.access import acting_holders
from apps.ledgers.choices.aid import AidState
from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage

from .models import AidApplication, FundYear
from .notices import AID_CLOSES, AID_FAMILY, AID_NOTICE_OVER, AID_OPENS, AID_RECEIPT, AID_VERIFY
from .queries.aid import days_of, rules_for

LOOK_BACK = dt.timedelta(days=60)
AHEAD = dt.timedelta(days=7)


def applications_waiting_between(fund: FundYear, today: dt.date) -> Iterator[tuple[str, str]]:
    """(template, key) of what has waited too long in one fund, begun within the last sixty days; two statements."""
    rules = rules_for(fund, today)
    rows = AidApplication.objects.open().filter(fund=fund, moved_on__gte=today - LOOK_BACK)
    late = {
        AidState.APPLIED: (AID_VERIFY, today - dt.timedelta(days=rules.verify_days)),
        AidState.PAID: (AID_RECEIPT, today - dt.timedelta(days=rules.receipt_days)),
    }
    for pk, state, moved_on, survivors, name in rows.order_by("pk").values_list(
        "pk", "state", "moved_on", "for_survivors", "applicant_name"
    ):
        if survivors and not name:
            yield AID_FAMILY, f"aid:{pk}:family"
        elif state in late and moved_on < late[state][1]:
            yield late[state][0], f"aid:{pk}:{state}:{moved_on}"
    over = fund.notices.filter(ends_on__gt=today - LOOK_BACK, ends_on__lte=today)
    for notice in over.filter(applications__state=AidState.NOTICED).distinct().values_list("pk", flat=True):
        yield AID_NOTICE_OVER, f"aid_notice:{notice}:over"


def aid_messages(today: dt.date) -> list[NewMessage]:
    """Each matter once, to the clerks of the fund's unit, keyed so that twice is once (rule book 8.49)."""
    funds = list(
        FundYear.objects.standing().filter(year__in=(today.year, today.year - 1)).select_related("unit").order_by("pk")
    )
    if not funds:
        return []
    clerks = acting_holders({fund.unit_id for fund in funds}, "clerk", on=today)
    messages = []
    for fund in funds:
        found = list(applications_waiting_between(fund, today))
        first, last = days_of(fund, today)
        if first <= today < first + AHEAD:
            found.append((AID_OPENS, f"aid_fund:{fund.pk}:opens:{first}"))
        if today <= last <= today + AHEAD:
            found.append((AID_CLOSES, f"aid_fund:{fund.pk}:closes:{last}"))
        for template, key in found:
            messages += [_line(f"{key}:{user}", template, user) for user in clerks.get(fund.unit_id, ())]
    return messages


def _line(key: str, template: str, user: int) -> NewMessage:
    return NewMessage(key=key, delivery_class=DeliveryClass.DIGEST, template=template, user_id=user, context={})
