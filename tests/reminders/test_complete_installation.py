"""A bureau with inbox, call sheet and paper is a complete installation: for a whole year, with no gateway, no mail
server and no robot, nobody's birthday is missed and nothing waits in silence."""

import datetime

import pytest
from django.test import override_settings

from apps.common.birthday import Birthday, occurrences
from apps.common.errors import BusinessError
from apps.messaging.jobs import send_waiting
from apps.messaging.models import Delivery, DeliveryItem, Message
from apps.messaging.queries import lines_of
from apps.messaging.services import make_batch, settle_batch
from apps.organisation.models import RuleSet
from apps.people.models import Consent, Person
from apps.reminders.jobs.greeting import post_greetings
from apps.reminders.jobs.handing import hand_out
from apps.reminders.jobs.planning import plan
from apps.reminders.models import Reminder
from tests.builders import make_user
from tests.reminders.scenes import ZONE, assign, make_bureau, make_celebrant

pytestmark = pytest.mark.django_db

YEAR = 2026
FIRST, LAST = datetime.date(YEAR, 1, 1), datetime.date(YEAR, 12, 31)
# Name, calendar, month, day, leap month, reached by. Known answers of domain 3.5: 冬月二十 comes twice in 2026,
# 腊月三十 is celebrated on the 29th, 闰六月 in the plain month, 29 February on the 28th.
CAST = [
    ("元旦阳历", "solar", 1, 1, False, "landline"),
    ("闰日阳历", "solar", 2, 29, False, "letter"),
    ("春节农历", "lunar", 1, 1, False, "visit"),
    ("除夕农历", "lunar", 12, 30, False, "letter"),
    ("冬月农历", "lunar", 11, 20, False, "mobile"),
    ("闰月农历", "lunar", 6, 15, True, "through"),
    ("中秋农历", "lunar", 8, 15, False, "letter"),
    ("国庆阳历", "solar", 10, 1, False, "mobile"),
    ("岁末阳历", "solar", 12, 31, False, "landline"),
]
NO_CHANNELS = {
    "SMS_GATEWAY": {"url": "", "secret": "", "signature": "云江", "timeout": 1, "idempotent": False, "body": {}},
    "EMAIL_HOST": "",
    "WEBHOOK": {"url": "", "secret": "", "units": {}, "sign": "none", "body": {}, "timeout": 1},
}


def days_of(row):
    return occurrences(Birthday(*row[1:5]), FIRST, LAST)


@pytest.fixture
def year():
    """The cast twice over, once with focus and once without, and two who must get nothing."""
    bureau = make_bureau()
    RuleSet.objects.create(
        kind="messaging", effective_from=datetime.date(2020, 1, 1), document_no="云老干〔2020〕2号",
        values={"mobile_order": ["电话单"]},
    )  # fmt: skip
    people = {}
    for focus in (True, False):
        for row in CAST:
            name, calendar, month, number, leap, reach_by = row
            cadre = make_celebrant(
                bureau, f"{name}{'重点' if focus else '一般'}", calendar, month, number, birth="1950-06",
                focus=focus, birthday_leap=leap, reach_by=reach_by, residence="云江市河滨路 1 号",
            )  # fmt: skip
            assign(cadre, bureau.carer)
            Consent.objects.create(person=cadre.person, purpose="sms", wording="1")
            people[cadre.pk] = (row, focus)
    for name, over in (("已离世", {"life_status": "deceased"}), ("待核实", {"life_status": "reported"})):
        gone = make_celebrant(bureau, name, "solar", 5, 5, birth="1940-05-05", **over)
        Consent.objects.create(person=gone.person, purpose="sms", wording="1")
    return bureau, people


def a_day(today: datetime.date, clerk) -> None:
    """What the clock does, and what one clerk does each morning: print what waits, and enter it done."""
    morning = datetime.datetime.combine(today, datetime.time(9), ZONE)
    plan(today)
    post_greetings(morning)
    hand_out(morning)
    send_waiting(morning)
    for channel in ("sheet", "print"):
        try:
            batch = make_batch(channel, actor=clerk, on=today)
        except BusinessError:
            continue
        settle_batch(batch, {line.delivery_id: "delivered" for line in lines_of(batch)}, actor=clerk, now=morning)


@override_settings(**NO_CHANNELS)
def test_with_no_gateway_and_no_mail_nobodys_birthday_is_missed(year):
    bureau, people = year
    clerk = make_user("maker")
    today = FIRST - datetime.timedelta(days=10)
    while today <= LAST:
        a_day(today, clerk)
        today += datetime.timedelta(days=1)

    greeted = set(Delivery.objects.filter(person__isnull=False, state="sent", batch__isnull=False)
                  .values_list("person_id", "on_day", "channel"))  # fmt: skip
    told = set(
        Reminder.objects.filter(kind="birthday", state="handed", message__user=bureau.carer).values_list(
            "person_id", "occasion_date", "stage"
        )
    )
    kept = set(
        DeliveryItem.objects.filter(channel="inbox", delivery__state="sent").values_list("message_id", flat=True)
    )
    for pk, (row, focus) in people.items():
        assert days_of(row), row
        for day in days_of(row):
            channel = "print" if row[5] == "letter" else "sheet"
            assert (pk, day, channel) in greeted, row
            if focus:
                assert (pk, day, "day") in told, (row, day)
            else:
                assert (pk, day, "list") in told, (row, day)

    assert len(days_of(CAST[4])) == 2
    inside = [pair for pair in greeted if FIRST <= pair[1] <= LAST]
    assert len(inside) == sum(len(days_of(row)) for row, _ in people.values())
    assert set(Message.objects.filter(user__isnull=False).values_list("pk", flat=True)) <= kept
    assert not Delivery.objects.filter(on_day__lte=LAST).exclude(state__in=("sent",)).exists()
    assert not Reminder.objects.filter(kind="birthday", state="missed").exists()
    gone = Person.objects.filter(life_status__in=("deceased", "reported"))
    assert not Delivery.objects.filter(person__in=gone).exists()
