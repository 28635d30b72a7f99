"""Everything that is due in a window, as one set of (occasion, stage, role) to insert from (design 4C)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from apps.branches.occasions import branch_reminders_between
from apps.common.row_set import RowSet
from apps.ledgers.occasions import duties_due_between
from apps.organisation.models import RuleSet, Unit
from apps.organisation.queries import rule_values, work_calendar
from apps.organisation.workdays import WorkCalendar
from apps.people.occasions import birthdays_between
from apps.registry.choices import VETERAN_TYPES
from apps.registry.occasions import hospital_notices_between

from .rules import ReminderStages

DAY = datetime.timedelta(days=1)
REACH = 200  # days that a stage may lie from its occasion (escalation: up to 92), with a long holiday on top
COLUMNS = (
    "kind, subject_key, occasion_date, stage, role, person_id, organisation_id, age, due_on, valid_until, known_at"
)

# A focus person by the tier that staff decided; where nobody has decided yet, by the rule set's criteria.
FOCUS = """
(c.retire_type = ANY(%s) AND %s) OR (CASE WHEN t.id IS NOT NULL THEN t.is_focus OR t.high_risk
  ELSE coalesce(b.age, 0) >= %s OR (c.living = 'alone' AND %s) OR coalesce(h.ability, -1) >= %s
       OR (coalesce(h.seriously_ill, false) AND %s) END)
"""
# OFFSET 0 keeps age and focus from being worked out anew for each stage that asks for them.
BIRTHDAYS = """
SELECT 'birthday' AS kind, 'person:' || b.person_id AS subject_key, b.occasion_date, s.stage, s.role, b.person_id,
       NULL::bigint AS organisation_id, b.age::smallint AS age, s.due_on, s.valid_until, b.known_at
FROM (
  SELECT b.*, {focus} AS focus
  FROM ({people} OFFSET 0) b
  JOIN registry_cadre c ON c.person_id = b.person_id AND c.voided_at IS NULL{units}
  LEFT JOIN ledgers_caretier t ON t.cadre_id = b.person_id AND t.voided_at IS NULL
  LEFT JOIN registry_health h ON h.cadre_id = b.person_id AND h.voided_at IS NULL
  OFFSET 0
) b
CROSS JOIN ({days}) w
CROSS JOIN LATERAL (VALUES {stages}) s(wanted, stage, role, due_on, valid_until)
WHERE s.wanted AND s.due_on < s.valid_until AND s.due_on <= %s AND s.valid_until > %s
"""
# `w` moves a stage from a day off to the working day before (`w.before`), or behind it where it tells of lateness
# (`w.after`). A stage is valid until the next begins; one that is caught up by the next, in a long holiday, falls away.
DAYS = "SELECT %s::date[] AS before, %s::date[] AS after, %s::date AS zero OFFSET 0"
STAGES_OF_FOCUS = """
(b.focus, 'ahead', 'responsible', w.before[b.occasion_date - %s - w.zero], w.before[b.occasion_date - %s - w.zero]),
(b.focus, 'eve', 'responsible', w.before[b.occasion_date - %s - w.zero], b.occasion_date),
(b.focus, 'day', 'responsible', b.occasion_date, b.occasion_date + 1),
(b.focus AND (b.age + %s = ANY(%s) OR (b.age + %s >= %s AND (b.age + %s) %% %s = 0)),
 'milestone', 'bureau', w.before[b.occasion_date - %s - w.zero], b.occasion_date + 1)
"""
STAGE_OF_OTHERS = """
(NOT b.focus, 'list', 'responsible',
 w.before[(date_trunc('month', b.occasion_date::timestamp) - interval '1 month')::date + %s - w.zero],
 date_trunc('month', b.occasion_date::timestamp)::date)
"""
# A duty of a short period (weekly contact) is not announced before its period has begun.
VISITS = """
SELECT 'visit' AS kind, d.subject_key, d.occasion_date, s.stage, s.role, d.cadre_id AS person_id,
       NULL::bigint AS organisation_id, NULL::smallint AS age,
       s.due_on, s.valid_until, d.created_at AS known_at
FROM ({duties}) d
JOIN registry_cadre c ON c.person_id = d.cadre_id AND c.voided_at IS NULL{units}
CROSS JOIN ({days}) w
CROSS JOIN LATERAL (VALUES
  ('ahead', 'responsible', w.before[d.occasion_date - %s - w.zero], w.before[d.occasion_date - %s - w.zero]),
  ('eve', 'responsible', w.before[d.occasion_date - %s - w.zero], d.occasion_date + 1),
  ('overdue', 'responsible', w.after[d.occasion_date + %s - w.zero], w.after[d.occasion_date + %s - w.zero]),
  ('overdue_section', 'section', w.after[d.occasion_date + %s - w.zero], w.after[d.occasion_date + %s - w.zero]),
  ('overdue_bureau', 'bureau', w.after[d.occasion_date + %s - w.zero], d.occasion_date + %s)
) s(stage, role, due_on, valid_until)
WHERE s.due_on >= d.period_start AND s.due_on < s.valid_until AND s.due_on <= %s AND s.valid_until > %s
"""
NOTICES = """
SELECT CASE n.kind WHEN 'admitted' THEN 'hospital' ELSE 'discharge' END AS kind, n.subject_key, n.occasion_date,
       'day' AS stage, 'responsible' AS role, n.person_id,
       NULL::bigint AS organisation_id, NULL::smallint AS age, n.occasion_date AS due_on,
       n.occasion_date + %s AS valid_until, n.known_at
FROM ({notices}) n
JOIN registry_cadre c ON c.person_id = n.person_id{units}
WHERE n.occasion_date <= %s AND n.occasion_date + %s > %s
"""
BRANCHES = """
SELECT 'branch' AS kind, b.topic || ':' || b.subject_id AS subject_key, b.occasion_date, 'day' AS stage, b.role,
       NULL::bigint AS person_id, b.organisation_id, NULL::smallint AS age, b.due_on, b.valid_until, b.known_at
FROM ({rows}) b
WHERE b.due_on < b.valid_until AND b.due_on <= %s AND b.valid_until > %s
"""


@dataclass(frozen=True)
class Window:
    """Stages that may be handed out on some day of [start, end], both included."""

    start: datetime.date
    end: datetime.date

    @property
    def bounds(self) -> list[datetime.date]:
        return [self.end, self.start]


@dataclass(frozen=True)
class WorkDays:
    """A calendar as arrays that SQL can look days up in: for the n-th day after `zero`, the working day on or before
    it and on or after it. They reach far enough for every stage of a window."""

    calendar: WorkCalendar
    zero: datetime.date
    before: list[datetime.date]
    after: list[datetime.date]

    @classmethod
    def around(cls, window: Window, calendar: WorkCalendar) -> "WorkDays":
        days = [window.start + number * DAY for number in range(-REACH, (window.end - window.start).days + REACH)]
        before = [calendar.on_or_before(day) for day in days]
        after = [day if calendar.is_workday(day) else calendar.add_workdays(day, 1) for day in days]
        return cls(calendar, days[0] - DAY, before, after)

    @property
    def params(self) -> list:
        return [self.before, self.after, self.zero]

    def last_moved_to(self, day: datetime.date) -> datetime.date:
        """The last day whose stage is handed out on `day` or before."""
        return max(day, self.calendar.add_workdays(day, 1) - DAY)


def stages_in(window: Window, *, on: datetime.date) -> RowSet:
    """Rows of COLUMNS for every stage that is valid on some day of the window, by the rules in force on `on`.

    Districts with rule sets of their own are planned by them; everybody else by the city's.
    """
    parts = []
    days = WorkDays.around(window, work_calendar())
    for rules, unit_ids in rules_by_unit(on):
        parts += [
            _focus_birthdays(window, days, rules, unit_ids),
            _month_lists(window, days, rules, unit_ids),
            _visits(window, days, rules, unit_ids),
            _notices(window, rules, unit_ids),
        ]
    parts += [
        RowSet(BRANCHES.format(rows=rows.sql), [*rows.params, *window.bounds])
        for rows in branch_reminders_between(window.start, window.end)
    ]
    whole = RowSet("")
    for part in filter(None, parts):
        whole = whole + part if whole.sql else part
    return whole


def rules_by_unit(on: datetime.date) -> list[tuple[ReminderStages, list[int] | None]]:
    """(rules, ids of the managing units they hold for); None for all units when there is one rule only."""
    own = RuleSet.objects.filter(
        kind=ReminderStages.rule_key, unit__isnull=False, effective_from__lte=on, voided_at__isnull=True
    )
    if not own.exists():
        return [(rule_values(ReminderStages.rule_key, on=on), None)]
    groups: dict[ReminderStages, list[int]] = {}
    for unit in Unit.objects.order_by("path"):
        groups.setdefault(rule_values(ReminderStages.rule_key, on=on, unit=unit), []).append(unit.pk)
    return list(groups.items())


def _units(unit_ids: Sequence[int] | None) -> tuple[str, list]:
    return (" AND c.managing_unit_id = ANY(%s)", [list(unit_ids)]) if unit_ids is not None else ("", [])


def _birthdays(
    window: Window, days: WorkDays, people: RowSet, rules: ReminderStages, unit_ids, stages: str, stage_params: list
) -> RowSet:
    units, unit_params = _units(unit_ids)
    focus_params = [
        [str(kind) for kind in VETERAN_TYPES],
        rules.focus_veteran,
        rules.focus_age,
        rules.focus_alone,
        rules.focus_ability,
        rules.focus_ill,
    ]
    sql = BIRTHDAYS.format(people=people.sql, units=units, focus=FOCUS, days=DAYS, stages=stages)
    return RowSet(sql, [*focus_params, *people.params, *unit_params, *days.params, *stage_params, *window.bounds])


def _focus_birthdays(window: Window, days: WorkDays, rules: ReminderStages, unit_ids) -> RowSet:
    lead = max(rules.birthday_ahead, rules.milestone_ahead)
    end = days.last_moved_to(window.end) + lead * DAY
    people = birthdays_between(window.start, end, feb29=rules.feb29, nominal=rules.milestone_nominal)
    offset = rules.milestone_offset
    return _birthdays(
        window, days, people, rules, unit_ids, STAGES_OF_FOCUS,
        [
            rules.birthday_ahead, rules.birthday_eve, rules.birthday_eve,
            offset, list(rules.milestone_ages), offset, rules.milestone_from, offset, rules.milestone_step,
            rules.milestone_ahead,
        ],
    )  # fmt: skip


def _month_lists(window: Window, days: WorkDays, rules: ReminderStages, unit_ids) -> RowSet | None:
    """Birthdays of the months whose list day lies open in the window; None when no list is open."""
    last = days.last_moved_to(window.end)
    months = [first for first in _months_from(window) if _list_day(first, rules) <= last and first > window.start]
    if not months:
        return None
    last = _next_month(months[-1]) - DAY
    people = birthdays_between(months[0], last, feb29=rules.feb29, nominal=rules.milestone_nominal)
    return _birthdays(window, days, people, rules, unit_ids, STAGE_OF_OTHERS, [rules.list_day - 1])


def _months_from(window: Window) -> list[datetime.date]:
    first, months = _next_month(window.start), []
    while first <= window.end + 31 * DAY:
        months.append(first)
        first = _next_month(first)
    return months


def _next_month(day: datetime.date) -> datetime.date:
    return datetime.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _list_day(month: datetime.date, rules: ReminderStages) -> datetime.date:
    """The day in the month before on which its birthdays are listed."""
    return (month - DAY).replace(day=rules.list_day)


def _visits(window: Window, days: WorkDays, rules: ReminderStages, unit_ids) -> RowSet:
    units, unit_params = _units(unit_ids)
    last = days.last_moved_to(window.end) + rules.visit_ahead * DAY
    due = duties_due_between(window.start - rules.overdue_last * DAY, last).values_list(
        "subject_key", "occasion_date", "cadre_id", "created_at", "period_start"
    )
    duties = RowSet.of(due)
    offsets = [
        rules.visit_ahead, rules.visit_eve, rules.visit_eve, rules.overdue, rules.overdue_section,
        rules.overdue_section, rules.overdue_bureau, rules.overdue_bureau, rules.overdue_last,
    ]  # fmt: skip
    sql = VISITS.format(duties=duties.sql, units=units, days=DAYS)
    return RowSet(sql, [*duties.params, *unit_params, *days.params, *offsets, *window.bounds])


def _notices(window: Window, rules: ReminderStages, unit_ids) -> RowSet:
    units, unit_params = _units(unit_ids)
    days = rules.notice_days
    notices = hospital_notices_between(window.start - days * DAY, window.end)
    return RowSet(
        NOTICES.format(notices=notices.sql, units=units),
        [days, *notices.params, *unit_params, window.end, days, window.start],
    )
