"""Talks: booked by a school, a lecturer asked, held, counted in the campaign (rule book 10.60–10.64)."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.common.errors import BusinessError
from apps.messaging.models import Message
from apps.organisation.models import Division
from apps.signups.services.engaging import Engagement, engage
from apps.volunteers.choices.talks import BookingState, TalkState
from apps.volunteers.jobs.reminding import remind_volunteers
from apps.volunteers.models import (
    Lecturer,
    ServiceRecord,
    Talk,
    TalkAsk,
    TalkBooking,
    TalkCampaign,
    TalkRound,
    TalkTopic,
)
from apps.volunteers.queries import reports
from apps.volunteers.queries.talks import fitting, kinds_of, lines_of, progress_of, rounds_of
from apps.volunteers.rules.talks import TalkRules, day_refusal, parts_of
from apps.volunteers.services import records, talk_bookings, talks
from apps.volunteers.services.lecturers import end_by_death, leave, reopen_after_death
from apps.volunteers.talk_notices import TOMORROW, talk_facts
from tests.builders import make_unit, make_user

from .builders import ZONE, at, make_leader, make_team, make_volunteer
from .shift_world import World as Shifts
from .shift_world import ask

pytestmark = pytest.mark.django_db
NOW = at(11, 22)
DAY = dt.date(2026, 12, 3)  # a Thursday
BOOK = "/volunteers/talks/book/"


class World:
    """A bureau with a campaign, a topic and two lecturers; the first is free on Thursday mornings."""

    def __init__(self):
        self.unit = make_unit()
        self.team = make_team("云江市宣讲团", unit=self.unit, kind="talks")
        self.clerk = make_user("jingban", role="clerk", unit=self.unit)
        self.topic = TalkTopic.objects.create(unit=self.unit, title="长征路上的故事", minutes=60)
        self.campaign = TalkCampaign.objects.create(
            unit=self.unit, name="百千万宣讲", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2027, 1, 1),
            lecturers=100, sessions=1000, audience=10_000,
        )  # fmt: skip
        self.first = self.lecturer("郑国梁", times=((4, "am"),))
        self.first.topics.add(self.topic)
        self.second = self.lecturer("沈佩兰")

    def lecturer(self, name, **over) -> Lecturer:
        volunteer = make_volunteer(name, team=self.team, **over)
        return Lecturer.objects.create(volunteer=volunteer, team=self.team, joined_on="2020-01-01")

    def book(self, **over) -> TalkBooking:
        facts = talk_bookings.BookingFacts(**{
            "host": "市第三中学", "place_kind": "school", "place": "学校报告厅", "contact": "吕老师",
            "phone": "0700-8812345", "days": (DAY,), "expected": 650, "topic": self.topic, **over,
        })  # fmt: skip
        return talk_bookings.book(facts, form_key=uuid.uuid4(), now=NOW)

    def talk(self, *lecturers, on=DAY, starts=540, agreed=True, now=NOW, **over) -> Talk:
        facts = talks.TalkFacts(**{
            "unit": self.unit, "topic": self.topic, "on": on, "starts": starts, "minutes": 60, "host": "桃源村",
            "place_kind": "village", "place": "村部", "campaign": self.campaign,
            "lecturers": lecturers or (self.first,), **over,
        })  # fmt: skip
        return talks.create_talk(facts, agreed=agreed, actor=self.clerk, now=now)


@pytest.fixture
def world():
    return World()


def typed(**over) -> dict:
    """What a school types, two weeks from now."""
    day = dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(14)
    return {
        "host": "市第三中学", "place_kind": "school", "place": "学校报告厅", "expected": "600", "first": f"{day}",
        "second": "", "third": "", "part": "am", "contact": "吕老师", "phone": "0700-8812345", "wish": "", "topic": "",
        **over,
    }  # fmt: skip


def send(client, key=None, **over):
    return client.post(f"{BOOK}?form={key or uuid.uuid4()}", typed(**over))


def test_a_school_books_a_talk_and_its_600_pupils_appear_in_the_progress(world, client):
    """Done when, by the pages: public form, lecturer asked and willing, talk made, held, counted, hours."""
    answer = send(client, topic=world.topic.pk)
    booking = TalkBooking.objects.get()
    assert answer["Location"] == reverse("volunteers:talk_booked", args=[booking.public_id])
    shown = client.get(answer["Location"]).content.decode()
    assert booking.number in shown
    assert "吕老师" not in shown
    day = booking.days[0]
    world.campaign.starts_on, world.campaign.ends_on = day, day + dt.timedelta(30)
    world.campaign.save()
    client.force_login(world.clerk)
    site = "admin:volunteers_talkbooking"
    page = client.get(reverse(f"{site}_find", args=[booking.pk]))
    assert page.status_code == 200
    assert "郑国梁" in page.content.decode()
    query = f"?on={day}&starts=540&minutes=60"
    client.post(reverse(f"{site}_ask", args=[booking.pk, world.first.pk]) + query)
    ask = TalkAsk.objects.get()
    assert Message.objects.filter(template="talk.asked", person=world.first.volunteer_id).count() == 1
    assert not Talk.objects.exists()
    client.post(reverse(f"{site}_answer", args=[booking.pk, ask.pk]), {
        "answer": "yes", "campaign": world.campaign.pk, "note": "", "round": "", "topic": world.topic.pk,
    })  # fmt: skip
    talk = Talk.objects.get()
    assert (talk.host, talk.booking_id, list(talk.lecturers.all())) == ("市第三中学", booking.pk, [world.first])
    assert Message.objects.filter(template="talk.fixed", person=world.first.volunteer_id).count() == 1
    for page in ("change", "slip"):
        assert "郑国梁" in client.get(reverse(f"admin:volunteers_talk_{page}", args=[talk.pk])).content.decode()
    after = at(1, 2).replace(year=day.year + 1)
    assert talks.hold_talk(talk, 600, actor=world.clerk, now=after) == []
    shown = client.get(reverse("admin:volunteers_talkcampaign_change", args=[world.campaign.pk])).content.decode()
    assert "600人次，目标 10,000人次，完成 6%" in shown
    record = ServiceRecord.objects.get()
    assert (record.volunteer_id, record.service, record.minutes) == (world.first.volunteer_id, "talk", 60)
    assert records.confirm([record], actor=make_leader(world.team), now=after) == 1


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"first": "2020-01-01"}, "太近了"), ({"first": "2099-01-01"}, "太远了"), ({"first": "昨天"}, "日期"),
        ({"phone": "12"}, "电话"), ({"phone": "不告诉你"}, "号码"), ({"expected": "0"}, "1"),
        ({"expected": "99999999999999999999999"}, "人数填"), ({"expected": "-5"}, "1"),
        ({"host": "<script>alert(1)</script>"}, "尖括号"), ({"wish": "看 https://x.example/y"}, "网址"),
        ({"host": "\u202e\u200b"}, "要填"), ({"host": "长" * 61}, "60"), ({"place_kind": "moon"}, "选"),
        ({"topic": "987654321"}, "选"), ({"part": "zz"}, "选"), ({"host": "x\x00y"}, ""),
    ],
)  # fmt: skip
def test_hostile_input_is_refused_in_words(world, client, over, sentence):
    answer = send(client, **over)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not TalkBooking.objects.exists()


def test_the_same_form_twice_is_one_booking_and_staff_hear_once(world, client):
    key = uuid.uuid4()
    assert send(client, key).status_code == 302
    assert send(client, key).status_code == 302
    assert TalkBooking.objects.count() == 1
    assert Message.objects.filter(template="talk.new", user=world.clerk).count() == 1


def test_too_many_from_one_address_are_slowed_down(world, client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "talk_booking": "1/h/ip"}
    assert send(client).status_code == 302
    answer = send(client)
    assert answer.status_code == 422
    assert "太频繁" in answer.content.decode()
    assert TalkBooking.objects.count() == 1


def test_days_and_half_days():
    rules, today = TalkRules(), NOW.date()
    assert day_refusal([today + dt.timedelta(3)], today, rules) == ""
    assert "至少提前3天" in day_refusal([today + dt.timedelta(2)], today, rules)
    assert "重复" in day_refusal([DAY, DAY], today, rules)
    assert parts_of(540, 60) == {"am"}
    assert parts_of(11 * 60, 90) == {"am", "pm"}
    assert parts_of(17 * 60 + 30, 60) == {"pm", "eve"}


def test_who_fits_comes_first_with_the_reason(world):
    booking = world.book()
    found = fitting(booking, DAY, 540, 60)
    assert [one.name for one in found] == ["郑国梁", "沈佩兰"]
    assert found[0].fit.words == "能讲这个题目；这个时间有空；愿意去这个地方"
    assert "先打电话问" in found[1].fit.words
    world.talk(world.first)
    found = fitting(booking, DAY, 570, 60)
    assert [one.name for one in found] == ["沈佩兰", "郑国梁"]
    assert found[1].fit.barred == "这个时间已经有别的宣讲"
    with pytest.raises(BusinessError, match="已经有别的宣讲"):
        talk_bookings.ask(booking, world.first, on=DAY, starts=570, minutes=60, actor=world.clerk, now=NOW)


def test_nobody_is_given_a_talk_without_his_yes(world):
    with pytest.raises(BusinessError, match="问过宣讲员本人"):
        world.talk(agreed=False)
    without = world.lecturer("韩素琴", papers=())
    with pytest.raises(BusinessError, match="韩素琴"):
        world.talk(without)
    booking = world.book()
    ask = talk_bookings.ask(booking, world.first, on=DAY, starts=540, minutes=60, actor=world.clerk, now=NOW)
    assert talk_bookings.answer(ask, False, actor=world.clerk, now=NOW) is None
    booking.refresh_from_db()
    assert booking.state == BookingState.NEW
    assert not Talk.objects.exists()


def test_others_who_were_asked_are_told_and_a_second_yes_changes_nothing(world):
    booking = world.book()
    when = {"on": DAY, "starts": 540, "minutes": 60, "actor": world.clerk, "now": NOW}
    first = talk_bookings.ask(booking, world.first, **when)
    second = talk_bookings.ask(booking, world.second, **when)
    talk = talk_bookings.answer(first, True, actor=world.clerk, now=NOW)
    assert talk_bookings.answer(first, True, actor=world.clerk, now=NOW) == talk
    assert Message.objects.filter(template="talk.unneeded", person=world.second.volunteer_id).count() == 1
    with pytest.raises(BusinessError, match="已经结束"):
        talk_bookings.answer(second, True, actor=world.clerk, now=NOW)


def test_a_cancelled_talk_sends_its_booking_back(world):
    booking = world.book()
    ask = talk_bookings.ask(booking, world.first, on=DAY, starts=540, minutes=60, actor=world.clerk, now=NOW)
    talk = talk_bookings.answer(ask, True, actor=world.clerk, now=NOW)
    with pytest.raises(BusinessError, match="后面还有 1 场"):
        leave(world.first, on=NOW.date(), actor=world.clerk, now=NOW)
    talks.cancel_talk(talk, reason="学校考试", actor=world.clerk, now=NOW)
    booking.refresh_from_db()
    assert booking.state == BookingState.NEW
    assert Message.objects.filter(template="talk.cancelled", person=world.first.volunteer_id).count() == 1
    again = talk_bookings.ask(booking, world.second, on=DAY, starts=600, minutes=60, actor=world.clerk, now=NOW)
    assert talk_bookings.answer(again, True, actor=world.clerk, now=NOW).booking_id == booking.pk


def test_changed_time_and_lecturer_tell_whom_it_concerns(world):
    talk = world.talk(world.first)
    facts = talks.TalkFacts(
        unit=world.unit, topic=world.topic, on=DAY, starts=600, minutes=60, host="桃源村", place_kind="village",
        place="村部", lecturers=(world.second,),
    )  # fmt: skip
    talks.change_talk(talk, facts, agreed=True, actor=world.clerk, now=NOW)
    told = set(Message.objects.filter(template__startswith="talk.").values_list("template", "person"))
    assert ("talk.cancelled", world.first.volunteer_id) in told
    assert ("talk.fixed", world.second.volunteer_id) in told


def test_progress_counts_what_stands_to_thousands_of_millions(world):
    """受众 103 万人次 and beyond: no sum overflows; voided and planned talks do not count."""
    part = TalkRound.objects.create(
        campaign=world.campaign, name="第一轮", starts_on="2026-01-01", ends_on="2026-07-01"
    )  # fmt: skip
    Talk.objects.bulk_create(
        Talk(unit=world.unit, topic=world.topic, campaign=world.campaign, round=part, on=dt.date(2026, 3, 1),
             starts=540, minutes=60, host="网上", place_kind="online", place="直播", state=TalkState.HELD,
             audience=90_000_000) for _ in range(25)
    )  # fmt: skip
    world.talk()
    done = progress_of([world.campaign.pk])[world.campaign.pk]
    assert (done.lecturers, done.sessions, done.audience) == (0, 25, 2_250_000_000)
    assert [line.share for line in lines_of(world.campaign, done)] == ["0%", "2%", "22500000%"]
    assert rounds_of(world.campaign)[0][1].audience == 2_250_000_000


def test_held_corrected_voided(world):
    talk = world.talk(on=dt.date(2026, 11, 20))
    talks.hold_talk(talk, 80, actor=world.clerk, now=NOW)
    talks.hold_talk(talk, 60, actor=world.clerk, now=NOW)
    assert ServiceRecord.objects.count() == 1
    assert progress_of([world.campaign.pk])[world.campaign.pk].audience == 60
    talks.void_talk(talk, reason="记重了", actor=world.clerk, now=NOW)
    assert progress_of([world.campaign.pk])[world.campaign.pk].sessions == 0
    assert not ServiceRecord.objects.current().exists()


def test_a_death_ends_lecturing_and_names_talks_that_need_somebody_else(world):
    world.talk(world.first)
    said = end_by_death(77, world.first.volunteer_id, now=NOW)
    assert said == ["他12月3日在桃源村的宣讲要换人。"]
    assert list(Lecturer.objects.active()) == [world.second]
    reopen_after_death(77)
    assert Lecturer.objects.active().count() == 2


def test_a_day_outside_the_campaign_is_refused(world):
    with pytest.raises(BusinessError, match="不在里面"):
        world.talk(on=dt.date(2027, 1, 4))


def test_the_talk_of_tomorrow_is_told_once_and_taken_back(world):
    talk = world.talk(world.first)
    eve = dt.datetime.combine(DAY - dt.timedelta(1), dt.time(9), ZONE)
    remind_volunteers(eve), remind_volunteers(eve)
    message = Message.objects.get(template=TOMORROW)
    assert message.person_id == world.first.volunteer_id
    assert talk_facts(message.context)["地点"] == talk.place
    talks.cancel_talk(talk, reason="学校停电", actor=world.clerk, now=eve)
    assert remind_volunteers(eve).recalled == 1


def test_places_talks_and_audience_of_a_year(world):
    """A school visited twice is one; a talk of two lecturers is heard once."""
    area = Division.objects.filter(level="county").first()
    school = {"host": "市第三中学", "place_kind": "school", "division": area, "now": at(12, 20)}
    for starts, row in ((540, (world.first, world.second)), (840, (world.first,))):
        talks.hold_talk(world.talk(*row, starts=starts, **school), 300, actor=world.clerk, now=at(12, 20))
    talks.hold_talk(world.talk(starts=660, now=at(12, 20)), 50, actor=world.clerk, now=at(12, 20))
    scope = reports.Scope(world.clerk, dt.date(2026, 1, 1), dt.date(2027, 1, 1))
    assert [cells for _, cells in reports.talks(scope).rows] == [[1, 2, 2, "600"], [1, 1, 1, "50"], [2, 3, 2, "650"]]
    areas = dict(reports.talks(scope, by_area=True).rows)
    assert areas[area.name] == [1, 2, 2, "600"]
    assert areas["没有写区县"] == [1, 1, 1, "50"]
    assert [row[1:] for row in kinds_of(world.campaign)] == [(1, 2, 600), (1, 1, 50)]


def test_a_talk_takes_the_lecturers_time_in_signups(world):
    """By constraint: neither a shift while he speaks, nor a talk while he is on a shift; free again when it is off."""
    shifts = Shifts(unit=world.unit)
    talk = world.talk(world.first, starts=540)
    shift = shifts.shift(on=DAY, starts=560, ends=700, now=NOW)
    with pytest.raises(BusinessError, match="您在“宣讲（桃源村）”"):
        ask(shift, world.first.volunteer, now=NOW)
    with pytest.raises(IntegrityError, match="occupied_once"), transaction.atomic():
        engage(Engagement("volunteers.talk:0", "宣讲", DAY, 560, 600), [world.first.volunteer_id])
    facts = talks.TalkFacts(
        unit=world.unit, topic=world.topic, on=DAY, starts=840, minutes=60, host="桃源村", place_kind="village",
        place="村部", lecturers=(world.first, world.second),
    )  # fmt: skip
    talks.change_talk(talk, facts, agreed=True, actor=world.clerk, now=NOW)
    ask(shift, world.first.volunteer, now=NOW)
    with pytest.raises(BusinessError, match="这个时间有班次或课程"):
        world.talk(world.first, starts=600)
    late = shifts.shift(on=DAY, starts=850, ends=900, now=NOW)
    with pytest.raises(BusinessError, match="宣讲"):
        ask(late, world.second.volunteer, now=NOW)
    talks.cancel_talk(talk, reason="停电", actor=world.clerk, now=NOW)
    assert ask(late, world.second.volunteer, now=NOW).state == "seated"


def test_staff_pages_open_and_public_pages_name_nobody(world, client):
    talk = world.talk(world.first)
    booking = world.book()
    public = client.get("/volunteers/talks/").content.decode()
    assert "长征路上的故事" in public
    assert "百千万宣讲" in public
    assert "郑国梁" not in public
    client.force_login(world.clerk)
    for name in ("talk", "talkcampaign", "talkround", "talkbooking", "talktopic", "lecturer", "donation",
                 "surrogatepairing"):  # fmt: skip
        assert client.get(reverse(f"admin:volunteers_{name}_changelist")).status_code == 200
    for name, row in (("talk", talk), ("talkcampaign", world.campaign), ("talkbooking", booking),
                      ("lecturer", world.first), ("talktopic", world.topic)):  # fmt: skip
        assert client.get(reverse(f"admin:volunteers_{name}_change", args=[row.pk])).status_code == 200
    export = client.get(reverse("admin:volunteers_talk_export"))
    assert export["Content-Type"].startswith("application/vnd.openxmlformats")
    key = uuid.uuid4()
    made = client.post(reverse("admin:volunteers_talk_add"), {
        "topic": world.topic.pk, "lecturers": [world.second.pk], "agreed": "on", "on": "2026-11-02", "starts": "9:00",
        "minutes": "60", "host": "柳溪村", "place_kind": "village", "place": "村部", "key": key,
    })  # fmt: skip
    assert made.status_code == 302
    assert Talk.objects.get(public_id=key).host == "柳溪村"
