"""Terms that end (domain 3.1: the superior reminds about six months before)."""

import datetime

from apps.branches.rules import BranchRules
from apps.branches.rules.capability import Capability, kinds_without
from apps.common.row_set import RowSet
from apps.organisation.queries import rule_values

from .topics import Topic

# The day after the last of the term; a delay that was approved has moved `term_ends_on` already.
ENDING = """
SELECT o.id AS subject_id, o.id AS organisation_id, r.role, o.term_ends_on AS occasion_date,
       (o.term_ends_on - make_interval(months => %s))::date AS due_on, o.term_ends_on + 1 AS valid_until,
       o.created_at AS known_at
FROM branches_organisation o CROSS JOIN (VALUES ('branch'), ('above')) r(role)
WHERE o.voided_at IS NULL AND o.dissolved_on IS NULL AND NOT o.kind = ANY(%s)
  AND o.term_ends_on - make_interval(months => %s) <= %s AND o.term_ends_on >= %s
"""
OVER = """
SELECT o.id AS subject_id, o.id AS organisation_id, r.role, o.term_ends_on AS occasion_date,
       o.term_ends_on + 1 AS due_on, (o.term_ends_on + interval '1 year')::date AS valid_until, o.created_at AS known_at
FROM branches_organisation o CROSS JOIN (VALUES ('branch'), ('above'), ('section')) r(role)
WHERE o.voided_at IS NULL AND o.dissolved_on IS NULL AND NOT o.kind = ANY(%s)
  AND o.term_ends_on + 1 <= %s AND o.term_ends_on + interval '1 year' > %s
"""


def _ending(start: datetime.date, end: datetime.date) -> RowSet:
    months = rule_values(BranchRules.rule_key, on=end).notice_months
    return RowSet(ENDING, [months, kinds_without(Capability.ELECTION), months, end, start])


def _over(start: datetime.date, end: datetime.date) -> RowSet:
    return RowSet(OVER, [kinds_without(Capability.ELECTION), end, start])


TERM_ENDS = Topic("term", "支部任期快到", "个", _ending, page="portal:branch")
TERM_OVER = Topic("term_over", "支部任期已满还没有换届", "个", _over, page="portal:branch")
