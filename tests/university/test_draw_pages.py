"""A draw of real classes, from opening the round to the stranger who looks up his number: pages of staff and public."""

import datetime as dt
import uuid

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.signups import drawing
from apps.signups.choices import SignUpSource
from apps.signups.models import Offering, Round, SignUp, Ticket
from apps.signups.services import draws
from apps.signups.services.rounds import save_round
from apps.signups.services.tickets import apply
from apps.university.models import Enrolment
from tests.builders import make_class, make_person, make_school, make_unit, make_user

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def school():
    return make_school(unit=make_unit())


@pytest.fixture
def classes(school):
    """Two classes by lottery: one place of 书法, two of 国画 on another day."""
    return [
        make_class(school, capacity=1, mode="lottery"),
        make_class(school, capacity=2, mode="lottery", course_name="国画", weekday=4),
    ]


@pytest.fixture
def clerk(client, school):
    user = make_user("daxue", role="university_clerk", unit=school.unit)
    client.force_login(user)
    return user


@pytest.fixture
def open_round(school, classes):
    now = timezone.now()
    round = Round(
        kind="class", unit=school.unit, name="春季抽签", opens_at=now - 24 * HOUR, closes_at=now + HOUR,
        draws_at=now + 2 * HOUR, draws_where="礼堂",
    )  # fmt: skip
    return save_round(round, [one.offering for one in classes], actor=None)


def ask(round, names, offerings, **over):
    people = [make_person(name, birth_date="1955-02-03") for name in names]
    return apply(
        round, people, offerings, source=SignUpSource.WEB, actor=None, now=timezone.now(), form_key=uuid.uuid4(), **over
    )


def close(round) -> None:
    Round.objects.filter(pk=round.pk).update(closes_at=timezone.now() - HOUR)


def page(client, name, round, **values) -> str:
    address = reverse(f"admin:signups_round_{name}", args=[round.pk])
    return client.post(address, values) if values else client.get(address).content.decode()


def moment(name: str, at: dt.datetime) -> dict[str, str]:
    local = timezone.localtime(at)
    return {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M}"}


def test_round_is_opened_with_its_classes(client, clerk, school, classes):
    now = timezone.now()
    values = {
        "name": "春季抽签", "unit": school.unit_id, "draws_where": "礼堂", "most_choices": 3,
        "classes": [one.pk for one in classes],
        **moment("opens_at", now), **moment("closes_at", now + 48 * HOUR), **moment("draws_at", now + 72 * HOUR),
    }  # fmt: skip
    answer = client.post(reverse("admin:signups_round_add"), values)
    round = Round.objects.get()

    assert answer.status_code == 302
    assert round.kind == "class"
    assert set(Offering.objects.filter(round=round).values_list("class_group", flat=True)) == {
        one.pk for one in classes
    }
    assert "大约" not in client.get(answer.url).content.decode()
    early = client.post(
        reverse("admin:signups_round_change", args=[round.pk]),
        {**values, **moment("draws_at", now + HOUR), "seen_version": round.version},
    )
    assert "抽签要在截止报名以后" in early.content.decode()


def test_round_changes_only_as_far_as_people_were_told(open_round, classes):
    ask(open_round, ["甲"], [classes[0].offering])
    both = [one.offering for one in classes]

    with pytest.raises(BusinessError, match="不能移出"):
        save_round(open_round, both[1:], actor=None)
    open_round.closes_at -= HOUR / 2
    with pytest.raises(BusinessError, match="只能延后"):
        save_round(open_round, both, actor=None)
    open_round.refresh_from_db()
    save_round(open_round, both[:1], actor=None)
    assert Offering.objects.get(pk=both[1].pk).round is None
    other = Round(kind="class", unit=open_round.unit, name="另一批", opens_at=open_round.opens_at,
                  closes_at=open_round.closes_at)  # fmt: skip
    with pytest.raises(BusinessError, match="已经在别的抽签批次里"):
        save_round(other, both[:1], actor=None)


def test_ceremony_by_the_pages_of_staff(client, clerk, open_round, classes):
    offerings = [one.offering for one in classes]
    tickets = [ask(open_round, [name], offerings) for name in ("甲", "乙", "丙", "丁")]
    assert "过后才能封存名单" in page(client, "freeze", open_round, go=1).content.decode()
    close(open_round)
    assert page(client, "freeze", open_round, go=1).status_code == 302
    assert open_round.name in page(client, "witness", open_round)
    twice = page(client, "draw", open_round, number="0427", again="0428", witnesses="王桂兰")
    assert "两遍填的不一样" in twice.content.decode()
    assert page(client, "draw", open_round, number="0427", again="04 27", witnesses="王桂兰").status_code == 302
    public = reverse("university:draw_result", args=[open_round.public_id])
    assert client.get(public).status_code == 404
    assert "还没有公布" in page(client, "result", open_round)
    assert page(client, "publish", open_round, go=1).status_code == 302
    listed = client.get(reverse("university:draw_list", args=[open_round.public_id])).content

    assert Enrolment.objects.count() == 3
    assert drawing.check(listed, client.get(public).content) == []
    assert not any(name in listed.decode() for name in ("甲", "乙", "丙", "丁"))
    assert sum(ticket.number in page(client, "paper", open_round) for ticket in tickets) == 4
    assert page(client, "publish", open_round, go=1).status_code == 302
    assert Enrolment.objects.count() == 3


def test_nobody_gets_two_classes_of_one_course_or_more_than_the_rule_allows(school):
    same = [make_class(school, capacity=5, mode="lottery", weekday=day) for day in (1, 2)]
    rest = [make_class(school, capacity=5, mode="lottery", weekday=day, course_name=f"课{day}") for day in (3, 4, 5)]
    now = timezone.now()
    round = Round(
        kind="class", unit=school.unit, name="批", opens_at=now - 24 * HOUR, closes_at=now + HOUR, draws_at=now + HOUR,
        draws_where="礼堂", most_choices=5,
    )  # fmt: skip
    save_round(round, [one.offering for one in (*same, *rest)], actor=None)
    ask(round, ["甲"], [one.offering for one in (*same, *rest)], wants=5)
    close(round)
    round = draws.freeze(round, actor=None, now=timezone.now())
    draws.draw(round, number="1", witnesses="王", actor=None, now=timezone.now())
    draws.publish(round, actor=None, now=timezone.now())
    got = set(SignUp.objects.filter(state="seated").values_list("offering", flat=True))

    assert got == {same[0].offering_id, rest[0].offering_id, rest[1].offering_id}


def test_stranger_finds_hashes_files_and_what_became_of_a_number(client, open_round, classes):
    offerings = [one.offering for one in classes]
    tickets = [ask(open_round, [name], offerings[:1]) for name in ("甲同", "乙同")]
    address = reverse("university:draw", args=[open_round.public_id])
    before = client.get(address, {"number": tickets[0].number}).content.decode()
    close(open_round)
    round = draws.freeze(open_round, actor=None, now=timezone.now())
    assert round.secret_hash in client.get(address).content.decode()
    draws.draw(round, number="0427", witnesses="王桂兰", actor=None, now=timezone.now())
    hidden = client.get(address).content.decode()
    round = draws.publish(round, actor=None, now=timezone.now())
    first, second = (Ticket.objects.get(number=one) for one in _order(round))

    assert "等待抽签" in before
    assert round.secret not in hidden
    assert "已录取" in client.get(address, {"number": first.number}).content.decode()
    shown = client.get(address, {"number": f" {second.number} "}).content.decode()
    assert "抽签顺序第 2 位" in shown
    assert "现在第1位候补" in shown
    assert round.secret in shown
    assert "甲同" not in shown
    assert "编号不对" in client.get(address, {"number": "1234567"}).content.decode()
    assert "没有这个编号" in client.get(address, {"number": drawing.ticket_number(999_999)}).content.decode()
    assert open_round.name in client.get(reverse("university:draws")).content.decode()


def test_paper_of_a_draw_whose_file_was_lost_says_so(client, clerk, open_round, classes):
    ask(open_round, ["甲"], [classes[0].offering])
    close(open_round)
    round = draws.freeze(open_round, actor=None, now=timezone.now())
    draws.draw(round, number="0427", witnesses="王桂兰", actor=None, now=timezone.now())
    round = draws.publish(round, actor=None, now=timezone.now())
    default_storage.delete(round.list_file.storage_name)

    answer = client.get(reverse("admin:signups_round_paper", args=[round.pk]))
    assert answer.status_code == 410
    assert "这份文件已经不在了" in answer.content.decode()


def _order(round) -> list[str]:
    data = drawing.read_result(draws.read_result_file(round))[1]
    return [one.number for one in data]


def test_staff_find_a_ticket_by_name_or_number_print_and_withdraw_it(client, clerk, open_round, classes):
    couple = ask(open_round, ["周德明", "林秀英"], [classes[1].offering])
    other = ask(open_round, ["王桂兰"], [classes[0].offering])
    tickets = reverse("admin:signups_ticket_changelist")
    found = client.get(tickets, {"q": "林秀英"}).content.decode()
    receipt = client.get(reverse("admin:signups_ticket_receipt", args=[couple.pk])).content.decode()

    assert couple.number in found
    assert other.number not in found
    assert other.number in client.get(tickets, {"q": other.number}).content.decode()
    assert all(text in receipt for text in ("周德明、林秀英", couple.number, "礼堂", "0700-8800600", "国画"))
    address = reverse("admin:signups_ticket_withdraw", args=[couple.pk])
    assert "要本人" in client.post(address, {}).content.decode()
    assert client.post(address, {"sure": "on"}).status_code == 302
    couple.refresh_from_db()
    assert couple.withdrawn_at is not None


def test_clerk_of_elsewhere_sees_no_round_or_ticket(client, open_round, classes):
    ticket = ask(open_round, ["甲"], [classes[0].offering])
    client.force_login(make_user("elsewhere", role="university_clerk", unit=make_unit("别处局", code="else")))

    assert client.get(reverse("admin:signups_round_change", args=[open_round.pk])).status_code == 404
    assert client.get(reverse("admin:signups_ticket_change", args=[ticket.pk])).status_code == 404
    assert page(client, "cancel", open_round, reason="x").status_code == 404
