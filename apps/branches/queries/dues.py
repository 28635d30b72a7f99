"""Reads over dues: who owes what for which month, in one statement for any number of branches.

A month belongs to the branch where the formal relation is on its last day: after a transfer to the new one, after a
death to none. Who paid it counts wherever it was received.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.cache import cache
from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from apps.branches.choices import DuesKind
from apps.branches.models import DuesBase, DuesOff, DuesPayment, Membership, Organisation
from apps.branches.rules.capability import Capability, able, kinds_without
from apps.branches.rules.dues import Due, DuesRules, MonthState, months_of_year
from apps.common.row_set import RowSet
from apps.organisation.models import Unit
from apps.organisation.queries import rule_groups, rule_values
from apps.people.models import Person

IN_USE, IN_USE_SECONDS = "dues_in_use", 60

MEMBERS = """
members AS MATERIALIZED (
  SELECT m.organisation_id, m.person_id, m.starts_on, m.ends_on FROM branches_membership m
  WHERE m.link = 'formal' AND m.voided_at IS NULL AND m.organisation_id = ANY(%s)
    AND m.starts_on < (%s::date + interval '1 month')::date AND (m.ends_on IS NULL OR m.ends_on > %s::date)
),
bases AS (
  SELECT person_id, amount, starts_on,
         coalesce(lead(starts_on) OVER (PARTITION BY person_id, year ORDER BY starts_on), make_date(year + 1, 1, 1))
           AS until
  FROM branches_duesbase
  WHERE voided_at IS NULL AND year BETWEEN %s AND %s AND person_id = ANY(ARRAY(SELECT person_id FROM members))
),
months AS (
  SELECT t::date AS month, (t + interval '1 month')::date AS next_month
  FROM generate_series(%s::date::timestamp, %s::date::timestamp, interval '1 month') t
),
exempt AS (
  SELECT DISTINCT ON (e.person_id, g.month) e.person_id, g.month, e.kind, e.amount
  FROM branches_duesexemption e JOIN months g ON g.month >= e.starts_on AND g.month < e.ends_on
  WHERE e.voided_at IS NULL AND e.approved_on IS NOT NULL
    AND e.person_id = ANY(ARRAY(SELECT person_id FROM members))
  ORDER BY e.person_id, g.month, e.id DESC
),
paid AS (
  SELECT person_id, month, sum(paid) AS paid FROM branches_duespayment
  WHERE voided_at IS NULL AND kind <> 'voluntary' AND month BETWEEN %s AND %s
    AND person_id = ANY(ARRAY(SELECT person_id FROM members))
  GROUP BY person_id, month
),
owed AS (
  SELECT m.organisation_id, m.person_id, g.month, b.amount AS fixed, e.kind AS exempt, e.amount AS reduced,
         coalesce(p.paid, 0) AS paid,
         CASE WHEN e.kind = 'zero' THEN 0 WHEN e.kind = 'reduced' THEN least(e.amount, b.amount)
              ELSE coalesce(b.amount, 0) END AS due
  FROM members m
  JOIN months g ON m.starts_on < g.next_month AND (m.ends_on IS NULL OR m.ends_on >= g.next_month)
  LEFT JOIN bases b ON b.person_id = m.person_id AND g.month >= b.starts_on AND g.month < b.until
  LEFT JOIN exempt e ON e.person_id = m.person_id AND e.month = g.month
  LEFT JOIN paid p ON p.person_id = m.person_id AND p.month = g.month
)
"""
# Money of months as they stand. `open_people` are those with a fixed month not wholly paid.
TOTALS = """
SELECT organisation_id, count(DISTINCT person_id) AS people, coalesce(sum(due), 0) AS due,
       coalesce(sum(least(paid, due)), 0) AS paid, coalesce(sum(greatest(due - paid, 0)), 0) AS open,
       count(DISTINCT person_id) FILTER (WHERE due > paid) AS open_people,
       count(DISTINCT person_id) FILTER (WHERE exempt = 'zero') AS exempt_people,
       count(DISTINCT person_id) FILTER (WHERE fixed IS NULL AND exempt IS NULL) AS unfixed_people
FROM owed GROUP BY organisation_id
"""
# Months unpaid without a break up to the last one asked for; an exempt or paid month ends the row.
BEHIND = """
SELECT organisation_id, person_id, count(*) AS months FROM (
  SELECT o.*, max(month) FILTER (WHERE fixed IS NULL OR due <= paid) OVER (PARTITION BY person_id) AS settled
  FROM owed o
) o
WHERE settled IS NULL OR month > settled
GROUP BY organisation_id, person_id HAVING count(*) = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class BranchTotals:
    """Figures of one organisation; people and yuan."""

    people: int = 0
    due: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    open: Decimal = Decimal(0)
    open_people: int = 0
    exempt_people: int = 0
    unfixed_people: int = 0


def rules_unit(organisation: Organisation) -> Unit | None:
    """The unit whose rules hold for an organisation: its own, else that of the nearest one above that has one."""
    if organisation.unit_id:
        return organisation.unit
    above = (
        Organisation.objects.get_ancestors(organisation)
        .filter(unit__isnull=False)
        .select_related("unit")
        .order_by("-depth")
        .first()
    )
    return above.unit if above else None


def dues_rules(organisation: Organisation, on: dt.date) -> DuesRules:
    """The rules of dues in force for an organisation on a day."""
    return rule_values(DuesRules.rule_key, on=on, unit=rules_unit(organisation))


def is_dues_off(organisation: Organisation, on: dt.date) -> bool:
    """Whether the dues module is switched off here: by the rules of its unit, or for it or one above it by name."""
    if not dues_rules(organisation, on).enabled:
        return True
    steps = range(Organisation.steplen, len(organisation.path) + 1, Organisation.steplen)
    above = [organisation.path[:end] for end in steps]
    return DuesOff.objects.filter(organisation__path__in=above, voided_at__isnull=True).exists()


def collecting(rows: QuerySet[Organisation], on: dt.date) -> QuerySet[Organisation]:
    """Those of the organisations that may take dues and use the module on a day. A few queries for any number."""
    rows = rows.exclude(kind__in=kinds_without(Capability.DUES)).filter(voided_at__isnull=True)
    off = Q(pk__in=[])
    for path in DuesOff.objects.filter(voided_at__isnull=True).values_list("organisation__path", flat=True):
        off |= Q(path__startswith=path)
    for values, unit_ids in rule_groups(DuesRules.rule_key, on=on):
        if not values.enabled:
            if unit_ids is None:
                return rows.none()
            off |= Q(unit_id__in=unit_ids)
    return rows.exclude(off)


def is_in_use() -> bool:
    """Whether any organisation uses the module today; asked by every staff page, so kept for a minute."""

    def ask() -> bool:
        return collecting(Organisation.objects.order_by(), timezone.localdate()).exists()

    return cache.get_or_set(IN_USE, ask, IN_USE_SECONDS)


def takes_dues(organisation: Organisation) -> bool:
    return able(organisation.kind, Capability.DUES)


def owed(organisation_ids: Iterable[int], first: dt.date, last: dt.date, select: str, more: Collection = ()) -> RowSet:
    """`select` over the table `owed` of the months first..last (both first days of months, both included)."""
    ids = sorted(organisation_ids)
    years = [first.year, last.year]
    params = [ids, last, first, *years, first, last, first, last, *more]
    return RowSet(f"WITH {MEMBERS} {select}", params)


def dues_of(organisation_ids: Iterable[int], first: dt.date, last: dt.date) -> dict[int, dict[dt.date, Due]]:
    """person id → month → what he owes and paid, for the months that belong to the organisations."""
    columns = "SELECT person_id, month, fixed, exempt, reduced, paid FROM owed ORDER BY person_id, month"
    found: dict[int, dict[dt.date, Due]] = defaultdict(dict)
    for person, month, *values in _rows(owed(organisation_ids, first, last, columns)):
        fixed, exempt, reduced, paid = values
        found[person][month] = Due(fixed, exempt or "", reduced, paid)
    return dict(found)


def totals_of(organisation_ids: Iterable[int], first: dt.date, last: dt.date) -> dict[int, BranchTotals]:
    """Figures by organisation; organisations without members are left out."""
    rows = _rows(owed(organisation_ids, first, last, TOTALS))
    return {organisation: BranchTotals(*values) for organisation, *values in rows}


def behind(organisation_ids: Iterable[int], last: dt.date, months: Collection[int], *, within: int = 12) -> RowSet:
    """(organisation_id, person_id, months) of members for whom the last so many months up to `last` are open without
    a break, for each number in `months`."""
    first = _months_back(last, within - 1)
    return owed(organisation_ids, first, last, BEHIND, [list(months)])


def _months_back(month: dt.date, count: int) -> dt.date:
    number = month.year * 12 + month.month - 1 - count
    return dt.date(number // 12, number % 12 + 1, 1)


def _rows(rows: RowSet) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(rows.sql, rows.params)
        return cursor.fetchall()


def formal_members(organisation: Organisation, on: dt.date) -> QuerySet[Person]:
    """Members whose formal relation is here on a day, in 姓氏笔画 order."""
    links = Membership.objects.current(on).filter(organisation=organisation, link="formal")
    return Person.objects.filter(pk__in=links.values("person_id")).order_by("name_stroke_key", "pk")


def people_of_year(organisation: Organisation, person_ids: Iterable[int]) -> dict[int, Person]:
    """Persons by id in 姓氏笔画 order, names only."""
    rows = Person.objects.filter(pk__in=list(person_ids)).only("pk", "public_id", "name", "name_stroke_key")
    return {person.pk: person for person in rows.order_by("name_stroke_key", "pk")}


def bases_of(person_ids: Iterable[int], year: int) -> dict[int, DuesBase]:
    """The row in force at the end of a year, by person. The base stays sealed until it is read."""
    rows = DuesBase.objects.filter(person_id__in=list(person_ids), year=year, voided_at__isnull=True)
    return {row.person_id: row for row in rows.order_by("person_id", "starts_on")}


def payments_of_year(organisation: Organisation, year: int, *, person_ids: Collection[int] = ()) -> list[DuesPayment]:
    """What was received here for the months of a year, and what these persons paid elsewhere for them; months only."""
    rows = DuesPayment.objects.filter(
        Q(organisation=organisation) | Q(person_id__in=list(person_ids)),
        month__in=months_of_year(year),
        voided_at__isnull=True,
    ).exclude(kind=DuesKind.VOLUNTARY)
    return list(rows.order_by("person_id", "month", "part"))


def received_by_month(organisation_ids: Iterable[int], year: int) -> dict[tuple[int, int], dict[str, Decimal]]:
    """(organisation id, month of receipt) → kind → yuan: what goes to the organisation above each month."""
    rows = (
        DuesPayment.objects.filter(
            organisation_id__in=list(organisation_ids), paid_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)),
            voided_at__isnull=True,
        )
        .order_by()
        .values("organisation_id", "paid_on__month", "kind")
        .annotate(total=Sum("paid"))
    )  # fmt: skip
    found: dict[tuple[int, int], dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        found[row["organisation_id"], row["paid_on__month"]][row["kind"]] = row["total"]
    return dict(found)


def settled_through(dues: dict[dt.date, Due]) -> dt.date | None:
    """The last month up to which nothing is open, for a member's page and a transfer letter."""
    last = None
    for month in sorted(dues):
        if dues[month].state in (MonthState.OPEN, MonthState.UNFIXED):
            break
        last = month
    return last
