"""Who is in a team, and how a team stands: for staff pages and for its own leader."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

from apps.common.code_lists import names_of
from apps.people.queries import reach_of
from apps.people.rules import Reach
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.choices.teams import TeamRole
from apps.volunteers.models import ServiceRecord, Team, TeamMember, Volunteer

from .volunteers import limits_of, missing_words, papers_of, rules_of

SKILLS = "volunteer_skill"
# 队长, 副队长, 队员: by office, never by what somebody did.
BY_ROLE = Case(
    When(role=TeamRole.LEADER, then=Value(0)), When(role=TeamRole.DEPUTY, then=Value(1)), default=Value(2),
    output_field=IntegerField(),
)  # fmt: skip


@dataclass(frozen=True)
class MemberRow:
    """One member on a day. `missing`: why nothing may be given him, empty when he may serve; `limits`: what he asked
    not to be given; `reach`: None unless the asker may see phones."""

    member: TeamMember
    volunteer: Volunteer
    skills: str
    missing: str
    limits: str
    reach: Reach | None = None

    @property
    def name(self) -> str:
        return self.volunteer.person.name

    @property
    def phones(self) -> str:
        return "、".join(number.shown for number in self.reach.numbers) if self.reach else ""


def member_rows(team: Team, on: dt.date, *, with_phones: bool = False) -> list[MemberRow]:
    """Members of a day, leader first, then in pinyin order. The caller has asked who may see phones, and logs the look.
    At most seven queries for any number."""
    rows = TeamMember.objects.on(on).filter(team=team).select_related("volunteer__person", "volunteer__unit")
    members = list(rows.order_by(BY_ROLE, "volunteer__person__name_sort_key", "pk"))
    ids = [row.volunteer_id for row in members]
    volunteers = [row.volunteer for row in members]
    rules, papers, limits = rules_of(volunteers, on), papers_of(ids), limits_of(ids, on)
    reach = reach_of(ids, with_phones=True, on=on) if with_phones else {}
    names = names_of(SKILLS)
    return [
        MemberRow(
            row, row.volunteer, "、".join(names.get(code, code) for code in row.volunteer.skills),
            missing_words(row.volunteer, papers.get(row.volunteer_id, ()), on, rules[row.volunteer_id]),
            limits.get(row.volunteer_id, ""), reach.get(row.volunteer_id),
        )
        for row in members
    ]  # fmt: skip


def former_members(team: Team, on: dt.date) -> QuerySet[TeamMember]:
    """Memberships and offices that ended by a day, the latest first."""
    rows = TeamMember.objects.filter(team=team, ends_on__lte=on, voided_at__isnull=True)
    return rows.select_related("volunteer__person").order_by("-ends_on", "-pk")


def leader_of(team: Team, on: dt.date) -> TeamMember | None:
    rows = TeamMember.objects.on(on).filter(team=team, role=TeamRole.LEADER)
    return rows.select_related("volunteer__person").first()


def with_leaders(rows: QuerySet[Team], on: dt.date) -> QuerySet[Team]:
    """Teams with `leader_name` and `member_count` of a day, for the rows of one page."""
    now = TeamMember.objects.on(on).filter(team=OuterRef("pk")).order_by()
    counted = now.values("team").annotate(number=Count("pk")).values("number")
    return rows.annotate(
        leader_name=Subquery(now.filter(role=TeamRole.LEADER).values("volunteer__person__name")[:1]),
        member_count=Subquery(counted),
    )


def without_leader(rows: QuerySet[Team], on: dt.date) -> QuerySet[Team]:
    """Teams that stand and that nobody leads on a day."""
    led = TeamMember.objects.on(on).filter(role=TeamRole.LEADER).order_by()
    return standing(rows, on).exclude(pk__in=led.values("team_id"))


def standing(rows: QuerySet[Team], on: dt.date) -> QuerySet[Team]:
    return rows.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on), voided_at__isnull=True)


def year_figures(team: Team, year: int) -> tuple[int, int]:
    """(confirmed minutes, records) of a team in a calendar year."""
    rows = ServiceRecord.objects.filter(
        team=team, on__year=year, state=RecordState.CONFIRMED, voided_at__isnull=True
    ).order_by()
    found = rows.aggregate(minutes=Sum("minutes"), number=Count("pk"))
    return found["minutes"] or 0, found["number"]


def teams_of(volunteer_ids: Iterable[int], on: dt.date) -> dict[int, list[TeamMember]]:
    """volunteer id → his memberships of a day, with their teams."""
    found: dict[int, list[TeamMember]] = {}
    rows = TeamMember.objects.on(on).filter(volunteer__in=list(volunteer_ids), team__voided_at__isnull=True)
    for row in rows.select_related("team").order_by("team__name", "pk"):
        found.setdefault(row.volunteer_id, []).append(row)
    return found
