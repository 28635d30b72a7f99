"""Outside posts: entered, ended, renewed, counted; limits in associations (rule book 10.50–10.52)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.organisation.models import RuleSet
from apps.volunteers.models import OutsidePost, PartyReport
from apps.volunteers.occasions.posts import posts_ending
from apps.volunteers.queries import posts as counted
from apps.volunteers.rules.posts import AssociationFacts, AssociationRules, association_warnings
from apps.volunteers.services import posts

from .outside_world import TODAY, World

pytestmark = pytest.mark.django_db
SOCIETY = {"kind": "society", "body": "市书法家协会", "level": "society", "field": "culture", "is_association": True}


@pytest.fixture
def world():
    return World()


@pytest.fixture
def staff(client, world):
    client.force_login(world.clerk)
    return client


def page(name: str, *args) -> str:
    return reverse(f"admin:volunteers_outsidepost_{name}", args=args)


def test_same_post_at_one_time_once(world):
    first = world.post(ends_on=dt.date(2026, 1, 1))
    again = OutsidePost(unit=world.unit, person=first.person, kind="lane", body=" 榕树社区 ", field="city",
                        level="block", starts_on=dt.date(2025, 6, 1))  # fmt: skip
    with pytest.raises(BusinessError, match="续任"):
        posts.save_post(again)
    with pytest.raises(IntegrityError), transaction.atomic():
        world.post(first.person, starts_on=dt.date(2025, 12, 31))
    again.starts_on = dt.date(2026, 1, 1)
    again.community = world.community
    assert posts.save_post(again).division == world.division
    assert OutsidePost.objects.on(dt.date(2026, 1, 1)).get() == again


def test_the_dead_take_no_post(world):
    person = world.person()
    type(person).objects.filter(pk=person.pk).update(life_status="deceased")
    with pytest.raises(BusinessError, match="离世"):
        posts.save_post(OutsidePost(unit=world.unit, person=person, kind="grid", body="x", field="city", level="block",
                                    starts_on=TODAY))  # fmt: skip


def test_ended_early_and_taken_back(world):
    post = world.post(ends_on=dt.date(2027, 1, 1))
    for wrong in (dt.date(2025, 1, 1), dt.date(2027, 2, 1)):
        with pytest.raises(BusinessError):
            posts.end_post(post, ends_on=wrong, because="own", actor=world.clerk)
    ended = posts.end_post(post, ends_on=TODAY, because="health", actor=world.clerk)
    ended.refresh_from_db()
    assert posts.end_post(post, ends_on=TODAY, because="health", actor=world.clerk).version == ended.version
    with pytest.raises(BusinessError, match="离任"):
        posts.renew(ended, until=None, actor=world.clerk)
    ended.ends_on = dt.date(2027, 1, 1)
    posts.save_post(ended)
    assert ended.ended_because == ""


def test_renewed_once_without_the_old_approval(world):
    post = world.post(
        world.person(grade_rank="14"), **SOCIETY, ends_on=dt.date(2026, 12, 1), approval_no="云组〔2021〕8号"
    )
    new = posts.renew(post, until=dt.date(2031, 12, 1), actor=world.clerk)
    assert (new.starts_on, new.approval_no) == (dt.date(2026, 12, 1), "")
    assert posts.renew(post, until=dt.date(2040, 1, 1), actor=world.clerk) == new
    with pytest.raises(BusinessError, match="续任的那一条"):
        posts.end_post(post, ends_on=TODAY, because="own", actor=world.clerk)
    assert "第 3 届" not in "".join(counted.warnings_of([new], TODAY)[new.pk])
    third = posts.renew(new, until=None, actor=world.clerk)
    assert "第 3 届" in "".join(counted.warnings_of([third], TODAY)[third.pk])
    with pytest.raises(BusinessError, match="没有定任期"):
        posts.renew(third, until=None, actor=world.clerk)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (AssociationFacts(69, 0, 1, True, False), []),
        (AssociationFacts(70, 0, 1, True, False), ["70 周岁"]),
        (AssociationFacts(60, 1, 2, False, True), ["审批", "2 个", "报酬|薪酬"]),
        (AssociationFacts(90, 3, 9, False, True, is_leader=False), []),
    ],
)
def test_limits_are_warned_of_with_their_clause(facts, words):
    said = association_warnings(facts, AssociationRules())
    assert len(said) == len(words)
    assert all("中组发〔2014〕11号" in sentence for sentence in said)


def test_limits_follow_the_dated_rule_set(world):
    post = world.post(world.person(born="1950-01-01", grade_rank="14"), **SOCIETY, approval_no="1号")
    assert [found for found, _ in counted.beyond_limits(OutsidePost.objects.all(), TODAY)] == [post]
    RuleSet.objects.create(
        kind="volunteers.association_posts", effective_from=dt.date(2026, 1, 1), document_no="云组〔2026〕1号",
        values={"age_limit": 80, "clause": "云组〔2026〕1号"},
    )  # fmt: skip
    assert counted.beyond_limits(OutsidePost.objects.all(), TODAY) == []
    with_other = world.post(post.person, **{**SOCIETY, "body": "市诗词学会"}, approval_no="2号")
    said = dict(counted.beyond_limits(OutsidePost.objects.all(), TODAY))
    assert set(said) == {post, with_other}
    assert "云组〔2026〕1号" in said[post][0]


def test_counts_by_field_and_level(world):
    him = world.person("王春生")
    world.post(him)
    world.post(him, kind="customs", body="榕树村红白理事会", field="village", level="village")
    world.post(starts_on=TODAY + dt.timedelta(1))
    world.post(voided_at=timezone.now(), body="作废的")
    lines = counted.by_field(OutsidePost.objects.on(TODAY))
    assert [line.name for line in lines][-2:] == ["文明城市", "合计"]
    assert len(lines) == 8
    assert (lines[-1].by_level[:2], lines[-1].posts, lines[-1].people) == ((1, 1), 2, 1)
    assert [line.name for line in counted.by_community(OutsidePost.objects.on(TODAY))] == ["南河街道榕树社区", "合计"]


def test_ending_soon_and_its_reminders(world):
    soon = world.post(ends_on=TODAY + dt.timedelta(90))
    world.post(ends_on=TODAY + dt.timedelta(91))
    renewed = world.post(ends_on=TODAY + dt.timedelta(30))
    posts.renew(renewed, until=None, actor=world.clerk)
    assert list(counted.ending(OutsidePost.objects.all(), TODAY)) == [soon]
    stages = dict(posts_ending(TODAY))
    assert list(stages[90]) == [soon]
    assert not stages[30]
    later = dict(posts_ending(TODAY + dt.timedelta(60)))
    assert list(later[30]) == [soon]
    assert soon not in later[90]


def test_entered_on_the_page_with_a_warning(staff, world):
    person = world.person(born="1949-01-01", grade_rank="14")
    values = {
        "person": person.pk, "kind": "society", "body": "市书法家协会", "field": "culture", "level": "society",
        "starts_on": "2026-01-01", "is_association": "on",
    }  # fmt: skip
    answer = staff.post(page("add"), values, follow=True)
    assert "已满 77 周岁" in answer.content.decode()
    post = OutsidePost.objects.get()
    assert post.unit == world.unit
    assert "社会团体兼职核对" in staff.get(page("limits")).content.decode()
    assert "市书法家协会" in staff.get(page("changelist"), {"q": "书法家"}).content.decode()
    answer = staff.post(page("end", post.pk), {"ends_on": "2026-11-01", "because": "own"}, follow=True)
    assert "已离任" in answer.content.decode()


def test_pages_stand_and_leave_a_trace(staff, world):
    post = world.post(ends_on=timezone.localdate() + dt.timedelta(20))
    for name in ("figures", "limits", "changelist", "sheet"):
        for way in ({}, {"as": "print"}, {"as": "xlsx"}):
            if name != "changelist":
                assert staff.get(page(name), way).status_code == 200, (name, way)
    for by in ("kind", "division", "community", "x"):
        assert staff.get(page("figures"), {"by": by, "on": "乱"}).status_code == 200
    for state in ("ending", "over", "ahead", "all", "void"):
        shown = staff.get(page("changelist"), {"state": state}).content.decode()
        assert ("榕树社区</td>" in shown) == (state in ("ending", "all"))
    assert staff.get(page("change", post.pk)).status_code == 200
    assert AuditEntry.objects.filter(action="export", subjects__person_id=post.person_id).exists()
    assert staff.get(page("renew", post.pk)).status_code == 200
    staff.post(page("renew", post.pk), {"until": "2099-01-01"})
    assert post.renewed_as.ends_on == dt.date(2099, 1, 1)


def test_party_report_confirmed_once(staff, world):
    report = PartyReport(unit=world.unit, person=world.person(), on=dt.date(2026, 5, 1), community=world.community,
                         host="榕树社区党委")  # fmt: skip
    posts.save_party_report(report)
    twice = PartyReport(unit=world.unit, person=report.person, on=TODAY, community=world.community, host="x")
    with pytest.raises(BusinessError, match="报到过"):
        posts.save_party_report(twice)
    address = reverse("admin:volunteers_partyreport_confirm", args=[report.pk])
    assert staff.post(address, {"on": "2026-04-30", "by": "周敏"}).status_code == 422
    staff.post(address, {"on": "2026-05-02", "by": "周敏"})
    report.refresh_from_db()
    assert report.confirmed_by == "周敏"
