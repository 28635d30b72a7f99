"""我的课: rank in words, a place offered, taken back, given up, a ticket changed; by himself and by his daughter."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.signups.choices import SignUpState
from apps.signups.models import Offer, SignUp
from apps.signups.services import seats, tickets
from apps.university.models import Enrolment
from apps.university.services.merging_classes import ask_to_merge
from tests.builders import make_cadre, make_school
from tests.family import make_family
from tests.university.open_classes import open_class, open_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    return make_family(timezone.localdate())


@pytest.fixture
def school(family):
    return make_school(unit=family.cadre.managing_unit)


def ask(group, person, **over) -> SignUp:
    values = {"source": "web", "actor": None, "now": timezone.now(), "form_key": uuid.uuid4()}
    return seats.sign_up(group.offering, person, **{**values, **over})


def text(client, name="me_classes", *args) -> str:
    answer = client.get(reverse(f"portal:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def do(client, row, act, follow=True):
    return client.post(reverse("portal:me_sign_up_act", args=[row.public_id, act]), follow=follow)


def test_nothing_yet_says_where_to_look(client, family):
    client.force_login(family.own)

    assert "还没有报过课" in text(client)


def test_waiting_offered_accepted(client, family, school):
    group = open_class(school, capacity=1, fee=Decimal(120))
    first = ask(group, make_cadre("赵先到", unit=family.cadre.managing_unit).person)
    ask(group, make_cadre("钱在前", unit=family.cadre.managing_unit).person)
    row = ask(group, family.cadre.person)
    client.force_login(family.own)
    assert "第2位候补" in text(client)
    page = text(client, "me_sign_up", row.public_id)
    assert "前面还有 <b>1</b> 位" in page
    assert "位置不会丢" in page

    SignUp.objects.filter(offering=group.offering, person__name="钱在前").update(state="left")
    seats.withdraw(first, reason="本人退出", actor=None, now=timezone.now())
    assert Offer.objects.filter(sign_up=row, state="open").exists()
    assert "有名额，等您确认" in text(client)
    assert "有名额等您确认" in text(client, "me")
    page = text(client, "me_sign_up_act", row.public_id, "accept")
    assert "接受这个名额？" in page
    assert SignUp.objects.get(pk=row.pk).state == SignUpState.OFFERED  # looking does nothing

    page = do(client, row, "accept").content.decode()

    assert "已录取" in page
    assert "学费 120 元" in page
    again = do(client, row, "accept").content.decode()
    assert "已经办过" in again
    assert SignUp.objects.get(pk=row.pk).state == SignUpState.SEATED


def test_declined_by_the_daughter(client, family, school):
    group = open_class(school, capacity=1)
    first = ask(group, make_cadre("赵先到", unit=family.cadre.managing_unit).person)
    row = ask(group, family.cadre.person)
    seats.withdraw(first, reason="本人退出", actor=None, now=timezone.now())
    client.force_login(family.daughter)
    assert "等他确认" in text(client) or "等她确认" in text(client)

    page = do(client, row, "decline").content.decode()

    assert "已放弃" in page
    offer = Offer.objects.get(sign_up=row)
    assert (offer.state, offer.via, offer.answered_by) == ("declined", "proxy", family.daughter)


def test_undone_within_minutes_and_asked_again(client, family, school):
    group = open_class(school)
    row = ask(group, family.cadre.person)
    client.force_login(family.own)

    page = do(client, row, "undo").content.decode()

    assert "就当没有报过" in page
    assert "重新报这个班" in page
    assert not Enrolment.objects.filter(sign_up=row, voided_at__isnull=True).exists()


def test_leaving_says_what_it_costs(client, family, school):
    group = open_class(school, fee=Decimal(100))
    row = ask(group, family.cadre.person)
    SignUp.objects.filter(pk=row.pk).update(undo_until=timezone.now())
    client.force_login(family.own)

    page = text(client, "me_sign_up_act", row.public_id, "leave")
    assert "收不回来" in page
    assert "还没有交费，不用退" in page
    assert do(client, row, "undo").content.decode().count("已经办过") == 1  # too late
    assert "已退出" in do(client, row, "leave").content.decode()
    assert SignUp.objects.get(pk=row.pk).state == SignUpState.WITHDRAWN


def test_strangers_and_hostile_addresses_find_nothing(client, family, school):
    group = open_class(school)
    other = ask(group, make_cadre("赵先到", unit=family.cadre.managing_unit).person)
    row = ask(group, family.cadre.person)
    client.force_login(family.own)
    for key, act in ((other.public_id, "leave"), (uuid.uuid4(), "leave"), (row.public_id, "delete")):
        for method in (client.get, client.post):
            assert method(reverse("portal:me_sign_up_act", args=[key, act])).status_code == 404
    assert client.get(reverse("portal:me_sign_up", args=[other.public_id])).status_code == 404
    assert client.get(reverse("portal:me_ticket", args=[uuid.uuid4()])).status_code == 404
    client.force_login(family.son)
    assert client.get(reverse("portal:me_classes")).status_code == 404
    assert client.get(reverse("portal:me_sign_up", args=[row.public_id])).status_code == 404


def test_a_ticket_is_changed_and_taken_back(client, family, school):
    drawn = open_round(school.unit)
    first = open_class(school, mode="lottery", round=drawn)
    second = open_class(school, mode="lottery", round=drawn, course_name="国画", weekday=4)
    ticket = tickets.apply(
        drawn, [family.cadre.person], [first.offering], source="web", actor=family.own, now=timezone.now(),
        form_key=uuid.uuid4(),
    )  # fmt: skip
    client.force_login(family.own)
    assert ticket.number in text(client)
    assert "改志愿" in text(client, "me_ticket", ticket.public_id)

    change = reverse("portal:me_ticket_change", args=[ticket.public_id])
    twice = {"choice_1": str(second.public_id), "choice_2": str(second.public_id)}
    assert client.post(change, twice).status_code == 422
    wish = {"choice_1": str(second.public_id), "choice_2": str(first.public_id)}
    assert "志愿改好了" in client.post(change, wish, follow=True).content.decode()
    rows = SignUp.objects.active().filter(ticket=ticket).order_by("preference")
    assert [row.offering_id for row in rows] == [second.offering_id, first.offering_id]

    withdraw = reverse("portal:me_ticket_withdraw", args=[ticket.public_id])
    assert "撤回这张抽签表" in client.get(withdraw).content.decode()
    for words in ("抽签表已撤回", "已经撤回"):
        assert words in client.post(withdraw, follow=True).content.decode()
    assert not SignUp.objects.active().filter(ticket=ticket).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_few_queries_however_many_classes(client, family, school, django_assert_max_num_queries, count):
    for number in range(count):
        ask(open_class(school, course_name=f"课{number}", weekday=number + 1), family.cadre.person)
    client.force_login(family.own)
    text(client)

    with django_assert_max_num_queries(16):
        text(client)


def test_changing_to_another_class_is_one_press_and_says_what_it_costs(client, family, school):
    group = open_class(school, capacity=5, fee=Decimal(120))
    other = open_class(school, capacity=5, fee=Decimal(200), weekday=4)
    row = ask(group, family.cadre.person)
    SignUp.objects.filter(pk=row.pk).update(undo_until=timezone.now())
    client.force_login(family.own)
    page = reverse("portal:me_class_move", args=[row.public_id])
    assert page in text(client, "me_sign_up", row.public_id)
    assert f"?target={other.public_id}" in text(client, "me_class_move", row.public_id)
    sure = client.get(page, {"target": other.public_id})
    assert "200 元" in sure.content.decode()
    sent = {"target": other.public_id, "form_key": sure.context["form_key"]}
    first = client.post(page, sent)
    again = client.post(page, sent)

    assert first.url == again.url
    new = Enrolment.objects.get(class_group=other)
    assert first.url == reverse("portal:me_sign_up", args=[new.sign_up.public_id])
    assert (new.sign_up.source, new.fee_due) == ("web", Decimal(200))
    assert Enrolment.objects.get(class_group=group).state == "changed"
    assert "撤销这次报名" not in text(client, "me_sign_up", new.sign_up.public_id)
    gone = client.post(page, {"target": other.public_id, "form_key": str(uuid.uuid4())})
    assert "已经不在这个班里" in gone.content.decode()
    assert client.post(page, {"target": "x"}).status_code == 404


def test_daughter_answers_whether_the_class_may_be_joined_to_another(client, family, school):
    group, other = open_class(school, capacity=5), open_class(school, capacity=5, weekday=4)
    row = ask(group, family.cadre.person)
    now = timezone.now()
    page = reverse("portal:me_class_merge", args=[row.public_id])
    client.force_login(family.daughter)
    assert client.get(page).status_code == 302
    merge = ask_to_merge(group, other, reason="人数不够", actor=None, now=now, form_key=uuid.uuid4())
    assert page in text(client)
    assert "人数不够" in client.get(page).content.decode()
    client.post(page, {"answer": "yes"})

    line = merge.answers.get()
    assert (line.answer, line.note, line.noted_by) == ("yes", "家属网上代答", family.daughter)
    assert "现在记的是" in text(client, "me_sign_up", row.public_id)
