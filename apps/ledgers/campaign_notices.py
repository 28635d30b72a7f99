"""What the clock says of campaigns: one begins soon, results of a day of visits are missing. No names."""

import datetime as dt

from apps.accounts.access import stand_ins
from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage
from apps.organisation.queries import rule_values

from .notices import CAMPAIGN_BEGINS, RESULTS_WAIT
from .queries.campaign_calendar import beginning_between, routes_without_results
from .rules.campaigns import CampaignRules

LOOK_BACK = dt.timedelta(days=30)
DAY = dt.timedelta(days=1)


def campaign_messages(today: dt.date) -> list[NewMessage]:
    """Whoever made a campaign hears so many days before it begins; whoever goes, or made the route, when results are
    missing so many days after. Keys name the occasion: again is once. See rule book 8.28."""
    rules = rule_values(CampaignRules.rule_key, on=today)
    soon = list(beginning_between(today, today + rules.begins_days * DAY))
    late = list(routes_without_results(today - LOOK_BACK, today - rules.results_days * DAY))
    people = {one.made_by_id for one in soon} | {one.visitor_id or one.made_by_id for one in late}
    acting = stand_ins(people - {None}, on=today) if people else {}
    messages = [
        _message(
            f"campaign:{one.pk}:begins:{one.starts_on}", CAMPAIGN_BEGINS, acting.get(one.made_by_id, one.made_by_id)
        )
        for one in soon
        if one.made_by_id
    ]
    for one in late:
        user = one.visitor_id or one.made_by_id
        if user:
            messages.append(_message(f"route:{one.pk}:results:{one.on_day}", RESULTS_WAIT, acting.get(user, user)))
    return messages


def _message(key: str, template: str, user_id: int) -> NewMessage:
    return NewMessage(key=key, delivery_class=DeliveryClass.DIGEST, template=template, user_id=user_id, context={})
