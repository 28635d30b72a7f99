"""Monthly reports of the demo city: most units have sent theirs, some are behind, the liaison's own month is open."""

import datetime as dt

from apps.accounts.models import User
from apps.common.partial_date import PartialDate
from apps.organisation.models import Unit
from apps.registry.choices import ReportState
from apps.registry.models import UnitReport
from apps.registry.reporting import months
from apps.registry.reporting.standing import reporting_units, terms_on
from apps.registry.services import reports
from apps.registry.services.reports import Told

MONTHS_BACK = 3
# Of every so many units one is a month behind, and of so many two.
BEHIND, FAR_BEHIND = 5, 11


def write_unit_reports(staff: dict[str, User], *, on: dt.date) -> None:
    """Reports of the last three months whose due day is over; the unit of `lianluo` is never behind."""
    terms = terms_on(on)
    units = reporting_units(Unit.objects.open().values("pk"), terms)
    last = months.last_due_month(on, terms.rules_of(units[0].pk), terms.calendar)
    own = staff["lianluo"].unit_id
    rows = []
    for place, unit in enumerate(units, 1):
        missing = 0 if unit.pk == own else 2 if place % FAR_BEHIND == 0 else 1 if place % BEHIND == 0 else 0
        sender = staff["lianluo"] if unit.pk == own else staff["jingban"]
        for back in range(missing, MONTHS_BACK):
            month = months.shifted(last, -back)
            due = terms.due_on(unit.pk, month)
            sent = due - dt.timedelta(days=place % 4 - 1)  # one in four a day late
            rows.append(
                UnitReport(
                    unit=unit, month=month, state=ReportState.SENT, no_change=True, due_on=due, sent_on=sent,
                    sent_by=sender, on_behalf=unit.pk != own,
                )
            )  # fmt: skip
    UnitReport.objects.bulk_create(rows)
    neighbour = next(unit for unit in units if unit.pk != own)
    told = Told(
        "retired", PartialDate(on.year, on.month), name="邵立新", birth_date=PartialDate(on.year - 60, on.month),
        post="四级调研员",
    )  # fmt: skip
    reports.add_line(neighbour, months.month_of(on), told, actor=staff["jingban"], terms=terms_on(on))
