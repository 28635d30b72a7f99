import datetime

import pytest
from django.utils import timezone

from apps.branches import services
from apps.branches.choices import Link
from apps.branches.models import Membership, Post
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.registry.choices import LifeEventKind, LifeEventState
from apps.registry.models import LifeEvent
from tests.builders import LONG_AGO, make_member, make_organisation, make_person, make_post, make_user

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 5, 3)


@pytest.fixture
def branches():
    return make_organisation("甲支部"), make_organisation("乙支部")


def test_joining_another_branch_closes_the_one_formal_link(branches):
    person, clerk = make_person(), make_user()
    first = services.join_organisation(person, branches[0], on=LONG_AGO, actor=clerk)
    second = services.join_organisation(person, branches[1], on=DAY, actor=clerk, reason="随迁")
    again = services.join_organisation(person, branches[1], on=DAY, actor=clerk)

    first.refresh_from_db()
    assert (first.ends_on, second.starts_on, again.pk) == (DAY, DAY, second.pk)
    assert Membership.objects.filter(person=person, ends_on__isnull=True).count() == 1
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["join_organisation"] * 2


def test_functional_link_stands_beside_the_formal_one(branches):
    person, club = make_person(), make_organisation("书画社功能型党支部", kind="functional")
    services.join_organisation(person, branches[0], on=DAY, actor=None)
    services.join_organisation(person, club, on=DAY, actor=None, link=Link.FUNCTIONAL)

    assert Membership.objects.filter(ends_on__isnull=True).count() == 2


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (timezone.localdate() + datetime.timedelta(days=1), "转入日期不能晚于今天"),
        (datetime.date(2019, 12, 31), "日期早于他加入现在党组织的日期（2020-01-01）"),
    ],
)
def test_impossible_days_are_refused_with_a_sentence(branches, day, sentence):
    person = make_person()
    make_member(person, branches[0])

    with pytest.raises(BusinessError, match=sentence):
        services.join_organisation(person, branches[1], on=day, actor=None)
    assert Membership.objects.get().ends_on is None


def test_nobody_joins_a_dissolved_branch(branches):
    branches[0].dissolved_on = LONG_AGO
    branches[0].save()

    with pytest.raises(BusinessError, match="已撤销"):
        services.join_organisation(make_person(), branches[0], on=DAY, actor=None)


def test_second_secretary_is_refused_with_the_constraints_sentence(branches):
    services.appoint(make_person("甲"), branches[0], kind="secretary", on=DAY, actor=None)

    with pytest.raises(BusinessError, match="已有在任书记"):
        services.appoint(make_person("乙"), branches[0], kind="secretary", on=DAY, actor=None)


def test_dismissed_once_stays_so(branches):
    post = services.appoint(make_person(), branches[0], kind="member", on=LONG_AGO, actor=None)
    services.dismiss(post, on=DAY, actor=None)
    later = services.dismiss(post, on=DAY + datetime.timedelta(days=9), actor=None)

    assert later.ends_on == DAY


@pytest.fixture
def death(branches):
    person = make_person()
    make_member(person, branches[0])
    make_member(person, branches[1], link=Link.FUNCTIONAL, ends_on=datetime.date(2024, 1, 1))
    make_post(person, branches[0])
    return LifeEvent.objects.create(
        person=person,
        kind=LifeEventKind.DIED,
        state=LifeEventState.CONFIRMED,
        happened_on="2026-05-03",
        decided_at=datetime.datetime(2026, 5, 6, tzinfo=datetime.UTC),
    )


def death_closes(event):
    event.refresh_from_db()
    services.close_by_death(event, undo=False)


def test_death_ends_open_membership_and_posts_and_undo_reopens_exactly_those(death):
    death_closes(death)
    assert list(Membership.objects.order_by("pk").values_list("ends_on", "closed_by_event")) == [
        (DAY, death.pk),
        (datetime.date(2024, 1, 1), None),
    ]
    assert Post.objects.get().ends_on == DAY

    services.close_by_death(death, undo=True)
    assert list(Membership.objects.order_by("pk").values_list("ends_on", "closed_by_event")) == [
        (None, None),
        (datetime.date(2024, 1, 1), None),
    ]
    assert Post.objects.get().ends_on is None


def test_seat_filled_meanwhile_stays_with_its_new_holder(death, branches):
    death_closes(death)
    new = services.appoint(make_person("新书记"), branches[0], kind="secretary", on=DAY, actor=None)
    services.close_by_death(death, undo=True)

    assert Post.objects.get(ends_on__isnull=True).pk == new.pk
    assert Membership.objects.filter(ends_on__isnull=True).count() == 1


def test_death_known_to_the_month_ends_on_the_day_it_was_known(death):
    LifeEvent.objects.update(happened_on="2026-05")
    death_closes(death)

    assert Post.objects.get().ends_on == datetime.date(2026, 5, 6)


def test_other_events_leave_membership_alone(death):
    death.kind = LifeEventKind.ADMITTED
    services.close_by_death(death, undo=False)

    assert Post.objects.get().ends_on is None
