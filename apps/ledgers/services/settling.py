"""Settling duties against contacts: set-based, safe to repeat (design 4B, T10)."""

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import asdict

from apps.common.insert_select import execute
from apps.ledgers.choices import ContactKind
from apps.ledgers.rules import CALLS, DutyRules, acceptances
from apps.organisation.queries import rule_groups

OF_THE_DEAD = [ContactKind.FAMILY.value, ContactKind.CONDOLENCE.value]


def narrowed(unit_ids: list[int] | None, cadres: Collection[int] | None) -> tuple[str, dict]:
    """Conditions on registry_cadre `c`, and their parameters."""
    clauses, params = "", {}
    if unit_ids is not None:
        clauses += " AND c.managing_unit_id = ANY(%(unit_ids)s)"
        params["unit_ids"] = unit_ids
    if cadres is not None:
        clauses += " AND c.person_id = ANY(%(cadres)s)"
        params["cadres"] = list(cadres)
    return clauses, params


SETTLE = """
WITH target AS (
    SELECT d.id, d.cadre_id, d.kind, d.means, d.period_start, d.period_end, d.basis, d.closed_on,
           p.reach_by = 'through' AS through
      FROM ledgers_duty d JOIN registry_cadre c ON c.person_id = d.cadre_id JOIN people_person p ON p.id = d.cadre_id
     WHERE d.period_start <= %(on)s AND (d.satisfied_by_id IS NULL OR d.satisfied_on >= %(since)s) {open} {narrow}
), a AS (
    SELECT * FROM jsonb_to_recordset(%(acceptances)s::jsonb)
        AS a (kind text, means text, methods text[], contact_kinds text[], by text[])
), best AS (
    SELECT DISTINCT ON (t.id) t.id, k.id AS contact_id, k.happened_on
      FROM target t
      JOIN a ON a.kind = t.kind AND a.means = t.means
      JOIN ledgers_contactperson cp ON cp.person_id = t.cadre_id
      JOIN ledgers_contact k ON k.id = cp.contact_id AND k.voided_at IS NULL
     WHERE k.kind <> ALL(%(of_the_dead)s) AND (t.closed_on IS NULL OR k.happened_on <= t.closed_on)
       AND k.method = ANY(a.methods)
       AND (k.method <> ALL(%(calls)s) OR k.outcome = ANY(%(outcomes)s)
            OR (k.outcome = 'family' AND t.through AND %(through_counts)s))
       AND (cardinality(a.by) = 0 OR k.by = ANY(a.by))
       AND CASE
            WHEN t.basis = '' THEN
                k.happened_on >= t.period_start AND (cardinality(a.contact_kinds) = 0 OR k.kind = ANY(a.contact_kinds))
            ELSE k.campaign = t.basis OR (
                k.campaign = '' AND k.kind = ANY(a.contact_kinds)
                AND k.happened_on >= t.period_start AND k.happened_on < t.period_end)
           END
     ORDER BY t.id, k.happened_on, k.id
)
UPDATE ledgers_duty d SET satisfied_by_id = kept.contact_id, satisfied_on = kept.happened_on
  FROM {kept} AS kept
 WHERE d.id = kept.id AND d.satisfied_by_id IS DISTINCT FROM kept.contact_id
"""


def settle_duties(*, on: dt.date, cadres: Collection[int] | None = None, since: dt.date | None = None) -> int:
    """Link duties to the earliest contact that keeps them; returns how many rows changed.

    A contact within the period keeps it in time; a later one makes up for it (and never the other way round). A call
    counts by its outcome only. With `since`, duties satisfied on or after that day are looked at again, so that a
    changed or voided contact lets go of what it no longer keeps; without it only open duties are looked at.
    """
    changed = 0
    for rules, unit_ids in rule_groups("duties", on=on):
        narrow, params = narrowed(unit_ids, cadres)
        again = since is not None
        sql = SETTLE.format(
            narrow=narrow,
            open="" if again else "AND d.satisfied_by_id IS NULL AND d.closed_on IS NULL",
            kept="(SELECT id, contact_id, happened_on FROM target LEFT JOIN best USING (id))" if again else "best",
        )
        params |= {"on": on, "since": since or dt.date.max, "of_the_dead": OF_THE_DEAD, **_params_of(rules)}
        changed += execute(sql, params)
    return changed


def _params_of(rules: DutyRules) -> dict:
    return {
        "acceptances": json.dumps([asdict(line) for line in acceptances(rules)]),
        "calls": [method.value for method in CALLS],
        "outcomes": [outcome.value for outcome in rules.counted_outcomes],
        "through_counts": rules.through_counts,
    }
