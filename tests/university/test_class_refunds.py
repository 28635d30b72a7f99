"""Refunds of everybody who paid for a cancelled class: in one act a step, once."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.university.models import ClassGroup, Enrolment, Refund, RefundBatch, RefundStep
from apps.university.services import class_refunds, payments, refunds
from apps.university.services.closing_classes import cancel_class
from tests.builders import make_person, make_school, make_unit, make_user
from tests.university.life import BEFORE, Life

ON = BEFORE.date()


@pytest.fixture
def life(db):
    made = Life(names=())
    made.group = made.make_class(course_name="国画", weekday=4, room=None, teacher=None, fee=Decimal(160))
    made.rows = [
        made.enrol(made.group, make_person(name, birth_date="1955-02-03")) for name in ("赵六", "钱七", "孙八")
    ]
    for row in made.rows[:2]:
        payments.take_payment(
            row.student, {row.pk: Decimal(160)}, method="cash", paid_on=ON, on=ON, actor=None, form_key=uuid.uuid4()
        )
    cancel_class(made.group, reason="人数不够", actor=made.clerk, now=BEFORE)
    made.group = ClassGroup.objects.get(pk=made.group.pk)
    return made


def apply_all(life):
    return class_refunds.apply_all(life.group, actor=life.clerk, now=BEFORE)


def test_all_who_paid_get_their_paper_once(life, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        done = apply_all(life)
    assert (done.count, done.total) == (2, Decimal(320))
    assert apply_all(life).count == 0
    assert set(Refund.objects.values_list("enrolment", flat=True)) == {row.pk for row in life.rows[:2]}
    assert RefundStep.objects.filter(act="apply").count() == 2
    assert AuditEntry.objects.filter(action="refund.step").count() == 1
    assert Enrolment.objects.get(pk=life.rows[0].pk).refunded == 160


def test_a_class_that_goes_on_gives_nothing_back(life):
    group = life.make_class(course_name="合唱", weekday=3, room=None, teacher=None)
    with pytest.raises(BusinessError, match="取消开班以后"):
        class_refunds.apply_all(group, actor=life.clerk, now=BEFORE)


def test_withdrawn_they_may_be_written_down_again_and_who_was_refused_is_left_out(life):
    apply_all(life)
    class_refunds.withdraw_all(life.group, reason="弄错了", actor=life.clerk, today=ON)
    assert apply_all(life).count == 2
    first = Refund.objects.filter(state="applied").order_by("enrolment_id").first()
    refunds.end(first, "refuse", on=ON, reason="已另行退还", actor=life.clerk, today=ON)
    assert apply_all(life).count == 0


def test_signed_together_and_sent_on_one_list(life, client):
    client.force_login(life.clerk)
    page = reverse("admin:university_refund_class", args=[life.group.pk])
    assert "全部退费（2 位）" in client.get(page).content.decode()
    waiting = client.get(reverse("admin:university_refund_waiting")).content.decode()
    assert page in waiting
    today, key = f"{timezone.localdate()}", uuid.uuid4()
    client.post(page, {"apply": "1", "on": today, "key": key})
    printed = client.get(reverse("admin:university_refund_class_print", args=[life.group.pk])).content.decode()
    assert "合计 2 人　叁佰贰拾元整" in printed
    assert client.post(page, {"withdraw": "1", "on": today, "key": key, "reason": ""}).status_code == 422
    client.post(page, {"sign": "1", "on": today, "key": key})
    answer = client.post(page, {"send": "1", "on": today, "key": key})
    assert answer.url == reverse("admin:university_refund_batch", args=[RefundBatch.objects.get().pk])
    assert set(Refund.objects.values_list("state", flat=True)) == {"sent"}
    client.post(page, {"send": "1", "on": today, "key": key})
    assert RefundBatch.objects.count() == 1


def test_strangers_find_no_such_class(life, client):
    elsewhere = make_school("江北区老年大学", unit=make_unit("江北区委老干部局"))
    client.force_login(make_user("jiangbei", role="university_clerk", unit=elsewhere.unit))
    page = reverse("admin:university_refund_class", args=[life.group.pk])
    assert client.get(page).status_code == 404
    assert client.post(page, {"apply": "1"}).status_code == 404
    assert not Refund.objects.exists()
