"""Planning of duties and settling them against contacts: both set-based, both safe to repeat (design 4B, T10)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from apps.common.insert_select import execute
from apps.ledgers.choices import FESTIVALS, Audience, ClosedReason, DutyKind
from apps.ledgers.models import Duty, DutyRun
from apps.ledgers.rules import DutyRules, Obligation, obligations, turns
from apps.organisation.models import RuleSet
from apps.organisation.queries import calendar_changed_at, rule_groups, work_calendar
from apps.registry.choices import VETERAN_TYPES

from .changes import changed_cadres, seen_until
from .following import follow_whereabouts
from .settling import narrowed, settle_duties

WINDOW_DAYS = 45
# Missed periods accumulate even when nothing ran for a quarter.
LOOK_BACK_DAYS = 100
FESTIVAL_PAST_DAYS = 14
EVENT_KINDS = [DutyKind.HOSPITAL.value, DutyKind.DISCHARGE.value]
PLANNED_KINDS = sorted({kind.value for kind in DutyKind} - set(EVENT_KINDS))
PLANNING_LOCK = 7_301_001
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

    Inserts what is owed in periods from `look_back` days ago to `window` days ahead, due on working days and done by
    the means that reach each of them, closes what is no longer owed in periods not yet over, settles what contacts
    already keep, and closes festivals that are long past as missed: nobody can make up for them. Runs wait for each
    other; twice is once. People whose death awaits confirmation keep their duties; the dead and the lost have none.
    """
    execute("SELECT pg_advisory_xact_lock(%s)", [PLANNING_LOCK])
    follow_whereabouts(on=on, cadres=cadres)
    start, end = on - dt.timedelta(days=look_back), on + dt.timedelta(days=window)
    calendar = work_calendar()
    counts = PlanCounts()
    for rules, unit_ids in rule_groups("duties", on=on):
        owed = [line for line in obligations(rules, start, end, calendar) if not _is_past_festival(line, on)]
        counts += _plan_group(rules, owed, on=on, end=end, unit_ids=unit_ids, cadres=cadres)
    settled = settle_duties(on=on, cadres=cadres, since=None)
    _let_festivals_pass(on, cadres)
    return PlanCounts(counts.planned, counts.withdrawn, settled)


def plan_day(day: dt.date, *, window: int = WINDOW_DAYS) -> PlanCounts:
    """`plan_duties` for everybody, once for a day and again after a rule set or the calendar was changed; in between
    for those about whom something was changed since: the tick asks each minute.

    Single cadres are planned with the act that changes what they are owed; imports and corrections, which know
    nothing of duties, are taken up here.
    """
    changed_at = _rules_changed_at()
    until = seen_until()
    last = DutyRun.objects.filter(day=day).first()
    if last is not None and last.rules_changed_at == changed_at:
        return _plan_changed(last, day, until, window)
    counts = plan_duties(on=day, window=window)
    values = {
        "rules_changed_at": changed_at, "seen_until": until, "planned": counts.planned, "withdrawn": counts.withdrawn,
        "finished_at": Now(),
    }  # fmt: skip
    DutyRun.objects.update_or_create(day=day, defaults=values)
    return counts


def _rules_changed_at() -> dt.datetime | None:
    rules_at = RuleSet.objects.filter(kind="duties").aggregate(at=Max("updated_at"))["at"]
    return max(filter(None, (rules_at, calendar_changed_at())), default=None)


def _plan_changed(last: DutyRun, day: dt.date, until: dt.datetime, window: int) -> PlanCounts:
    """Plan those who were changed since the last look; nothing when nobody was."""
    changed = changed_cadres(since=last.seen_until or last.finished_at)
    counts = PlanCounts()
    if changed is None or changed:
        counts = plan_duties(on=day, window=window, cadres=changed)
    DutyRun.objects.filter(pk=last.pk).update(seen_until=until)
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
    SELECT 'veteran' AS audience, c.person_id AS cadre_id, GREATEST({SINCE}, c.retire_type_since) AS since,
           NULL::date AS until
      FROM registry_cadre c LEFT JOIN ledgers_caretier t ON t.cadre_id = c.person_id AND t.voided_at IS NULL
     WHERE c.retire_type = ANY(%(veterans)s) {{narrow}}
    UNION ALL
    SELECT 'focus', c.person_id, t.effective_on, NULL
      FROM ledgers_caretier t JOIN registry_cadre c ON c.person_id = t.cadre_id
     WHERE t.is_focus AND NOT t.high_risk AND t.voided_at IS NULL AND c.retire_type <> ALL(%(veterans)s) {{narrow}}
    UNION ALL
    SELECT 'high_risk', c.person_id, t.effective_on, NULL
      FROM ledgers_caretier t JOIN registry_cadre c ON c.person_id = t.cadre_id
     WHERE t.high_risk AND t.voided_at IS NULL {{narrow}}
    UNION ALL
    SELECT 'away', c.person_id, GREATEST({SINCE}, w.starts_on), w.ends_on
      FROM people_whereabouts w JOIN registry_cadre c ON c.person_id = w.person_id
      LEFT JOIN ledgers_caretier t ON t.cadre_id = c.person_id AND t.voided_at IS NULL
     WHERE w.kind IN ('elsewhere', 'resettled') AND w.voided_at IS NULL
       AND (c.retire_type = ANY(%(veterans)s) OR t.is_focus OR t.high_risk) {{narrow}}
    UNION ALL
    SELECT 'in_hospital', c.person_id, h.in_hospital_since, NULL
      FROM registry_health h JOIN registry_cadre c ON c.person_id = h.cadre_id
     WHERE h.in_hospital_since IS NOT NULL AND h.voided_at IS NULL {{narrow}}
"""  # noqa: S608

# Where he is on a day, at most one row; the exclusion constraint of the table sees to that.
AWAY_ON = """
  LEFT JOIN people_whereabouts w
    ON w.person_id = p.id AND w.voided_at IS NULL
   AND (w.starts_on IS NULL OR w.starts_on <= {day}) AND (w.ends_on IS NULL OR w.ends_on > {day})
  LEFT JOIN turns ON turns.kind = {kind} AND turns.away = (w.id IS NOT NULL)
   AND turns.reach_by = p.reach_by AND turns.deaf = p.hard_of_hearing
"""
# What a duty becomes for whoever is away or cannot use the telephone: rules.turns.
TURNS = """
CREATE TEMPORARY TABLE turns ON COMMIT DROP AS
SELECT * FROM unnest(%(turn_kinds)s::text[], %(turn_away)s::bool[], %(turn_reach)s::text[], %(turn_deaf)s::bool[],
                     %(turn_means)s::text[]) AS t (kind, away, reach_by, deaf, means)
"""
# What is owed is staged and analysed, so that the joins below are planned for its true size.
OWED = """
CREATE TEMPORARY TABLE owed ON COMMIT DROP AS
SELECT m.cadre_id, o.kind, o.period_start, o.period_end, o.due_on, o.basis, COALESCE(turns.means, '') AS means
  FROM ({audiences}) m
  JOIN unnest(
        %(kinds)s::text[], %(audiences)s::text[], %(starts)s::date[], %(ends)s::date[], %(dues)s::date[],
        %(owed_from)s::date[], %(bases)s::text[], %(members_only)s::bool[]
    ) AS o (kind, audience, period_start, period_end, due_on, owed_from, basis, members_only)
    ON o.audience = m.audience AND o.owed_from >= m.since AND (m.until IS NULL OR o.due_on < m.until)
  JOIN registry_cadre c ON c.person_id = m.cadre_id AND c.voided_at IS NULL
  JOIN people_person p ON p.id = m.cadre_id AND p.voided_at IS NULL AND p.life_status IN ('living', 'reported')
  {away}
 WHERE NOT (o.members_only AND p.political_status <> ALL(%(members)s))
   AND NOT (m.audience = 'high_risk' AND o.basis <> '' AND %(veterans_greeted)s AND c.retire_type = ANY(%(veterans)s))
"""
# Told apart before anything is inserted: a statement that asks the table it fills is planned for its size before.
UNMET = """
CREATE TEMPORARY TABLE unmet ON COMMIT DROP AS
SELECT owed.cadre_id, owed.kind, owed.period_start, owed.period_end, owed.due_on, owed.basis, owed.means FROM owed
 WHERE NOT EXISTS (
    SELECT FROM ledgers_duty d
     WHERE d.cadre_id = owed.cadre_id AND d.kind = owed.kind AND d.period_start = owed.period_start
       AND d.closed_reason <> 'not_owed'
       AND (d.due_on = owed.due_on AND d.means = owed.means OR d.satisfied_by_id IS NOT NULL
            OR d.closed_on IS NOT NULL))
 ORDER BY owed.cadre_id
"""
INSERT_UNMET = """
INSERT INTO ledgers_duty (cadre_id, kind, period_start, period_end, due_on, basis, means)
SELECT cadre_id, kind, period_start, period_end, due_on, basis, means FROM unmet
ON CONFLICT (cadre_id, kind, period_start) DO UPDATE
   SET period_end = EXCLUDED.period_end, due_on = EXCLUDED.due_on, means = EXCLUDED.means,
       closed_on = NULL, closed_reason = '', closed_note = ''
 WHERE ledgers_duty.satisfied_by_id IS NULL
   AND (ledgers_duty.closed_on IS NULL OR ledgers_duty.closed_reason = 'not_owed')
"""
# Duties that an event opened, of a few cadres.
EVENT_MEANS = """
UPDATE ledgers_duty d SET means = COALESCE(found.means, '')
  FROM (SELECT d.id, turns.means
          FROM ledgers_duty d JOIN registry_cadre c ON c.person_id = d.cadre_id
          JOIN people_person p ON p.id = d.cadre_id
          {away}
         WHERE d.kind = ANY(%(event_kinds)s) AND d.satisfied_by_id IS NULL AND d.closed_on IS NULL {narrow}) found
 WHERE found.id = d.id AND d.means IS DISTINCT FROM COALESCE(found.means, '')
"""
WITHDRAW = """
UPDATE ledgers_duty d SET closed_on = %(on)s, closed_reason = 'not_owed'
  FROM registry_cadre c
 WHERE c.person_id = d.cadre_id AND d.satisfied_by_id IS NULL AND d.closed_on IS NULL
   AND d.kind = ANY(%(planned_kinds)s) AND d.period_end > %(on)s AND d.period_start <= %(end)s {narrow}
   AND NOT EXISTS (
    SELECT FROM owed
     WHERE owed.cadre_id = d.cadre_id AND owed.kind = d.kind AND owed.period_start = d.period_start)
"""


def _plan_group(
    rules: DutyRules,
    owed: list[Obligation],
    *,
    on: dt.date,
    end: dt.date,
    unit_ids: list[int] | None,
    cadres: Collection[int] | None,
) -> PlanCounts:
    narrow, params = narrowed(unit_ids, cadres)
    params |= _columns_of(owed) | _turns_of(rules)
    params |= {
        "veterans": [str(kind) for kind in VETERAN_TYPES],
        # Whoever is greeted as a veteran is not greeted once more as a high-risk one.
        "veterans_greeted": any(line.basis and line.audience == Audience.VETERAN for line in owed),
        "members": MEMBER_CODES,
        "planned_kinds": PLANNED_KINDS,
        "event_kinds": EVENT_KINDS,
        "on": on,
        "end": end,
    }
    execute(TURNS, params)
    away = AWAY_ON.format(day="o.due_on", kind="o.kind")
    execute(OWED.format(audiences=AUDIENCES.format(narrow=narrow), away=away), params)
    execute("ANALYZE owed")
    withdrawn = execute(WITHDRAW.format(narrow=narrow), params)
    execute(UNMET)
    planned = execute(INSERT_UNMET)
    if cadres is not None:
        execute(EVENT_MEANS.format(away=AWAY_ON.format(day="d.due_on", kind="d.kind"), narrow=narrow), params)
    execute("DROP TABLE owed, unmet, turns")
    return PlanCounts(planned, withdrawn)


def _columns_of(owed: list[Obligation]) -> dict[str, list]:
    return {
        "kinds": [line.kind.value for line in owed],
        "audiences": [line.audience.value for line in owed],
        "starts": [line.span.start for line in owed],
        "ends": [line.span.end for line in owed],
        "dues": [line.due_on for line in owed],
        "owed_from": [line.owed_from for line in owed],
        "bases": [line.basis for line in owed],
        "members_only": [line.members_only for line in owed],
    }


def _turns_of(rules: DutyRules) -> dict[str, list]:
    found = turns(rules)
    return {
        "turn_kinds": [turn.kind.value for turn in found],
        "turn_away": [turn.away for turn in found],
        "turn_reach": [turn.reach_by.value for turn in found],
        "turn_deaf": [turn.deaf for turn in found],
        "turn_means": [turn.means.value for turn in found],
    }
