"""Priority class and lots of tickets, from what their people got before (rule book 9.13, 9.14)."""

import datetime as dt

from apps.common.insert_select import execute
from apps.organisation.queries import rule_values
from apps.registry.choices import VETERAN_TYPES
from apps.signups.draw_rules import DrawRules
from apps.signups.models import Round, Ticket

# Of a couple the less favoured decides: nobody lends his chance to another.
WEIGH = """
WITH held AS (
    SELECT ticket_id, person_id FROM signups_ticketholder
    WHERE round_id = %(round)s AND withdrawn_at IS NULL AND (%(ticket)s IS NULL OR ticket_id = %(ticket)s)
), placed AS (
    SELECT s.person_id, max(s.seated_at) AS last
    FROM held JOIN signups_signup s ON s.person_id = held.person_id
    JOIN signups_offering o ON o.id = s.offering_id LEFT JOIN signups_round r ON r.id = o.round_id
    WHERE s.seated_at IS NOT NULL AND s.state <> 'undone' AND s.voided_at IS NULL
        AND o.kind = %(kind)s AND (o.unit_id = %(unit)s OR r.unit_id = %(unit)s)
    GROUP BY s.person_id
), lost AS (
    SELECT held.person_id, count(*) AS times
    FROM held JOIN signups_ticketholder h ON h.person_id = held.person_id AND h.withdrawn_at IS NULL
    JOIN signups_round r ON r.id = h.round_id LEFT JOIN placed ON placed.person_id = held.person_id
    WHERE r.state = 'public' AND r.kind = %(kind)s AND r.unit_id = %(unit)s
        AND (placed.last IS NULL OR r.published_at > placed.last)
    GROUP BY held.person_id
), weighed AS (
    SELECT held.ticket_id,
        min(1 + least(coalesce(lost.times, 0), %(most_lots)s - 1)) AS lots,
        max(least(
            %(others)s,
            CASE WHEN c.retire_type = ANY(%(lixiu)s) AND c.voided_at IS NULL THEN %(subsidised)s END,
            CASE WHEN placed.person_id IS NULL THEN %(never_placed)s END,
            CASE WHEN lost.times > 0 THEN %(lost_before)s END
        )) AS priority
    FROM held LEFT JOIN placed USING (person_id) LEFT JOIN lost USING (person_id)
    LEFT JOIN registry_cadre c ON c.person_id = held.person_id
    GROUP BY held.ticket_id
)
UPDATE signups_ticket t SET lots = weighed.lots, priority = weighed.priority
FROM weighed WHERE t.id = weighed.ticket_id AND (t.lots <> weighed.lots OR t.priority <> weighed.priority)
"""


def weigh(round: Round, *, on: dt.date, ticket: Ticket | None = None) -> int:
    """Set them on all tickets of a round, or on one; returns how many changed. One statement however
    many. See rule book 9.13 and 9.14."""
    rules: DrawRules = rule_values(DrawRules.rule_key, on=on, unit=round.unit)
    values = {"round": round.pk, "kind": round.kind, "unit": round.unit_id, "ticket": ticket and ticket.pk}
    classes = {name: getattr(rules, name) for name in ("subsidised", "never_placed", "lost_before", "others")}
    return execute(
        WEIGH, {**values, **classes, "most_lots": rules.most_lots, "lixiu": [str(one) for one in VETERAN_TYPES]}
    )
