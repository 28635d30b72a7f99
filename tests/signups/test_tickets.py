"""Tickets: asked, changed, withdrawn, once a person and round, refused in words."""

import datetime as dt
import uuid

import pytest

from apps.common.errors import BusinessError
from apps.signups.choices import SignUpState
from apps.signups.drawing import is_ticket_number
from apps.signups.models import SignUp, Ticket
from apps.signups.services import tickets
from tests.builders import make_person, make_user
from tests.signups.draw_world import CLOSES, DURING, OPENS, ask, make_drawn

pytestmark = pytest.mark.django_db


@pytest.fixture
def classes(draw_round):
    return [
        make_drawn(draw_round, title, 2, weekday=day) for day, title in enumerate(("国画", "书法", "声乐", "太极"), 1)
    ]


def states(ticket) -> list[tuple[str, int, str]]:
    rows = ticket.sign_ups.order_by("person_id", "preference", "pk")
    return [(row.offering.title, row.preference, row.state) for row in rows.select_related("offering")]


def test_ticket_asks_for_each_choice_in_order(draw_round, classes):
    ticket = ask(draw_round, "王桂兰", classes[:2], wants=2)

    assert is_ticket_number(ticket.number)
    assert (ticket.priority, ticket.lots, ticket.wants) == (100, 1, 2)
    assert states(ticket) == [("国画", 1, "applied"), ("书法", 2, "applied")]


def test_couple_stands_on_one_ticket(draw_round, classes):
    ticket = ask(draw_round, ["周德明", "林秀英"], classes[:1])

    assert states(ticket) == [("国画", 1, "applied"), ("国画", 1, "applied")]
    assert ticket.holders.count() == 2


def test_same_form_again_is_the_same_ticket(draw_round, classes):
    key, person = uuid.uuid4(), make_person("王桂兰")
    first = ask(draw_round, person, classes[:2], form_key=key)
    again = ask(draw_round, person, classes[:2], form_key=key)

    assert again.pk == first.pk
    assert SignUp.objects.count() == 2
    with pytest.raises(BusinessError, match="已经用过"):
        ask(draw_round, "别人", classes[:2], form_key=key)


def test_second_ticket_of_a_person_is_refused_with_the_number(draw_round, classes):
    person = make_person("王桂兰")
    first = ask(draw_round, person, classes[:1])

    with pytest.raises(BusinessError, match=f"王桂兰这一批已经填过抽签表，编号 {first.number}"):
        ask(draw_round, [make_person("周德明"), person], classes[1:2])
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("choose", "over", "sentence"),
    [
        (lambda c: [], {}, "至少选一个"),
        (lambda c: c, {}, "最多填 3 个"),
        (lambda c: [c[0], c[0]], {}, "选了两次"),
        (lambda c: c[:1], {"wants": 2}, "不能多于"),
        (lambda c: c[:1], {"now": OPENS - dt.timedelta(minutes=1)}, "1月4日09:00开始报名"),
        (lambda c: c[:1], {"now": CLOSES}, "1月11日17:00已截止报名"),
    ],
)
def test_what_cannot_be_asked_is_said(draw_round, classes, choose, over, sentence):
    with pytest.raises(BusinessError, match=sentence):
        ask(draw_round, "王桂兰", choose(classes), **over)
    assert not Ticket.objects.exists()


def test_the_kind_refuses_with_its_reason(draw_round, classes, talks):
    person = make_person("王桂兰")
    talks.refused[classes[1].pk, person.pk] = "这个班收到75周岁，您今年81周岁。"

    with pytest.raises(BusinessError, match="王桂兰不能报“书法”：这个班收到75周岁"):
        ask(draw_round, person, classes[:2])


def test_change_keeps_number_and_what_is_asked_still(draw_round, classes):
    ticket = ask(draw_round, "王桂兰", classes[:2])
    kept = ticket.sign_ups.get(offering=classes[1])
    changed = tickets.change(ticket, [classes[1], classes[2]], wants=2, actor=None, now=DURING)

    assert changed.number == ticket.number
    assert changed.wants == 2
    assert set(states(ticket)) == {("国画", 1, "undone"), ("书法", 1, "applied"), ("声乐", 2, "applied")}
    assert SignUp.objects.get(offering=classes[1]).pk == kept.pk


def test_withdrawn_ticket_leaves_room_for_another(draw_round, classes):
    person = make_person("王桂兰")
    ticket = ask(draw_round, person, classes[:2])
    tickets.withdraw_ticket(ticket, actor=None, now=DURING)
    tickets.withdraw_ticket(ticket, actor=None, now=DURING)

    assert {state for *_, state in states(ticket)} == {SignUpState.UNDONE}
    assert ask(draw_round, person, classes[:1]).number != ticket.number
    with pytest.raises(BusinessError, match="已经撤回"):
        tickets.change(ticket, classes[:1], wants=1, actor=None, now=DURING)


def test_nothing_changes_after_the_window(draw_round, classes):
    ticket = ask(draw_round, "王桂兰", classes[:2], actor=make_user())

    with pytest.raises(BusinessError, match="不能再报、再改"):
        tickets.withdraw_ticket(ticket, actor=None, now=CLOSES)
