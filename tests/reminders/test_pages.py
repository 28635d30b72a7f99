"""What staff see: calendar, figures, doubts, inbox; and what they do not."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.messaging.jobs import send_waiting
from apps.messaging.models import Delivery, Message
from apps.reminders import queries
from apps.reminders.jobs.handing import hand_out
from apps.reminders.jobs.planning import plan
from apps.reminders.jobs.ticking import tick
from apps.reminders.models import PlannerRun, Reminder
from tests.builders import make_unit, make_user

from .scenes import at, day, make_bureau, make_celebrant

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau():
    return make_bureau()


@pytest.fixture
def clerk(bureau, client):
    user = make_user("clerk", role="clerk", unit=bureau.unit, phone="13900000004")
    client.force_login(user)
    return user


def text_of(client, name, query=""):
    response = client.get(reverse(f"admin:{name}") + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_calendar_shows_both_calendars(bureau, clerk, client):
    make_celebrant(bureau, "阳历人", "solar", 8, 30, birth="1936-08-30")
    make_celebrant(bureau, "农历人", "lunar", 7, 8, birth="1938-09-01", birthday_leap=True)
    make_celebrant(bureau, "已离世", "solar", 8, 30, birth="1936-08-30", life_status="deceased")

    page = text_of(client, "birthday_calendar", "?month=2025-08")

    assert "阳历人 89岁" in page
    assert "农历人 87岁" in page
    assert "农历闰七月初八" in page
    assert "共 2 位过生日" in page
    assert "已离世</a>" not in page


def test_a_crowded_day_leads_to_its_own_list(bureau, clerk, client):
    for number in range(8):
        make_celebrant(bureau, f"老{number}", "solar", 8, 30, birth=f"193{number}-08-30")

    assert "全部 8 位" in text_of(client, "birthday_calendar", "?month=2025-08")
    page = text_of(client, "birthday_calendar", "?day=2025-08-30")

    assert all(f"老{number}" in page for number in range(8))


def test_another_districts_birthdays_are_not_shown(bureau, client):
    district = make_unit("东湖区委老干部局", parent=bureau.unit)
    make_celebrant(bureau, "市里人", "solar", 8, 30, birth="1936-08-30")
    client.force_login(make_user("district", role="clerk", unit=district))

    assert "市里人" not in text_of(client, "birthday_calendar", "?month=2025-08")
    assert "市里人" not in text_of(client, "birthday_calendar", "?day=2025-08-30")


@pytest.mark.parametrize(
    "query", ["?month=2025-13", "?month=x", "?month=0001-01", "?day=2025-02-30", "?day=", "?month=9999-01"]
)
def test_nonsense_is_not_found(clerk, client, query):
    assert client.get(reverse("admin:birthday_calendar") + query).status_code == 404


def test_the_days_figures_add_up(bureau, clerk, client, gateway):
    for number in range(3):
        make_celebrant(bureau, f"老{number}", "solar", 3, 10, birth="1953-03-10")
    tick(at("2026-03-10T09:00"))

    [row] = queries.reminders_by_day(day("2026-03-10"), day("2026-03-10"))

    assert row == {"due_on": day("2026-03-10"), "due": 3, "handed": 3, "waiting": 0, "nobody": 0, "missed": 0}
    missed = queries.reminders_by_day(day("2026-03-01"), day("2026-03-09"))
    assert [(row["due"], row["missed"]) for row in missed] == [(3, 3), (3, 3)]


def test_the_figures_page_opens_for_those_who_run_it(bureau, clerk, client):
    today = timezone.localdate()
    PlannerRun.objects.create(day=today, runs=3, finished_at=timezone.now())

    assert "提醒正常" in text_of(client, "reminder_days")

    client.force_login(bureau.carer)
    assert client.get(reverse("admin:reminder_days")).status_code == 403


# Heartbeat


def beat(minutes_ago=1, error=""):
    finished = timezone.now() - datetime.timedelta(minutes=minutes_ago)
    PlannerRun.objects.create(day=timezone.localdate(), finished_at=finished, error=error)


def test_no_run_ever_or_for_a_quarter_of_an_hour_is_red():
    assert queries.heartbeat(timezone.now()).tone == "late"
    beat(minutes_ago=16)
    assert (queries.heartbeat(timezone.now()).tone, queries.heartbeat(timezone.now()).title) == ("late", "提醒停了")


def test_a_recent_run_is_green():
    beat()

    assert queries.heartbeat(timezone.now()).tone == "done"


def test_a_doubt_or_nobody_responsible_is_amber(bureau):
    beat()
    Delivery.objects.create(
        channel="sms", delivery_class="urgent", user=bureau.carer, on_day=timezone.localdate(), state="unknown"
    )

    found = queries.heartbeat(timezone.now())

    assert found.tone == "soon"
    assert "1 条发送不知是否送达" in found.text


def test_texts_that_stand_still_are_red_by_day(bureau):
    now = timezone.make_aware(datetime.datetime.combine(timezone.localdate(), datetime.time(12)))
    PlannerRun.objects.create(day=timezone.localdate(), finished_at=now)
    Delivery.objects.create(
        channel="sms", delivery_class="urgent", user=bureau.carer, on_day=timezone.localdate(),
        next_attempt_at=timezone.now() - datetime.timedelta(hours=1),
    )  # fmt: skip

    assert queries.heartbeat(now).title == "提醒发不出去"


# Doubts


@pytest.fixture
def doubt(bureau, clerk):
    return Delivery.objects.create(
        channel="email", delivery_class="urgent", user=bureau.carer, on_day=day("2026-03-10"), state="unknown",
        outcome="interrupted",
    )  # fmt: skip


@pytest.mark.parametrize(("act", "state"), [("confirm", "sent"), ("again", "pending")])
def test_a_clerk_decides_a_doubt(doubt, client, act, state):
    assert "发送中途中断" in text_of(client, "unknown_deliveries")

    client.post(reverse("admin:unknown_deliveries"), {"delivery": doubt.pk, "act": act})

    doubt.refresh_from_db()
    assert (doubt.state, doubt.resolved_by.username) == (state, "clerk")


@pytest.mark.parametrize("sent", [{"delivery": "x", "act": "confirm"}, {"act": "again"}, {"delivery": "9" * 30}])
def test_other_posts_find_nothing(doubt, client, sent):
    assert client.post(reverse("admin:unknown_deliveries"), sent).status_code == 404
    doubt.refresh_from_db()
    assert doubt.state == "unknown"


def test_a_doubt_elsewhere_is_not_the_clerks(doubt, client, bureau):
    district = make_unit("东湖区委老干部局", parent=bureau.unit)
    client.force_login(make_user("district", role="clerk", unit=district))

    assert "发送中途中断" not in text_of(client, "unknown_deliveries")
    response = client.post(reverse("admin:unknown_deliveries"), {"delivery": doubt.pk, "act": "confirm"})
    assert response.status_code == 404


# Inbox and lists


def test_the_inbox_shows_own_lines_with_names_of_the_living_in_scope(bureau, client):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    tick(at("2026-03-10T09:00"))
    Message.objects.update(on_day=timezone.localdate())
    clerk = make_user("clerk", role="clerk", unit=bureau.unit)
    Message.objects.update(user=clerk)

    [found] = queries.inbox_days(clerk, timezone.localdate())

    assert [(line.text, [name for _, name in line.people]) for line in found.lines] == [("今天生日1位", ["李德厚"])]
    client.force_login(clerk)
    page = text_of(client, "inbox")
    assert "李德厚" in page
    assert "1 条未读" in page
    client.post(reverse("admin:inbox"))
    assert "未读" not in text_of(client, "inbox")


def test_no_name_stands_beside_an_illness(bureau, clerk):
    cadre = make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01")
    Message.objects.create(
        key="h", delivery_class="urgent", template="hospital.day", user=clerk, about=cadre.person,
        on_day=timezone.localdate(),
    )  # fmt: skip

    [found] = queries.inbox_days(clerk, timezone.localdate())

    assert [(line.text, line.people) for line in found.lines] == [("新住院待看望1位", [])]


def test_lists_keep_to_the_scope_and_to_the_right_to_health(bureau, clerk, client):
    cadre = make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01")
    for kind in ("birthday", "hospital"):
        Reminder.objects.create(
            kind=kind, subject_key="x", occasion_date=day("2026-03-10"), stage="day", role="responsible",
            person=cadre.person, due_on=day("2026-03-10"), valid_until=day("2026-03-11"),
        )  # fmt: skip

    assert text_of(client, "reminders_reminder_changelist").count("李德厚") == 2
    client.force_login(bureau.leader)  # may see reminders, not health
    assert text_of(client, "reminders_reminder_changelist").count("李德厚") == 1
    district = make_unit("东湖区委老干部局", parent=bureau.unit)
    client.force_login(make_user("district", role="clerk", unit=district))
    assert "李德厚" not in text_of(client, "reminders_reminder_changelist")


def test_the_delivery_list_never_shows_the_words(bureau, clerk, client, gateway):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    tick(at("2026-03-10T09:00"))
    send_waiting(at("2026-03-10T09:00"))

    page = text_of(client, "messaging_delivery_changelist")

    assert "已发送" in page
    assert "13900000001" not in page
    assert "今天生日" not in page


# The same number of statements for one and for three


@pytest.mark.parametrize("page", ["birthday_calendar", "inbox", "reminder_days", "unknown_deliveries"])
def test_pages_ask_as_often_for_three_as_for_one(bureau, clerk, client, page, django_assert_num_queries):
    def one_more(number):
        cadre = make_celebrant(bureau, f"老{number}", "solar", timezone.localdate().month, 10, birth="1953-03-10")
        Message.objects.create(
            key=f"m{number}", delivery_class="digest", template="birthday.day", user=clerk, about=cadre.person,
            on_day=timezone.localdate(),
        )  # fmt: skip
        Delivery.objects.create(
            channel="email", delivery_class="urgent", user=clerk, on_day=timezone.localdate(), state="unknown"
        )

    url = reverse(f"admin:{page}")
    one_more(1)
    client.get(url)
    with CaptureQueriesContext(connection) as first:
        client.get(url)
    one_more(2)
    one_more(3)

    with django_assert_num_queries(len(first)):
        client.get(url)


def test_handing_out_asks_as_often_for_thirty_as_for_one(bureau, gateway, django_assert_num_queries):
    make_celebrant(bureau, "老0", "solar", 3, 10, birth="1953-03-10")
    plan(day("2026-03-10"))
    with CaptureQueriesContext(connection) as first:
        hand_out(at("2026-03-10T09:00"))
    for number in range(30):
        make_celebrant(bureau, f"老{number + 1}", "solar", 3, 20, birth="1953-03-20")
    plan(day("2026-03-20"))

    with django_assert_num_queries(len(first)):
        assert hand_out(at("2026-03-20T09:00")).messages == 30
