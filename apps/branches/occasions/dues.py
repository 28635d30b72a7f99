"""Members for whom dues were not recorded for some months: told to the branch, in neutral words (domain 3.2)."""

import datetime

from apps.branches.models import DuesYear, Organisation
from apps.branches.queries.dues import behind, collecting
from apps.branches.rules.dues import DuesRules, add_months, month_of
from apps.common.row_set import RowSet
from apps.organisation.queries import rule_values

from .topics import Topic

OPEN_DAYS = 7
UNRECORDED = """
SELECT b.person_id AS subject_id, b.organisation_id, 'branch' AS role, %s::date AS occasion_date, %s::date AS due_on,
       %s::date AS valid_until, %s::date::timestamptz AS known_at
FROM ({behind}) b
"""


def _unrecorded(start: datetime.date, end: datetime.date) -> RowSet | None:
    """One row a member on the first of a month, when so many months before it are open; the first week only, so that
    a city is not gone through every day. Branches that have not fixed the year have nothing open."""
    month = month_of(end)
    until = month + datetime.timedelta(days=OPEN_DAYS)
    if start >= until:
        return None
    last = add_months(month, -1)
    years = DuesYear.objects.filter(year=last.year, voided_at__isnull=True).order_by()
    rows = collecting(Organisation.objects.filter(dissolved_on__isnull=True), end)
    ids = list(rows.filter(pk__in=years.values("organisation_id")).order_by().values_list("pk", flat=True))
    months = rule_values(DuesRules.rule_key, on=end).alert_months
    if not ids or not months:
        return None
    found = behind(ids, last, months, within=max(months) + 1)
    return RowSet(UNRECORDED.format(behind=found.sql), [month, month, until, month, *found.params])


DUES_UNRECORDED = Topic("dues", "党费几个月没有记录，请联系看看是不是不方便", "位", _unrecorded, page="portal:branch")
