"""Staff pages of organisations, membership and posts through real requests."""

import datetime

import pytest

from apps.branches.models import Membership, Organisation, Post
from apps.common.models import AuditEntry
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(client):
    bureau = make_unit()
    district = make_unit("云山区委老干部局", parent=bureau)
    cast = {
        "bureau": bureau,
        "district": district,
        "a": make_organisation("甲支部", unit=bureau),
        "b": make_organisation("乙支部", unit=district),
        "own": make_cadre("李德厚", unit=district),
        "foreign": make_cadre("王秀兰", unit=bureau),
    }
    client.force_login(make_user("jingban", role="clerk", unit=district))
    return cast


def joining(cast, person="own", branch="b", **over):
    return {
        "person": cast[person].pk, "organisation": cast[branch].pk, "link": "formal", "starts_on": "2026-03-01",
        "reason_in": "退休", **over,
    }  # fmt: skip


def test_organisations_are_read_by_all_and_changed_in_reach(client, cast):
    page = client.get("/admin/branches/organisation/").content.decode()
    assert "甲支部" in page
    assert "乙支部" in page

    url = "/admin/branches/organisation/{}/change/?edit=1"
    assert client.post(url.format(cast["a"].pk), {"name": "x"}).status_code == 403
    form = client.get(url.format(cast["b"].pk)).context["adminform"].form
    typed = {
        "name": "乙支部", "kind": "formal", "level": "branch", "unit": cast["district"].pk, "party_day": "5",
        "term_years": "3", "short_name": "", "seen_version": form.current_version(),
    }  # fmt: skip
    assert client.post(url.format(cast["b"].pk), typed).status_code == 302
    assert Organisation.objects.get(pk=cast["b"].pk).party_day == 5


def test_organisation_is_founded_below_another(client, cast):
    typed = {
        "parent_organisation": cast["b"].pk, "name": "乙支部一组", "short_name": "", "kind": "formal",
        "level": "group", "unit": cast["district"].pk, "term_years": "3",
    }  # fmt: skip
    response = client.post("/admin/branches/organisation/add/", typed)

    assert response.status_code == 302, response.context["adminform"].form.errors
    assert Organisation.objects.get_parent(Organisation.objects.get(name="乙支部一组")) == cast["b"]


def test_member_joins_and_leaves_on_the_pages(client, cast):
    response = client.post("/admin/branches/membership/add/", joining(cast))
    assert response.status_code == 302, response.context["adminform"].form.errors
    member = Membership.objects.get()
    page = client.get(f"/admin/branches/membership/{member.pk}/change/")
    assert page.status_code == 200

    url = f"/admin/branches/membership/{member.pk}/end/"
    assert client.post(url, {"on": "2026-01-01", "reason": "x"}).status_code == 422
    assert client.post(url, {"on": "2026-05-01", "reason": "随迁"}).status_code == 302
    member.refresh_from_db()
    assert (member.ends_on, member.reason_out) == (datetime.date(2026, 5, 1), "随迁")
    assert client.get(url).status_code == 403
    assert AuditEntry.objects.filter(action="leave_organisation").exists()


def test_transfer_is_one_form(client, cast):
    make_member(cast["own"].person, cast["a"])
    assert client.post("/admin/branches/membership/add/", joining(cast)).status_code == 302

    assert list(Membership.objects.order_by("pk").values_list("organisation__name", "ends_on")) == [
        ("甲支部", datetime.date(2026, 3, 1)),
        ("乙支部", None),
    ]


def test_people_of_others_are_neither_listed_nor_to_be_added(client, cast):
    foreign = make_member(cast["foreign"].person, cast["b"])
    page = client.get("/admin/branches/membership/").content.decode()
    assert "王秀兰" not in page
    assert client.get(f"/admin/branches/membership/{foreign.pk}/change/").status_code == 404
    assert client.get(f"/admin/branches/membership/{foreign.pk}/end/").status_code == 404

    response = client.post("/admin/branches/membership/add/", joining(cast, "foreign", "a"))
    assert response.status_code == 200
    assert "王秀兰" not in response.content.decode()
    assert Membership.objects.count() == 1


def test_second_secretary_is_an_error_of_the_form(client, cast):
    make_post(cast["foreign"].person, cast["b"])
    typed = {
        "person": cast["own"].pk, "organisation": cast["b"].pk, "kind": "secretary", "starts_on": "2026-03-01",
        "account": "",
    }  # fmt: skip
    response = client.post("/admin/branches/post/add/", typed)

    assert response.status_code == 200
    assert "已有在任书记" in response.content.decode()


def test_post_is_given_with_an_account_named(client, cast):
    user = make_user("shuji", is_staff=False)
    typed = {
        "person": cast["own"].pk, "organisation": cast["b"].pk, "kind": "secretary", "starts_on": "2026-03-01",
        "account": "nobody",
    }  # fmt: skip
    assert "没有这个账号" in client.post("/admin/branches/post/add/", typed).content.decode()
    assert client.post("/admin/branches/post/add/", {**typed, "account": "Shuji"}).status_code == 302
    post = Post.objects.get()
    assert post.user == user
    assert (
        client.post(f"/admin/branches/post/{post.pk}/end/", {"on": "2026-06-01", "reason": "换届"}).status_code == 302
    )


def test_search_takes_names_not_numbers(client, cast):
    make_member(cast["own"].person, cast["b"])

    assert client.get("/admin/branches/membership/?q=13800138000").context["cl"].result_count == 0
    assert client.get("/admin/branches/membership/?q=").context["cl"].result_count == 1
