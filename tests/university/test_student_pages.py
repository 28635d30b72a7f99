"""The pages of students and money: what staff of a school see and do, and that nobody else does."""

import io
import uuid
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.common.citizen_id import check_digit
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry, Paper
from apps.people.models import Person, Phone
from apps.signups.services.seats import sign_up
from apps.university.models import Enrolment, Payment, Refund, Statement, Student, StudentCard
from apps.university.queries.students import find_exactly, missing_papers, student_of_card
from tests.builders import make_class, make_person, make_school, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    root = make_unit()
    unit, other = make_unit("甲区委老干部局", parent=root), make_unit("乙区委老干部局", parent=root)
    group = make_class(make_school("甲区老年大学", unit=unit), fee=Decimal(600))
    group.sessions.update(state="off")  # so that what a refund comes to does not depend on the day of the test
    make_class(make_school("乙区老年大学", unit=other))
    row = sign_up(
        group.offering, make_person("赵秀英", birth_date="1944-03-03"), source="desk", actor=None,
        now=group.offering.opens_at, form_key=uuid.uuid4(),
    )  # fmt: skip
    clients = {}
    for name, place in (("own", unit), ("foreign", other)):
        clients[name] = Client()
        clients[name].force_login(make_user(name, role="university_clerk", unit=place))
    return Enrolment.objects.get(sign_up=row), clients


def page(name: str, *args, **query) -> str:
    address = reverse(f"admin:university_{name}", args=args)
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def citizen(body: str) -> str:
    return body + check_digit(body)


def test_from_the_desk_to_the_finance_office_and_back(world):
    row, clients = world
    client, foreign = clients["own"], clients["foreign"]
    pk, today = row.student_id, timezone.localdate()
    for address in (page("student_changelist"), page("student_change", pk), page("student_pay", pk),
                    page("student_papers", pk), page("student_card", pk), page("payment_due"),
                    page("student_paper", pk, "family"), page("student_cards", student=pk)):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert ("赵秀英" in answer.text) or "papers" in address, address
        assert foreign.get(address).status_code == 404 or "赵秀英" not in foreign.get(address).text

    paying = {"key": uuid.uuid4(), f"take_{row.pk}": "on", f"amount_{row.pk}": "600", "method": "pos", "paid_on": today}
    for _ in range(2):
        assert client.post(page("student_pay", pk), paying).status_code == 302
    payment = Payment.objects.get()
    assert "陆佰元整" in client.get(page("payment_print", payment.pk)).text
    assert client.post(page("payment_receipt", payment.pk), {"fiscal_no": "云财0001"}).status_code == 302
    report = client.get(page("payment_report_print", first=today, last=today)).text
    assert "陆佰元整" in report
    assert "云财0001" in report
    assert client.get(page("payment_report_file")).status_code == 200

    form = {"key": uuid.uuid4(), "cause": "own"}
    outlook = client.get(page("refund_add", enrolment=row.pk)).text
    assert "同时退课" in outlook
    answer = client.post(page("refund_add", enrolment=row.pk), form)
    assert answer.status_code == 302
    assert "退费申请表" in client.get(answer.url).text
    assert AuditEntry.objects.filter(action="payment.take").count() == 1


def test_a_refund_is_signed_sent_and_paid_on_its_pages(world):
    row, clients = world
    client, today = clients["own"], timezone.localdate()
    from_pay = {
        "key": uuid.uuid4(),
        f"take_{row.pk}": "on",
        f"amount_{row.pk}": "600",
        "method": "cash",
        "paid_on": today,
    }
    client.post(page("student_pay", row.student_id), from_pay)
    Enrolment.objects.filter(pk=row.pk).update(state="off", ended_on=today)
    assert "赵秀英" in client.get(page("refund_waiting")).text

    client.post(page("refund_add", enrolment=row.pk), {"key": uuid.uuid4(), "cause": "off"})
    refund = Refund.objects.get()
    assert refund.amount == 600
    assert client.post(page("refund_print", refund.pk)).status_code == 302
    assert "陆佰元整" in client.get(page("refund_print", refund.pk)).text
    client.post(page("refund_act", refund.pk, "sign"), {"on": today})
    assert Paper.objects.get(kind="退费申请表").state == "returned"
    sending = {"key": uuid.uuid4(), "school": refund.school_id, "refunds": [refund.pk], "on": today}
    batch = client.post(page("refund_send"), sending)
    assert "陆佰元整" in client.get(batch.url).text
    client.post(page("refund_act", refund.pk, "pay"), {"on": today, "voucher": "记-1"})
    refund.refresh_from_db()
    assert (refund.state, refund.voucher) == ("paid", "记-1")
    assert clients["foreign"].get(page("refund_change", refund.pk)).status_code == 404
    assert "记-1" in client.get(page("refund_change", refund.pk)).text


def test_papers_are_wanted_by_age_and_come_back(world):
    row, clients = world
    today = timezone.localdate()
    lacking = missing_papers(row.class_group, [row.student], today)[row.student_id]
    assert set(lacking) == {"form", "safety", "health", "family", "comp"}
    client, address = clients["own"], page("student_papers", row.student_id)

    client.post(page("student_paper", row.student_id, "family"))
    coming = {"key": uuid.uuid4(), "school": row.class_group.school_id, "kinds": ["family"], "signed_on": today}
    assert client.post(address, coming | {"relation": "self"}).status_code == 422
    for _ in range(2):
        assert client.post(address, coming | {"relation": "other", "signer": "赵小明"}).status_code == 302

    assert Statement.objects.get().paper.state == "returned"
    assert missing_papers(row.class_group, [row.student], today)[row.student_id]["family"] == "要配偶或直系亲属签字"
    assert Student.objects.get(pk=row.student_id).family_consent_on == today


def test_a_lost_card_is_refused_by_name(world):
    row, clients = world
    old = row.student.card_no

    for _ in range(2):
        clients["own"].post(page("student_card", row.student_id), {"seen": old, "reason": "挂失"})

    new = Student.objects.get(pk=row.student_id).card_no
    assert StudentCard.objects.count() == 2
    assert student_of_card(new).pk == row.student_id
    with pytest.raises(BusinessError, match="已停用（挂失）"):
        student_of_card(old)
    assert "已停用" in find_exactly(old)[1]


def test_somebody_new_is_registered_once_and_found_by_whole_numbers_only(world):
    row, clients = world
    client, number = clients["own"], citizen("44990219560411901")
    facts = {
        "key": uuid.uuid4(), "school": row.class_group.school_id, "name": "汪桂芳", "citizen_id": number,
        "phone": "13907007101", "kind": "other", "contact_name": "汪敏", "contact_phone": "13807007101",
    }  # fmt: skip
    assert "没有找到" in client.post(page("student_add"), {"asked": number}).text
    for _ in range(2):
        assert client.post(page("student_new"), facts).status_code == 302
    again = client.post(page("student_new"), facts | {"key": uuid.uuid4()})
    assert again.status_code == 422
    assert "已经有这位学员" in again.text

    person = Person.objects.get(name="汪桂芳")
    assert (str(person.birth_date), person.sex, person.student.kind) == ("1956-04-11", "1", "other")
    elsewhere = clients["foreign"]
    assert "汪桂芳" in elsewhere.post(page("student_add"), {"asked": "13907007101"}).text
    assert "汪桂芳" not in elsewhere.post(page("student_add"), {"asked": "7101"}).text
    school = make_school("丙", unit=row.class_group.school.unit)
    client.post(page("student_add"), {"asked": number, "person": person.pk, "school": school.pk})
    assert person.student.schools.count() == 2


def test_a_list_of_students_is_judged_and_written_once(world):
    row, clients = world
    client = clients["own"]
    book = openpyxl.Workbook()
    heads = ("学员卡号", "学员名", "电话号", "身份证号", "原单位名称", "生日", "身份证号后8位", "现住址", "开始日期")
    good = citizen("44990219530730902")
    for line in (
        heads,
        ("A00123", "蒋秀兰", "13907007105", good, "棉纺厂", "1953-07-30", good[-8:], "南河街道3号", "2019-03-01"),
        ("", "罗文斌", "13907007106", citizen("44990219550505901"), "", "", "", "", ""),
        (row.student.card_no, "陈大力", "", citizen("44990219550606901"), "", "", "", "", ""),
        ("", "谢玉珍", "", citizen("44990219581220902"), "", "1958-01-01", "", "", ""),
    ):
        book.active.append(line)
    stream = io.BytesIO()
    book.save(stream)
    upload = {"school": row.class_group.school_id, "file": SimpleUploadedFile("学员.xlsx", stream.getvalue())}

    preview = client.post(page("student_import"), upload)
    assert preview.status_code == 302
    shown = client.get(preview.url).text
    assert "这个卡号已经是别人的" in shown
    assert "不一样，请核对" in shown
    assert clients["foreign"].get(preview.url).status_code == 404
    for _ in range(2):
        client.post(preview.url)

    student = Student.objects.get(card_no="A00123")
    assert (student.person.name, student.former_unit, f"{student.registered_on}") == ("蒋秀兰", "棉纺厂", "2019-03-01")
    assert student.person.residence == "南河街道3号"
    assert Phone.objects.get(person=student.pk).number == "13907007105"
    assert Student.objects.count() == 3
    assert Person.objects.filter(name__in=["陈大力", "谢玉珍"]).count() == 0
    assert client.get(preview.url + "refused/").status_code == 200
