import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.people.models import PersonAccount
from apps.signups.choices import SignUpState
from apps.signups.models import Offer, SignUp
from apps.signups.services.seats import sign_up, withdraw
from apps.university.models import Lecture, LectureSeries
from apps.university.services.lectures import (
    LectureFacts,
    cancel_lecture,
    change_lecture,
    create_lecture,
    publish_lecture,
    record_turnout,
)
from tests.builders import make_person, make_school, make_unit, make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


def facts(school=None, **over) -> LectureFacts:
    starts = timezone.make_aware(dt.datetime.combine(timezone.localdate() + 9 * DAY, dt.time(9, 30)))
    series = over.pop("series", None) or LectureSeries.objects.get_or_create(
        school=school or make_school(unit=make_unit()), name="健康大讲堂"
    )[0]  # fmt: skip
    values = {
        "series": series, "title": "护好关节", "speaker": "何医生", "starts_at": starts, "seats": 1,
        "ends_at": starts + dt.timedelta(hours=1), "place": "一楼报告厅", "opens_at": timezone.now() - DAY,
    }  # fmt: skip
    return LectureFacts(**{**values, **over})


def shown(**over) -> Lecture:
    return publish_lecture(create_lecture(facts(**over), actor=None), actor=None, now=timezone.now())


def ask(lecture, person, **over):
    values = {"source": "desk", "actor": None, "now": timezone.now(), "form_key": uuid.uuid4(), **over}
    return sign_up(lecture.offering, person, **values)


def signed_in(client, name):
    person, user = make_person(name), make_user(name, is_staff=False)
    PersonAccount.objects.create(user=user, person=person, starts_on=timezone.localdate() - DAY)
    client.force_login(user)
    return person


def test_three_screens_to_a_seat_and_back(client):
    lecture = shown()
    page = reverse("university:lecture", args=[lecture.public_id])
    join = reverse("university:lecture_join", args=[lecture.public_id])
    assert "account/phone" in client.get(join).url
    person = signed_in(client, "赵秀英")

    assert "还有 1 个座位" in client.get(page).text
    form = client.get(join, follow=True)
    address = form.redirect_chain[-1][0]
    assert not SignUp.objects.exists()
    for _ in range(2):
        client.post(address, {"who": re.search(r'name="who" value="([^"]+)"', form.text)[1]})

    row = SignUp.objects.get()
    assert (row.person_id, row.state, row.source) == (person.pk, SignUpState.SEATED, "web")
    assert "赵秀英：有座位" in client.get(page).text
    leave = reverse("university:lecture_leave", args=[lecture.public_id])
    assert client.post(leave, {"sign_up": str(uuid.uuid4())}).status_code == 404
    client.post(leave, {"sign_up": str(row.public_id)})
    row.refresh_from_db()
    assert row.state == SignUpState.UNDONE


def test_a_full_lecture_puts_the_next_on_the_waiting_list_and_a_seat_goes_on(client):
    lecture = shown()
    first = ask(lecture, make_person("王根生"))
    person = signed_in(client, "赵秀英")
    key = uuid.uuid4()
    url = f"{reverse('university:lecture_join', args=[lecture.public_id])}?form={key}"

    client.post(url, {"who": str(person.public_id)})
    assert "第1位候补" in client.get(reverse("university:lecture", args=[lecture.public_id])).text
    from_page = client.get(reverse("university:lectures")).text
    assert "座位已满，可以排候补" in from_page
    cancelled = SignUp.objects.get(pk=first.pk)
    withdraw(cancelled, reason="不来了", actor=None, now=timezone.now())
    assert Offer.objects.get().sign_up.person_id == person.pk


def test_nobody_sits_in_two_lectures_at_once():
    school, person = make_school(unit=make_unit()), make_person("王根生")
    one, other = shown(school=school), shown(school=school, title="吃药的误区", seats=9)
    ask(one, person)

    with pytest.raises(BusinessError, match="不能同时参加"):
        ask(other, person)


def test_the_time_stands_once_somebody_has_a_seat_and_a_cancelled_lecture_tells_them():
    lecture = shown(seats=5)
    ask(lecture, make_person("王根生"))
    moved = facts(series=lecture.series, seats=5, starts_at=lecture.starts_at + DAY, ends_at=lecture.ends_at + DAY)

    with pytest.raises(BusinessError, match="时间不能改"):
        change_lecture(lecture, moved, actor=None, now=timezone.now())
    assert cancel_lecture(lecture, reason="医生出差", actor=make_user(), now=timezone.now()) == 1
    assert cancel_lecture(lecture, reason="医生出差", actor=None, now=timezone.now()) == 0
    assert SignUp.objects.get().state == SignUpState.CANCELLED


def test_walk_ins_are_counted_as_numbers_after_it_began():
    lecture = shown(seats=5)
    ask(lecture, make_person("王根生"))

    with pytest.raises(BusinessError, match="还没有开讲"):
        record_turnout(lecture, came=1, walk_ins=4, actor=None, now=timezone.now())
    later = lecture.ends_at
    with pytest.raises(BusinessError, match="不会更多"):
        record_turnout(lecture, came=2, walk_ins=4, actor=None, now=later)
    done = record_turnout(lecture, came=1, walk_ins=4, actor=None, now=later)
    assert (done.came, done.walk_ins, done.state) == (1, 4, "held")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"seats": 0}, "seats"),
        ({"ends_at": timezone.now()}, "ends_at"),
        ({"opens_at": timezone.now() + 30 * DAY}, "opens_at"),
        ({"closes_at": timezone.now() + 30 * DAY}, "closes_at"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(over, field):
    with pytest.raises(BusinessError) as refused:
        create_lecture(facts(**over), actor=None)

    assert refused.value.field in (field, "opens_at")
    assert not Lecture.objects.exists()
