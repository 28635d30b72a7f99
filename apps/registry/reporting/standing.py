"""Which units must report, which have, and since when the others have not."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Exists, Min, OuterRef

from apps.accounts.access import current_grants, unit_ids_for
from apps.organisation.models import Unit
from apps.organisation.queries import rule_groups, subtree_ids, work_calendar
from apps.organisation.workdays import WorkCalendar
from apps.registry.choices import ReportState
from apps.registry.models import Cadre, UnitReport

from . import months
from .months import ReportRules

VIEW, FILL, MANAGE = "registry.view_unitreport", "registry.add_unitreport", "registry.change_unitreport"
LIAISON = "liaison"


@dataclass(frozen=True)
class Terms:
    """What reporting asks of whom on a day, read once for any number of units."""

    today: dt.date
    calendar: WorkCalendar
    groups: list[tuple[ReportRules, frozenset[int] | None]]
    first_report: dt.date | None

    def rules_of(self, unit_id: int) -> ReportRules:
        return next(rules for rules, ids in self.groups if ids is None or unit_id in ids)

    def due_on(self, unit_id: int, month: dt.date) -> dt.date:
        return months.due_on(month, self.rules_of(unit_id), self.calendar)

    def owed_months(self, unit_id: int) -> list[dt.date]:
        """Months of this unit whose due day is over, oldest first, reported or not."""
        return months.owed_months(self.today, self.rules_of(unit_id), self.calendar, self.first_report)

    def open_month(self) -> dt.date:
        """The latest month that any unit may report as a whole: what the list opens with."""
        return max(months.open_month(self.today, rules) for rules, _ in self.groups)


def terms_on(today: dt.date) -> Terms:
    groups = [(rules, ids if ids is None else frozenset(ids)) for rules, ids in rule_groups("unit_reports", on=today)]
    first = UnitReport.objects.filter(state=ReportState.SENT).aggregate(first=Min("month"))["first"]
    return Terms(today, work_calendar(), groups, first)


@dataclass(frozen=True)
class Standing:
    """One unit in one month. `missing`: months that are over their due day and not sent, oldest first."""

    unit_id: int
    name: str
    due_on: dt.date
    report: UnitReport | None
    missing: list[dt.date] = field(default_factory=list)

    @property
    def is_sent(self) -> bool:
        return self.report is not None and self.report.state == ReportState.SENT

    @property
    def was_late(self) -> bool:
        return self.is_sent and self.report.sent_on > self.report.due_on


def reporting_units(unit_ids: Collection[int], terms: Terms) -> list[Unit]:
    """Those of the units that must report: open ones with living people of their own, unless a rule set excuses
    them; in the order of the tree."""
    living = Cadre.objects.living().filter(managing_unit=OuterRef("pk"))
    rows = Unit.objects.open().filter(Exists(living), pk__in=unit_ids).only("pk", "name", "path").order_by("path")
    return [unit for unit in rows if terms.rules_of(unit.pk).required]


def standings(units: Collection[Unit], month: dt.date, terms: Terms) -> list[Standing]:
    """Where each unit stands with `month`, and what else it owes; two queries for any number."""
    keys = [unit.pk for unit in units]
    reports = UnitReport.objects.filter(month=month, unit__in=keys).select_related("sent_by")
    by_unit = {report.unit_id: report for report in reports}
    sent = sent_months(keys, terms)
    return [
        Standing(
            unit.pk,
            unit.name,
            terms.due_on(unit.pk, month),
            by_unit.get(unit.pk),
            [owed for owed in terms.owed_months(unit.pk) if (unit.pk, owed) not in sent],
        )
        for unit in units
    ]


def sent_months(unit_ids: Collection[int], terms: Terms) -> set[tuple[int, dt.date]]:
    """(unit, month) of what was sent within the year that is looked back on."""
    since = months.shifted(months.month_of(terms.today), -months.MOST_MONTHS_BACK - 1)
    rows = UnitReport.objects.filter(state=ReportState.SENT, month__gte=since, unit__in=unit_ids)
    return set(rows.values_list("unit_id", "month"))


def missing_reports(units: Collection[Unit], terms: Terms) -> list[tuple[Unit, dt.date]]:
    """(unit, month) that ought to be there and are not, oldest month first within a unit."""
    sent = sent_months([unit.pk for unit in units], terms)
    return [(unit, owed) for unit in units for owed in terms.owed_months(unit.pk) if (unit.pk, owed) not in sent]


def open_reports(units: Collection[Unit], terms: Terms) -> list[tuple[Unit, dt.date]]:
    """(unit, month) that may be sent now and are not: those missing, and the month that has just opened."""
    sent = sent_months([unit.pk for unit in units], terms)
    found = []
    for unit in units:
        latest = months.open_month(terms.today, terms.rules_of(unit.pk))
        for month in dict.fromkeys([*terms.owed_months(unit.pk), latest]):
            if (unit.pk, month) not in sent:
                found.append((unit, month))
    return found


def liaison_unit_ids(user) -> set[int]:
    """Units whose liaison this user is, with those below them; empty for others, and for liaisons of a community."""
    granted = current_grants(user).get(LIAISON)
    return subtree_ids(granted) if granted else set()


def units_for(user, permission: str, terms: Terms) -> list[Unit]:
    ids = unit_ids_for(user, permission)
    return reporting_units(ids, terms) if ids else []
