"""Much looking is told to those who answer for it, at the moment it happens (trust B7)."""

import datetime

from django.utils import timezone

from apps.accounts.access import overseers_of
from apps.accounts.outflow_rules import OutflowRules
from apps.accounts.queries import reveals_since
from apps.messaging.choices import DeliveryClass
from apps.messaging.rules import Template, register_template
from apps.messaging.services import NewMessage, post
from apps.organisation.queries import rule_values

REVEALS = "watch.reveals"
OVERSEERS = frozenset({"section_head", "security_admin"})
register_template(Template(key=REVEALS, label="一天内查看完整号码过多", unit="人", page="admin:accounts_user_reveals"))


def report_reveals(actor, *, now: datetime.datetime) -> int:
    """After a look: where today's looks of `actor` went beyond the rule, tell his section heads and security
    administrators once that day. Returns how many were told or had been told; 0 within the limit. See rule book 6.2."""
    today = timezone.localdate(now)
    limit = rule_values(OutflowRules.rule_key, on=today, unit=actor.unit).reveals_a_day
    if reveals_since(today, [actor.pk]).get(actor.pk, 0) <= limit:
        return 0
    told = overseers_of(actor, OVERSEERS, on=today)
    messages = [
        NewMessage(
            key=f"reveals:{actor.pk}:{today}:{user}",
            delivery_class=DeliveryClass.URGENT,
            template=REVEALS,
            user_id=user,
            context={"actor": actor.pk},
        )
        for user in told
    ]
    post(messages, now=now)
    return len(told)
