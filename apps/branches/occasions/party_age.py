"""Political birthdays of the coming month, and the list of the 50-year medal (rule book 7.50)."""

import datetime

from apps.branches.rules.party_age import MedalRules
from apps.common.row_set import RowSet
from apps.organisation.queries import rule_values
from apps.people.occasions import NOBODY_MOURNS

from .topics import Topic

# The list of a month goes out on this day of the month before, as the list of birthdays does (domain 3.5).
LIST_DAY = 25
POLITICAL = """
SELECT c.person_id AS subject_id, m.organisation_id, 'branch' AS role, v.day AS occasion_date, v.listed AS due_on,
       v.day AS valid_until, m.created_at AS known_at
FROM unnest(%s::date[], %s::date[]) v(day, listed)
JOIN registry_cadre c ON substr(c.joined_party_on, 6, 2) = to_char(v.day, 'MM') AND c.voided_at IS NULL
 AND substr(c.joined_party_on, 1, 4) < to_char(v.day, 'YYYY')
JOIN people_person p ON p.id = c.person_id AND p.life_status = 'living' AND p.voided_at IS NULL
JOIN branches_membership m ON m.person_id = c.person_id AND m.link = 'formal' AND m.ends_on IS NULL
 AND m.voided_at IS NULL
WHERE v.listed <= %s AND v.day > %s
"""


def _political(start: datetime.date, end: datetime.date) -> RowSet:
    firsts = sorted({_next_month(start), _next_month(end)})
    listed = [(first - datetime.timedelta(days=1)).replace(day=LIST_DAY) for first in firsts]
    return RowSet(POLITICAL + NOBODY_MOURNS, [firsts, listed, end, start])


def _next_month(day: datetime.date) -> datetime.date:
    return (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)


POLITICAL_BIRTHDAYS = Topic("political", "下月过政治生日的党员", "位", _political, page="portal:branch")

REVIEW = """
SELECT k.id AS subject_id, k.organisation_id, r.role, d.day AS occasion_date,
       (d.day - make_interval(months => %s))::date AS due_on, d.day + 1 AS valid_until, k.created_at AS known_at
FROM unnest(%s::date[]) d(day)
JOIN branches_medalbatch b ON b.year = extract(year FROM d.day) AND b.voided_at IS NULL AND b.state <> 'closed'
JOIN branches_medalcandidate k ON k.batch_id = b.id AND k.voided_at IS NULL AND NOT k.behaved_well
 AND k.state IN ('proposed', 'doubtful')
JOIN people_person p ON p.id = k.person_id AND p.life_status = 'living'
CROSS JOIN (VALUES ('branch'), ('section')) r(role)
WHERE (d.day - make_interval(months => %s))::date <= %s AND d.day >= %s
"""
PREPARE = """
SELECT o.id AS subject_id, o.id AS organisation_id, 'section' AS role, d.day AS occasion_date,
       (d.day - make_interval(months => %s))::date AS due_on, d.day + 1 AS valid_until, o.created_at AS known_at
FROM unnest(%s::date[]) d(day)
CROSS JOIN branches_organisation o
WHERE o.depth = 1 AND o.voided_at IS NULL AND o.dissolved_on IS NULL
  AND (d.day - make_interval(months => %s))::date <= %s AND d.day >= %s
  AND NOT EXISTS (
    SELECT 1 FROM branches_medalbatch b WHERE b.year = extract(year FROM d.day) AND b.voided_at IS NULL
  )
"""


def _of_medals(sql: str, start: datetime.date, end: datetime.date) -> RowSet:
    rules = rule_values(MedalRules.rule_key, on=end)
    days = [rules.day_of(year) for year in range(start.year, end.year + 2)]
    return RowSet(sql, [rules.prepare_months, days, rules.prepare_months, end, start])


def _review(start: datetime.date, end: datetime.date) -> RowSet:
    return _of_medals(REVIEW, start, end)


def _prepare(start: datetime.date, end: datetime.date) -> RowSet:
    return _of_medals(PREPARE, start, end)


MEDAL_REVIEW = Topic("medal", "光荣在党50年等审核一贯表现", "位", _review, page="portal:branch")
MEDAL_PREPARE = Topic(
    "medal_list", "今年光荣在党50年的名单还没有准备", "个党组织", _prepare,
    page="admin:branches_medalbatch_changelist",
)  # fmt: skip
