"""不在岗和代岗: recorded with care, told on the first day and the last, listed for the substitute, taken back."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Absence, User
from apps.accounts.services import end_absence, record_absence
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.ledgers.choices import DutyKind
from apps.ledgers.jobs import tell_colleagues
from apps.ledgers.models import Contact, Duty
from apps.ledgers.services import assign_carer
from apps.messaging.models import Message
from tests.builders import make_cadre, make_unit, make_user

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
PAGE = "/admin/accounts/absence/"


@pytest.fixture
def other(bureau):
    return make_user("other", role="clerk", unit=bureau)


@pytest.fixture
def third(bureau):
    return make_user("third", role="clerk", unit=bureau)


def record(user, substitute, *, first=TODAY, last=TODAY + 6 * DAY, actor=None, on=TODAY):
    return record_absence(user, substitute, starts_on=first, last_day=last, reason="休假", actor=actor or user, on=on)


def client_of(user) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def noon(day):
    return dt.datetime.combine(day, dt.time(12), timezone.get_current_timezone())


def told(template) -> list[int]:
    return list(Message.objects.filter(template=template).order_by("pk").values_list("user_id", flat=True))


def test_last_day_is_included_and_who_entered_it_is_on_record(clerk, other, third):
    absence = record(clerk, other, actor=third)

    assert absence.ends_on == TODAY + 7 * DAY
    entry = AuditEntry.objects.get(action="absence.record")
    assert (entry.actor_id, entry.on_behalf_of) == (third.pk, clerk.pk)


@pytest.mark.parametrize(
    "over",
    [
        {"last": TODAY - DAY}, {"first": TODAY - 40 * DAY}, {"last": TODAY + 800 * DAY},
        {"first": TODAY + 3 * DAY, "last": TODAY + DAY}, {"first": dt.date(9000, 1, 1), "last": dt.date(9000, 1, 2)},
    ],
)  # fmt: skip
def test_days_that_cannot_be_meant_are_refused(clerk, other, over):
    with pytest.raises(BusinessError):
        record(clerk, other, **over)
    assert not Absence.objects.exists()


def test_overlaps_circles_oneself_and_closed_accounts_are_refused(clerk, other, third):
    record(clerk, other)
    record(other, third)
    User.objects.filter(username="closed").delete()
    closed = make_user("closed", is_active=False)
    for user, substitute in ((clerk, third), (third, clerk), (third, third), (third, closed)):
        with pytest.raises(BusinessError):
            record(user, substitute)

    assert record(third, clerk, first=TODAY + 20 * DAY, last=TODAY + 25 * DAY).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(user=clerk, substitute=third, starts_on=TODAY, ends_on=TODAY + DAY)


def test_he_is_back_earlier_or_stays_longer(clerk, other):
    absence = record(clerk, other)

    assert end_absence(absence, last_day=TODAY + 9 * DAY, actor=clerk, on=TODAY).ends_on == TODAY + 10 * DAY
    with pytest.raises(BusinessError):
        end_absence(absence, last_day=TODAY - 5 * DAY, actor=clerk, on=TODAY)
    with pytest.raises(BusinessError):
        end_absence(absence, last_day=TODAY + 20 * DAY, actor=clerk, on=TODAY + 30 * DAY)


def test_both_hear_of_it_when_it_begins_and_ends_and_only_once(clerk, other):
    record(clerk, other, first=TODAY + DAY, last=TODAY + 3 * DAY)
    tell_colleagues(noon(TODAY))
    assert told("stand_in.begins") == []

    for day in (1, 1, 2):
        tell_colleagues(noon(TODAY + day * DAY))
    assert told("stand_in.begins") == [other.pk]
    assert told("stand_in.ends") == []
    for day in (3, 4, 5):
        tell_colleagues(noon(TODAY + day * DAY))

    assert (told("stand_in.ends"), told("stand_in.back")) == ([other.pk], [clerk.pk])


def test_a_missed_first_day_is_made_up_for(clerk, other):
    record(clerk, other, first=TODAY, last=TODAY + 10 * DAY)

    tell_colleagues(noon(TODAY + 3 * DAY))

    assert told("stand_in.begins") == [other.pk]


@pytest.fixture
def taken(bureau, clerk, other):
    """A liaison of elsewhere stands in for the clerk, who cares for somebody with a duty."""
    cadre = make_cadre(unit=make_unit("云江市水利局", parent=bureau), reach_answers="老伴")
    assign_carer(cadre, clerk, actor=other, on=TODAY)
    Duty.objects.create(
        cadre=cadre, kind=DutyKind.VETERAN_VISIT, period_start=TODAY - 20 * DAY, period_end=TODAY + 5 * DAY,
        due_on=TODAY,
    )  # fmt: skip
    return cadre


def test_list_of_what_is_taken_over_shows_people_duties_and_what_was_done(bureau, clerk, other, taken, contact):
    liaison = make_user("liaison", role="liaison", unit=make_unit("云江市教育局", parent=bureau))
    absence = record(clerk, liaison)

    page = client_of(liaison).get(f"{PAGE}mine/").content.decode()
    assert all(words in page for words in ("李德厚", "上门看望", "一般老伴接", "负责 1 位老同志"))
    contact(taken, TODAY, actor=liaison, summary="精神很好")
    assert "精神很好" in client_of(clerk).get(f"{PAGE}mine/?absence={absence.pk}").content.decode()
    assert Message.objects.filter(template="duty.done_by_other").count() == 0

    assert client_of(other).get(f"{PAGE}mine/?absence={absence.pk}").status_code == 404
    assert client_of(other).get(f"{PAGE}mine/?absence=x").status_code == 404


def test_before_the_first_day_nobody_is_named(bureau, clerk, taken):
    liaison = make_user("liaison", role="liaison", unit=make_unit("云江市教育局", parent=bureau))
    record(clerk, liaison, first=TODAY + DAY)

    page = client_of(liaison).get(f"{PAGE}mine/").content.decode()

    assert "李德厚" not in page
    assert "还有 1 位没有列出" in page


def test_home_page_of_the_substitute_lists_the_duties_as_his(bureau, clerk, taken):
    liaison = make_user("liaison", role="liaison", unit=make_unit("云江市教育局", parent=bureau))
    assert "李德厚" not in client_of(liaison).get("/admin/").content.decode()

    record(clerk, liaison)

    assert "李德厚" in client_of(liaison).get("/admin/").content.decode()


def test_another_who_closes_a_duty_is_told_to_the_responsible(clerk, other, taken, contact):
    contact(taken, TODAY, actor=other, summary="顺路看望")

    message = Message.objects.get(template="duty.done_by_other")
    assert (message.user_id, message.about_id) == (clerk.pk, taken.pk)
    assert Contact.objects.count() == 1


def test_forms_let_one_enter_oneself_and_clerks_their_colleagues(bureau, clerk, other):
    unit = make_unit("云江市水利局", parent=bureau)
    liaison = make_user("liaison", role="liaison", unit=unit)
    make_user("colleague", role="liaison", unit=unit)
    values = {"starts_on": f"{TODAY}", "last_day": f"{TODAY + 3 * DAY}", "reason": "休假"}

    form = client_of(liaison).get(f"{PAGE}add/").content.decode()
    assert f'value="{clerk.pk}"' in form  # may stand in for him
    refused = client_of(liaison).post(f"{PAGE}add/", {**values, "user": clerk.pk, "substitute": other.pk})
    assert refused.status_code == 422
    assert (
        client_of(liaison).post(f"{PAGE}add/", {**values, "user": liaison.pk, "substitute": other.pk}).status_code
        == 302
    )
    assert client_of(clerk).post(f"{PAGE}add/", {**values, "user": other.pk, "substitute": clerk.pk}).status_code == 302
    assert Absence.objects.count() == 2

    mine = Absence.objects.get(user=liaison)
    assert client_of(liaison).post(f"{PAGE}{mine.pk}/end/", {"last_day": f"{TODAY}"}).status_code == 302
    assert client_of(liaison).get(f"{PAGE}{Absence.objects.get(user=other).pk}/change/").status_code == 404
    stranger = make_user("stranger", role="clerk", unit=make_unit("邻市委老干部局"))
    assert client_of(stranger).get(f"{PAGE}{mine.pk}/change/").status_code == 404
    assert (
        client_of(stranger).post(f"{PAGE}add/", {**values, "user": clerk.pk, "substitute": stranger.pk}).status_code
        == 422
    )


@pytest.mark.parametrize(
    "over", [{"last_day": "x"}, {"substitute": "99999999999999999999"}, {"starts_on": "2026-02-30"}]
)
def test_hostile_input_writes_nothing(clerk, other, over):
    values = {"user": clerk.pk, "substitute": other.pk, "starts_on": f"{TODAY}", "last_day": f"{TODAY}", **over}

    assert client_of(clerk).post(f"{PAGE}add/", values).status_code == 422
    assert not Absence.objects.exists()
