"""来电来访: one page takes it, one handler a deadline, a closing contact; who sees what; the same form twice is one."""

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Absence
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.ledgers.access import open_to
from apps.ledgers.choices import InquiryState
from apps.ledgers.inquiry_rules import state_words
from apps.ledgers.jobs import tell_colleagues
from apps.ledgers.models import Contact, Inquiry
from apps.ledgers.queries.inquiries import by_subject
from apps.ledgers.services import ContactFacts, InquiryFacts, take_inquiry
from apps.ledgers.services import inquiries as services
from apps.messaging.models import Message
from apps.people.models import Phone
from apps.people.services import apply_name, save_phone
from tests.builders import make_cadre, make_unit, make_user

ADD = "/admin/ledgers/inquiry/add/"
LIST = "/admin/ledgers/inquiry/"
NOW = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)  # ten in the morning, a Tuesday
D = dt.date


def findable(cadre):
    apply_name(cadre.person)
    cadre.person.save()
    return cadre


@pytest.fixture
def cadre(bureau):
    return findable(make_cadre(unit=make_unit("云江市水利局", parent=bureau)))


@pytest.fixture
def colleague(bureau):
    return make_user("colleague", role="clerk", unit=bureau)


@pytest.fixture
def take(bureau, clerk, cadre):
    def make(**over):
        values = {"subject": "03", "content": "问医药费怎么报", "person_id": cadre.pk, **over}
        key, now = values.pop("form_key", uuid.uuid4()), values.pop("now", NOW)
        actor = values.pop("actor", clerk)
        return take_inquiry(InquiryFacts(**values), unit=bureau, form_key=key, actor=actor, now=now)

    return make


def client_of(user) -> Client:
    client = Client()
    client.force_login(type(user).objects.get(pk=user.pk))
    return client


def filled(**over) -> dict:
    values = {"source": "call", "subject": "03", "content": "问医药费怎么报", "way": "done", "save": "1"}
    return {**values, "form_token": str(uuid.uuid4()), **over}


# Services


def test_handled_at_once_is_done_and_keeps_its_words_sealed(take, clerk):
    inquiry = take(result="已告知窗口和材料")

    assert (inquiry.state, inquiry.handler, inquiry.due_on) == (InquiryState.DONE, None, None)
    stored = Inquiry.objects.get(pk=inquiry.pk)
    assert (stored.content, stored.result, stored.answered_on) == ("问医药费怎么报", "已告知窗口和材料", D(2026, 3, 10))
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM ledgers_inquiry")
        assert "医药费".encode() not in bytes(cursor.fetchone()[0])
    assert AuditEntry.objects.get(action="inquiry.take").source == "call"


def test_passed_on_is_due_after_the_working_days_of_the_rules(take, colleague):
    inquiry = take(handler=colleague)

    assert (inquiry.state, inquiry.due_on) == (InquiryState.OPEN, D(2026, 3, 17))
    message = Message.objects.get(template="inquiry.passed")
    assert (message.user_id, message.context) == (colleague.pk, {"inquiry": inquiry.pk})


def test_whole_chain_ends_with_a_contact_that_says_it_was_answered(take, clerk, colleague, cadre):
    inquiry = take(handler=colleague)
    services.answer(inquiry, result="可以报，已交医保科", actor=colleague, now=NOW)
    assert Message.objects.get(template="inquiry.answered").user_id == clerk.pk

    facts = ContactFacts(
        happened_on=D(2026, 3, 11), method="phone", kind="call", summary="已答复", outcome="unanswered"
    )
    closed, done = services.close(inquiry, facts, form_key=uuid.uuid4(), actor=clerk, on=D(2026, 3, 11))
    assert (closed.state, done) == (InquiryState.ANSWERED, False)
    facts = ContactFacts(happened_on=D(2026, 3, 12), method="phone", kind="call", summary="已答复", outcome="answered")
    key = uuid.uuid4()
    services.close(inquiry, facts, form_key=key, actor=clerk, on=D(2026, 3, 12))
    services.close(inquiry, facts, form_key=key, actor=clerk, on=D(2026, 3, 12))

    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.closed_on) == (InquiryState.CLOSED, D(2026, 3, 12))
    assert list(inquiry.closing_contact.persons.all()) == [cadre.person]
    assert Contact.objects.count() == 2


def test_same_form_twice_is_one_and_somebody_elses_key_is_refused(take, colleague):
    key = uuid.uuid4()
    assert take(form_key=key).pk == take(form_key=key).pk
    assert Inquiry.objects.count() == 1

    with pytest.raises(BusinessError):
        take(form_key=key, actor=colleague)


def test_out_of_order_acts_and_empty_words_are_refused(take, clerk, colleague):
    done = take()
    for act in (
        lambda: services.answer(done, result="再办一次", actor=clerk, now=NOW),
        lambda: services.close(
            done, ContactFacts(happened_on=D(2026, 3, 10)), form_key=uuid.uuid4(), actor=clerk, on=D(2026, 3, 10)
        ),
        lambda: take(person_id=None),
        lambda: take(content="  "),
        lambda: take(handler=colleague, due_on=D(2026, 3, 9)),
        lambda: take(handler=colleague, due_on=D(2036, 3, 9)),
        lambda: take(caller_phone="12"),
        lambda: services.answer(take(handler=colleague), result=" ", actor=clerk, now=NOW),
    ):
        with pytest.raises(BusinessError):
            act()


def test_a_caller_who_is_nobody_of_the_registry_is_closed_without_a_contact(take, clerk, colleague):
    inquiry = take(person_id=None, caller="建设路社区老杨", handler=colleague, caller_phone="0757-82280001")
    services.answer(inquiry, result="已转社区", actor=colleague, now=NOW)

    services.close(
        inquiry, ContactFacts(happened_on=D(2026, 3, 11), method="phone", outcome="answered"), form_key=uuid.uuid4(),
        actor=clerk, on=D(2026, 3, 11),
    )  # fmt: skip

    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.closing_contact, inquiry.caller_phone) == ("closed", None, "075782280001")


def test_overdue_is_told_once_and_reaches_the_section(take, bureau, clerk, colleague):
    head = make_user("head", role="section_head", unit=bureau)
    take(handler=colleague)
    day = lambda number: NOW + dt.timedelta(days=number)  # noqa: E731

    for number in (7, 8, 8, 9):
        tell_colleagues(day(number))
    told = Message.objects.filter(template="inquiry.overdue")
    assert set(told.values_list("user_id", flat=True)) == {clerk.pk, colleague.pk}
    assert not Message.objects.filter(template="inquiry.escalated").exists()

    tell_colleagues(day(13))
    tell_colleagues(day(14))

    assert list(Message.objects.filter(template="inquiry.escalated").values_list("user_id", flat=True)) == [head.pk]
    assert told.count() == 2


def test_messages_go_to_who_stands_in(take, bureau, colleague):
    third = make_user("third", role="clerk", unit=bureau)
    Absence.objects.create(user=colleague, substitute=third, starts_on=D(2026, 3, 1), ends_on=D(2026, 4, 1))

    take(handler=colleague)

    assert Message.objects.get(template="inquiry.passed").user_id == third.pk


def test_state_says_how_long_it_waits():
    assert state_words("open", D(2026, 3, 8), D(2026, 3, 10)) == ("转办中，逾期 2 天", "late")
    assert state_words("answered", D(2026, 3, 11), D(2026, 3, 10)) == ("办完待回复，明天到期", "soon")
    assert state_words("done", None, D(2026, 3, 10)) == ("当场办结", "done")


def test_counted_by_subject(take, colleague):
    take()
    take(source="visit")
    take(subject="06", handler=colleague)
    start, end = NOW - dt.timedelta(days=1), NOW + dt.timedelta(days=1)

    lines = {line.subject: line for line in by_subject(Inquiry.objects.all(), start, end, on=D(2026, 4, 1))}

    medical, hardship, total = lines["医疗保障"], lines["生活困难"], lines["合计"]
    assert (medical.total, medical.calls, medical.visits, medical.at_once, medical.late) == (2, 1, 1, 2, 0)
    assert (hardship.total, hardship.open, hardship.late) == (1, 1, 1)
    assert (total.total, lines["工资待遇"].total) == (3, 0)


# Pages


def test_one_page_finds_the_person_and_takes_the_call(clerk, cadre):
    staff = client_of(clerk)
    save_phone(Phone(person=cadre.person), "13800001234", actor=clerk)
    for text in ("李德厚", "ldh", "13800001234", "1234"):
        page = staff.post(ADD, filled(asked=text, find="1"))
        assert page.status_code == 200
        assert "李德厚（退休" in page.content.decode()
        assert "问医药费怎么报" in page.content.decode()

    response = staff.post(ADD, filled(asked="ldh"))

    assert response.status_code == 302
    assert Inquiry.objects.get().person == cadre.person
    assert "1234" not in "".join(AuditEntry.objects.values_list("target", flat=True))


def test_link_from_a_person_chooses_him(clerk, cadre):
    staff = client_of(clerk)
    assert f"{ADD}?person={cadre.pk}" in staff.get(f"/admin/registry/cadre/{cadre.pk}/change/").content.decode()

    page = staff.get(f"{ADD}?person={cadre.pk}").content.decode()

    assert re.search(rf'value="{cadre.pk}"[^>]*checked', page)


def test_several_found_must_be_told_apart_and_nobody_found_is_said(clerk, cadre, bureau):
    staff = client_of(clerk)
    findable(make_cadre("李德厚", unit=bureau))

    page = staff.post(ADD, filled(asked="ldh"))
    assert page.status_code == 422
    assert "找到 2 位，请选一位" in page.content.decode()
    page = staff.post(ADD, filled(asked="查无此人"))
    assert "没有找到这位老同志" in page.content.decode()
    page = staff.post(ADD, filled(way="pass", caller="社区老杨"))
    assert "要选承办人" in page.content.decode()

    assert not Inquiry.objects.exists()


@pytest.mark.parametrize(
    "over",
    [
        {"person": "99999999999999999999"}, {"person": "abc"}, {"subject": "xx"}, {"due_on": "2026-13-01"},
        {"source": "file"}, {"handler": "0"}, {"form_token": "x"}, {"content": "x" * 2000}, {"way": ""},
    ],
)  # fmt: skip
def test_hostile_input_writes_nothing(clerk, over):
    response = client_of(clerk).post(ADD, filled(caller="社区老杨", **over))

    assert response.status_code in (404, 422)
    assert not Inquiry.objects.exists()


def test_pages_of_acts_lead_to_the_end(clerk, colleague, cadre):
    taker, handler = client_of(clerk), client_of(colleague)
    taker.post(ADD, filled(asked="李德厚", way="pass", handler=str(colleague.pk)))
    inquiry = Inquiry.objects.get()
    page = f"{LIST}{inquiry.pk}"
    assert "办理来电来访：医疗保障" in handler.get("/admin/").content.decode()

    assert handler.post(f"{page}/answer/", {"result": "可以报"}).status_code == 302
    assert "回复来人：医疗保障" in taker.get("/admin/").content.decode()
    values = {"method": "phone", "outcome": "answered", "happened_on": f"{timezone.localdate()}", "summary": "知道了"}
    assert taker.post(f"{page}/close/", {**values, "form_token": str(uuid.uuid4())}).status_code == 302

    inquiry.refresh_from_db()
    assert inquiry.state == InquiryState.CLOSED
    read = taker.get(f"{page}/change/").content.decode()
    assert all(words in read for words in ("可以报", "的联系记录", "问医药费怎么报"))
    slip = taker.get(f"{page}/print/").content.decode()
    assert all(words in slip for words in ("来电来访登记单", "（盖章）", "问医药费怎么报"))
    assert {"open", "print"} <= set(AuditEntry.objects.values_list("action", flat=True))


def test_what_was_written_down_can_be_mended(take, clerk):
    inquiry = take()
    staff = client_of(clerk)
    page = staff.get(f"{LIST}{inquiry.pk}/change/?edit=1").content.decode()
    seen = re.search(r'name="seen_version" value="([^"]+)"', page)[1]

    values = {"subject": "06", "source": "visit", "caller": "", "content_text": "问困难补助", "seen_version": seen}
    response = staff.post(f"{LIST}{inquiry.pk}/change/", values)

    assert response.status_code == 302
    inquiry = Inquiry.objects.get()
    assert (inquiry.subject, inquiry.source, inquiry.content) == ("06", "visit", "问困难补助")
    assert set(AuditEntry.objects.filter(action="change").latest("pk").fields) == {"subject", "source", "content"}


def test_strangers_get_404_and_handlers_see_what_was_passed_to_them(take, bureau, clerk, cadre):
    elsewhere = make_unit("邻市委老干部局")
    stranger, outside = (make_user(name, role="clerk", unit=elsewhere) for name in ("stranger", "outside"))
    inquiry = take(handler=outside)
    for page in ("change/", "answer/", "pass/", "close/", "print/", "void/", "history/"):
        assert client_of(stranger).get(f"{LIST}{inquiry.pk}/{page}").status_code == 404

    assert client_of(outside).get(f"{LIST}{inquiry.pk}/change/").status_code == 200
    assert open_to(outside, [cadre.pk]) == {cadre.pk}
    assert client_of(make_user("audit", role="auditor", unit=bureau)).get(LIST).status_code == 403
    leader = client_of(make_user("leader", role="leader", unit=bureau))
    assert leader.get(f"{LIST}{inquiry.pk}/change/").status_code == 200
    assert leader.get(f"{LIST}{inquiry.pk}/answer/").status_code == 403


def test_statistics_page_and_sheet(take, clerk):
    take()
    staff = client_of(clerk)

    for span, heading in (("month", "2026年3月"), ("quarter", "2026年第1季度"), ("year", "2026年")):
        page = staff.get(f"{LIST}counts/?span={span}&of=2026-03").content.decode()
        assert f"{heading}来电来访" in page
        assert "医疗保障" in page
    sheet = staff.get(f"{LIST}counts/?span=year&of=2026-03&export=1")
    assert sheet.content[:2] == b"PK"
    for query in ("span=week", "of=2026-13", "of=1-1", "span=month&of=9999-01"):
        assert staff.get(f"{LIST}counts/?{query}").status_code == 404


def test_list_filters_and_costs_the_same_for_one_and_for_three(take, clerk, colleague, django_assert_num_queries):
    staff = client_of(clerk)
    take(handler=colleague, due_on=D(2026, 3, 11))
    staff.get(LIST)
    for query in ("state=late", "state=waiting", "state=void", "mine=todo", "mine=taken", "subject=03", "when=week"):
        assert staff.get(f"{LIST}?{query}").status_code == 200
    with django_assert_num_queries(7) as first:
        staff.get(LIST)
    take(handler=colleague)
    take()
    with django_assert_num_queries(len(first)):
        staff.get(LIST)
