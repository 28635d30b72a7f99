"""The pages of an election: who may open them, hostile input, papers, and the way from one step to the next."""

import io
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.branches.models import Ballot, Candidate, Election, Post
from apps.branches.queries.elections import standing
from apps.branches.views.election_papers import PAPERS
from apps.common.models import AuditEntry
from tests.branches.test_elections import TODAY, World
from tests.builders import make_organisation, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings):
    settings.SECOND_FACTOR = "optional"
    return World()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(world, name, *args) -> str:
    return reverse(f"branches:{name}", args=[world.branch.public_id, *args])


def step_url(world, row) -> str:
    return at(world, "election_step", row.public_id)


def text_of(response) -> str:
    return response.content.decode()


def test_the_way_through_the_pages(world):
    client, boss = signed_in(world.secretary), signed_in(world.boss)
    assert "开始准备换届" in text_of(client.get(at(world, "election")))
    key = str(uuid.uuid4())
    plan = {"key": key, "seats": 3, "planned_on": TODAY, "place": "二楼", "without_vote": 0}
    assert client.post(at(world, "election_begin"), plan).status_code == 302
    assert client.post(at(world, "election_begin"), plan).status_code == 302
    row = Election.objects.get()
    ask = {"state": "preparing", "on": TODAY, "document_no": "1号"}
    assert client.post(step_url(world, row), ask).status_code == 302
    again = client.post(step_url(world, row), ask, follow=True)
    assert "等上级答复" in text_of(again)
    answer = {"state": "asked", "agrees": "yes", "on": TODAY}
    assert "等上级答复" in text_of(client.post(step_url(world, row), answer, follow=True))
    assert Election.objects.get().state == "asked"
    assert boss.post(step_url(world, row), answer).status_code == 302
    assert Election.objects.get().state == "nominating"

    for person in world.people[:4]:
        client.post(
            at(world, "election_candidate_add", row.public_id),
            {"key": uuid.uuid4(), "person": person.pk, "nominated_by": "members", "examined": "on", "consented": "on"},
        )
    assert row.candidates.count() == 4
    client.post(step_url(world, row), {"state": "nominating", "on": TODAY})
    boss.post(step_url(world, row), {"state": "reviewing", "agrees": "yes", "on": TODAY})
    client.post(
        at(world, "election_exclusion_add", row.public_id),
        {"key": uuid.uuid4(), "person": world.people[9].pk, "category": "bedridden"},
    )
    client.post(step_url(world, row), {"state": "excluding", "on": TODAY})
    one = row.exclusions.get()
    seen = boss.get(step_url(world, row))
    assert "卧床" in text_of(seen)
    assert AuditEntry.objects.filter(action="election.look", actor_id=world.boss.pk).exists()
    boss.post(step_url(world, row), {"state": "excl_sent", "on": TODAY, f"e{one.pk}-agrees": "yes"})
    meet = {"state": "meeting", "on": TODAY, "present": 8, "hands": 8, "agreed": [one.pk], "adopted": "on"}
    assert client.post(step_url(world, row), {**meet, "present": 7}).status_code == 422
    assert client.post(step_url(world, row), meet).status_code == 302
    ballot = Ballot.objects.get()
    assert (ballot.voters, ballot.excluded, ballot.needed, ballot.present) == (10, 1, 8, 8)
    sheet = count_form(row, [8, 7, 6, 0], papers=8)
    assert client.post(step_url(world, row), sheet).status_code == 302
    assert Election.objects.get().state == "elected"
    chosen = row.candidates.filter(elected_in=1)
    posts = {f"p{one.pk}-post": kind for one, kind in zip(chosen, ("secretary", "member", "member"), strict=True)}
    client.post(step_url(world, row), {"state": "elected", "on": TODAY, **posts})
    assert "书记" in text_of(boss.get(step_url(world, row)))
    boss.post(step_url(world, row), {"state": "reported", "on": TODAY, "document_no": "2号"})
    client.post(step_url(world, row), {"state": "approved", "on": TODAY})
    assert Election.objects.get().state == "done"
    assert Post.objects.current(TODAY).filter(organisation=world.branch).count() == 3
    for slug, paper in PAPERS.items():
        page = boss.get(at(world, f"election_{slug}", row.public_id))
        assert page.status_code == 200, slug
        assert paper.title in text_of(page) or "关于" in text_of(page) or "办法" in text_of(page)
    assert "发到群里的通知" in text_of(boss.get(at(world, "election_page", row.public_id)))


def count_form(row, votes, *, papers=9, **over) -> dict:
    form = {"state": "counting", "number": 1, "issued": papers, "returned": papers, "invalid": 0, "tellers": "周七田"}
    for one, vote in zip(standing(row), votes, strict=True):
        form |= {f"c{one.pk}-in_favour": vote, f"c{one.pk}-against": papers - vote, f"c{one.pk}-abstained": 0}
    return form | over


@pytest.mark.parametrize(
    "over",
    [
        {"returned": 10}, {"issued": 10, "returned": 10}, {"returned": -1}, {"issued": 10**12}, {"issued": "九张"},
        {"invalid": 10}, {"issued": ""}, {"tellers": ""}, {"invalid": "1.5"}, {"issued": "９" * 40},
        {"w0-person": 10**20, "w0-votes": 1}, {"w0-person": "x", "w0-votes": 1}, {"w0-votes": 3},
    ],
)  # fmt: skip
def test_a_count_that_cannot_be_is_shown_again_and_nothing_is_written(world, over):
    row = world.counting()
    response = signed_in(world.secretary).post(step_url(world, row), count_form(row, [9, 8, 7, 3], **over))

    assert response.status_code == 422
    assert Ballot.objects.get().issued is None
    assert not Candidate.objects.filter(elected_in__isnull=False).exists()


def test_more_votes_than_papers_is_said_at_the_candidate(world):
    row = world.counting()
    form = count_form(row, [9, 8, 7, 3])
    first = standing(row)[0]
    form[f"c{first.pk}-in_favour"] = 20
    text = text_of(signed_in(world.secretary).post(step_url(world, row), form))

    assert "多于有效票 9 张" in text


def test_the_same_count_sent_twice_is_one(world):
    row = world.counting()
    client, form = signed_in(world.secretary), count_form(row, [9, 3, 3, 3])
    client.post(step_url(world, row), form)
    votes = Ballot.objects.get(number=1).votes.count()
    client.post(step_url(world, row), form)

    assert Ballot.objects.get(number=1).votes.count() == votes
    assert Ballot.objects.get(number=2).issued is None


def test_strangers_and_other_secretaries_find_nothing(world):
    row = world.counting()
    other = make_organisation("北河支部", above=world.above)
    stranger = make_user("other", is_staff=False)
    make_post(world.people[5], other, user=stranger)
    client = signed_in(stranger)
    theirs = reverse("branches:election_page", args=[other.public_id, row.public_id])
    pages = [at(world, "election"), step_url(world, row), at(world, "election_report", row.public_id), theirs]

    assert [client.get(page).status_code for page in pages] == [404] * 4
    assert client.post(step_url(world, row), count_form(row, [9, 8, 7, 3])).status_code == 404


def test_undo_with_nonsense_is_a_sentence(world):
    row = world.asked()
    client = signed_in(world.secretary)
    for step in ("", "x", "9" * 30, "-1"):
        assert client.post(at(world, "election_undo", row.public_id), {"step": step}).status_code == 302

    assert Election.objects.get().state == "asked"


def test_ballot_papers_name_nobody_but_candidates_by_strokes_and_as_many_as_asked(world):
    row = world.excluding()
    client = signed_in(world.secretary)
    page = text_of(client.get(at(world, "election_ballot", row.public_id) + "?copies=5"))
    names = re.findall(r'class="who">([^<]+)<', page)

    assert names[:4] == ["丁一山", "王二河", "李三江", "张四海"]
    assert page.count("另选他人</small>") == 3 * (len(names) // 4)
    for nonsense in ("0", "-3", "9999999", "x", "９"):
        assert client.get(at(world, "election_ballot", row.public_id), {"copies": nonsense}).status_code == 200


def test_lists_as_workbooks_leave_an_entry(world):
    row = world.excluding()
    response = signed_in(world.secretary).get(at(world, "election_candidates_sheet", row.public_id))
    sheet = load_workbook(io.BytesIO(response.content)).worksheets[0]

    assert [cell.value for cell in sheet[3]][1] == "丁一山"
    assert AuditEntry.objects.filter(action="export", actor_id=world.secretary.pk).exists()


def test_staff_see_who_is_due_and_export_it(world):
    world.asked()
    clerk = make_user("ban", role="clerk", unit=world.unit)
    client = signed_in(clerk)
    page = text_of(client.get(reverse("admin:branches_election_due"), {"narrow": "superior"}))

    assert "南河支部" in page
    assert "办理" in page
    assert client.get(reverse("admin:branches_election_due"), {"export": 1}).status_code == 200
    assert "没有符合条件" in text_of(client.get(reverse("admin:branches_election_due"), {"narrow": "overdue"}))


@pytest.mark.parametrize("more", [0, 3])
def test_the_list_of_staff_asks_the_same_number_of_queries(world, more, django_assert_max_num_queries):
    for number in range(more):
        make_organisation(f"北河{number}支部", above=world.above, unit=world.unit, term_ends_on=TODAY)
    client = signed_in(make_user("ban", role="clerk", unit=world.unit))
    client.get(reverse("admin:branches_election_due"))
    with django_assert_max_num_queries(14):
        client.get(reverse("admin:branches_election_due"))
