"""Planning of duties and settling them against contacts: both set-based, both safe to repeat (design 4B, T10)."""

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from apps.common.insert_select import execute
from apps.ledgers.choices import FESTIVALS, Audience, ClosedReason, ContactKind, DutyKind
from apps.ledgers.models import Duty, DutyRun
from apps.ledgers.rules import DutyRules, Obligation, acceptances, obligations
from apps.organisation.models import RuleSet
from apps.organisation.queries import rule_groups
from apps.registry.choices import VETERAN_TYPES

WINDOW_DAYS = 45
# Missed periods accumulate even when nothing ran for a quarter.
LOOK_BACK_DAYS = 100
FESTIVAL_PAST_DAYS = 14
PLANNED_KINDS = sorted({kind.value for kind in DutyKind} - {DutyKind.HOSPITAL.value, DutyKind.DISCHARGE.value})
PLANNING_LOCK = 7_301_001
OF_THE_DEAD = [ContactKind.FAMILY.value, ContactKind.CONDOLENCE.value]
MEMBER_CODES = ["01", "02"]


@dataclass(frozen=True)
class PlanCounts:
    """How many duties were newly owed, how many no longer, and how many standing contacts settled."""

    planned: int = 0
    withdrawn: int = 0
    settled: int = 0

    def __add__(self, other: "PlanCounts") -> "PlanCounts":
        return PlanCounts(self.planned + other.planned, self.withdrawn + other.withdrawn, self.settled + other.settled)


@transaction.atomic
def plan_duties(
    *, on: dt.date, window: int = WINDOW_DAYS, cadres: Collection[int] | None = None, look_back: int = LOOK_BACK_DAYS
) -> PlanCounts:
    """Bring the duties of all cadres (or of `cadres`) up to what the rules say on the day `on`.

    Inserts what is owed in periods from `look_back` days ago to `window` days ahead, closes what is no longer owed
    in periods not yet over, settles what contacts already keep, and closes festivals that are long past as missed:
    nobody can make up for them. Runs wait for each other; twice is once. People whose death awaits confirmation keep
    their duties; the dead and the lost have none.
    """
    execute("SELECT pg_advisory_xact_lock(%s)", [PLANNING_LOCK])
    start, end = on - dt.timedelta(days=look_back), on + dt.timedelta(days=window)
    counts = PlanCounts()
    for rules, unit_ids in rule_groups("duties", on=on):
        owed = [line for line in obligations(rules, start, end) if not _is_past_festival(line, on)]
        counts += _plan_group(owed, on=on, end=end, unit_ids=unit_ids, cadres=cadres)
    settled = settle_duties(on=on, cadres=cadres, since=None)
    _let_festivals_pass(on, cadres)
    return PlanCounts(counts.planned, counts.withdrawn, settled)


def plan_day(day: dt.date, *, window: int = WINDOW_DAYS) -> PlanCounts:
    """`plan_duties` for everybody, once for a day and again after a rule set was changed: the tick asks each minute.

    Single cadres are planned with the act that changes what they are owed; what such an act left out is made up for
    with the next day.
    """
    changed_at = RuleSet.objects.filter(kind="duties").aggregate(at=Max("updated_at"))["at"]
    last = DutyRun.objects.filter(day=day).first()
    if last is not None and last.rules_changed_at == changed_at:
        return PlanCounts()
    counts = plan_duties(on=day, window=window)
    values = {"rules_changed_at": changed_at, "planned": counts.planned, "withdrawn": counts.withdrawn}
    DutyRun.objects.update_or_create(day=day, defaults={**values, "finished_at": Now()})
    return counts


def _is_past_festival(line: Obligation, on: dt.date) -> bool:
    return line.kind in FESTIVALS and line.due_on < on - dt.timedelta(days=FESTIVAL_PAST_DAYS)


def _let_festivals_pass(on: dt.date, cadres: Collection[int] | None) -> int:
    """After the last stage of escalation a festival is over: its duty stays missed and leaves the lists."""
    past = Duty.objects.open().filter(kind__in=FESTIVALS, due_on__lt=on - dt.timedelta(days=FESTIVAL_PAST_DAYS))
    if cadres is not None:
        past = past.filter(cadre__in=cadres)
    return past.update(closed_on=on, closed_reason=ClosedReason.MISSED)


# One SELECT an audience, each driven by its own index, so that the cost follows those who are owed something.
SINCE = "COALESCE(t.effective_on, c.created_at::date)"
AUDIENCES = f"""
    SELECT 'veteran' AS audience, c.person_id AS cadre_id, GREATEST({SINCE}, c.retire_type_since) AS since
      FROM registry_cadre c LEFT JOIN ledgers_caretier t ON t.cadre_id = c.person_id AND t.voided_at IS NULL
     WHERE c.retire_type = ANY(%(veterans)s) {{narrow}}
    UNION ALL
    SELECT 'focus', c.person_id, t.effective_on
      FROM ledgers_caretier t JOIN registry_cadre c ON c.person_id = t.cadre_id
     WHERE t.is_focus AND NOT t.high_risk AND t.voided_at IS NULL AND c.retire_type <> ALL(%(veterans)s) {{narrow}}
    UNION ALL
    SELECT 'high_risk', c.person_id, t.effective_on
      FROM ledgers_caretier t JOIN registry_cadre c ON c.person_id = t.cadre_id
     WHERE t.high_risk AND t.voided_at IS NULL {{narrow}}
    UNION ALL
    SELECT 'away', c.person_id, {SINCE}
      FROM registry_cadre c LEFT JOIN ledgers_caretier t ON t.cadre_id = c.person_id AND t.voided_at IS NULL
     WHERE (c.resettled OR c.lives_away)
       AND (c.retire_type = ANY(%(veterans)s) OR t.is_focus OR t.high_risk) {{narrow}}
    UNION ALL
    SELECT 'in_hospital', c.person_id, h.in_hospital_since
      FROM registry_health h JOIN registry_cadre c ON c.person_id = h.cadre_id
     WHERE h.in_hospital_since IS NOT NULL AND h.voided_at IS NULL {{narrow}}
"""  # noqa: S608

# What is owed is staged and analysed, so that the joins below are planned for its true size.
OWED = """
CREATE TEMPORARY TABLE owed ON COMMIT DROP AS
SELECT m.cadre_id, o.kind, o.period_start, o.period_end, o.due_on, o.basis
  FROM ({audiences}) m
  JOIN unnest(
        %(kinds)s::text[], %(audiences)s::text[], %(starts)s::date[], %(ends)s::date[], %(dues)s::date[],
        %(owed_from)s::date[], %(bases)s::text[], %(near_only)s::bool[], %(members_only)s::bool[]
    ) AS o (kind, audience, period_start, period_end, due_on, owed_from, basis, near_only, members_only)
    ON o.audience = m.audience AND o.owed_from >= m.since
  JOIN registry_cadre c ON c.person_id = m.cadre_id AND c.voided_at IS NULL
  JOIN people_person p ON p.id = m.cadre_id AND p.voided_at IS NULL AND p.life_status IN ('living', 'reported')
 WHERE NOT (o.near_only AND (c.resettled OR c.lives_away))
   AND NOT (o.members_only AND p.political_status <> ALL(%(members)s))
   AND NOT (m.audience = 'high_risk' AND o.basis <> '' AND %(veterans_greeted)s AND c.retire_type = ANY(%(veterans)s))
"""
# Told apart before anything is inserted: a statement that asks the table it fills is planned for its size before.
UNMET = """
CREATE TEMPORARY TABLE unmet ON COMMIT DROP AS
SELECT owed.cadre_id, owed.kind, owed.period_start, owed.period_end, owed.due_on, owed.basis FROM owed
 WHERE NOT EXISTS (
    SELECT FROM ledgers_duty d
     WHERE d.cadre_id = owed.cadre_id AND d.kind = owed.kind AND d.period_start = owed.period_start
       AND d.closed_reason <> 'not_owed'
       AND (d.due_on = owed.due_on OR d.satisfied_by_id IS NOT NULL OR d.closed_on IS NOT NULL))
 ORDER BY owed.cadre_id
"""
INSERT_UNMET = """
INSERT INTO ledgers_duty (cadre_id, kind, period_start, period_end, due_on, basis)
SELECT cadre_id, kind, period_start, period_end, due_on, basis FROM unmet
ON CONFLICT (cadre_id, kind, period_start) DO UPDATE
   SET period_end = EXCLUDED.period_end, due_on = EXCLUDED.due_on,
       closed_on = NULL, closed_reason = '', closed_note = ''
 WHERE ledgers_duty.satisfied_by_id IS NULL
   AND (ledgers_duty.closed_on IS NULL OR ledgers_duty.closed_reason = 'not_owed')
"""
WITHDRAW = """
UPDATE ledgers_duty d SET closed_on = %(on)s, closed_reason = 'not_owed'
  FROM registry_cadre c
 WHERE c.person_id = d.cadre_id AND d.satisfied_by_id IS NULL AND d.closed_on IS NULL
   AND d.kind = ANY(%(planned_kinds)s) AND d.due_on >= %(on)s AND d.period_start <= %(end)s {narrow}
   AND NOT EXISTS (
    SELECT FROM owed
     WHERE owed.cadre_id = d.cadre_id AND owed.kind = d.kind AND owed.period_start = d.period_start)
"""


def _plan_group(
    owed: list[Obligation],
    *,
    on: dt.date,
    end: dt.date,
    unit_ids: list[int] | None,
    cadres: Collection[int] | None,
) -> PlanCounts:
    narrow, params = _narrow(unit_ids, cadres)
    params |= {
        "kinds": [line.kind.value for line in owed],
        "audiences": [line.audience.value for line in owed],
        "starts": [line.span.start for line in owed],
        "ends": [line.span.end for line in owed],
        "dues": [line.due_on for line in owed],
        "owed_from": [line.owed_from for line in owed],
        "bases": [line.basis for line in owed],
        "near_only": [line.near_only for line in owed],
        "members_only": [line.members_only for line in owed],
        "veterans": [str(kind) for kind in VETERAN_TYPES],
        # Whoever is greeted as a veteran is not greeted once more as a high-risk one.
        "veterans_greeted": any(line.basis and line.audience == Audience.VETERAN for line in owed),
        "members": MEMBER_CODES,
        "planned_kinds": PLANNED_KINDS,
        "on": on,
        "end": end,
    }
    execute(OWED.format(audiences=AUDIENCES.format(narrow=narrow)), params)
    execute("ANALYZE owed")
    withdrawn = execute(WITHDRAW.format(narrow=narrow), params)
    execute(UNMET)
    planned = execute(INSERT_UNMET)
    execute("DROP TABLE owed, unmet")
    return PlanCounts(planned, withdrawn)


def _narrow(unit_ids: list[int] | None, cadres: Collection[int] | None) -> tuple[str, dict]:
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
    SELECT d.id, d.cadre_id, d.kind, d.period_start, d.due_on, d.basis, d.closed_on, c.resettled OR c.lives_away AS away
      FROM ledgers_duty d JOIN registry_cadre c ON c.person_id = d.cadre_id
     WHERE d.period_start <= %(on)s AND (d.satisfied_by_id IS NULL OR d.satisfied_on >= %(since)s) {open} {narrow}
), a AS (
    SELECT * FROM jsonb_to_recordset(%(acceptances)s::jsonb)
        AS a (kind text, methods text[], away_methods text[], contact_kinds text[], by text[])
), best AS (
    SELECT DISTINCT ON (t.id) t.id, k.id AS contact_id, k.happened_on
      FROM target t
      JOIN a ON a.kind = t.kind
      JOIN ledgers_contactperson cp ON cp.person_id = t.cadre_id
      JOIN ledgers_contact k ON k.id = cp.contact_id AND k.voided_at IS NULL
     WHERE k.kind <> ALL(%(of_the_dead)s) AND (t.closed_on IS NULL OR k.happened_on <= t.closed_on)
       AND (k.method = ANY(a.methods) OR (t.away AND k.method = ANY(a.away_methods)))
       AND (cardinality(a.by) = 0 OR k.by = ANY(a.by))
       AND CASE
            WHEN t.basis = '' THEN
                k.happened_on >= t.period_start AND (cardinality(a.contact_kinds) = 0 OR k.kind = ANY(a.contact_kinds))
            ELSE k.campaign = t.basis OR (
                k.campaign = '' AND k.kind = ANY(a.contact_kinds) AND k.happened_on BETWEEN t.period_start AND t.due_on)
           END
     ORDER BY t.id, k.happened_on, k.id
)
UPDATE ledgers_duty d SET satisfied_by_id = kept.contact_id, satisfied_on = kept.happened_on
  FROM {kept} AS kept
 WHERE d.id = kept.id AND d.satisfied_by_id IS DISTINCT FROM kept.contact_id
"""


def settle_duties(*, on: dt.date, cadres: Collection[int] | None = None, since: dt.date | None = None) -> int:
    """Link duties to the earliest contact that keeps them; returns how many rows changed.

    A contact within the period keeps it in time; a later one makes up for it (and never the other way round). With
    `since`, duties satisfied on or after that day are looked at again, so that a changed or voided contact lets go
    of what it no longer keeps; without it only open duties are looked at.
    """
    changed = 0
    for rules, unit_ids in rule_groups("duties", on=on):
        narrow, params = _narrow(unit_ids, cadres)
        again = since is not None
        sql = SETTLE.format(
            narrow=narrow,
            open="" if again else "AND d.satisfied_by_id IS NULL AND d.closed_on IS NULL",
            kept="(SELECT id, contact_id, happened_on FROM target LEFT JOIN best USING (id))" if again else "best",
        )
        params |= {"on": on, "since": since or dt.date.max, "acceptances": _as_json(rules), "of_the_dead": OF_THE_DEAD}
        changed += execute(sql, params)
    return changed


def _as_json(rules: DutyRules) -> str:
    return json.dumps([asdict(line) for line in acceptances(rules)])
