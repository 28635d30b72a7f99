"""The secretary's scope and rights: from the post, while it is current, and no further."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from apps.branches.access import secretary_scope
from apps.branches.choices import Link
from apps.branches.models import Organisation, Post
from apps.registry.models import Cadre
from apps.registry.scopes import CHANGE, scopes
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """Branch A (with a group below it) and branch B, one member each, and A's secretary with an account."""
    unit = make_unit()
    a, b = make_organisation("甲支部"), make_organisation("乙支部")
    group = Organisation.objects.add_child(Organisation.objects.get(pk=a.pk), {"name": "甲支部一组", "level": "group"})
    members = {
        "secretary": make_cadre("书记", unit=unit),
        "in_a": make_cadre("甲一", unit=unit),
        "in_group": make_cadre("甲二", unit=unit),
        "in_b": make_cadre("乙一", unit=unit),
        "nowhere": make_cadre("无", unit=unit),
    }
    make_member(members["secretary"].person, a)
    make_member(members["in_a"].person, a)
    make_member(members["in_group"].person, a, group=group)
    make_member(members["in_b"].person, b)
    user = make_user("secretary", is_staff=False)
    make_post(members["secretary"].person, a, user=user)
    return {"user": user, "a": a, "b": b, **members}


def fresh(user):
    return get_user_model().objects.get(pk=user.pk)


def seen(user) -> set[str]:
    return set(Cadre.objects.visible_to(fresh(user)).values_list("person__name", flat=True))


def test_secretary_sees_his_branch_and_the_groups_below_it(cast):
    assert seen(cast["user"]) == {"书记", "甲一", "甲二"}


def test_any_current_link_counts_and_a_closed_one_does_not(cast):
    make_member(cast["in_b"].person, cast["a"], link=Link.FUNCTIONAL)
    cast["in_a"].person.memberships.update(ends_on=timezone.localdate())

    assert seen(cast["user"]) == {"书记", "甲二", "乙一"}


def test_term_over_nothing_is_left(cast):
    assert fresh(cast["user"]).has_perm("registry.add_lifeevent")
    Post.objects.update(ends_on=timezone.localdate())

    assert seen(cast["user"]) == set()
    assert not fresh(cast["user"]).has_perm("registry.add_lifeevent")


def test_post_that_begins_tomorrow_gives_nothing_today(cast):
    Post.objects.update(starts_on=timezone.localdate() + datetime.timedelta(days=1))

    assert seen(cast["user"]) == set()


def test_disabled_account_and_dissolved_branch_give_nothing(cast):
    get_user_model().objects.update(is_active=False)
    assert seen(cast["user"]) == set()
    get_user_model().objects.update(is_active=True)
    Organisation.objects.update(dissolved_on=datetime.date(2026, 1, 1))
    assert seen(cast["user"]) == set()


def test_secretary_may_not_change_records(cast):
    assert secretary_scope(fresh(cast["user"]), CHANGE) is None
    assert not Cadre.objects.visible_to(fresh(cast["user"]), CHANGE).exists()


def test_scope_joins_no_table_to_the_cadres(cast):
    sql = str(Cadre.objects.visible_to(fresh(cast["user"])).query)

    assert "JOIN" not in sql
    assert secretary_scope in scopes


def test_post_opens_no_staff_page(cast, client):
    client.force_login(cast["user"])

    assert client.get("/admin/", follow=True).status_code == 403
