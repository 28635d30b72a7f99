"""What an inspection found and the branch has not mended yet."""

import datetime

from apps.common.row_set import RowSet

from .topics import Topic

DAYS_AHEAD = 7
DAYS_AFTER = 60
FINDINGS = """
SELECT f.id AS subject_id, i.organisation_id, r.role, f.due_on AS occasion_date, {due} AS due_on,
       {until} AS valid_until, f.created_at AS known_at
FROM branches_inspectionfinding f
JOIN branches_inspection i ON i.id = f.inspection_id AND i.voided_at IS NULL
JOIN branches_organisation o ON o.id = i.organisation_id AND o.voided_at IS NULL AND o.dissolved_on IS NULL
CROSS JOIN (VALUES {roles}) r(role)
WHERE f.voided_at IS NULL AND f.result <> 'done'
  AND (f.answered_on IS NULL OR f.rechecked_on >= f.answered_on)
  AND {due} <= %s AND {until} > %s
"""
DUE = FINDINGS.format(due=f"f.due_on - {DAYS_AHEAD}", until="f.due_on + 1", roles="('branch')")
LATE = FINDINGS.format(due="f.due_on + 1", until=f"f.due_on + {DAYS_AFTER}", roles="('branch'), ('above'), ('section')")


def _due(start: datetime.date, end: datetime.date) -> RowSet:
    return RowSet(DUE, [end, start])


def _late(start: datetime.date, end: datetime.date) -> RowSet:
    return RowSet(LATE, [end, start])


FINDING_DUE = Topic("finding", "检查发现的问题快到整改期限", "条", _due, page="portal:branch")
FINDING_LATE = Topic("finding_late", "检查发现的问题逾期没有整改", "条", _late, page="portal:branch")
