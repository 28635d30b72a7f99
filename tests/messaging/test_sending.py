"""The outbox over real sockets: what leaves, what does not, and what a person must look into."""

import datetime
import json
import uuid

import pytest
from django.db.models.functions import Now
from django.test import override_settings

from apps.messaging.channels import Answer, Attempt
from apps.messaging.jobs import Sent, reclaim_expired, send_waiting
from apps.messaging.jobs.claiming import claim
from apps.messaging.jobs.purging import purge_payloads
from apps.messaging.jobs.sending import MOST_ATTEMPTS, _settle
from apps.messaging.models import ChannelState, Delivery, DeliveryItem, Message
from apps.messaging.services import NewMessage, confirm_delivered, post, send_again, withdraw_messages
from apps.organisation.models import RuleSet
from apps.people.models import Consent, Person
from tests.builders import make_person, make_user
from tests.reminders.scenes import at

from .conftest import greeting, make_reachable, sms_settings

pytestmark = pytest.mark.django_db

MORNING = at("2026-03-10T09:00")
DUE = datetime.timedelta(seconds=0)


@pytest.fixture
def carer():
    return make_user("carer", phone="13900000001", email="carer@example.test")


def digest(key, user, *, template="birthday.day", about=None, **over):
    return NewMessage(
        key=key, delivery_class="digest", template=template, user_id=user.pk, about_id=about and about.pk, **over
    )


def urgent(key, user, **over):
    return NewMessage(key=key, delivery_class="urgent", template="hospital.day", user_id=user.pk, **over)


def states(channel):
    return list(Delivery.objects.filter(channel=channel).order_by("pk").values_list("state", "outcome"))


def make_due():
    """As if the wait after a failure were over."""
    Delivery.objects.filter(state="pending").update(next_attempt_at=Now())
    ChannelState.objects.update(open_until=Now())


def let_leases_end():
    Delivery.objects.filter(state="claimed").update(lease_until=Now() - datetime.timedelta(seconds=1))


# Digests and inbox


def test_a_days_digest_is_one_text_one_mail_and_one_inbox_entry_with_counts_only(carer, gateway, sink):
    people = [make_person(name) for name in ("李德厚", "王秀兰")]
    messages = [digest(f"b{person.pk}", carer, about=person) for person in people]
    messages.append(digest("v1", carer, template="visit.overdue", about=people[0]))
    post(messages, now=MORNING)

    send_waiting(MORNING)

    assert [(entry["phone"], entry["text"]) for entry in gateway.journal.entries] == [
        ("13900000001", "【云江老干部】提醒：今天生日2位，走访联系逾期1项。请登录平台查看。")
    ]
    assert [(entry["to"], entry["subject"]) for entry in sink.journal.entries] == [
        ("carer@example.test", "3月10日工作提醒（3项）")
    ]
    assert "今天生日2位" in sink.journal.entries[0]["text"]
    assert states("inbox") == [("sent", "accepted")]
    assert states("sms") == states("email") == [("sent", "accepted")]


def test_posting_the_same_key_again_changes_nothing(carer, gateway):
    post([digest("b1", carer)], now=MORNING)
    post([digest("b1", carer), urgent("h1", carer)], now=MORNING)
    post([urgent("h1", carer)], now=MORNING)

    send_waiting(MORNING)
    send_waiting(MORNING)

    assert Message.objects.count() == 2
    assert len(gateway.journal.entries) == 2


def test_no_text_that_leaves_names_anybody(carer, gateway, sink):
    person = make_person("欧阳不可见")
    post([urgent("h1", carer, about_id=person.pk), digest("d1", carer, template="discharge.day", about=person)],
         now=MORNING)  # fmt: skip

    send_waiting(MORNING)

    everything = json.dumps(gateway.journal.entries + sink.journal.entries, ensure_ascii=False)
    assert "新住院待看望1位" in everything
    assert "欧阳" not in everything


def test_late_messages_join_tomorrows_digest_or_the_inbox_alone(carer, gateway):
    post([digest("first", carer)], now=MORNING)
    send_waiting(MORNING)
    post(
        [
            digest("still of use", carer, template="birthday.ahead", valid_until=at("2026-03-15T00:00")),
            digest("today only", carer, template="birthday.day", valid_until=at("2026-03-11T00:00")),
        ],
        now=at("2026-03-10T10:00"),
    )

    send_waiting(at("2026-03-10T10:05"))
    assert len(gateway.journal.entries) == 1
    Delivery.objects.filter(state="pending").update(next_attempt_at=Now())
    send_waiting(at("2026-03-11T08:05"))

    assert [entry["text"] for entry in gateway.journal.entries[1:]] == [
        "【云江老干部】提醒：一周内生日1位。请登录平台查看。"
    ]
    assert DeliveryItem.objects.filter(channel="inbox").count() == 3


# Hours, cap, recipients


def test_quiet_hours_hold_back_everything_but_codes(carer, gateway):
    post([digest("b1", carer), urgent("h1", carer)], now=MORNING)
    post([NewMessage(key="c1", delivery_class="code", template="visit.eve", user_id=carer.pk)], now=MORNING)

    send_waiting(at("2026-03-10T21:00"))
    assert len(gateway.journal.entries) == 1
    send_waiting(at("2026-03-11T07:59"))
    assert len(gateway.journal.entries) == 1
    send_waiting(at("2026-03-11T08:00"))

    assert len(gateway.journal.entries) == 3


def test_a_number_is_not_called_beyond_its_daily_cap(carer, gateway):
    RuleSet.objects.create(
        kind="messaging", effective_from=at("2020-01-01").date(), document_no="云老干〔2020〕2号",
        values={"sms_daily_cap": 2},
    )  # fmt: skip
    post([urgent(f"h{n}", carer) for n in range(4)], now=MORNING)

    send_waiting(MORNING)

    assert len(gateway.journal.entries) == 2
    assert [state for state in states("sms") if state[1] == "over_cap"] == [("failed", "over_cap")] * 2


def test_a_disabled_account_gets_nothing(carer, gateway):
    post([urgent("h1", carer)], now=MORNING)
    carer.is_active = False
    carer.save()

    send_waiting(MORNING)

    assert states("sms") == [("failed", "no_recipient")]
    assert gateway.journal.entries == []


def test_what_is_out_of_time_is_not_sent(carer, gateway):
    post([urgent("h1", carer, valid_until=at("2026-03-11T00:00"))], now=MORNING)

    send_waiting(at("2026-03-11T09:00"))

    assert states("sms") == [("failed", "expired")]


@pytest.mark.parametrize("status", ["deceased", "reported", "lost"])
def test_nothing_queued_about_the_dead_leaves(carer, gateway, status):
    gone, here = make_person("李德厚"), make_person("王秀兰")
    post([digest("b1", carer, about=gone), digest("b2", carer, about=here), urgent("h1", carer, about_id=gone.pk)],
         now=MORNING)  # fmt: skip
    Person.objects.filter(pk=gone.pk).update(life_status=status)

    send_waiting(MORNING)

    assert [entry["text"] for entry in gateway.journal.entries] == ["【云江老干部】提醒：今天生日1位。请登录平台查看。"]
    assert states("sms") == [("withdrawn", "not_living"), ("sent", "accepted")] or states("sms") == [
        ("sent", "accepted"), ("withdrawn", "not_living"),
    ]  # fmt: skip


def test_a_message_taken_back_does_not_leave(carer, gateway):
    ids = post([digest("b1", carer), digest("b2", carer), urgent("h1", carer)], now=MORNING)

    withdraw_messages([ids["b1"], ids["h1"]])
    send_waiting(MORNING)

    assert [entry["text"] for entry in gateway.journal.entries] == ["【云江老干部】提醒：今天生日1位。请登录平台查看。"]


# Retirees


@pytest.mark.parametrize(
    ("over", "sms", "sheet"),
    [
        ({}, [("sent", "accepted")], []),
        ({"consent": False}, [], [("pending", "")]),
        ({"reach_by": "landline"}, [], [("pending", "")]),
    ],
)
def test_a_retiree_is_texted_only_consenting_and_reached_so_else_telephoned(gateway, over, sms, sheet):
    person = make_reachable(**over)
    post([greeting(person)], now=MORNING)

    send_waiting(MORNING)

    assert states("sms") == sms
    assert states("sheet") == sheet
    assert len(gateway.journal.entries) == len(sms)


def test_the_dead_get_nothing_by_any_channel(gateway):
    person = make_reachable()
    post([greeting(person)], now=MORNING)
    Person.objects.filter(pk=person.pk).update(life_status="deceased")

    send_waiting(MORNING)

    assert states("sms") == [("withdrawn", "not_living")]
    assert Delivery.objects.count() == 1


def test_a_consent_withdrawn_after_posting_turns_the_text_into_a_call(gateway):
    person = make_reachable()
    post([greeting(person)], now=MORNING)
    Consent.objects.update(withdrawn_at=Now())

    send_waiting(MORNING)

    assert states("sms") == [("failed", "no_consent")]
    assert states("sheet") == [("pending", "")]
    assert gateway.journal.entries == []


def test_the_text_to_a_retiree_is_polite_whole_and_signed(gateway):
    post([greeting(make_reachable("欧阳德厚"))], now=MORNING)

    send_waiting(MORNING)

    text = gateway.journal.entries[0]["text"]
    assert text.startswith("【云江老干部】欧阳德厚同志：今天是您的生日")
    assert "{" not in text


def test_a_staff_template_never_goes_to_a_retiree():
    with pytest.raises(ValueError, match="no words"):
        post([NewMessage("x", "urgent", "hospital.day", person_id=make_person().pk)], now=MORNING)


@pytest.mark.parametrize(("moment", "left"), [("11:59", True), ("12:00", False), ("14:29", False), ("14:30", True),
                                              ("20:59", True), ("21:00", False)])  # fmt: skip
def test_old_people_rest_at_noon_and_at_night(gateway, moment, left):
    post([greeting(make_reachable())], now=MORNING)

    send_waiting(at(f"2026-03-10T{moment}"))

    assert bool(gateway.journal.entries) is left


def test_noon_does_not_hold_back_what_goes_to_staff(carer, gateway):
    post([urgent("h1", carer)], now=MORNING)

    send_waiting(at("2026-03-10T12:30"))

    assert states("sms") == [("sent", "accepted")]


def test_an_alarm_goes_at_any_hour(carer, gateway):
    post([NewMessage("a1", "alarm", "visit.eve", user_id=carer.pk)], now=MORNING)

    send_waiting(at("2026-03-10T23:30"))

    assert states("sms") == [("sent", "accepted")]


def test_nothing_rings_before_its_day(gateway):
    post([greeting(make_reachable(), on_day=at("2026-03-12T00:00").date())], now=MORNING)

    send_waiting(at("2026-03-11T09:00"))
    assert states("sms") == [("pending", "")]
    send_waiting(at("2026-03-12T09:00"))

    assert states("sms") == [("sent", "accepted")]


# Trouble on the other side


def test_a_slow_gateway_still_gets_each_message_once(carer, gateway):
    gateway.mode, gateway.delay = "slow", 0.4
    post([urgent("h1", carer), urgent("h2", carer)], now=MORNING)

    send_waiting(MORNING)

    assert states("sms") == [("sent", "accepted")] * 2


@pytest.mark.parametrize("mode", ["5xx", "busy", "accepts-then-times-out"])
def test_trouble_is_retried_with_the_same_key_and_rings_once(carer, gateway, mode):
    gateway.mode, gateway.trouble_once = mode, True
    post([urgent("h1", carer)], now=MORNING)

    send_waiting(MORNING)
    assert states("sms")[0][0] == "pending"
    make_due()
    send_waiting(MORNING)

    key = str(Delivery.objects.get(channel="sms").public_id)
    assert states("sms") == [("sent", "accepted")]
    assert gateway.requests == {key: 2}
    assert [entry["key"] for entry in gateway.journal.entries] == [key]


@pytest.mark.parametrize("mode", ["5xx", "accepts-then-times-out"])
def test_a_gateway_without_keys_leaves_a_doubt_for_a_person(carer, gateway, mode):
    gateway.mode, gateway.honours_keys = mode, False
    with override_settings(SMS_GATEWAY=sms_settings(gateway, idempotent=False)):
        post([urgent("h1", carer)], now=MORNING)
        send_waiting(MORNING)
        make_due()
        send_waiting(MORNING)

    assert [state for state, _ in states("sms")] == ["unknown"]
    assert sum(gateway.requests.values()) == 1


def test_a_refusal_is_final(carer, gateway):
    gateway.mode = "refuse"
    post([urgent("h1", carer)], now=MORNING)

    send_waiting(MORNING)

    assert states("sms") == [("failed", "refused")]


def test_nobody_listening_is_tried_later_and_given_up_in_the_end(carer):
    unused = {"url": "http://127.0.0.1:9/send", "secret": "s", "signature": "x", "timeout": 1, "idempotent": False,
              "body": {"text": "{text}"}}  # fmt: skip
    with override_settings(SMS_GATEWAY=unused):
        post([urgent("h1", carer)], now=MORNING)
        send_waiting(MORNING)
        assert states("sms") == [("pending", "unreachable")]
        for _ in range(MOST_ATTEMPTS):
            make_due()
            send_waiting(MORNING)

    assert states("sms") == [("failed", "too_many")]


def test_a_wrong_signature_is_refused_by_the_gateway(carer, gateway):
    with override_settings(SMS_GATEWAY=sms_settings(gateway, secret="another")):
        post([urgent("h1", carer)], now=MORNING)
        send_waiting(MORNING)

    assert gateway.refused_signatures == 1
    assert states("sms") == [("failed", "refused")]


def test_the_breaker_opens_after_five_failures_and_closes_after_a_success(carer, gateway):
    gateway.mode = "busy"
    post([urgent(f"h{n}", carer) for n in range(12)], now=MORNING)

    send_waiting(MORNING)
    assert sum(gateway.requests.values()) == 5
    send_waiting(MORNING)
    assert sum(gateway.requests.values()) == 5

    gateway.mode = "ok"
    make_due()
    send_waiting(MORNING)

    assert len(gateway.journal.entries) == 12
    assert ChannelState.objects.get().failures == 0


# Mail


def test_mail_in_doubt_goes_to_the_worklist(carer, sink):
    sink.mode = "accepts-then-times-out"
    post([urgent("h1", carer)], now=MORNING)

    send_waiting(MORNING)
    sink.mode = "ok"
    make_due()
    send_waiting(MORNING)

    assert states("email") == [("unknown", "no_answer")]
    assert len(sink.journal.entries) == 1


@pytest.mark.parametrize(
    ("mode", "first"),
    [("busy", ("pending", "busy")), ("refuse", ("failed", "refused")), ("drops-before-text", ("unknown", "no_answer"))],
)
def test_mail_refused_or_put_off(carer, sink, mode, first):
    sink.mode = mode
    post([urgent("h1", carer)], now=MORNING)

    send_waiting(MORNING)

    assert states("email") == [first]
    assert sink.journal.entries == []


def test_several_mails_share_a_connection(carer, sink):
    post([urgent(f"h{n}", carer) for n in range(3)], now=MORNING)

    send_waiting(MORNING)

    assert (len(sink.journal.entries), sink.connections) == (3, 1)


# Claims whose holder died


def test_a_dead_claim_is_repeated_with_key_and_words_kept(carer, gateway):
    post([urgent("h1", carer)], now=MORNING)
    [held] = claim("sms", MORNING)
    payload = held.payload
    let_leases_end()
    carer.phone = "13911111111"
    carer.save()

    send_waiting(MORNING)

    assert [entry["phone"] for entry in gateway.journal.entries] == ["13900000001"]
    assert Delivery.objects.get(channel="sms").payload == payload


def test_a_dead_claim_of_mail_is_a_doubt(carer, sink):
    post([urgent("h1", carer), urgent("h2", carer)], now=MORNING)
    assert len(claim("email", MORNING)) == 1
    let_leases_end()

    send_waiting(MORNING)

    assert sorted(states("email")) == [("sent", "accepted"), ("unknown", "interrupted")]


def test_a_late_word_of_a_lost_claim_is_not_heard(carer, gateway):
    post([urgent("h1", carer)], now=MORNING)
    claim("sms", MORNING)
    let_leases_end()
    reclaim_expired()
    [second] = claim("sms", MORNING)

    stale = Delivery.objects.get(pk=second.pk)
    stale.claim = uuid.uuid4()
    _settle(stale, Attempt(Answer.REFUSED, "refused"), True, Sent(), MORNING)

    assert states("sms")[0][0] == "claimed"


def test_the_payload_stands_encrypted(carer, gateway):
    post([urgent("h1", carer)], now=MORNING)
    claim("sms", MORNING)

    stored = bytes(Delivery.objects.values_list("payload", flat=True).get(channel="sms"))

    assert stored[0] == 1
    assert b"13900000001" not in stored


# The worklist


def make_unknown(carer, gateway):
    gateway.mode, gateway.honours_keys = "accepts-then-times-out", False
    with override_settings(SMS_GATEWAY=sms_settings(gateway, idempotent=False)):
        post([urgent("h1", carer)], now=MORNING)
        send_waiting(MORNING)
    return Delivery.objects.get(channel="sms")


def test_a_clerk_settles_a_doubt_once(carer, gateway):
    delivery = make_unknown(carer, gateway)

    confirm_delivered(delivery, actor=carer)

    assert states("sms") == [("sent", "verified")]
    with pytest.raises(Exception, match="已经有结果"):
        send_again(delivery, actor=carer)


def test_a_clerk_may_send_again_with_the_same_key(carer, gateway):
    delivery = make_unknown(carer, gateway)
    gateway.mode = "ok"

    send_again(delivery, actor=carer)
    send_waiting(at("2026-03-12T09:00"))

    assert states("sms") == [("sent", "accepted")]
    assert {entry["key"] for entry in gateway.journal.entries} == {str(delivery.public_id)}


def test_an_address_that_cannot_be_used_stops_nobody_else(carer, sink):
    broken = make_user("broken", email="a\nb@example.test")
    post([urgent("h1", broken), urgent("h2", carer)], now=MORNING)

    send_waiting(MORNING)

    assert sorted(states("email")) == [("failed", "no_address"), ("sent", "accepted")]


def test_words_whose_key_is_lost_stop_nobody_else(carer, gateway, settings):
    post([urgent("h1", carer)], now=MORNING)
    claim("sms", MORNING)
    let_leases_end()
    settings.FIELD_KEYS = {9: bytes(32)}
    post([urgent("h2", carer)], now=MORNING)

    send_waiting(MORNING)

    assert sorted(states("sms")) == [("failed", "no_address"), ("sent", "accepted")]


def test_words_are_gone_after_thirty_days_and_the_figures_stay(carer, gateway):
    post([urgent("h1", carer), urgent("h2", carer)], now=MORNING)
    send_waiting(MORNING)
    old = Delivery.objects.filter(channel="sms").first()
    Delivery.objects.filter(pk=old.pk).update(created_at=Now() - datetime.timedelta(days=31))

    assert purge_payloads() == 1

    assert states("sms") == [("sent", "accepted")] * 2
    assert Delivery.objects.get(pk=old.pk).payload == ""
