"""Needs and promises: answered and met in time, kept or dropped, closed with a call, one row however often sent."""

import datetime as dt
import uuid
from decimal import Decimal
from types import SimpleNamespace

import pytest

from apps.common.errors import BusinessError, StaleVersion
from apps.common.models import AuditEntry
from apps.common.partial_date import PartialDate
from apps.ledgers.choices import MeasureDrop, NeedOutcome, Satisfaction, Section, Urgency
from apps.ledgers.models import Contact, Measure, Need, ServicePlan
from apps.ledgers.rules.needs import NeedRules, finish_day, measure_standing, need_standing, recall_day, reply_day
from apps.ledgers.services import ContactFacts
from apps.ledgers.services import needs as services
from apps.organisation.workdays import WorkCalendar
from apps.registry.choices import LifeEventKind
from apps.registry.services import life
from tests.builders import make_cadre, make_unit, make_user

D = dt.date
TUESDAY = D(2026, 3, 10)
WEEK = WorkCalendar()


def promise(due, done=None, dropped=None):
    return SimpleNamespace(due_on=due, done_on=done, dropped_on=dropped)


def standing(measures=(), *, outcome="", replied_on=None, on=TUESDAY):
    reply_by = D(2026, 3, 17)
    return need_standing(outcome=outcome, reply_by=reply_by, replied_on=replied_on, measures=measures, on=on)


# Rules


def test_answers_are_due_in_working_days_and_the_whole_by_its_urgency():
    rules = NeedRules()

    assert reply_day(TUESDAY, Urgency.NOW, rules, WEEK) == D(2026, 3, 11)
    assert reply_day(TUESDAY, Urgency.SOON, rules, WEEK) == D(2026, 3, 17)
    assert finish_day(TUESDAY, Urgency.NOW, rules) == D(2026, 3, 17)
    assert finish_day(TUESDAY, Urgency.SOON, rules) == D(2026, 4, 9)
    assert finish_day(TUESDAY, Urgency.YEAR, rules) == D(2026, 12, 31)
    assert finish_day(D(2026, 12, 20), Urgency.YEAR, rules) == D(2027, 1, 19)
    assert recall_day(D(2026, 3, 13), rules, WEEK) == D(2026, 3, 20)


@pytest.mark.parametrize("wrong", [{"answer_now": 0}, {"finish_now": 31}, {"recall_workdays": 61}])
def test_nonsense_rules_are_refused(wrong):
    with pytest.raises(ValueError, match="天"):
        NeedRules(**wrong)


@pytest.mark.parametrize(
    ("measures", "over", "words"),
    [
        ((), {}, "待定办法，3月17日前要答复"),
        ((), {"on": D(2026, 3, 17)}, "待定办法，今天要答复"),
        ((), {"on": D(2026, 3, 20)}, "待定办法，答复逾期 3 天"),
        ((), {"on": D(2026, 3, 20), "replied_on": D(2026, 3, 12)}, "待定办法"),
        ([promise(D(2026, 3, 20))], {}, "正在办，3月20日前"),
        ([promise(D(2026, 3, 10))], {}, "正在办，今天到期"),
        ([promise(D(2026, 3, 8)), promise(D(2026, 3, 20))], {}, "逾期 2 天"),
        ([promise(D(2026, 3, 8), done=D(2026, 3, 9)), promise(D(2027, 1, 5))], {}, "正在办，2027年1月5日前"),
        ([promise(D(2026, 3, 8), done=D(2026, 3, 8))], {}, "办好待回访"),
        ([promise(D(2026, 3, 8), dropped=D(2026, 3, 8))], {"replied_on": TUESDAY}, "待定办法"),
        ([promise(D(2026, 3, 8))], {"outcome": NeedOutcome.MET}, "已办结"),
    ],
)
def test_how_a_need_stands_is_derived(measures, over, words):
    assert standing(measures, **over).words == words


def test_how_a_promise_stands_is_derived():
    assert measure_standing(promise(TUESDAY), TUESDAY).words == "正在办，今天到期"
    assert measure_standing(promise(D(2026, 3, 7)), TUESDAY).late_by == 3
    assert measure_standing(promise(D(2026, 3, 7), done=D(2026, 3, 9)), TUESDAY).words == "已办好，晚 2 天"
    assert measure_standing(promise(D(2026, 3, 7), dropped=TUESDAY), TUESDAY).words == "不再办"


# Services


@pytest.fixture
def cadre(bureau):
    return make_cadre(unit=make_unit("云江市水利局", parent=bureau))


@pytest.fixture
def need(cadre, clerk):
    return open_need(cadre, clerk)


def user(who):
    """As a request brings him: units may be new."""
    return type(who).objects.get(pk=who.pk)


def open_need(cadre, actor, *, key=None, on=TUESDAY, **over):
    facts = {"category": "home", "description": "卫生间装扶手", "found_on": TUESDAY, **over}
    return services.open_need(
        services.NeedFacts(**facts), cadre=cadre, actor=user(actor), on=on, form_key=key or uuid.uuid4()
    )


def add(need, actor, *, key=None, told=False, **over):
    facts = services.MeasureFacts(**{"what": "上门量尺寸，装扶手", "provider": "惠民工程队", **over})
    return services.add_measure(need, facts, actor=user(actor), on=TUESDAY, form_key=key or uuid.uuid4(), told=told)


def finish(measure, actor, **over):
    values = {"result": "装好两处扶手", "done_on": TUESDAY, "on": TUESDAY, **over}
    return services.finish_measure(measure, actor=user(actor), **values)


def close(need, actor, *, outcome=NeedOutcome.MET, spoke="answered", **over):
    call = ContactFacts(happened_on=D(2026, 3, 12), method="phone", kind="call", outcome=spoke)
    values = {"call": call, "on": D(2026, 3, 12), "form_key": uuid.uuid4(), **over}
    closing = services.Closing(
        outcome=outcome, note=values.pop("note", ""), satisfaction=values.pop("satisfaction", Satisfaction.GOOD)
    )
    return services.close_need(need, closing, actor=user(actor), **values)


def test_a_need_gets_its_days_and_section_from_the_rules(need, cadre, clerk):
    assert (need.section, need.reply_by, need.finish_by) == (Section.WELLBEING, D(2026, 3, 17), D(2026, 4, 9))
    entry = AuditEntry.objects.get(action="need.open")
    assert (entry.actor_id, list(entry.subjects.values_list("person_id", flat=True))) == (clerk.pk, [cadre.pk])


def test_a_form_sent_twice_is_one_need_and_one_promise(cadre, clerk, bureau):
    key, other = uuid.uuid4(), uuid.uuid4()
    need = open_need(cadre, clerk, key=key)
    assert open_need(cadre, clerk, key=key).pk == need.pk
    assert add(need, clerk, key=other).pk == add(need, clerk, key=other).pk
    assert (Need.objects.count(), Measure.objects.count()) == (1, 1)

    stranger = make_user("stranger", role="clerk", unit=bureau)
    for act in (lambda: open_need(cadre, stranger, key=key), lambda: add(need, stranger, key=other)):
        with pytest.raises(BusinessError, match="已经用过"):
            act()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"category": "nothing"}, "category"),
        ({"description": " "}, "description"),
        ({"description": "绝密★ 资料"}, "description"),
        ({"found_on": D(2026, 3, 11)}, "found_on"),
        ({"reply_by": D(2026, 3, 1)}, "reply_by"),
        ({"finish_by": D(2036, 3, 1)}, "finish_by"),
        ({"urgency": "x"}, "urgency"),
    ],
)
def test_bad_needs_are_refused_at_their_field(cadre, clerk, wrong, field):
    with pytest.raises(BusinessError) as refusal:
        open_need(cadre, clerk, **wrong)
    assert refusal.value.field == field
    assert not Need.objects.exists()


def test_a_promise_has_an_owner_a_day_and_tells_the_person(need, clerk):
    measure = add(need, clerk, told=True)

    need.refresh_from_db()
    assert (measure.owner, measure.due_on, need.replied_on) == (clerk, D(2026, 4, 9), TUESDAY)
    for wrong in ({"what": ""}, {"due_on": D(2026, 3, 9)}, {"cost": Decimal(-1)}):
        with pytest.raises(BusinessError):
            add(need, clerk, **wrong)


def test_stale_changes_are_refused_and_nothing_is_lost(need, clerk):
    facts = services.NeedFacts(category="home", description="卫生间、走廊装扶手", found_on=TUESDAY)
    fresh = services.change_need(need, facts, actor=clerk, on=TUESDAY, version=need.version)
    measure = add(need, clerk)
    promised = services.MeasureFacts(what="先量尺寸")
    services.change_measure(measure, promised, actor=clerk, on=TUESDAY, version=measure.version)

    with pytest.raises(StaleVersion):
        services.change_need(need, facts, actor=clerk, on=TUESDAY, version=need.version)
    with pytest.raises(StaleVersion):
        services.change_measure(measure, promised, actor=clerk, on=TUESDAY, version=measure.version)
    assert fresh.description == "卫生间、走廊装扶手"
    assert Measure.objects.get().what == "先量尺寸"


def test_done_once_and_taken_back(need, clerk):
    measure = finish(add(need, clerk), clerk, cost=Decimal("320.50"))
    assert finish(measure, clerk).version == measure.version
    with pytest.raises(BusinessError, match="已在"):
        finish(measure, clerk, result="别的结果")
    with pytest.raises(BusinessError, match="已在"):
        services.drop_measure(measure, reason=MeasureDrop.CANNOT, note="x", actor=clerk, on=TUESDAY)

    services.reopen_measure(measure, actor=clerk)

    assert Measure.objects.open().get().cost == Decimal("320.50")
    for wrong in ({"result": ""}, {"done_on": D(2026, 3, 11)}):
        with pytest.raises(BusinessError):
            finish(measure, clerk, **wrong)


def test_dropping_says_why(need, clerk):
    measure = add(need, clerk)
    for wrong in ({"reason": "ended"}, {"reason": ""}, {"reason": "cannot", "note": ""}):
        with pytest.raises(BusinessError):
            services.drop_measure(measure, actor=clerk, on=TUESDAY, **wrong)

    services.drop_measure(measure, reason="replaced", actor=clerk, on=TUESDAY)

    assert not Measure.objects.open().exists()


def test_closing_call_closes_it_once_with_what_he_said(need, clerk, cadre):
    measure = add(need, clerk)
    with pytest.raises(BusinessError, match="还有 1 项办法"):
        close(need, clerk)
    finish(measure, clerk)

    _, closed = close(need, clerk, spoke="unanswered")
    assert (closed, Need.objects.open().count(), Contact.objects.count()) == (False, 1, 1)
    need, closed = close(need, clerk)
    close(need, clerk)

    assert closed
    assert (need.closed_on, need.satisfaction, need.replied_on) == (D(2026, 3, 12), "good", D(2026, 3, 12))
    assert list(need.closing_contact.persons.all()) == [cadre.person]
    assert Contact.objects.count() == 2
    with pytest.raises(BusinessError, match="已经办结"):
        add(need, clerk)


def test_closing_without_asking_says_why_and_counts_as_unasked(need, clerk):
    with pytest.raises(BusinessError):
        close(need, clerk, call=None)
    need, _ = close(need, clerk, call=None, note="家属代为答复，本人住院")
    assert (need.satisfaction, need.closing_contact) == (Satisfaction.UNASKED, None)


def test_what_cannot_be_met_drops_its_promises(need, clerk):
    add(need, clerk)
    with pytest.raises(BusinessError):
        close(need, clerk, outcome=NeedOutcome.CANNOT)
    close(need, clerk, outcome=NeedOutcome.CANNOT, note="楼道是公共部位，不能改")
    assert Measure.objects.get().drop_reason == MeasureDrop.CANNOT


def test_closed_by_mistake_opens_again_with_a_reason(need, clerk):
    close(need, clerk)
    need.refresh_from_db()
    with pytest.raises(BusinessError):
        services.reopen_need(need, reason=" ", actor=clerk)

    services.reopen_need(need, reason="点错了人", actor=clerk)

    need.refresh_from_db()
    assert (need.closed_on, need.outcome, need.satisfaction, need.closing_contact) == (None, "", "", None)
    assert Contact.objects.count() == 1


def test_told_by_a_call_answers_the_need(need, clerk):
    call = ContactFacts(happened_on=D(2026, 3, 11), method="phone", kind="call", outcome="unanswered")
    _, told = services.reply_need(need, call, actor=user(clerk), on=D(2026, 3, 11), form_key=uuid.uuid4())
    assert (told, Need.objects.get().replied_on) == (False, None)
    call = ContactFacts(happened_on=D(2026, 3, 11), method="home")
    services.reply_need(need, call, actor=user(clerk), on=D(2026, 3, 11), form_key=uuid.uuid4())
    assert Need.objects.get().replied_on == D(2026, 3, 11)


def test_a_death_ends_all_and_its_undoing_opens_exactly_these(cadre, clerk):
    closed = open_need(cadre, clerk, description="陪诊")
    close(closed, clerk)
    need = open_need(cadre, clerk)
    done, dropped = add(need, clerk), add(need, clerk)
    finish(done, clerk)
    services.drop_measure(dropped, reason="replaced", actor=clerk, on=TUESDAY)
    add(need, clerk)
    ServicePlan.objects.create(cadre=cadre, year=2026)
    before = snapshot()

    event = life.record(
        cadre.person, life.Report(LifeEventKind.DIED, PartialDate(2026, 3, 14)), actor=clerk, today=D(2026, 3, 15)
    )
    assert not Need.objects.open().exists()
    assert not Measure.objects.open().exists()
    assert ServicePlan.objects.get().closed_on == D(2026, 3, 14)
    need.refresh_from_db()
    assert (need.outcome, need.closed_by_event) == (NeedOutcome.ENDED, event)
    with pytest.raises(BusinessError, match="撤销那次变动"):
        services.reopen_need(need, reason="再办", actor=clerk)
    with pytest.raises(BusinessError, match="离世"):
        open_need(cadre, clerk)
    assert open_need(cadre, clerk, category="family", description="遗属补助").section == Section.WARMTH
    Need.objects.filter(category="family").delete()

    life.undo(event, reason="报错了人", actor=clerk)

    assert snapshot() == before


def snapshot():
    needs = Need.objects.order_by("pk").values_list("pk", "closed_on", "outcome", "closed_by_event")
    measures = Measure.objects.order_by("pk").values_list("pk", "done_on", "dropped_on", "drop_reason")
    return list(needs), list(measures), list(ServicePlan.objects.values_list("closed_on", "closed_by_event"))
