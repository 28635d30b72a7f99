"""What was held and who was reached, of one organisation or of all: aggregated in SQL, a constant number of queries."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncMonth

from apps.branches.choices import Level, MeetingKind
from apps.branches.models import Attendance, HomeDelivery, Meeting, Organisation, Post
from apps.branches.rules.meetings import ATTENDED, NOT_FOR_ALL, Coverage, MeetingRules, due_kinds, period_of
from apps.organisation.queries import rule_groups
from apps.people.choices import LifeStatus

COMMITTEE_OF = 3
# Each member once: who came anywhere, to whom it was brought, who had leave of a meeting of his own organisation.
COVERAGE = """
WITH member AS (
  SELECT o.id AS organisation_id, m.person_id, array_agg(m.organisation_id) || o.id AS homes
  FROM branches_organisation o
  JOIN branches_organisation b ON starts_with(b.path, o.path)
  JOIN branches_membership m ON m.organisation_id = b.id
  WHERE o.id = ANY(%(ids)s) AND m.voided_at IS NULL
    AND m.starts_on <= %(day)s AND (m.ends_on IS NULL OR m.ends_on > %(day)s)
  GROUP BY 1, 2
), roll AS (
  SELECT a.person_id, h.organisation_id, bool_or(a.state = ANY(%(came)s)) AS came,
         bool_or(a.state = 'leave') AS excused
  FROM branches_meeting h JOIN branches_attendance a ON a.meeting_id = h.id
  WHERE h.held_on >= %(start)s AND h.held_on < %(end)s AND h.voided_at IS NULL AND h.kind <> ALL(%(not_for_all)s)
  GROUP BY 1, 2
), came AS (
  SELECT person_id FROM roll WHERE came GROUP BY 1
), brought AS (
  SELECT d.person_id FROM branches_homedelivery d LEFT JOIN branches_meeting h ON h.id = d.meeting_id
  WHERE d.delivered_on IS NOT NULL AND d.voided_at IS NULL AND h.voided_at IS NULL
    AND coalesce(h.held_on, d.delivered_on) >= %(start)s
    AND coalesce(h.held_on, d.delivered_on) < %(end)s
  GROUP BY 1
)
SELECT m.organisation_id, count(*), count(c.person_id),
       count(*) FILTER (WHERE c.person_id IS NULL AND b.person_id IS NOT NULL),
       count(*) FILTER (WHERE c.person_id IS NULL AND b.person_id IS NULL AND e.person_id IS NOT NULL)
FROM member m
LEFT JOIN came c ON c.person_id = m.person_id
LEFT JOIN brought b ON b.person_id = m.person_id
LEFT JOIN (
  SELECT DISTINCT o.organisation_id, r.person_id
  FROM roll r JOIN member o ON o.person_id = r.person_id AND r.organisation_id = ANY(o.homes)
  WHERE r.excused
) e ON e.person_id = m.person_id AND e.organisation_id = m.organisation_id
GROUP BY 1
"""
NOBODY = Coverage(0, 0, 0, 0)


@dataclass(frozen=True)
class Held:
    """Whether a kind of meeting was held in its period. `last_on` is the latest day in it."""

    kind: str
    months: int
    count: int
    last_on: datetime.date | None

    @property
    def label(self) -> str:
        return str(MeetingKind(self.kind).label)


@dataclass(frozen=True)
class BranchMonth:
    """One organisation in one month."""

    organisation: Organisation
    coverage: Coverage
    held: tuple[Held, ...]

    @property
    def missing(self) -> list[Held]:
        return [one for one in self.held if not one.count]


def coverage_by_organisation(
    organisations: Collection[int], start: datetime.date, end: datetime.date, *, on: datetime.date
) -> dict[int, Coverage]:
    """Coverage of each organisation over [start, end), of the members of it and of those below on the last day or `on`,
    whichever comes first. One query (rule book 7.32)."""
    day = min(end - datetime.timedelta(days=1), on)
    params = {
        "ids": sorted(organisations), "day": day, "start": start, "end": end,
        "came": [str(state) for state in ATTENDED], "not_for_all": [str(kind) for kind in NOT_FOR_ALL],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COVERAGE, params)
        return {pk: Coverage(*numbers) for pk, *numbers in cursor.fetchall()}


def months_of(organisations: QuerySet[Organisation], month: datetime.date, *, on: datetime.date) -> list[BranchMonth]:
    """What each organisation held and whom it reached, in the month that begins on `month`, in the given order."""
    rows = list(organisations)
    ids = [row.pk for row in rows]
    start, end = period_of(month, 1)
    covered = coverage_by_organisation(ids, start, end, on=on)
    groups = _groups(rows)
    held = _held_in(ids, groups, month)
    committees, grouped = _with_committee(ids, on), set(groups.values())
    by_unit = _rules(on)
    found = []
    for row in rows:
        wanted = {}
        if row.level == Level.BRANCH:
            wanted = due_kinds(
                by_unit.get(row.unit_id, by_unit[None]),
                organisation_kind=row.kind,
                has_committee=row.pk in committees,
                has_groups=row.pk in grouped,
            )
        lines = tuple(_held(held, row.pk, kind, months, month) for kind, months in wanted.items())
        found.append(BranchMonth(row, covered.get(row.pk, NOBODY), lines))
    return found


def _held(held: dict, organisation: int, kind: str, months: int, month: datetime.date) -> Held:
    first, last = period_of(month, months)
    days = [(count, day) for at, count, day in held.get((organisation, kind), []) if first <= at < last]
    return Held(kind, months, sum(count for count, _ in days), max((day for _, day in days), default=None))


def _held_in(ids: list[int], groups: dict[int, int], month: datetime.date) -> dict[tuple[int, str], list[tuple]]:
    """(first of month, number, latest day) by organisation and kind, over the year of the month. What a 党小组 held
    counts for the branch over it, as 党小组会 alone."""
    start, end = period_of(month, 12)
    theirs = Q(organisation_id__in=list(groups), kind=MeetingKind.GROUP)
    rows = (
        Meeting.objects.filter(Q(organisation_id__in=ids) | theirs, held_on__gte=start, held_on__lt=end)
        .filter(voided_at__isnull=True)
        .order_by()
        .annotate(month=TruncMonth("held_on"))
        .values_list("organisation_id", "kind", "month")
        .annotate(count=Count("pk"), last=Max("held_on"))
    )
    found: dict[tuple[int, str], list[tuple]] = {}
    for organisation, kind, at, count, last in rows:
        found.setdefault((groups.get(organisation, organisation), kind), []).append((at, count, last))
    return found


def _with_committee(ids: list[int], on: datetime.date) -> set[int]:
    posts = Post.objects.current(on).filter(organisation_id__in=ids).order_by().values("organisation_id")
    many = posts.annotate(count=Count("person_id", distinct=True)).filter(count__gte=COMMITTEE_OF)
    return set(many.values_list("organisation_id", flat=True))


def _groups(rows: Collection[Organisation]) -> dict[int, int]:
    """党小组 right below the organisations, each with the one over it."""
    above = {row.path: row.pk for row in rows}
    cut = Organisation.steplen
    groups = Organisation.objects.filter(level=Level.GROUP, voided_at__isnull=True, dissolved_on__isnull=True)
    return {pk: above[path[:-cut]] for pk, path in groups.values_list("pk", "path") if path[:-cut] in above}


def _rules(on: datetime.date) -> dict[int | None, MeetingRules]:
    by_unit: dict[int | None, MeetingRules] = {}
    for values, units in rule_groups(MeetingRules.rule_key, on=on):
        for unit in units if units is not None else [None]:
            by_unit[unit] = values
    by_unit.setdefault(None, MeetingRules())
    return by_unit


def attended_elsewhere(organisation: Organisation, start: datetime.date, end: datetime.date, *, on: datetime.date):
    """What its members took part in with other organisations over [start, end): floating and functional members
    reported home. Latest first."""
    day = min(end - datetime.timedelta(days=1), on)
    return (
        Attendance.objects.filter(
            person_id__in=organisation.memberships.current(day).values("person_id"),
            state__in=ATTENDED,
            meeting__held_on__gte=start,
            meeting__held_on__lt=end,
            meeting__voided_at__isnull=True,
        )
        .exclude(meeting__organisation=organisation)
        .exclude(meeting__kind=MeetingKind.COMMITTEE)
        .select_related("person", "meeting__organisation")
        .order_by("-meeting__held_on", "-meeting_id", "person__name_stroke_key", "person_id")
    )


def meetings_open_to(organisation: Organisation) -> QuerySet[Meeting]:
    """Meetings it held itself or together with others (共建): both see them."""
    own = Meeting.objects.filter(organisation=organisation).values("pk")
    joint = organisation.joint_meetings.order_by().values("pk")
    return Meeting.objects.filter(pk__in=own.union(joint))


def first_year(organisation: Organisation) -> int | None:
    """The year of its earliest meeting."""
    found = organisation.meetings.filter(voided_at__isnull=True).aggregate(first=Min("held_on"))["first"]
    return found.year if found else None


def present_counts(meetings: Collection[int]) -> dict[int, dict[str, int]]:
    """How many of each state, by meeting."""
    rows = (
        Attendance.objects.filter(meeting_id__in=meetings)
        .order_by()
        .values_list("meeting_id", "state")
        .annotate(count=Count("pk"))
    )
    found: dict[int, dict[str, int]] = {}
    for meeting, state, count in rows:
        found.setdefault(meeting, {})[state] = count
    return found


def open_promises(organisation: Organisation) -> QuerySet[HomeDelivery]:
    """Promised to the living and not yet brought, the earliest due first."""
    return (
        HomeDelivery.objects.filter(organisation=organisation, delivered_on__isnull=True, voided_at__isnull=True)
        .filter(person__life_status=LifeStatus.LIVING)
        .select_related("person", "meeting")
        .order_by("due_on", "person__name_stroke_key", "pk")
    )


def came(counts: dict[str, int]) -> int:
    return sum(counts.get(state, 0) for state in ATTENDED)
