"""Self-assessments that are due soon or overdue, and submitted ones that wait for their check (rule book 7.70)."""

import datetime

from apps.branches.rules.evaluation import EvaluationRules
from apps.common.row_set import RowSet
from apps.organisation.queries import rule_values

from .topics import Topic

DAYS_AFTER = 60
# Of organisations only: units have no desk, their evaluations are worked off in the admin.
OF_BRANCH = """
FROM branches_evaluation e
JOIN branches_organisation o ON o.id = e.organisation_id AND o.voided_at IS NULL AND o.dissolved_on IS NULL
"""
OPEN = f"""
SELECT e.id AS subject_id, e.organisation_id, 'branch' AS role, e.due_on AS occasion_date, e.due_on - %s AS due_on,
       e.due_on + {DAYS_AFTER} AS valid_until, e.created_at AS known_at
{OF_BRANCH}
WHERE e.voided_at IS NULL AND e.state IN ('drafting', 'returned')
  AND e.due_on - %s <= %s AND e.due_on + {DAYS_AFTER} > %s
"""  # noqa: S608 (constants of ours)
WAITING = f"""
SELECT e.id AS subject_id, e.organisation_id, r.role, e.submitted_on AS occasion_date, e.submitted_on + %s AS due_on,
       e.submitted_on + %s + {DAYS_AFTER} AS valid_until, e.created_at AS known_at
{OF_BRANCH} CROSS JOIN (VALUES ('above'), ('section')) r(role)
WHERE e.voided_at IS NULL AND e.state = 'submitted'
  AND e.submitted_on + %s <= %s AND e.submitted_on + %s + {DAYS_AFTER} > %s
"""  # noqa: S608 (constants of ours)


def _open(start: datetime.date, end: datetime.date) -> RowSet:
    days = rule_values(EvaluationRules.rule_key, on=end).due_days
    return RowSet(OPEN, [days, days, end, start])


def _waiting(start: datetime.date, end: datetime.date) -> RowSet:
    days = rule_values(EvaluationRules.rule_key, on=end).waiting_days
    return RowSet(WAITING, [days, days, days, end, days, start])


EVALUATION_OPEN = Topic("evaluation", "达标创建自评还没有呈报", "个", _open, page="portal:branch")
EVALUATION_WAITING = Topic(
    "evaluation_waiting", "呈报的达标创建评估等着核查", "个", _waiting, page="portal:branch"
)  # fmt: skip
