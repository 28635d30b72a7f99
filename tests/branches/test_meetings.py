import datetime
import uuid

import pytest

from apps.branches import services
from apps.branches.access import Desk
from apps.branches.choices import AttendanceState, Link, MeetingKind
from apps.branches.models import Attendance, HomeDelivery, Meeting, Programme, StudyRecord
from apps.branches.services import DeliveryFacts, Mark, MeetingFacts, StudyFacts
from apps.common.errors import BusinessError, StaleVersion
from apps.common.models import AuditEntry
from apps.people.models import Whereabouts
from apps.registry.models import Health
from tests.builders import (
    LONG_AGO,
    make_cadre,
    make_member,
    make_organisation,
    make_person,
    make_post,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 22)
DAY = datetime.date(2026, 10, 25)
PRESENT, DELIVERY, LEAVE, ABSENT = (
    Mark(AttendanceState.PRESENT), Mark(AttendanceState.DELIVERY), Mark(AttendanceState.LEAVE, "看孙子"),
    Mark(AttendanceState.ABSENT),
)  # fmt: skip


@pytest.fixture
def branch():
    return make_organisation("甲支部", venue="社区二楼")


@pytest.fixture
def members(branch):
    people = [make_person(name) for name in ("张三", "李四", "王秀兰")]
    for person in people:
        make_member(person, branch)
    return people


@pytest.fixture
def desk(branch, members):
    user = make_user("shuji", is_staff=False)
    return Desk(branch, user, TODAY, make_post(members[0], branch, user=user))


def facts(members, *marks, **over):
    roll = {person.pk: mark for person, mark in zip(members, marks, strict=False)}
    values = {
        "key": uuid.uuid4(), "kind": MeetingKind.PARTY_DAY, "held_on": DAY, "topic": "重温入党誓词",
        "said_present": sum(mark is PRESENT for mark in marks), "attendance": roll,
    }  # fmt: skip
    return MeetingFacts(**{**values, **over})


def roll_of(meeting):
    return list(meeting.attendance.order_by("person_id").values_list("state", flat=True))


def test_a_meeting_has_its_roll_and_a_promise_for_the_frail(desk, members):
    meeting = services.record_meeting(desk, facts(members, PRESENT, DELIVERY, host=members[0].pk))

    assert (meeting.expected, meeting.said_present, roll_of(meeting)) == (3, 1, ["present", "delivery", "absent"])
    promise = HomeDelivery.objects.get()
    assert (promise.person, promise.meeting, promise.due_on) == (members[1], meeting, datetime.date(2026, 11, 9))
    entry = AuditEntry.objects.get(action="record_meeting")
    assert (entry.actor_id, entry.subject_count, meeting.by_staff) == (desk.user.pk, 3, False)


def test_the_same_form_sent_twice_is_one_meeting(desk, members):
    form = facts(members, PRESENT, DELIVERY)
    first, second = services.record_meeting(desk, form), services.record_meeting(desk, form)

    assert first == second
    assert (Meeting.objects.count(), Attendance.objects.count(), HomeDelivery.objects.count()) == (1, 3, 1)
    elsewhere = Desk(make_organisation("乙支部"), desk.user, TODAY, None)
    with pytest.raises(BusinessError, match="已经用过"):
        services.record_meeting(elsewhere, form)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"held_on": TODAY + datetime.timedelta(days=1)}, "held_on"),
        ({"held_on": datetime.date(1900, 1, 1)}, "held_on"),
        ({"topic": " "}, "topic"),
        ({"kind": "nonsense"}, "kind"),
        ({"said_present": -1}, "said_present"),
        ({"said_present": 99999}, "said_present"),
        ({"attendance": {987654: PRESENT}}, "attendance"),
        ({"host": 987654}, "host"),
        ({"minutes": "长" * 50_001}, "minutes"),
    ],
)
def test_wrong_facts_are_refused_and_nothing_is_written(desk, members, over, field):
    with pytest.raises(BusinessError) as refused:
        services.record_meeting(desk, facts(members, PRESENT, **over))

    assert refused.value.field == field
    assert not Meeting.objects.exists()


def test_unknown_state_and_foreign_programme_are_refused(desk, members):
    foreign = Programme.objects.create(organisation=make_organisation("乙支部"), name="7+N", items="唱国歌")
    for over in ({"attendance": {members[0].pk: Mark("flew")}}, {"programme": foreign}):
        with pytest.raises(BusinessError):
            services.record_meeting(desk, facts(members, **over))
    with pytest.raises(BusinessError, match="不能是自己"):
        services.record_meeting(desk, facts(members, partners=[desk.organisation]))


def test_only_members_of_that_day_are_expected(desk, members, branch):
    make_member(make_person("后来人"), branch, starts_on=TODAY)
    left = make_person("先走人")
    make_member(left, branch, ends_on=DAY)

    meeting = services.record_meeting(desk, facts(members))

    assert meeting.expected == 3


def test_committee_expects_those_in_post(desk, members):
    meeting = services.record_meeting(desk, facts(members, PRESENT, kind=MeetingKind.COMMITTEE))

    assert list(meeting.attendance.values_list("person_id", flat=True)) == [members[0].pk]


def test_functional_branch_records_activities_only(members, desk):
    club = make_organisation("合唱团", kind="functional")
    make_member(members[0], club, link=Link.FUNCTIONAL)
    at_club = Desk(club, desk.user, TODAY, None)

    with pytest.raises(BusinessError, match="只组织活动"):
        services.record_meeting(at_club, facts(members[:1], PRESENT, kind=MeetingKind.LECTURE))
    meeting = services.record_meeting(at_club, facts(members[:1], PRESENT, kind=MeetingKind.ACTIVITY))
    assert (meeting.expected, meeting.by_staff) == (1, True)


def test_template_starts_from_the_last_of_its_kind(desk, members, branch):
    assert [seat.state for seat in services.template_for(branch, MeetingKind.PARTY_DAY, on=DAY).seats] == ["absent"] * 3
    programme = Programme.objects.create(name="7+N", items="唱国歌\n重温誓词")
    services.record_meeting(
        desk, facts(members, PRESENT, DELIVERY, LEAVE, place="三楼", programme=programme, host=members[0].pk)
    )
    services.record_meeting(desk, facts(members, PRESENT, kind=MeetingKind.TALK, place="别处"))

    template = services.template_for(branch, MeetingKind.PARTY_DAY, on=TODAY)

    seats = {seat.person.name: (seat.state, seat.reason, seat.frail) for seat in template.seats}
    assert seats == {
        "张三": ("present", "", False),
        "李四": ("delivery", "", False),
        "王秀兰": ("leave", "看孙子", False),
    }
    assert (template.place, template.programme, template.host) == ("三楼", programme, members[0])
    assert template.topic_hint == "重温入党誓词"


def test_template_knows_the_frail_and_the_away(desk, members, branch):
    unit = make_unit()
    for person in members[:2]:
        make_cadre(person=person, unit=unit)
    Health.objects.create(cadre_id=members[0].pk, ability=3)
    Whereabouts.objects.create(person=members[1], kind="elsewhere", starts_on=LONG_AGO)
    for day in (DAY, DAY + datetime.timedelta(days=7)):
        services.record_meeting(desk, facts(members, PRESENT, PRESENT, DELIVERY, held_on=day))

    seats = services.template_for(branch, MeetingKind.PARTY_DAY, on=TODAY).seats

    assert {seat.person.name: (seat.state, seat.reason, seat.frail) for seat in seats} == {
        "张三": ("delivery", "", True),
        "李四": ("leave", "在外地", False),
        "王秀兰": ("delivery", "", True),
    }


def test_template_costs_the_same_for_more_members(desk, members, branch, django_assert_max_num_queries):
    services.record_meeting(desk, facts(members, PRESENT))
    for number in range(10):
        make_member(make_person(f"党员{number}"), branch)

    with django_assert_max_num_queries(6):
        services.template_for(branch, MeetingKind.PARTY_DAY, on=TODAY)


def test_promises_follow_a_changed_roll(desk, members):
    form = facts(members, DELIVERY, DELIVERY)
    meeting = services.record_meeting(desk, form)
    done = HomeDelivery.objects.get(person=members[1])
    services.deliver(desk, DeliveryFacts(delivered_on=TODAY, content="讲了全会精神"), delivery=done)

    later = DAY + datetime.timedelta(days=2)
    changed = facts(members, PRESENT, PRESENT, DELIVERY, key=form.key, held_on=later)
    meeting.refresh_from_db()
    services.change_meeting(desk, meeting, changed, version=meeting.version)

    standing = HomeDelivery.objects.filter(voided_at__isnull=True).order_by("person_id")
    assert [(row.person, row.delivered_on) for row in standing] == [(members[1], TODAY), (members[2], None)]
    assert standing[1].due_on == datetime.date(2026, 11, 11)
    with pytest.raises(StaleVersion):
        services.change_meeting(desk, meeting, changed, version=meeting.version)


def test_voided_meeting_takes_open_promises_back_and_restored_brings_them(desk, members):
    meeting = services.record_meeting(desk, facts(members, DELIVERY))

    services.void_meeting(desk, meeting, reason="登记重了")
    assert not HomeDelivery.objects.filter(voided_at__isnull=True).exists()
    assert services.template_for(desk.organisation, MeetingKind.PARTY_DAY, on=TODAY).seats[0].state == "absent"

    services.restore_meeting(desk, meeting)
    assert HomeDelivery.objects.filter(voided_at__isnull=True).count() == 1


def test_delivery_is_recorded_once_and_taken_back(desk, members):
    services.record_meeting(desk, facts(members, DELIVERY))
    promise = HomeDelivery.objects.get()
    for wrong in (TODAY + datetime.timedelta(days=1), DAY - datetime.timedelta(days=1)):
        with pytest.raises(BusinessError):
            services.deliver(desk, DeliveryFacts(delivered_on=wrong), delivery=promise)

    row = services.deliver(desk, DeliveryFacts(delivered_on=TODAY, deliverer=members[2].pk), delivery=promise)
    assert (row.delivered_on, row.deliverer) == (TODAY, members[2])
    assert services.take_back_delivery(desk, row).delivered_on is None


def test_delivery_without_meeting_has_its_own_key(desk, members):
    form = DeliveryFacts(delivered_on=DAY, key=uuid.uuid4(), person=members[1].pk, content="送学习材料")

    first, second = services.deliver(desk, form), services.deliver(desk, form)

    assert (first, HomeDelivery.objects.count()) == (second, 1)
    with pytest.raises(BusinessError, match="不是本支部"):
        services.deliver(desk, DeliveryFacts(delivered_on=DAY, key=uuid.uuid4(), person=make_person("外人").pk))
    services.take_back_delivery(desk, first)
    assert not HomeDelivery.objects.filter(voided_at__isnull=True).exists()


def test_study_is_a_row_for_each_and_once_for_a_key(desk, members):
    form = StudyFacts(key=uuid.uuid4(), people=[one.pk for one in members[:2]], studied_on=DAY, theme="党章")

    services.record_study(desk, form)
    services.record_study(desk, form)

    assert StudyRecord.objects.count() == 2
    for over in ({"studied_on": datetime.date(2024, 1, 1)}, {"people": []}, {"people": [make_person("外人").pk]}):
        wrong = StudyFacts(**{"people": form.people, "studied_on": DAY, "key": uuid.uuid4(), "theme": "党章", **over})
        with pytest.raises(BusinessError):
            services.record_study(desk, wrong)
