"""A year of organisation life of the secretary's branch and some others: about 40 % come, the frail are visited."""

import datetime

from django.db import transaction

from apps.branches.choices import AttendanceState, Kind, Level, Link, MeetingKind
from apps.branches.models import (
    Attendance,
    HomeDelivery,
    Meeting,
    Membership,
    Organisation,
    Post,
    Programme,
    Review,
    StudyRecord,
    Talk,
)
from apps.branches.queries import assembled
from apps.branches.rules.meetings import MeetingRules, delivery_due, period_of
from apps.people.models import Person

BRANCHES = 5
MONTHS = 13
CLUB = "云江市银龄合唱团功能型党支部"
PARTY_DAY = 25
TOPICS = (
    "学习党的二十大精神，重温入党誓词", "参观城市规划展览馆", "学习《中国共产党章程》", "我看家乡新变化座谈",
    "为社区治理献一计", "学习《关于加强新时代离退休干部党的建设工作的意见》", "看红色影片，谈入党初心",
    "银发志愿服务日", "防诈骗、防火安全学习", "重阳节集体过政治生日", "学习全国两会精神", "送温暖、话家常",
)  # fmt: skip
MINUTES = "会议由书记主持。\n一、集体学习材料。\n二、大家结合自己的经历发言。\n三、通报下月安排。"
SEVEN = "唱国歌\n重温入党誓词\n集体学习\n交流发言\n交纳党费\n通报支部工作\n过政治生日"
OWN_ITEMS = "参观学习\n志愿服务\n文体活动\n走访慰问"


@transaction.atomic
def write_branch_life(*, on: datetime.date) -> None:
    """Meetings, rolls, home deliveries, study, talks and reviews up to `on`. The party day of the month of `on` is left
    to be recorded in the secretary's own branch."""
    if Meeting.objects.exists():
        return
    own = Post.objects.filter(user__username="shuji").select_related("organisation").first()
    programme = Programme.objects.create(
        name="“7+N”主题党日", items=SEVEN, own_items="参观学习\n志愿服务\n文体活动\n走访慰问"
    )
    others = Organisation.objects.filter(
        level=Level.BRANCH, kind__in=[Kind.FORMAL, Kind.AWAY], memberships__isnull=False
    ).exclude(pk=own.organisation_id if own else None)
    branches = [own.organisation] if own else []
    branches += list(others.distinct().order_by("path")[:BRANCHES])
    for place, branch in enumerate(branches):
        _year(branch, programme, on=on, place=place)
    if own:
        _beside(own, on=on)
        _together(own.organisation, branches[1:2])
        _club(own.organisation, on=on)


def _year(branch: Organisation, programme: Programme, *, on: datetime.date, place: int) -> None:
    """Every month a party day, every quarter an assembly and a lecture, once 组织生活会 and 民主评议."""
    months = [_months_before(on, back) for back in range(MONTHS - 1, -1, -1)]
    for number, month in enumerate(months):
        day = month.replace(day=PARTY_DAY)
        if day < on and (place or (day.year, day.month) != (on.year, on.month)):
            _hold(branch, MeetingKind.PARTY_DAY, day, number + place, on=on, programme=programme)
        if month.month % 3 == 0 and month.replace(day=12) < on:
            _hold(branch, MeetingKind.ASSEMBLY, month.replace(day=12), number + place, on=on)
        if month.month % 3 == 1 and month.replace(day=18) < on:
            _hold(branch, MeetingKind.LECTURE, month.replace(day=18), number + place, on=on)
        if month.month == 1:
            _hold(branch, MeetingKind.LIFE, month.replace(day=20), number, on=on)
            review = _hold(branch, MeetingKind.REVIEW, month.replace(day=21), number, on=on)
            _reviews(branch, review)


def _months_before(on: datetime.date, back: int) -> datetime.date:
    place = on.year * 12 + on.month - 1 - back
    return datetime.date(place // 12, place % 12 + 1, 1)


def _state(place: int, number: int) -> str:
    """Every sixth is frail; of the others about four in ten come, one is on leave."""
    if place % 6 == 5:
        return AttendanceState.DELIVERY
    luck = (place * 7 + number * 3) % 10
    return AttendanceState.PRESENT if luck < 5 else AttendanceState.LEAVE if luck == 9 else AttendanceState.ABSENT


def _hold(branch: Organisation, kind: str, day: datetime.date, number: int, *, on: datetime.date, programme=None):
    people = list(assembled(branch, kind, day))
    states = [_state(place, number) for place in range(len(people))]
    meeting = Meeting.objects.create(
        organisation=branch, kind=kind, held_on=day, held_at=datetime.time(9), place=branch.venue or "社区党群活动室",
        topic=TOPICS[number % len(TOPICS)], host=people[0], recorder=people[-1], programme=programme,
        items=SEVEN if programme else "", minutes=MINUTES, said_present=states.count(AttendanceState.PRESENT),
        expected=len(people),
    )  # fmt: skip
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting, person=person, state=state, reason="外出探亲" if state == AttendanceState.LEAVE else ""
        )
        for person, state in zip(people, states, strict=True)
    )
    due = delivery_due(day, MeetingRules())
    frail = [person for person, state in zip(people, states, strict=True) if state == AttendanceState.DELIVERY]
    HomeDelivery.objects.bulk_create(
        HomeDelivery(
            organisation=branch, person=person, meeting=meeting, due_on=due, deliverer=people[0],
            delivered_on=due - datetime.timedelta(days=4) if due < on else None,
            content="学习材料一份，讲了会上的主要内容" if due < on else "",
        )
        for person in frail
    )  # fmt: skip
    return meeting


def _reviews(branch: Organisation, meeting: Meeting) -> None:
    rows = meeting.attendance.exclude(state=AttendanceState.ABSENT).order_by("pk")
    Review.objects.bulk_create(
        Review(
            organisation=branch, person_id=row.person_id, year=meeting.held_on.year - 1, meeting=meeting,
            result="excellent" if place % 4 == 0 else "good",
        )
        for place, row in enumerate(rows)
    )  # fmt: skip


def _beside(post: Post, *, on: datetime.date) -> None:
    """Study and talks of the secretary's own branch."""
    people = [one for one in assembled(post.organisation, MeetingKind.PARTY_DAY, on) if one.pk != post.person_id]
    StudyRecord.objects.bulk_create(
        StudyRecord(
            organisation=post.organisation, person=person, studied_on=on - datetime.timedelta(days=7 * place + 3),
            form="alone", theme=TOPICS[2], hours=1,
        )
        for place, person in enumerate(people[:5])
    )  # fmt: skip
    start, _ = period_of(on, 12)
    Talk.objects.bulk_create(
        Talk(
            organisation=post.organisation, person=person, officer_id=post.person_id, theme="身体和家里情况",
            talked_on=max(start, on - datetime.timedelta(days=20 * place + 5)),
        )
        for place, person in enumerate(people[:3])
    )  # fmt: skip


def _together(branch: Organisation, partners: list[Organisation]) -> None:
    """The last party day was held together with another branch (共建)."""
    last = branch.meetings.filter(kind=MeetingKind.PARTY_DAY).order_by("-held_on").first()
    if last:
        last.partners.set(partners)


def _club(branch: Organisation, *, on: datetime.date) -> None:
    """A functional branch in which members of the secretary's branch take part: it stands on their branch's list."""
    club = Organisation.objects.filter(kind=Kind.FUNCTIONAL, dissolved_on__isnull=True).order_by("path").first()
    if club is None:
        above = Organisation.objects.get_parent(branch)
        values = {
            "name": CLUB, "kind": Kind.FUNCTIONAL, "unit_id": branch.unit_id, "venue": "老年大学合唱教室",
            "established_on": datetime.date(2023, 3, 1),
        }  # fmt: skip
        club = above.add_child(**values) if above else Organisation.objects.add_root(values)
    if not club.memberships.exists():
        members = Person.objects.filter(
            memberships__organisation=branch, memberships__ends_on__isnull=True, memberships__link=Link.FORMAL
        ).order_by("name_stroke_key", "pk")[:4]
        Membership.objects.bulk_create(
            Membership(person=person, organisation=club, link=Link.FUNCTIONAL, starts_on=datetime.date(2023, 3, 1))
            for person in members
        )
    day = on - datetime.timedelta(days=12)
    people = list(assembled(club, MeetingKind.ACTIVITY, day))
    if not people:
        return
    meeting = Meeting.objects.create(
        organisation=club, kind=MeetingKind.ACTIVITY, held_on=day, place=club.venue, topic="排练合唱《歌唱祖国》",
        said_present=len(people), expected=len(people),
    )  # fmt: skip
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, person=person, state=AttendanceState.PRESENT) for person in people
    )
