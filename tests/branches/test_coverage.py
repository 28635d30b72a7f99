import datetime

import pytest

from apps.branches.choices import Link, MeetingKind
from apps.branches.models import Attendance, HomeDelivery, Meeting, Organisation
from apps.branches.queries.coverage import attended_elsewhere, coverage_by_organisation, meetings_open_to, months_of
from tests.builders import make_member, make_organisation, make_person, make_post

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 22)
MONTH, NEXT = datetime.date(2026, 11, 1), datetime.date(2026, 12, 1)


def held(organisation, kind=MeetingKind.PARTY_DAY, on=TODAY, **states):
    """A meeting with people by state: present=[…]."""
    meeting = Meeting.objects.create(
        organisation=organisation, kind=kind, held_on=on, topic="学习", said_present=0, expected=0
    )
    for state, people in states.items():
        for person in people:
            Attendance.objects.create(meeting=meeting, person=person, state=state)
    return meeting


@pytest.fixture
def general():
    return make_organisation("总支", level="general")


@pytest.fixture
def branch(general):
    return Organisation.objects.add_child(Organisation.objects.get(pk=general.pk), {"name": "甲支部"})


@pytest.fixture
def members(branch):
    people = [make_person(f"党员{number}") for number in range(5)]
    for person in people:
        make_member(person, branch)
    return people


def numbers(found):
    return found.members, found.attended, found.delivered, found.on_leave


def test_coverage_is_the_union_with_each_member_once(branch, general, members):
    first = held(branch, present=members[:1], delivery=members[1:3], leave=members[3:4])
    held(branch, present=members[:1], absent=members[1:])
    HomeDelivery.objects.create(
        organisation=branch, person=members[1], meeting=first, due_on=TODAY, delivered_on=datetime.date(2026, 12, 3)
    )
    HomeDelivery.objects.create(organisation=branch, person=members[2], meeting=first, due_on=TODAY)

    found = coverage_by_organisation([branch.pk, general.pk], MONTH, NEXT, on=TODAY)

    assert numbers(found[branch.pk]) == numbers(found[general.pk]) == (5, 1, 1, 1)


def test_what_is_void_of_another_month_or_of_the_committee_does_not_count(branch, members):
    held(branch, on=datetime.date(2026, 10, 31), present=members)
    held(branch, kind=MeetingKind.COMMITTEE, present=members)
    gone = held(branch, present=members)
    Meeting.objects.filter(pk=gone.pk).update(voided_at="2026-11-23T00:00+08:00")

    assert numbers(coverage_by_organisation([branch.pk], MONTH, NEXT, on=TODAY)[branch.pk]) == (5, 0, 0, 0)


def test_attendance_elsewhere_counts_at_home_and_stands_on_its_list(branch, members):
    club = make_organisation("合唱团", kind="functional")
    make_member(members[0], club, link=Link.FUNCTIONAL)
    held(club, kind=MeetingKind.ACTIVITY, present=members[:1], leave=members[1:2])

    assert numbers(coverage_by_organisation([branch.pk], MONTH, NEXT, on=TODAY)[branch.pk]) == (5, 1, 0, 0)
    rows = attended_elsewhere(branch, MONTH, NEXT, on=TODAY)
    assert [(row.person, row.meeting.organisation) for row in rows] == [(members[0], club)]


def test_both_branches_see_a_meeting_held_together(branch):
    partner = make_organisation("乙支部")
    meeting = held(branch)
    meeting.partners.add(partner)

    assert list(meetings_open_to(partner)) == list(meetings_open_to(branch)) == [meeting]
    assert not meetings_open_to(make_organisation("丙支部")).exists()


def test_overview_says_what_is_missing(branch, general, members):
    held(branch, present=members)
    held(branch, kind=MeetingKind.ASSEMBLY, on=datetime.date(2026, 10, 5))
    for person, kind in zip(members, ("secretary", "deputy", "member"), strict=False):
        make_post(person, branch, kind=kind)

    top, row = months_of(Organisation.objects.order_by("path"), MONTH, on=TODAY)

    assert (top.organisation, top.held, row.organisation) == (general, (), branch)
    assert [one.kind for one in row.missing] == ["committee", "lecture", "life", "review"]
    assert {one.kind: one.last_on for one in row.held if one.count} == {
        "party_day": TODAY,
        "assembly": datetime.date(2026, 10, 5),
    }


def test_meeting_of_a_group_counts_for_the_branch_over_it(branch, general, members):
    group = Organisation.objects.add_child(Organisation.objects.get(pk=branch.pk), {"name": "一组", "level": "group"})
    (row,) = months_of([branch], MONTH, on=TODAY)
    assert "group" in [one.kind for one in row.missing]

    held(group, kind=MeetingKind.GROUP)
    held(group, kind=MeetingKind.PARTY_DAY)
    (row,) = months_of([branch], MONTH, on=TODAY)
    assert [one.kind for one in row.held if one.count] == ["group"]


def test_overview_costs_the_same_for_more_branches(branch, members, django_assert_num_queries):
    held(branch, present=members)
    with django_assert_num_queries(6) as few:
        months_of(Organisation.objects.order_by("path"), MONTH, on=TODAY)
    for number in range(5):
        held(make_organisation(f"支部{number}"), present=members)

    with django_assert_num_queries(len(few)):
        months_of(Organisation.objects.order_by("path"), MONTH, on=TODAY)
