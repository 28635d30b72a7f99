"""Teams, who is in them and who leads them: the only writer of Team and TeamMember (rule book 10.5)."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from apps.branches.models import Organisation
from apps.common import audit
from apps.common.errors import BusinessError, StaleVersion
from apps.organisation.models import Community, Division, Unit
from apps.people.models import Person
from apps.signups.choices import OfferingState
from apps.volunteers.choices.teams import TeamKind, TeamRole
from apps.volunteers.models import Team, TeamMember, Volunteer

MEMBER_ENDS = {
    "teammember_once": "这段时间他已经在这支队里。",
    "teammember_one_leader": "这段时间这支队已经有队长。换队长请用“换队长”。",
}


@dataclass(frozen=True)
class TeamFacts:
    unit: Unit
    name: str
    kind: str
    phone: str
    organisation: Organisation | None = None
    division: Division | None = None
    community: Community | None = None
    brand: str = ""
    venue: str = ""
    introduction: str = ""
    founded_on: dt.date | None = None


@transaction.atomic
def create_team(facts: TeamFacts, *, actor, form_key: uuid.UUID | None = None) -> Team:
    """A team; the same form again gives the same one. A name that another team has is refused."""
    known = Team.objects.filter(public_id=form_key).first() if form_key else None
    if known is not None:
        return known
    team = Team(public_id=form_key or uuid.uuid4(), kind=TeamKind(facts.kind))
    _apply(team, facts)
    save_team(team)
    _note("team.create", team, actor)
    return team


@transaction.atomic
def change_team(team: Team, facts: TeamFacts, *, actor, version: int | None = None) -> Team:
    """What the team is called, where it serves …; `version`: the one that the form was opened with."""
    team = Team.objects.select_for_update(no_key=True, of=("self",)).get(pk=team.pk)
    if version is not None and version != team.version:
        raise StaleVersion()
    team.kind = TeamKind(facts.kind)
    _apply(team, facts)
    save_team(team)
    _note("team.change", team, actor)
    return team


@transaction.atomic
def close_team(team: Team, *, on: dt.date, reason: str, actor) -> Team:
    """Dissolved on a day: its memberships end, what was done stays. Closed already: nothing happens."""
    team = Team.objects.select_for_update(no_key=True, of=("self",)).get(pk=team.pk)
    if team.closed_on is not None:
        return team
    if team.founded_on is not None and on < team.founded_on:
        raise BusinessError("解散日期不能早于成立日期。", code="order", field="on")
    waiting = (
        team.shifts.filter(on__gte=on, voided_at__isnull=True).exclude(offering__state=OfferingState.CANCELLED).count()
    )
    if waiting:
        raise BusinessError(f"这支队还有 {waiting} 个没开始的班次。请先取消这些班次，再办解散。", code="shifts")
    open_rows = TeamMember.objects.filter(team=team, voided_at__isnull=True).exclude(ends_on__lte=on)
    people = list(open_rows.values_list("volunteer_id", flat=True))
    end_rows(open_rows, on)
    team.closed_on = on
    team.save(update_fields=["closed_on"])
    _note("team.close", team, actor, people=people, reason=reason)
    return team


@transaction.atomic
def add_member(
    team: Team, volunteer: Volunteer, *, on: dt.date, actor, role: str = TeamRole.MEMBER
) -> TeamMember:  # fmt: skip
    """He is in the team from `on`, as `role`. In it already in this role: that row. In another role: that one ends and
    the new one begins. A second leader is refused: `hand_over` changes leaders."""
    role = TeamRole(role)
    _lock([volunteer.pk])
    volunteer, team = Volunteer.objects.get(pk=volunteer.pk), Team.objects.get(pk=team.pk)
    _refuse_unfit(team, volunteer, on)
    now = TeamMember.objects.on(on).filter(team=team, volunteer=volunteer).first()
    if now is not None and now.role == role:
        return now
    if now is not None:
        end_rows(TeamMember.objects.filter(pk=now.pk), on)
    made = _begin(team, volunteer, role, on)
    _note("team.member", team, actor, people=[volunteer.pk], fields=[role])
    return made


@transaction.atomic
def end_membership(member: TeamMember, *, on: dt.date, actor, reason: str = "") -> TeamMember:
    """Out of the team from `on`; begun on that day or later, the row is voided. Ended already: nothing happens."""
    _lock([member.volunteer_id])
    if end_rows(TeamMember.objects.filter(pk=member.pk), on):
        _note("team.member_end", member.team, actor, people=[member.volunteer_id], reason=reason)
    member.refresh_from_db()
    return member


@transaction.atomic
def hand_over(
    team: Team, volunteer: Volunteer, *, on: dt.date, actor, seen: int | None, stays: bool = True
) -> TeamMember:  # fmt: skip
    """`volunteer` leads from `on`: whoever led until then ends in the same act and, with `stays`, goes on as a member.
    `seen`: the leader's membership that the form showed (None: none); another one meanwhile is refused. Sent twice,
    the second finds him leading and changes nothing (rule book 10.5)."""
    before = TeamMember.objects.on(on).filter(team=team, role=TeamRole.LEADER).values_list("volunteer_id", flat=True)
    _lock([volunteer.pk, *before])
    team = Team.objects.select_for_update(no_key=True, of=("self",)).get(pk=team.pk)
    leads = TeamMember.objects.on(on).filter(team=team, role=TeamRole.LEADER).first()
    if leads is not None and leads.volunteer_id == volunteer.pk:
        return leads
    if (leads.pk if leads else None) != seen:
        raise BusinessError("队长刚刚换过。请刷新页面，看清现在的队长再办。", code="stale")
    volunteer = Volunteer.objects.get(pk=volunteer.pk)
    _refuse_unfit(team, volunteer, on)
    later = TeamMember.objects.filter(team=team, role=TeamRole.LEADER, voided_at__isnull=True, starts_on__gt=on)
    if later.exists():
        raise BusinessError("已经登记了更晚的换届，请先把那一条作废。", code="later", field="on")
    if leads is not None:
        end_rows(TeamMember.objects.filter(pk=leads.pk), on)
        if stays:
            _begin(team, leads.volunteer, TeamRole.MEMBER, on)
    end_rows(TeamMember.objects.on(on).filter(team=team, volunteer=volunteer), on)
    made = _begin(team, volunteer, TeamRole.LEADER, on)
    people = [volunteer.pk, *([leads.volunteer_id] if leads else [])]
    _note("team.hand_over", team, actor, people=people)
    return made


def end_rows(rows, on: dt.date) -> int:
    """Memberships that run on a day or begin later: those end on it, these are voided. How many."""
    open_rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), voided_at__isnull=True)
    later = list(open_rows.filter(starts_on__gte=on).values_list("pk", flat=True))
    ended = open_rows.filter(starts_on__lt=on).update(ends_on=on)
    voided = TeamMember.objects.filter(pk__in=later).update(voided_at=Now(), void_reason="没有开始就结束")
    return ended + voided


def _begin(team: Team, volunteer: Volunteer, role: str, on: dt.date) -> TeamMember:
    try:
        with transaction.atomic():
            return TeamMember.objects.create(team=team, volunteer=volunteer, role=role, starts_on=on)
    except IntegrityError as error:
        for name, sentence in MEMBER_ENDS.items():
            if name in str(error):
                raise BusinessError(sentence, code=name) from error
        raise


def _refuse_unfit(team: Team, volunteer: Volunteer, on: dt.date) -> None:
    if team.voided_at is not None or (team.closed_on is not None and team.closed_on <= on):
        raise BusinessError("这支队已经解散或作废，不能再加队员。", code="closed")
    if team.founded_on is not None and on < team.founded_on:
        raise BusinessError(f"这支队 {team.founded_on:%Y-%m-%d} 才成立。", code="order", field="on")
    if volunteer.voided_at is not None or (volunteer.left_on is not None and volunteer.left_on <= on):
        raise BusinessError("他不是在册的志愿者，请先登记。", code="left")


def _lock(person_ids) -> None:
    """Persons before all else, in the order of their keys."""
    rows = Person.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=person_ids).order_by("pk")
    list(rows.values_list("pk"))


def _apply(team: Team, facts: TeamFacts) -> None:
    name = " ".join(facts.name.split())
    if not name:
        raise BusinessError("请填队名。", code="name", field="name")
    if not facts.phone.strip():
        raise BusinessError("请填联系电话。", code="phone", field="phone")
    team.unit, team.name, team.phone = facts.unit, name, facts.phone.strip()
    team.organisation, team.division, team.community = facts.organisation, facts.division, facts.community
    team.brand, team.venue, team.introduction = facts.brand.strip(), facts.venue.strip(), facts.introduction.strip()
    team.founded_on = facts.founded_on


def save_team(team: Team) -> None:
    """Store a team; what the database refuses becomes a sentence."""
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        if "team_name" in str(error):
            raise BusinessError("已经有同名的志愿服务队。", code="name", field="name") from error
        if "team_order" in str(error):
            raise BusinessError("解散日期不能早于成立日期。", code="order", field="founded_on") from error
        raise


def _note(action: str, team: Team, actor, **more) -> None:
    audit.record(action, actor=actor, target=f"volunteers.team:{team.pk}", **more)
