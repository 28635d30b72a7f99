"""The ceremony: frozen, drawn, published, each once; places, ranks and notices."""

import datetime as dt
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from apps.common import attachments
from apps.common.errors import BusinessError
from apps.messaging.models import Message
from apps.people.models import Person
from apps.signups import drawing
from apps.signups.choices import RoundState, SignUpState
from apps.signups.draw_telling import tell_results
from apps.signups.models import Occupied, Offering, Places, Round, SignUp
from apps.signups.services import draws
from apps.signups.services.seats import pass_on
from tests.builders import make_cadre, make_person, make_unit
from tests.signups.draw_world import CLOSES, DRAWS, ask, hold, make_drawn, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def painting(draw_round) -> Offering:
    return make_drawn(draw_round, "国画", 2)


@pytest.fixture
def writing(draw_round) -> Offering:
    return make_drawn(draw_round, "书法", 1, weekday=2)


def publish(round) -> Round:
    return draws.publish(round, actor=None, now=DRAWS)


def stored(round) -> drawing.DrawList:
    return drawing.read_list(attachments.read(round.list_file))


def outcome(ticket) -> dict[str, str]:
    return dict(ticket.sign_ups.values_list("offering__title", "state"))


def test_list_is_committed_to_before_the_number(draw_round, painting):
    ticket = ask(draw_round, "王桂兰", [painting])
    with pytest.raises(BusinessError, match="过后才能封存"):
        draws.freeze(draw_round, actor=None, now=CLOSES - dt.timedelta(minutes=1))
    frozen = draws.freeze(draw_round, actor=None, now=CLOSES)
    again = draws.freeze(draw_round, actor=None, now=DRAWS)

    data = attachments.read(frozen.list_file)
    assert again.secret_hash == frozen.secret_hash == drawing.sha256(frozen.secret)
    assert frozen.list_hash == drawing.sha256(data)
    assert "王桂兰" not in data.decode()
    assert stored(frozen).entries == (drawing.Entry(ticket.number, 100, 1, 1, 1, (str(painting.pk),)),)
    with pytest.raises(BusinessError, match="不能再报"):
        ask(draw_round, "周德明", [painting], now=DRAWS)


def test_draw_is_the_one_of_the_files_and_gives_no_place_yet(draw_round, painting):
    for name in ("甲", "乙", "丙"):
        ask(draw_round, name, [painting])
    drawn = hold(draw_round)
    result = attachments.read(drawn.result_file)

    assert drawing.check(attachments.read(drawn.list_file), result) == []
    assert drawn.seed == drawing.seed_of(drawn.list_hash, drawn.secret, "0427")
    assert Places.objects.get(pk=painting.pk).taken == 0
    assert set(SignUp.objects.values_list("state", flat=True)) == {SignUpState.APPLIED}


def test_published_places_ranks_and_notices(draw_round, painting, writing, talks):
    found = [ask(draw_round, name, [painting, writing]) for name in ("甲", "乙", "丙", "丁")]
    round = publish(hold(draw_round))
    order = [one.number for one in drawing.read_result(attachments.read(round.result_file))[1]]
    by_number = {ticket.number: ticket for ticket in found}
    first, second, third, last = (by_number[number] for number in order)
    assert [tell_results(DRAWS), tell_results(DRAWS)] == [4, 0]

    assert outcome(first) == outcome(second) == {"国画": "seated", "书法": "off"}
    assert outcome(third) == {"国画": "waiting", "书法": "seated"} or outcome(third) == {
        "国画": "off",
        "书法": "seated",
    }
    assert outcome(last) == {"国画": "waiting", "书法": "waiting"}
    assert set(last.sign_ups.values_list("lot", flat=True)) == {4}
    assert [Places.objects.get(pk=one.pk).taken for one in (painting, writing)] == [2, 1]
    assert len(talks.seated) == Occupied.objects.count() == 3
    assert sorted(Message.objects.values_list("template", flat=True)) == ["draw.placed"] * 3 + ["draw.waits"]


def test_who_got_what_he_wanted_waits_for_nothing_else(draw_round, painting, writing):
    ticket = ask(draw_round, "甲", [painting, writing])
    publish(hold(draw_round))

    assert outcome(ticket) == {"国画": "seated", "书法": "off"}


def test_couple_gets_two_places_or_waits(draw_round, writing):
    couple = ask(draw_round, ["周德明", "林秀英"], [writing])
    single = ask(draw_round, "甲", [writing])
    publish(hold(draw_round))

    assert list(couple.sign_ups.values_list("state", flat=True)) == ["waiting", "waiting"]
    assert outcome(single) == {"书法": "seated"}


def test_a_waiting_couple_is_offered_two_places_or_passed_over(draw_round, painting):
    couple = ask(draw_round, ["周德明", "林秀英"], [painting])
    single = ask(draw_round, "甲", [painting])
    Places.objects.filter(pk=painting.pk).update(held_back=2)
    SignUp.objects.filter(ticket=couple).update(state=SignUpState.WAITING, lot=1)
    SignUp.objects.filter(ticket=single).update(state=SignUpState.WAITING, lot=2)
    Round.objects.filter(pk=draw_round.pk).update(state=RoundState.PUBLISHED)

    Places.objects.filter(pk=painting.pk).update(held_back=1)
    assert [one.sign_up.ticket for one in pass_on(painting, DRAWS)] == [single]
    assert set(couple.sign_ups.values_list("state", "lot")) == {("waiting", 1)}
    Places.objects.filter(pk=painting.pk).update(capacity=3, held_back=0)
    assert {one.sign_up.ticket for one in pass_on(painting, DRAWS)} == {couple}
    assert Places.objects.get(pk=painting.pk).taken == 3


def test_while_one_of_a_couple_rests_neither_is_offered_a_place(draw_round, painting, talks):
    couple = ask(draw_round, ["周德明", "林秀英"], [painting])
    rows = SignUp.objects.filter(ticket=couple)
    rows.update(state=SignUpState.WAITING, lot=1)
    first, second = rows.order_by("pk")
    SignUp.objects.filter(pk=second.pk).update(rest_until=DRAWS + dt.timedelta(days=1))
    Round.objects.filter(pk=draw_round.pk).update(state=RoundState.PUBLISHED)
    assert pass_on(painting, DRAWS) == []
    SignUp.objects.filter(pk=second.pk).update(rest_until=None)
    talks.refused[painting.pk, second.person_id] = "这学期已经报满。"
    assert pass_on(painting, DRAWS) == []
    SignUp.objects.filter(pk=second.pk).update(state=SignUpState.WITHDRAWN)
    assert [one.sign_up for one in pass_on(painting, DRAWS)] == [first]


def test_clashing_and_alike_classes_are_not_drawn_together(draw_round, painting, talks):
    same_time = make_drawn(draw_round, "声乐", 2, starts=600)
    alike = make_drawn(draw_round, "国画（二班）", 2, weekday=5)
    talks.alike = [(painting.pk, alike.pk)]
    ticket = ask(draw_round, "甲", [painting, same_time, alike], wants=3)
    hold(draw_round)
    Places.objects.exclude(pk=painting.pk).update(held_back=2)
    publish(draw_round)

    assert outcome(ticket) == {"国画": "seated", "声乐": "waiting", "国画（二班）": "waiting"}


def test_held_back_and_taken_places_are_not_drawn(draw_round):
    offering = make_drawn(draw_round, "国画", 5, held_back=2)
    SignUp.objects.create(
        offering=offering, person=make_person("老生"), state=SignUpState.OFFERED, queued_at=DRAWS, source="next"
    )
    ask(draw_round, "甲", [offering])

    assert stored(draws.freeze(draw_round, actor=None, now=DRAWS)).places[0].places == 2


def test_most_of_a_person_and_refused_choices_shape_the_list(draw_round, painting, writing, talks):
    person = make_person("甲")
    ticket = ask(draw_round, person, [painting, writing], wants=2)
    talks.most[person.pk] = 1
    talks.refused[painting.pk, person.pk] = "今天起不收。"
    frozen = draws.freeze(draw_round, actor=None, now=DRAWS)

    assert stored(frozen).entries[0].choices == (str(writing.pk),)
    assert stored(frozen).entries[0].wants == 1
    draws.draw(frozen, number="1", witnesses="王", actor=None, now=DRAWS)
    Places.objects.filter(pk=painting.pk).update(held_back=2)
    publish(frozen)
    assert outcome(ticket) == {"国画": "waiting", "书法": "seated"}


def test_dead_are_not_on_the_list_and_the_other_of_a_couple_stays(draw_round, painting):
    gone, stays = make_person("周德明"), make_person("林秀英")
    ticket = ask(draw_round, [gone, stays], [painting])
    alone = ask(draw_round, "甲", [painting])
    Person.objects.filter(pk__in=[gone.pk, alone.holders.get().person_id]).update(life_status="deceased")

    entries = stored(draws.freeze(draw_round, actor=None, now=DRAWS)).entries
    assert [(one.number, one.people) for one in entries] == [(ticket.number, 1)]


def test_who_may_not_have_it_any_more_waits_and_keeps_his_rank(draw_round, painting, talks):
    person = make_person("甲")
    ticket = ask(draw_round, person, [painting])
    hold(draw_round)
    talks.refused[painting.pk, person.pk] = "已经报满 2 门。"
    Places.objects.filter(pk=painting.pk).update(held_back=2)
    publish(draw_round)

    assert list(ticket.sign_ups.values_list("state", "lot")) == [("waiting", 1)]


def test_fewer_places_than_drawn_stop_publication_in_words(draw_round, painting):
    ask(draw_round, "甲", [painting])
    ask(draw_round, "乙", [painting])
    hold(draw_round)
    Places.objects.filter(pk=painting.pk).update(capacity=1)

    with pytest.raises(BusinessError, match="“国画”抽出 2 人，现在只有 1 个名额"):
        publish(draw_round)
    assert Round.objects.get().state == RoundState.DRAWN


def test_another_number_is_refused_also_after_undoing(draw_round, painting):
    ask(draw_round, "甲", [painting])
    first = hold(draw_round)
    draws.undo_draw(first, reason="投影没接好", actor=None, now=DRAWS)

    with pytest.raises(BusinessError, match="已经登记为 0427，不能换"):
        draws.draw(first, number="0428", witnesses="王", actor=None, now=DRAWS)
    again = draws.draw(first, number="04 27", witnesses="", actor=None, now=DRAWS)
    assert attachments.read(again.result_file) == attachments.read(first.result_file)
    assert "投影没接好" in again.remarks
    with pytest.raises(IntegrityError, match="cannot be held again"), transaction.atomic():
        Round.objects.update(public_number="0428")


def test_what_is_published_stands(draw_round, painting):
    ask(draw_round, "甲", [painting])
    round = publish(hold(draw_round))

    assert (
        publish(round).state == draws.draw(round, number="0427", witnesses="", actor=None, now=DRAWS).state == "public"
    )
    with pytest.raises(BusinessError, match="已公布的结果不能改"):
        draws.undo_draw(round, reason="x", actor=None, now=DRAWS)
    with pytest.raises(BusinessError, match="不能取消"):
        draws.cancel_round(round, reason="x", actor=None, now=DRAWS)
    with pytest.raises(IntegrityError, match="is published"), transaction.atomic():
        Round.objects.update(state="drawn")


def test_list_set_aside_stays_named_and_gets_another_secret(draw_round, painting):
    ask(draw_round, "甲", [painting])
    first = draws.freeze(draw_round, actor=None, now=DRAWS)
    draws.reopen(first, reason="漏了太极班", actor=None, now=DRAWS)
    second = draws.freeze(draw_round, actor=None, now=DRAWS)

    assert second.secret_hash != first.secret_hash
    assert first.list_hash in second.remarks
    assert "漏了太极班" in second.remarks
    draws.draw(second, number="1", witnesses="王", actor=None, now=DRAWS)
    with pytest.raises(BusinessError, match="抽号码以前"):
        draws.reopen(second, reason="再来", actor=None, now=DRAWS)


def test_list_file_that_was_touched_is_not_drawn(draw_round, painting):
    ask(draw_round, "甲", [painting])
    frozen = draws.freeze(draw_round, actor=None, now=DRAWS)
    Round.objects.update(list_hash="0" * 64)

    with pytest.raises(BusinessError, match="对不上"):
        draws.draw(frozen, number="1", witnesses="王", actor=None, now=DRAWS)


def test_cancelled_round_ends_what_was_asked(draw_round, painting):
    ticket = ask(draw_round, "甲", [painting])
    draws.cancel_round(draw_round, reason="场地停用", actor=None, now=DRAWS)

    assert outcome(ticket) == {"国画": "off"}
    with pytest.raises(BusinessError, match="不能再封存"):
        draws.freeze(draw_round, actor=None, now=DRAWS)


def test_lots_grow_with_each_draw_lost_and_fall_when_something_was_got(draw_round):
    unit, person = draw_round.unit, make_person("甲")
    for term in range(5):
        if term:
            draw_round = make_round(unit, name=f"第{term}批")
        offering = make_drawn(draw_round, "国画", 1 if term == 4 else 0)
        ticket = ask(draw_round, person, [offering])
        assert ticket.lots == min(1 + term, 4)
        hold(draw_round)
        draws.publish(draw_round, actor=None, now=DRAWS + dt.timedelta(days=term))

    later = make_round(unit, name="再一批")
    assert ask(later, person, [make_drawn(later, "书法", 1, weekday=3)]).lots == 1


def test_priority_classes_are_of_the_unit_and_a_couple_has_the_later(draw_round, painting, rule_set):
    rule_set("draws", {"subsidised": 1, "never_placed": 50}, unit=draw_round.unit)
    veteran = make_cadre("老红", unit=draw_round.unit, retire_type="veteran").person

    assert ask(draw_round, veteran, [painting]).priority == 1
    assert ask(draw_round, [make_cadre("离", unit=draw_round.unit, retire_type="raised").person, make_person("陪")],
               [painting]).priority == 50  # fmt: skip


@pytest.fixture
def rule_set():
    def make(kind, values, *, unit):
        from apps.organisation.models import RuleSet  # noqa: PLC0415 only here

        return RuleSet.objects.create(
            kind=kind, unit=unit, effective_from=dt.date(2026, 1, 1), document_no="校发〔2026〕1号", values=values
        )

    return make


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_hold_one_draw(talks):
    round = make_round(make_unit())
    offering = make_drawn(round, "国画", 1)
    for name in ("甲", "乙", "丙"):
        ask(round, name, [offering])
    draws.freeze(round, actor=None, now=DRAWS)
    sentences = both(
        lambda: draws.draw(round, number="1", witnesses="王", actor=None, now=DRAWS),
        lambda: draws.draw(round, number="2", witnesses="李", actor=None, now=DRAWS),
    )
    published = both(*[lambda: draws.publish(round, actor=None, now=DRAWS)] * 2)

    assert len(sentences) == 1
    assert "不能换" in sentences[0]
    assert published == []
    assert Places.objects.get().taken == len(talks.seated) == 1


def both(*acts) -> list[str]:
    """Do both at the same moment; the sentences of those that were refused."""
    barrier, refused = Barrier(len(acts)), []

    def run(act):
        try:
            barrier.wait()
            act()
        except BusinessError as error:
            refused.append(error.sentence)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused
