"""Two unanswered calls on one day to somebody living alone: somebody goes the same day."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connections
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.ledgers.choices import CheckResult, Method
from apps.ledgers.models import Contact, Duty, SafetyCheck
from apps.ledgers.services import (
    CheckReport,
    ContactFacts,
    call_off_check,
    plan_duties,
    record_contact,
    repeat_alarms,
    report_check,
    void_contact,
)
from apps.messaging.models import Delivery, Message
from apps.organisation.models import RuleSet
from apps.registry.models import Health
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


@pytest.fixture
def widow(bureau):
    return make_cadre("沈闰芳", unit=bureau, living="alone")


@pytest.fixture(autouse=True)
def _any_hour(db):
    """Tests run at night as well."""
    RuleSet.objects.create(
        kind="safety_checks", effective_from=dt.date(2020, 1, 1), document_no="云老干〔2020〕1号",
        values={"from_hour": 0, "until_hour": 24},
    )  # fmt: skip


@pytest.fixture
def call(contact):
    def ring(cadre, outcome="unanswered", day=TODAY, **over):
        return contact(cadre, day, method=Method.PHONE, outcome=outcome, on=TODAY, **over)

    return ring


def told() -> set[str]:
    return set(Message.objects.filter(template="safety_check").values_list("user__username", flat=True))


def test_the_second_unanswered_call_raises_one_check_and_tells_who_is_near(bureau, widow, call):
    head = make_user("head", role="section_head", unit=bureau)
    liaison = make_user("liaison", role="liaison", unit=bureau)
    branch = make_organisation(unit=bureau)
    make_member(widow.person, branch)
    secretary = make_user("secretary", is_staff=False)
    make_post(make_cadre("书记", unit=bureau).person, branch, user=secretary)
    call(widow)
    assert not SafetyCheck.objects.exists()

    call(widow)
    call(widow, "out")

    check = SafetyCheck.objects.get()
    assert (check.cadre, check.raised_on, check.closed_at) == (widow, TODAY, None)
    assert told() == {head.username, secretary.username}
    assert liaison.username not in told()  # the secretary answers for her already
    assert set(Message.objects.values_list("delivery_class", flat=True)) == {"alarm"}
    assert not Delivery.objects.filter(delivery_class="digest").exclude(channel="inbox").exists()


@pytest.mark.parametrize("over", [{"living": "spouse"}, {"life_status": "deceased"}])
def test_nobody_goes_to_those_who_are_not_alone(bureau, call, over):
    cadre = make_cadre(unit=bureau, **over)
    call(cadre)
    call(cadre)
    assert not SafetyCheck.objects.exists()


def test_high_risk_counts_as_well_and_a_hospital_bed_does_not(bureau, tier, call, widow):
    weak = make_cadre("重病", unit=bureau, living="children")
    tier(weak, 1)
    Health.objects.create(cadre=widow, in_hospital_since=TODAY)
    for cadre in (weak, widow):
        call(cadre)
        call(cadre)
    assert list(SafetyCheck.objects.values_list("cadre", flat=True)) == [weak.pk]


def test_an_answer_between_the_calls_starts_the_count_anew(widow, call):
    call(widow)
    call(widow, "answered")
    call(widow)
    assert not SafetyCheck.objects.exists()
    call(widow, "family")
    call(widow)
    assert SafetyCheck.objects.open().exists()


def test_calls_of_the_day_before_count_when_typed_late_and_older_ones_do_not(widow, call):
    call(widow, day=TODAY - 3 * DAY)
    call(widow, day=TODAY - 3 * DAY)
    assert not SafetyCheck.objects.exists()
    call(widow, day=TODAY - DAY)
    call(widow, day=TODAY - DAY)
    assert SafetyCheck.objects.open().exists()


def test_a_later_answered_call_or_visit_ends_it_and_voiding_that_opens_it_again(widow, call, clerk):
    call(widow)
    call(widow)
    answered = call(widow, "answered")
    check = SafetyCheck.objects.get()
    assert (check.result, check.closing_contact) == (CheckResult.SPOKEN, answered)

    void_contact(answered, actor=clerk, reason="打错了人", on=TODAY)
    check.refresh_from_db()
    assert (check.closed_at, check.result) == (None, "")


def test_report_makes_the_contact_closes_for_all_and_keeps_the_week(bureau, widow, tier, call, clerk):
    make_user("head", role="section_head", unit=bureau)
    tier(widow, 1)
    plan_duties(on=TODAY, window=0, look_back=0)
    call(widow)
    call(widow)
    check = SafetyCheck.objects.get()
    report = CheckReport(result="seen", by="community", happened_on=TODAY, note="助听器没电")

    done = report_check(check, report, actor=clerk, on=TODAY)

    assert (done.result, done.note, done.closed_by) == ("seen", "助听器没电", clerk)
    assert done.closing_contact.method == Method.HOME
    assert set(Duty.objects.open().values_list("kind", flat=True)) <= {"risk_bureau"}
    assert not Message.objects.filter(template="safety_check", withdrawn_at__isnull=True).exists()
    again = report_check(check, CheckReport(result="died", by="staff", happened_on=TODAY), actor=clerk, on=TODAY)
    assert again.result == "seen"
    assert Contact.objects.filter(method=Method.HOME).count() == 1


def test_the_familys_word_ends_the_check_and_keeps_no_duty(widow, call, clerk):
    call(widow)
    call(widow)
    report = CheckReport(result="away", by="staff", happened_on=TODAY, note="在女儿家")
    done = report_check(SafetyCheck.objects.get(), report, actor=clerk, on=TODAY)
    assert (done.result, done.closing_contact.outcome) == ("away", "family")


def test_wrong_reports_are_refused_with_a_sentence(widow, call, clerk):
    call(widow)
    call(widow)
    check = SafetyCheck.objects.get()
    with pytest.raises(BusinessError, match="发出核实以后"):
        report_check(check, CheckReport(result="seen", by="staff", happened_on=TODAY - DAY), actor=clerk, on=TODAY)
    with pytest.raises(BusinessError, match="送到哪里"):
        report_check(check, CheckReport(result="helped", by="staff", happened_on=TODAY), actor=clerk, on=TODAY)
    with pytest.raises(BusinessError, match="为什么"):
        call_off_check(check, actor=clerk, reason=" ")
    assert call_off_check(check, actor=clerk, reason="记错了人").result == CheckResult.CALLED_OFF


def test_alarms_are_repeated_and_reach_the_leaders(bureau, widow, call):
    make_user("head", role="section_head", unit=bureau)
    make_user("boss", role="leader", unit=bureau)
    call(widow)
    call(widow)
    raised = SafetyCheck.objects.get().raised_at
    before = Message.objects.count()
    assert repeat_alarms(raised + dt.timedelta(hours=1)) == 0
    repeat_alarms(raised + dt.timedelta(hours=2, minutes=1))
    repeat_alarms(raised + dt.timedelta(hours=2, minutes=2))
    assert Message.objects.count() == before + 1
    assert "boss" not in told()
    repeat_alarms(raised + dt.timedelta(hours=4, minutes=1))
    assert "boss" in told()


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_one_unanswered_call_each_raise_one_check():
    unit = make_unit()
    widow = make_cadre("沈闰芳", unit=unit, living="alone")
    clerks = [make_user(f"clerk{number}", role="clerk", unit=unit) for number in range(4)]
    errors = []

    def ring(clerk):
        facts = ContactFacts(happened_on=TODAY, method=Method.PHONE, outcome="unanswered")
        try:
            record_contact(facts, persons=[widow.pk], form_key=uuid.uuid4(), actor=clerk, on=TODAY)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ring, args=[clerk]) for clerk in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert SafetyCheck.objects.count() == 1


# Pages ------------------------------------------------------------------------------------------------------------


def test_pages_from_the_home_page_to_the_report(client, widow, call, clerk):
    call(widow)
    call(widow)
    check = SafetyCheck.objects.get()
    client.force_login(clerk)
    assert "今天要上门看的老同志" in client.get("/admin/").content.decode()
    page = f"/admin/ledgers/safetycheck/{check.pk}"
    assert "沈闰芳" in client.get("/admin/ledgers/safetycheck/").content.decode()
    assert "怎样找到他" in client.get(f"{page}/change/").content.decode()
    assert client.post(f"{page}/report/", {"note": ""}).status_code == 422
    values = {"result": "seen", "by": "carer", "happened_on": TODAY.isoformat(), "note": "在家"}
    assert client.post(f"{page}/report/", values).status_code == 302
    assert "今天要上门看的老同志" not in client.get("/admin/").content.decode()
    assert client.get("/admin/ledgers/safetycheck/?state=closed").status_code == 200


def test_contact_form_asks_for_the_outcome_and_says_what_it_raised(client, widow, clerk):
    client.force_login(clerk)
    url = f"/admin/ledgers/contact/add/?cadre={widow.pk}"
    values = {"who": [widow.pk], "method": "phone", "happened_on": TODAY.isoformat(), "by": "staff"}
    refused = client.post(url, values)
    assert "请选有没有接通" in refused.content.decode()
    for _ in range(2):
        done = client.post(url, {**values, "outcome": "unanswered", "form_token": uuid.uuid4()}, follow=True)
    assert "已发出当日上门核实" in done.content.decode()
