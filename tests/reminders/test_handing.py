"""From what is due to what arrives: recipients, escalation, hours, digests, and once only."""

import threading
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection

from apps.ledgers.models import Duty, DutyRun
from apps.messaging.jobs import send_waiting
from apps.messaging.models import Delivery, DeliveryItem, Message
from apps.organisation.queries import calendar_changed_at
from apps.people.models import Person
from apps.registry.models import LifeEvent
from apps.reminders.jobs.handing import hand_out
from apps.reminders.jobs.planning import plan
from apps.reminders.jobs.ticking import tick
from apps.reminders.models import PlannerRun, Reminder
from tests.builders import make_unit, make_user

from .scenes import assign, at, day, make_bureau, make_celebrant, make_duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau():
    return make_bureau()


def received():
    """(user name, stage) of every reminder in an inbox."""
    rows = DeliveryItem.objects.filter(channel="inbox", message__reminder__isnull=False)
    return Counter(rows.values_list("message__user__username", "message__reminder__stage"))


def test_each_occasion_stage_and_role_reaches_inbox_mail_and_text_once(bureau, gateway, sink):
    for number in range(3):
        make_celebrant(bureau, f"老{number}", "solar", 3, 10, birth="1953-03-10")

    for moment in ("2026-03-03T09:00", "2026-03-03T09:05", "2026-03-09T09:00", "2026-03-10T09:00", "2026-03-10T20:59"):
        tick(at(moment))

    assert received() == {("carer", "ahead"): 3, ("carer", "eve"): 3, ("carer", "day"): 3}
    assert [entry["text"].partition("：")[2] for entry in gateway.journal.entries] == [
        "一周内生日3位。请登录平台查看。", "即将生日3位。请登录平台查看。", "今天生日3位。请登录平台查看。",
    ]  # fmt: skip
    assert len(sink.journal.entries) == 3
    assert set(Reminder.objects.values_list("state", flat=True)) == {"handed"}


def test_the_carer_comes_before_the_liaison(bureau):
    cadre = make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    assign(cadre, make_user("own_carer"))

    tick(at("2026-03-10T09:00"))

    assert received() == {("own_carer", "day"): 1}


def test_a_milestone_goes_to_a_leader(bureau):
    make_celebrant(bureau, "九十", "solar", 3, 10, birth="1936-03-10")

    tick(at("2026-03-03T09:00"))

    assert received() == {("leader", "milestone"): 1, ("carer", "ahead"): 1}


def test_an_overdue_visit_climbs_from_carer_to_section_to_bureau(bureau):
    make_duty(make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01"), day("2026-03-31"))

    moments = ("2026-03-24", "2026-03-30", "2026-04-03", "2026-04-07", "2026-04-14")
    # Planned already: the rules owe this cadre nothing, and the duty made here by hand would be withdrawn.
    known = {"rules_changed_at": calendar_changed_at(), "seen_until": at("2100-01-01T00:00")}
    DutyRun.objects.bulk_create(DutyRun(day=day(moment), **known) for moment in moments)
    for moment in moments:
        tick(at(f"{moment}T09:00"))

    assert received() == {
        ("carer", "ahead"): 1, ("carer", "eve"): 1, ("carer", "overdue"): 1,
        ("head", "overdue_section"): 1, ("leader", "overdue_bureau"): 1,
    }  # fmt: skip


def test_a_duty_kept_between_planning_and_sending_is_not_reminded(bureau):
    duty = make_duty(make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01"), day("2026-03-31"))
    plan(day("2026-03-24"))
    Duty.objects.filter(pk=duty.pk).update(closed_on=day("2026-03-24"), closed_reason="waived")

    done = hand_out(at("2026-03-24T09:00"))

    assert (done.messages, done.withdrawn) == (0, 1)


def test_a_duty_kept_after_handing_out_takes_the_waiting_message_back(bureau, gateway):
    duty = make_duty(make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01"), day("2026-03-31"))
    plan(day("2026-03-24"))
    hand_out(at("2026-03-24T09:00"))
    Duty.objects.filter(pk=duty.pk).update(closed_on=day("2026-03-24"), closed_reason="waived")

    plan(day("2026-03-24"))
    send_waiting(at("2026-03-24T09:05"))

    assert gateway.journal.entries == []
    assert Message.objects.get().withdrawn_at is not None
    assert Delivery.objects.get(channel="sms").state == "withdrawn"


def test_the_dead_get_nothing_planned_or_queued(bureau, gateway):
    planned, queued = (make_celebrant(bureau, name, "solar", 3, 10, birth="1953-03-10") for name in ("甲", "乙"))
    plan(day("2026-03-10"))
    Person.objects.filter(pk=planned.pk).update(life_status="reported")
    assert hand_out(at("2026-03-10T09:00")).withdrawn == 1
    Person.objects.filter(pk=queued.pk).update(life_status="deceased")

    send_waiting(at("2026-03-10T09:00"))

    assert gateway.journal.entries == []
    assert Reminder.objects.get(person=planned.person, stage="day").note == "not_living"


def test_t10_death_before_the_birthday_sends_nothing(bureau, gateway):
    cadre = make_celebrant(bureau, "李德厚", "solar", 1, 2, birth="1940-01-02")
    tick(at("2025-12-19T09:00"))
    Person.objects.filter(pk=cadre.pk).update(life_status="deceased", died_on="2025-12-20")

    for moment in ("2025-12-26", "2026-01-01", "2026-01-02"):
        tick(at(f"{moment}T09:00"))

    assert received() == {}
    assert gateway.journal.entries == []


def test_nothing_leaves_at_night_and_everything_in_the_morning(bureau, gateway):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")

    assert tick(at("2026-03-10T03:00")).handed.quiet
    assert received() == {}
    tick(at("2026-03-10T08:00"))

    assert received() == {("carer", "day"): 1}


def test_without_anybody_responsible_it_waits_on_the_worklist_and_is_missed_in_the_end(bureau):
    lonely = make_unit("无人单位")
    cadre = make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    cadre.managing_unit = lonely
    cadre.save()
    plan(day("2026-03-10"))

    assert hand_out(at("2026-03-10T09:00")).unassigned == 1
    reminder = Reminder.objects.get(stage="day")
    assert (reminder.state, reminder.note) == ("pending", "no_recipient")
    plan(day("2026-03-11"))

    reminder.refresh_from_db()
    assert reminder.state == "missed"


def test_a_hospital_stay_is_told_alone_and_at_once(bureau, gateway):
    cadre = make_celebrant(bureau, "李德厚", "solar", 9, 1, birth="1953-09-01")
    LifeEvent.objects.create(
        person=cadre.person, kind="admitted", state="confirmed", happened_on="2026-03-05",
        decided_at=at("2026-03-05T10:00"),
    )  # fmt: skip

    tick(at("2026-03-05T10:01"))

    assert [entry["text"] for entry in gateway.journal.entries] == [
        "【云江老干部】提醒：新住院待看望1位。请登录平台查看。"
    ]


def test_the_commands_say_what_they_did(bureau, gateway, capsys):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")

    call_command("plan_reminders", "--date", "2026-03-10", "--window", "0")
    call_command("send_due", "--at", "2026-03-10T22:00")
    call_command("send_due", "--at", "2026-03-10T09:00")

    said = capsys.readouterr().out.splitlines()
    assert said[0] == "新排 1 条，撤回 0 条，记为错过 2 条。"
    assert "不打扰" in said[1]
    assert said[2].startswith("交发送 1 条，没有责任人 0 条，撤回 0 条；发出 1 条")


def test_a_failing_planner_keeps_back_nothing_that_is_planned(bureau, monkeypatch):
    make_celebrant(bureau, "李德厚", "solar", 3, 10, birth="1953-03-10")
    plan(day("2026-03-10"))

    def broken(*args, **kwargs):
        raise ValueError("kaputt")

    monkeypatch.setattr("apps.reminders.jobs.ticking.plan", broken)
    done = tick(at("2026-03-10T09:00"))

    assert done.handed.messages == 1
    run = PlannerRun.objects.get()
    assert (run.error, run.finished_at) == ("ValueError: kaputt", None)


@pytest.mark.django_db(transaction=True)
def test_four_ticks_at_once_remind_once(gateway, sink):
    bureau = make_bureau()
    for number in range(40):
        make_celebrant(bureau, f"老{number}", "solar", 3, 10, birth="1953-03-10")

    def run():
        try:
            tick(at("2026-03-10T09:00"))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tick(at("2026-03-10T09:01"))

    assert received() == {("carer", "day"): 40}
    assert [entry["text"] for entry in gateway.journal.entries] == [
        "【云江老干部】提醒：今天生日40位。请登录平台查看。"
    ]
    assert len(sink.journal.entries) == 1
