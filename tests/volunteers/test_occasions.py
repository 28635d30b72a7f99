import datetime as dt
import uuid

import pytest

from apps.messaging.models import Message
from apps.people.models import Person
from apps.signups.choices import SignUpSource
from apps.volunteers import proof_notices
from apps.volunteers.jobs.reminding import remind_volunteers
from apps.volunteers.models import OutsidePost, ServiceCertificate, Turn, Volunteer, VolunteerStatement
from apps.volunteers.occasions import people, posts, staff
from apps.volunteers.occasions.people import days_named
from apps.volunteers.rules.reminders import VolunteerReminders
from apps.volunteers.services import certificates, helping, records
from apps.volunteers.services.care import confirm_care
from apps.volunteers.services.posts import renew

from .help_world import ON, make_help_world
from .shift_world import AFTER, SATURDAY, World, ask, at

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def world():
    made = World()
    made.wu = made.volunteer("吴志远")
    return made


def told(template):
    return sorted(Message.objects.filter(template=template, withdrawn_at=None).values_list("person_id", flat=True))


def run(day, hour=9):
    return remind_volunteers(at(hour, day=day))


def test_the_shift_of_tomorrow_is_told_once_and_taken_back(world):
    shift = world.shift()
    ask(shift, world.wu, source=SignUpSource.WEB)
    run(SATURDAY - 2 * DAY)
    assert told(people.SHIFT) == []
    run(SATURDAY - DAY), run(SATURDAY - DAY)
    assert told(people.SHIFT) == [world.wu.pk]
    row = Message.objects.get(template=people.SHIFT)
    said = proof_notices.shift_facts({**row.context, "person": world.wu.pk})
    assert said["事项"].startswith("明天3月7日（星期六）上午9:00–11:00请您参加“护河巡查”，在南河桥头")
    assert said["电话"] == world.team.phone
    Turn.objects.update(state="off")
    assert run(SATURDAY - DAY).recalled == 1


def test_the_leader_confirms_hours_and_hears_of_it_once_a_week(world):
    row = world.record(world.wu)
    for day in (2, 3, 5, 9):
        run(SATURDAY + day * DAY)
    assert told(people.HOURS) == [world.leader.pk, world.leader.pk]  # Tuesday, and the Monday after
    message = Message.objects.filter(template=people.HOURS).first()
    said = proof_notices.hours_facts({**message.context, "person": world.leader.pk})
    assert said["事项"] == f"“{world.team.name}”有1条服务记录等您确认。"
    records.confirm([row], actor=world.clerk, now=AFTER)
    assert run(SATURDAY + 9 * DAY).recalled == 1


def test_a_certificate_that_is_ready_is_told_to_those_who_live(world):
    for volunteer in (world.wu, world.leader):
        records.confirm([world.record(volunteer)], actor=world.clerk, now=AFTER)
        (row,) = certificates.apply(volunteer, actor=world.clerk, now=AFTER)
        certificates.issue(row, actor=world.clerk, now=AFTER)
    Person.objects.filter(pk=world.leader.pk).update(life_status="deceased")
    run(AFTER.date())
    assert told(people.CERTIFICATE) == [world.wu.pk]
    message = Message.objects.get(template=people.CERTIFICATE)
    code = ServiceCertificate.objects.get(volunteer=world.wu).code
    assert code in proof_notices.certificate_facts({**message.context, "person": world.wu.pk})["事项"]


def test_a_paper_that_ends_is_told_unless_another_runs_on(world):
    VolunteerStatement.objects.filter(volunteer=world.wu, kind="health").update(ends_on=SATURDAY + 20 * DAY)
    VolunteerStatement.objects.filter(volunteer=world.leader, kind="health").update(ends_on=SATURDAY + 20 * DAY)
    VolunteerStatement.objects.create(volunteer=world.leader, kind="health", starts_on=SATURDAY)
    run(SATURDAY)
    assert told(people.PAPER) == [world.wu.pk]
    message = Message.objects.get(template=people.PAPER)
    assert "身体状况说明3月27日到期" in proof_notices.paper_facts({**message.context, "person": world.wu.pk})["事项"]


def test_a_post_that_ends_is_told_to_staff_at_each_stage_and_to_him_at_the_last(world):
    friday = SATURDAY - DAY
    post = OutsidePost.objects.create(
        unit=world.unit, person=world.wu.person, kind="lane", body="榕树社区", field="city", level="block",
        starts_on=friday - 300 * DAY, ends_on=friday + 80 * DAY,
    )  # fmt: skip
    run(friday), run(friday + 3 * DAY)
    mine = Message.objects.filter(template=staff.POSTS, user=world.clerk)
    assert (mine.count(), told(posts.ENDS)) == (1, [])
    run(friday + 52 * DAY)  # its last stage began on a Saturday
    assert (mine.count(), told(posts.ENDS)) == (2, [world.wu.pk])
    message = Message.objects.get(template=posts.ENDS)
    said = proof_notices.post_facts({**message.context, "person": world.wu.pk})["事项"]
    assert said.startswith("您担任的榕树社区街巷长，5月25日到期。")
    renew(post, until=None, actor=world.clerk)
    assert run(friday + 53 * DAY).recalled == 1


def test_thanks_on_the_day_he_joined_and_at_the_end_of_the_year(world):
    Volunteer.objects.filter(pk=world.wu.pk).update(joined_on=dt.date(2024, 2, 29))
    Volunteer.objects.filter(pk=world.leader.pk).update(joined_on=dt.date(2023, 6, 1))
    run(dt.date(2026, 2, 28))
    assert told(people.ANNIVERSARY) == [world.wu.pk]
    message = Message.objects.get(template=people.ANNIVERSARY)
    assert "满2年" in proof_notices.anniversary_facts({**message.context, "person": world.wu.pk})["事项"]

    records.confirm([world.record(world.wu)], actor=world.clerk, now=AFTER)
    run(dt.date(2026, 12, 19))
    assert told(people.YEAR) == []
    run(dt.date(2026, 12, 20)), run(dt.date(2026, 12, 25))
    assert told(people.YEAR) == [world.wu.pk]
    message = Message.objects.get(template=people.YEAR)
    said = proof_notices.year_facts({**message.context, "person": world.wu.pk})["事项"]
    assert said.startswith("2026年您参加志愿服务1次，共2小时，谢谢您！")


def test_staff_hear_of_what_is_short_and_what_waits(world):
    world.shift()
    VolunteerStatement.objects.filter(volunteer=world.wu, kind="health").update(ends_on=SATURDAY + 20 * DAY)
    monday = SATURDAY - 5 * DAY
    assert run(monday).staff == 2
    assert run(monday).staff == 2  # asked for again, posted once
    rows = Message.objects.filter(user=world.clerk).values_list("template", flat=True)
    assert sorted(rows) == [staff.PAPERS, staff.SHORT]
    before = Message.objects.count()
    run(SATURDAY - 6 * DAY)  # a Sunday
    assert Message.objects.count() == before


def test_days_and_sentences_are_checked():
    assert days_named(dt.date(2026, 2, 28)) == ["02-28", "02-29"]
    assert days_named(dt.date(2028, 2, 28)) == ["02-28"]
    with pytest.raises(ValueError, match="填不了"):
        VolunteerReminders(year="{名次}")
    with pytest.raises(ValueError, match="天数"):
        VolunteerReminders(care_days=0)


def test_who_was_helped_is_asked_once_more_until_he_confirms():
    made = make_help_world()
    made.volunteer("郑国梁")
    request = made.ask(team=made.team)
    record = helping.done(made.agreed(request), actor=made.clerk, now=at(12, day=ON))
    told_at_once = Message.objects.filter(template="help.confirm", person_id=request.receiver_id).count()

    for day in (1, 3, 4, 9):
        run(ON + day * DAY)
    asked_again = told(people.CARE)
    confirm_care(
        record, record.minutes, confirmed_as="family", actor=made.clerk, now=at(9, day=ON + 9 * DAY),
        form_key=uuid.uuid4(), satisfied=True,
    )  # fmt: skip

    assert told_at_once == 1
    assert asked_again == [request.receiver_id]
    assert run(ON + 9 * DAY, 10).recalled == 1
