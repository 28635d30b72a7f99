"""What leaves by hand: a batch is made, comes back, and whoever was not reached goes on by the next channel."""

import datetime

import pytest
from django.conf import settings
from django.test import override_settings

from apps.common import attachments
from apps.common.errors import BusinessError
from apps.common.workbook import read
from apps.messaging.jobs import send_waiting
from apps.messaging.models import ChannelPreference, Delivery, DeliveryBatch
from apps.messaging.queries import lines_of
from apps.messaging.services import (
    NewMessage,
    call_off_batch,
    make_batch,
    mark_taken,
    post,
    send_again,
    settle_batch,
    withdraw_messages,
)
from apps.people.models import Consent, Person, Whereabouts
from tests.builders import make_user
from tests.reminders.scenes import at

from .conftest import add_phone, greeting, make_reachable

pytestmark = pytest.mark.django_db

MORNING = at("2026-03-10T09:00")
TODAY = MORNING.date()


@pytest.fixture
def clerk():
    return make_user("clerk")


def states(channel):
    return list(Delivery.objects.filter(channel=channel).order_by("pk").values_list("state", "outcome"))


def batch_of(channel, clerk, **over):
    return make_batch(channel, actor=clerk, on=over.pop("on", TODAY), **over)


# Making


def test_without_a_gateway_a_text_waits_for_the_operators_file_and_is_in_it_once(clerk):
    post([greeting(make_reachable("李德厚"))], now=MORNING)

    batch = batch_of("smsfile", clerk)

    [sheet] = read(attachments.read(batch.file), "a.xlsx")
    assert sheet.rows[0] == ["序号", "手机号码", "短信内容", "短信签名", "发送时间"]
    serial, phone, text, _signature, moment = sheet.rows[1]
    assert (serial, phone, moment) == (str(Delivery.objects.get().pk), "13900000009", "2026-03-10 09:00")
    assert "】李德厚同志：今天是您的生日" in text
    assert states("smsfile") == [("handed", "")]
    with pytest.raises(BusinessError):
        batch_of("smsfile", clerk)


def test_the_reason_of_reaching_chooses_paper_or_telephone(clerk):
    letter = make_reachable("王写信", reach_by="letter", residence="云江市河滨路 1 号")
    visit = make_reachable("赵上门", reach_by="visit", number="")
    post([greeting(letter), greeting(visit)], now=MORNING)

    [card] = lines_of(batch_of("print", clerk))
    [call] = lines_of(batch_of("sheet", clerk))

    assert (card.name, card.to) == ("王写信", "云江市河滨路 1 号")
    assert "诚挚的祝福" in card.text
    assert (call.name, call.to) == ("赵上门", "")
    assert "这里是" in call.text


def test_a_card_goes_to_where_he_is_and_without_address_becomes_a_call(clerk):
    away = make_reachable("钱在外", reach_by="letter", residence="旧址")
    lost = make_reachable("孙无址", reach_by="letter")
    Whereabouts.objects.create(person=away, kind="elsewhere", starts_on=TODAY, place="某省某市女儿家")
    post([greeting(away), greeting(lost)], now=MORNING)

    assert [line.to for line in lines_of(batch_of("print", clerk))] == ["某省某市女儿家"]
    assert [line.name for line in lines_of(batch_of("sheet", clerk))] == ["孙无址"]


def test_cards_are_made_ahead_and_calls_on_the_day_unless_asked(clerk):
    day = datetime.date(2026, 3, 13)
    card = make_reachable("王写信", reach_by="letter", residence="云江")
    call = make_reachable("周座机", reach_by="landline")
    post([greeting(card, on_day=day), greeting(call, on_day=day)], now=MORNING)

    assert batch_of("print", clerk).counts["total"] == 1
    with pytest.raises(BusinessError):
        batch_of("sheet", clerk)
    assert batch_of("sheet", clerk, through=day).counts["total"] == 1


@pytest.mark.parametrize("change", ["died", "withdrawn", "consent"])
def test_who_may_not_get_it_any_more_is_not_in_the_batch(clerk, change):
    person, other = make_reachable("李德厚"), make_reachable("王秀兰", number="13900000010")
    ids = post([greeting(person), greeting(other)], now=MORNING)
    if change == "died":
        Person.objects.filter(pk=person.pk).update(life_status="reported")
    elif change == "withdrawn":
        withdraw_messages([ids[f"g{person.pk}"]])
    else:
        Consent.objects.filter(person=person).delete()

    assert [line.name for line in lines_of(batch_of("smsfile", clerk))] == ["王秀兰"]
    assert states("sheet") == ([("pending", "")] if change == "consent" else [])


def test_what_ended_stays_ended_when_nothing_is_left_to_hand_out(clerk):
    person = make_reachable()
    post([greeting(person)], now=MORNING)
    Consent.objects.all().delete()

    with pytest.raises(BusinessError):
        batch_of("smsfile", clerk)

    assert states("smsfile") == [("failed", "no_consent")]
    assert states("sheet") == [("pending", "")]


def test_only_those_among_whom_the_maker_sees_are_taken(clerk):
    mine, foreign = make_reachable("李德厚"), make_reachable("王秀兰", number="13900000010")
    post([greeting(mine), greeting(foreign)], now=MORNING)

    batch = batch_of("smsfile", clerk, among=Delivery.objects.filter(person=mine).values("pk"))

    assert [line.name for line in lines_of(batch)] == ["李德厚"]


# Coming back


def one_handed(clerk, **over):
    person = make_reachable(**over)
    post([greeting(person)], now=MORNING)
    batch = batch_of("smsfile", clerk)
    return batch, Delivery.objects.get(batch=batch)


def test_a_failed_text_becomes_a_call_once_however_often_it_is_told(clerk):
    batch, row = one_handed(clerk)

    for _ in range(2):
        settle_batch(batch, {row.pk: "failed"}, actor=clerk, now=MORNING)

    batch.refresh_from_db()
    assert states("smsfile") == [("failed", "file_failed")]
    assert states("sheet") == [("pending", "")]
    assert batch.settled_at
    assert batch.counts == {"total": 1, "delivered": 0, "failed": 1, "unknown": 0, "open": 0}


def test_a_late_good_word_takes_the_call_back(clerk):
    batch, row = one_handed(clerk)
    settle_batch(batch, {row.pk: "failed"}, actor=clerk, now=MORNING)

    settle_batch(batch, {row.pk: "delivered"}, actor=clerk, now=MORNING)

    assert states("smsfile") == [("sent", "file_ok")]
    assert states("sheet") == [("withdrawn", "elsewhere")]


def test_a_delivered_text_stays_delivered_but_a_card_may_come_back(clerk):
    batch, row = one_handed(clerk)
    settle_batch(batch, {row.pk: "delivered"}, actor=clerk, now=MORNING)
    settle_batch(batch, {row.pk: "failed"}, actor=clerk, now=MORNING)
    assert states("smsfile") == [("sent", "file_ok")]

    post([greeting(make_reachable("王写信", reach_by="letter", residence="云江"))], now=MORNING)
    cards = batch_of("print", clerk)
    card = Delivery.objects.get(batch=cards)
    settle_batch(cards, {card.pk: "delivered"}, actor=clerk, now=MORNING)
    settle_batch(cards, {card.pk: "failed"}, actor=clerk, now=MORNING)

    assert states("print") == [("failed", "returned")]
    assert states("sheet") == [("pending", "")]


def test_an_unknown_fate_waits_for_a_person_and_may_join_the_next_batch(clerk):
    batch, row = one_handed(clerk)
    settle_batch(batch, {row.pk: "unknown"}, actor=clerk, now=MORNING)
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("unknown", "no_result")

    send_again(row, actor=clerk)
    again = batch_of("smsfile", clerk)

    assert [line.delivery_id for line in lines_of(again)] == [row.pk]


def test_results_of_another_batch_change_nothing(clerk):
    batch, row = one_handed(clerk)
    other = DeliveryBatch.objects.create(channel="smsfile", on_day=TODAY)

    settle_batch(other, {row.pk: "delivered"}, actor=clerk, now=MORNING)

    assert states("smsfile") == [("handed", "")]


def test_nothing_goes_on_after_its_day(clerk):
    person = make_reachable()
    post([greeting(person, valid_until=at("2026-03-11T00:00"))], now=MORNING)
    batch = batch_of("smsfile", clerk)
    row = Delivery.objects.get(batch=batch)

    settle_batch(batch, {row.pk: "failed"}, actor=clerk, now=at("2026-03-11T09:00"))

    assert states("sheet") == []


def test_a_batch_is_called_off_only_while_it_is_in_the_house(clerk):
    batch, row = one_handed(clerk)

    assert call_off_batch(batch, actor=clerk, reason="选错了日期") == 1
    assert states("smsfile") == [("pending", "")]
    again = batch_of("smsfile", clerk)
    mark_taken(again)

    with pytest.raises(BusinessError):
        call_off_batch(again, actor=clerk, reason="再撤一次")


# Falling back


def test_his_own_order_goes_before_the_rule_set(clerk):
    person = make_reachable(residence="云江")
    ChannelPreference.objects.create(person=person, channels=["print", "sheet"])

    post([greeting(person)], now=MORNING)

    assert list(Delivery.objects.values_list("channel", flat=True)) == ["print"]


def test_a_refused_text_goes_on_in_the_same_breath(gateway):
    gateway.mode = "refuse"
    post([greeting(make_reachable())], now=MORNING)

    send_waiting(MORNING)

    assert states("sms") == [("failed", "refused")]
    assert states("smsfile") == [("pending", "")]


def test_every_channel_is_tried_once_and_no_more(gateway, clerk):
    gateway.mode = "refuse"
    post([greeting(make_reachable())], now=MORNING)
    send_waiting(MORNING)
    for channel in ("smsfile", "sheet"):
        batch = batch_of(channel, clerk)
        settle_batch(batch, {Delivery.objects.get(batch=batch).pk: "failed"}, actor=clerk, now=MORNING)
    send_waiting(MORNING)

    assert list(Delivery.objects.order_by("pk").values_list("channel", "state")) == [
        ("sms", "failed"), ("smsfile", "failed"), ("sheet", "failed"),
    ]  # fmt: skip


def test_a_channel_switched_off_gives_back_what_waits_for_it(gateway):
    post([greeting(make_reachable())], now=MORNING)

    with override_settings(SMS_GATEWAY={**settings.SMS_GATEWAY, "url": ""}):
        send_waiting(MORNING)

    assert states("sms") == [("failed", "channel_off")]
    assert states("smsfile") == [("pending", "")]


def test_a_card_nobody_made_ends_in_the_open(clerk):
    post(
        [greeting(make_reachable(reach_by="letter", residence="云江"), valid_until=at("2026-03-11T00:00"))], now=MORNING
    )

    send_waiting(at("2026-03-11T09:00"))

    assert states("print") == [("failed", "expired")]


def test_a_colleague_with_an_order_hears_by_one_channel_and_the_next_when_it_fails(gateway, sink):
    user = make_user("carer", phone="13900000001", email="carer@example.test")
    ChannelPreference.objects.create(user=user, channels=["sms", "email"])
    gateway.mode = "refuse"
    post([NewMessage("v1", "digest", "visit.eve", user_id=user.pk)], now=MORNING)
    assert states("email") == []
    send_waiting(MORNING)

    assert states("sms") == [("failed", "refused")]
    assert states("email") == [("sent", "accepted")]
    assert len(sink.journal.entries) == 1


def test_an_empty_order_means_the_inbox_alone(gateway):
    user = make_user("carer", phone="13900000001")
    ChannelPreference.objects.create(user=user, channels=[])
    post([NewMessage("v1", "digest", "visit.eve", user_id=user.pk)], now=MORNING)

    assert list(Delivery.objects.values_list("channel", flat=True)) == ["inbox"]


def test_a_landline_is_rung_from_the_call_sheet(clerk):
    person = make_reachable(number="", reach_by="landline")
    add_phone(person, "075782280001", "landline")
    post([greeting(person)], now=MORNING)

    assert [line.to for line in lines_of(batch_of("sheet", clerk))] == ["075782280001"]
