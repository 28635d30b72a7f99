"""Teams: members, leaders, handing over."""

import datetime as dt
import uuid

import pytest

from apps.common.errors import BusinessError
from apps.volunteers.access import led_teams
from apps.volunteers.models import Team, TeamMember
from apps.volunteers.services import teams
from apps.volunteers.services.teams import TeamFacts
from tests.builders import make_unit

from .builders import TODAY, make_leader, make_team, make_volunteer

DAY = dt.timedelta(days=1)


@pytest.fixture
def unit(db):
    return make_unit()


def facts(unit, **over) -> TeamFacts:
    return TeamFacts(**{"unit": unit, "name": "银龄志愿服务队", "kind": "silver", "phone": "0700-8800701", **over})


def test_a_team_is_made_once_and_its_name_is_its_own(unit):
    key = uuid.uuid4()
    made = teams.create_team(facts(unit), actor=None, form_key=key)
    assert teams.create_team(facts(unit), actor=None, form_key=key) == made
    with pytest.raises(BusinessError, match="同名"):
        teams.create_team(facts(unit), actor=None)
    changed = teams.change_team(made, facts(unit, brand="红耆课堂"), actor=None, version=made.version)
    with pytest.raises(BusinessError, match="改过"):
        teams.change_team(made, facts(unit), actor=None, version=changed.version + 7)


def test_a_member_has_one_row_for_each_role(unit):
    team, volunteer = make_team(unit=unit), make_volunteer(unit=unit)
    first = teams.add_member(team, volunteer, on=TODAY, actor=None)
    assert teams.add_member(team, volunteer, on=TODAY + DAY, actor=None) == first
    deputy = teams.add_member(team, volunteer, on=TODAY + 9 * DAY, actor=None, role="deputy")
    first.refresh_from_db()
    assert first.ends_on == deputy.starts_on
    teams.end_membership(deputy, on=TODAY + 9 * DAY, actor=None)
    assert not TeamMember.objects.on(TODAY + 10 * DAY).exists()


def test_leaders_change_in_one_act_and_a_second_click_changes_nothing(unit):
    team = make_team(unit=unit)
    old = make_leader(team)
    new = make_volunteer("接任人", team=team)
    seen = TeamMember.objects.get(team=team, role="leader")
    with pytest.raises(BusinessError, match="换队长"):
        teams.add_member(team, new, on=TODAY, actor=None, role="leader")
    made = teams.hand_over(team, new, on=TODAY, actor=None, seen=seen.pk)
    assert teams.hand_over(team, new, on=TODAY, actor=None, seen=seen.pk) == made
    assert dict(TeamMember.objects.on(TODAY).filter(team=team).values_list("volunteer_id", "role")) == {
        new.pk: "leader", seen.volunteer_id: "member",
    }  # fmt: skip
    with pytest.raises(BusinessError, match="刚刚换过"):
        teams.hand_over(team, seen.volunteer, on=TODAY, actor=None, seen=seen.pk)
    assert led_teams(old, TODAY - DAY) == {team.pk}
    assert led_teams(old, TODAY) == set()


def test_nobody_joins_a_closed_team_and_closing_ends_its_memberships(unit):
    team = make_team(unit=unit)
    make_leader(team)
    teams.close_team(team, on=TODAY, reason="合并", actor=None)
    assert not TeamMember.objects.on(TODAY).exists()
    assert Team.objects.get().closed_on == TODAY
    with pytest.raises(BusinessError, match="解散"):
        teams.add_member(team, make_volunteer(unit=unit), on=TODAY, actor=None)


def test_a_leader_sees_his_team_only(unit):
    mine, other = make_team("甲队", unit=unit), make_team("乙队", unit=unit)
    user = make_leader(mine)
    make_volunteer("队员", team=other)
    assert led_teams(user, TODAY) == {mine.pk}
    assert list(TeamMember.objects.of_teams(led_teams(user, TODAY)).values_list("team", flat=True)) == [mine.pk]
    assert not Team.objects.visible_to(user).exists()
