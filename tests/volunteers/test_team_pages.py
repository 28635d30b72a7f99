"""Staff pages of teams and volunteers: what is shown to whom, and the acts."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.common.models import AuditEntry, AuditSubject
from apps.people.models import Person, Phone
from apps.people.services import apply_name, save_phone
from apps.volunteers.models import Team, TeamMember, TeamPlan, Volunteer, VolunteerStatement
from apps.volunteers.services.looking import members_for_leader
from tests.builders import make_cadre, make_unit, make_user

from .builders import make_leader, make_membership, make_team, make_volunteer

NUMBER = "13900003333"


@pytest.fixture
def unit(db):
    return make_unit()


@pytest.fixture
def client(unit):
    client = Client()
    client.force_login(make_user("jingban", role="clerk", unit=unit))
    return client


def named(person: Person) -> Person:
    """With the keys by which it is searched."""
    apply_name(person)
    person.save()
    return person


def page(name: str, *args) -> str:
    return reverse(f"admin:volunteers_{name}", args=args)


def test_a_team_is_made_joined_led_and_printed(client, unit):
    answer = client.post(
        page("team_add"),
        {"name": "红耆志愿服务队", "kind": "red", "unit": unit.pk, "phone": "0700-8800700", "brand": "红耆课堂"},
    )
    team = Team.objects.get()
    assert answer.status_code == 302
    first, second = make_volunteer("甲一", unit=unit), make_volunteer("乙二", unit=unit, papers=())
    for one in (first, second):
        named(one.person)
    assert "甲一" in client.get(page("team_join", team.pk), {"q": "甲一"}).content.decode()
    today = timezone.localdate().isoformat()
    for one in (first, second):
        client.post(page("team_join", team.pk), {"volunteer": one.pk, "role": "member", "on": today})
    over = {"volunteer": first.pk, "on": today, "stays": "on", "seen": ""}
    for _ in range(2):
        assert client.post(page("team_hand_over", team.pk), over).status_code == 302
    assert TeamMember.objects.on(timezone.localdate()).get(role="leader").volunteer == first
    text = client.get(page("team_change", team.pk)).content.decode()
    assert "红耆课堂" in text
    assert "还缺自愿服务承诺书、身体状况说明" in text
    client.post(page("teamplan_add"), {"team": team.pk, "year": 2026, "goals": "陪诊一百次"})
    plan = TeamPlan.objects.get()
    assert "陪诊一百次" in client.get(page("teamplan_print", plan.pk)).content.decode()
    again = client.post(page("teamplan_add"), {"team": team.pk, "year": 2026, "goals": "再写一份"})
    assert "已经有了" in again.content.decode()
    assert "甲一" in client.get(page("team_members", team.pk)).content.decode()
    assert "甲一" in client.get(page("team_changelist")).content.decode()
    assert "没有" in client.get(page("team_changelist"), {"standing": "closed"}).content.decode()
    member = TeamMember.objects.on(timezone.localdate()).get(volunteer=second)
    client.post(page("teammember_end", member.pk), {"on": today, "reason": "搬家"})
    assert TeamMember.objects.filter(volunteer=second, voided_at__isnull=True).count() == 0


def test_somebody_in_reach_is_found_by_name_and_others_by_their_number_only(client, unit):
    cadre = make_cadre("李德厚", unit=unit, person=named(Person(name="李德厚", sex="1", birth_date="1958-05-02")))
    stranger = named(Person(name="陈外人", sex="1", birth_date="1960-01-01"))
    save_phone(Phone(person=stranger, kind="mobile"), NUMBER, actor=None)
    add = page("volunteer_add")
    assert "登记为志愿者" in client.post(add, {"asked": "李德厚"}).content.decode()
    assert "没有找到" in client.post(add, {"asked": "陈外人"}).content.decode()
    assert "陈外人" in client.post(add, {"asked": NUMBER}).content.decode()
    # A key that was not found by what was typed is no key.
    assert client.post(add, {"asked": "李德厚", "person": stranger.pk, "unit": unit.pk}).status_code == 404
    answer = client.post(add, {"asked": "李德厚", "person": cadre.pk, "unit": unit.pk})
    assert answer["Location"] == page("volunteer_offers", cadre.pk)
    offers = {"skills": ["driving"], "times": ["2am"], "weekly_hours": "2.5", "contact_phone": "12"}
    assert client.post(answer["Location"], offers).status_code == 422
    client.post(answer["Location"], {**offers, "contact_name": "李晓梅", "contact_phone": "13900007001"})
    volunteer = Volunteer.objects.get()
    assert volunteer.weekly_minutes == 150
    assert volunteer.contact_name == "李晓梅"
    entry = AuditEntry.objects.filter(action="volunteer.find")
    assert AuditSubject.objects.filter(entry__in=entry, person_id=stranger.pk).exists()


def test_a_newcomer_must_have_agreed_and_is_made_once(client, unit):
    values = {
        "key": uuid.uuid4(), "unit": unit.pk, "name": "邵丽娟", "birth_date": "1964-03-18", "sex": "2", "phone": NUMBER,
        "skills": ["care"],
    }  # fmt: skip
    assert client.post(page("volunteer_new"), values).status_code == 422
    for _ in range(2):
        assert client.post(page("volunteer_new"), {**values, "agreed": "on"}).status_code == 302
    volunteer = Volunteer.objects.get()
    assert volunteer.skills == ["care"]
    again = client.post(page("volunteer_new"), {**values, "agreed": "on", "key": uuid.uuid4()})
    assert "已经有这个人的资料" in again.content.decode()


def test_papers_are_recorded_listed_voided_and_printed(client, unit):
    volunteer = make_volunteer("甲一", unit=unit, papers=("willing",))
    papers = page("volunteer_papers")
    assert "甲一" in client.get(papers).content.decode()
    today = timezone.localdate()
    values = {"key": uuid.uuid4(), "kind": "health", "signed_on": today.isoformat(), "limits": "不爬楼"}
    assert client.post(page("volunteer_statement", volunteer.pk), values).status_code == 302
    assert "甲一" not in client.get(papers).content.decode()
    row = VolunteerStatement.objects.get(kind="health")
    VolunteerStatement.objects.filter(pk=row.pk).update(ends_on=today + dt.timedelta(days=9))
    assert "甲一" in client.get(papers, {"show": "ending"}).content.decode()
    assert "不爬楼" in client.get(page("volunteer_change", volunteer.pk)).content.decode()
    client.post(page("volunteerstatement_void", row.pk), {"reason": "登错了人"})
    assert "甲一" in client.get(papers).content.decode()
    for kind in ("register", "willing", "health", "family"):
        assert "甲一" in client.get(page("volunteer_blank", volunteer.pk, kind)).content.decode()
        assert client.get(page("volunteer_empty", kind)).status_code == 200


def test_phones_are_for_those_who_may_see_them(client, unit):
    team = make_team(unit=unit)
    volunteer = make_volunteer("甲一", team=team)
    save_phone(Phone(person=volunteer.person, kind="mobile"), NUMBER, actor=None)
    shown = "139 0000 3333"
    assert shown in client.get(page("volunteer_change", volunteer.pk)).content.decode()
    leader = Client()
    leader.force_login(make_user("juzhang", role="leader", unit=unit))
    text = leader.get(page("volunteer_change", volunteer.pk)).content.decode()
    assert "甲一" in text
    assert shown not in text
    assert shown not in leader.get(page("team_members", team.pk)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_leader_sees_the_phones_of_his_own_team_and_it_is_logged():
    unit = make_unit()
    mine, other = make_team("甲队", unit=unit), make_team("乙队", unit=unit)
    user = make_leader(mine)
    volunteer = make_volunteer("甲一", team=mine)
    save_phone(Phone(person=volunteer.person, kind="mobile"), NUMBER, actor=None)
    rows = members_for_leader(mine, user, timezone.localdate())
    assert [row.name for row in rows] == ["汪德茂", "甲一"]
    assert "139 0000 3333" in rows[1].phones
    assert AuditEntry.objects.filter(action="team.members", actor_id=user.pk).exists()
    with pytest.raises(PermissionDenied):
        members_for_leader(other, user, timezone.localdate())


def test_leaving_ends_places_and_he_can_be_voided_then_only(client, unit):
    team, volunteer = make_team(unit=unit), make_volunteer("甲一", unit=unit)
    make_membership(volunteer, team)
    refused = client.post(page("volunteer_void", volunteer.pk), {"reason": "登重了"})
    assert "先办退出" in refused.content.decode()
    today = timezone.localdate().isoformat()
    client.post(page("volunteer_leave", volunteer.pk), {"on": today, "reason": "身体不便"})
    volunteer.refresh_from_db()
    assert volunteer.left_on is not None
    assert client.post(page("volunteer_void", volunteer.pk), {"reason": "登重了"}).status_code == 302
