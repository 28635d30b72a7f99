"""Works at home: each step and its undoing, photos or the reason for none, and the promise that they keep."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.common.errors import BusinessError, StaleVersion
from apps.common.partial_date import PartialDate
from apps.common.scans import Scan
from apps.ledgers.choices.adaptation import AdaptationEnd, AdaptationState, PhotoSide
from apps.ledgers.models import HomeAdaptation
from apps.ledgers.queries.adaptation import photos_of
from apps.ledgers.services import adaptation as works
from apps.ledgers.services.need_checks import MeasureFacts, NeedFacts
from apps.ledgers.services.needs import add_measure, open_need
from apps.registry.choices import LifeEventKind
from apps.registry.services import life
from tests.builders import make_cadre

State = AdaptationState
DAY = dt.timedelta(days=1)
LINES = (
    works.ItemFacts(item="handrail", place="卫生间", number=2, price=Decimal("320.50")),
    works.ItemFacts(item="antislip", place="卫生间", price=Decimal(600)),
)
PHOTO = Scan(b"a picture", "门口.jpg", "image/jpeg")


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def cadre(bureau):
    return make_cadre("沈闰芳", unit=bureau)


@pytest.fixture
def measure(cadre, clerk, today):
    facts = NeedFacts(category="home", description="卫生间滑", found_on=today - 40 * DAY)
    need = open_need(facts, cadre=cadre, actor=clerk, on=today, form_key=uuid.uuid4())
    return add_measure(need, MeasureFacts(what="装扶手", owner=clerk), actor=clerk, on=today, form_key=uuid.uuid4())


@pytest.fixture
def case(cadre, clerk, today, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def make(upto=State.SURVEY, measure=None, form_key=None) -> HomeAdaptation:
        row = works.open_case(
            cadre=cadre, asked_on=today - 40 * DAY, wish="装扶手", owner=clerk, measure=measure, actor=clerk, on=today,
            form_key=form_key or uuid.uuid4(),
        )  # fmt: skip
        row.refresh_from_db()
        if upto != State.SURVEY:
            row = works.put_items(row, LINES, actor=clerk, version=row.version)
        for step in STEPS:
            if row.state == upto:
                break
            row = step(row, clerk, today)
        assert row.state == upto
        return row

    return make


def survey(row, clerk, today, **more):
    told = {
        "surveyed_on": today - 30 * DAY,
        "surveyor": "社区王姐",
        "findings": "门槛高",
        "no_before_photo": "老人不愿拍",
    }
    return works.survey(row, **{**told, **more}, actor=clerk, on=today)


def quote(row, clerk, today, **more):
    told = {"quoted_on": today - 25 * DAY, "contractor": "安居公司", "fund_source": "civil", **more}
    return works.quote(row, works.Quote(**told), actor=clerk, on=today)


def build(row, clerk, today):
    return works.finish_works(row, works_from=today - 20 * DAY, works_until=today - 10 * DAY, actor=clerk, on=today)


def accept(row, clerk, today, **more):
    told = {"accepted_on": today - 5 * DAY, "acceptor": "李科长", "no_after_photo": "相机坏了", **more}
    return works.accept(row, works.Acceptance(**told), actor=clerk, on=today)


def ask(row, clerk, today):
    return works.ask(row, replied_on=today, satisfaction="good", note="好用", actor=clerk, on=today)


STEPS = (survey, quote, build, accept, ask)


def test_a_case_goes_through_all_steps_and_keeps_its_promise(case, measure):
    row = case(State.CLOSED, measure)

    measure.refresh_from_db()
    assert (row.quoted, row.paid, row.step_due_on) == (Decimal("1241.00"), Decimal("1241.00"), None)
    assert (measure.done_on, measure.cost) == (row.accepted_on, Decimal("1241.00"))
    assert row.satisfaction == "good"


def test_each_step_sent_twice_is_one(case, clerk, today):
    row = case()
    row = works.put_items(row, LINES, actor=clerk, version=row.version)
    for step in STEPS:
        step(row, clerk, today)
        row = step(row, clerk, today)

    assert row.steps.count() == len(STEPS)


def test_the_same_opening_form_is_one_case(case):
    key = uuid.uuid4()

    assert case(form_key=key).pk == case(form_key=key).pk


def test_every_step_can_be_taken_back_to_the_beginning(case, clerk, measure):
    row = case(State.CLOSED, measure)

    for state in (State.ASKING, State.ACCEPTANCE, State.WORKS, State.QUOTE, State.SURVEY):
        row = works.take_back_step(row, step_id=works.last_step(row).pk, actor=clerk)
        assert row.state == state
    measure.refresh_from_db()
    row.refresh_from_db()
    assert (measure.done_on, row.accepted_on, row.quoted, row.surveyed_on, row.contractor) == (None,) * 4 + ("",)
    assert row.step_due_on is not None


def test_taking_back_twice_takes_back_once(case, clerk):
    row = case(State.WORKS)
    seen = works.last_step(row).pk

    works.take_back_step(row, step_id=seen, actor=clerk)
    assert works.take_back_step(row, step_id=seen, actor=clerk).state == State.QUOTE


def test_photos_or_a_reason(case, clerk, today):
    row = works.put_items(case(), LINES, actor=clerk, version=1)
    with pytest.raises(BusinessError) as refusal:
        survey(row, clerk, today, no_before_photo="")
    assert refusal.value.field == "no_before_photo"

    works.add_photos(row, PhotoSide.BEFORE, [PHOTO], actor=clerk)

    assert survey(row, clerk, today, no_before_photo="").state == State.QUOTE
    assert len(photos_of(row, PhotoSide.BEFORE)) == 1
    works.remove_photo(row, photos_of(row)[0], actor=clerk)
    assert photos_of(row) == []


def test_a_survey_needs_items_and_a_quote_their_prices(case, clerk, today):
    with pytest.raises(BusinessError, match="请先填改造项目"):
        survey(case(), clerk, today)
    row = case()
    row = works.put_items(row, [works.ItemFacts(item="handrail")], actor=clerk, version=row.version)
    row = survey(row, clerk, today)
    with pytest.raises(BusinessError, match="没有单价"):
        quote(row, clerk, today)


def test_over_the_limit_needs_a_reason_and_the_subsidy_stays_below_the_price(case, clerk, today):
    row = case()
    line = works.ItemFacts(item="bath", price=Decimal(5001))
    row = survey(works.put_items(row, [line], actor=clerk, version=row.version), clerk, today)
    for more, field in (({}, "over_reason"), ({"subsidy": Decimal(6000), "over_reason": "全改"}, "subsidy")):
        with pytest.raises(BusinessError) as refusal:
            quote(row, clerk, today, **more)
        assert refusal.value.field == field

    assert quote(row, clerk, today, over_reason="卫生间全改").quoted == Decimal(5001)


def test_bad_works_go_back_to_be_mended(case, clerk, today):
    row = works.send_back(case(State.ACCEPTANCE), note="扶手松", actor=clerk, on=today)

    assert (row.state, row.acceptance_note) == (State.WORKS, "返工：扶手松")


def test_called_off_drops_the_promise_and_taken_back_promises_again(case, clerk, today, measure):
    row = works.cancel(case(State.QUOTE, measure), because=AdaptationEnd.DECLINED, actor=clerk, on=today)
    measure.refresh_from_db()
    assert (row.state, measure.drop_reason) == (State.CANCELLED, "not_needed")

    row = works.take_back_step(row, step_id=works.last_step(row).pk, actor=clerk)
    measure.refresh_from_db()
    assert (row.state, row.cancelled_on, measure.dropped_on) == (State.QUOTE, None, None)


def test_accepted_works_are_not_called_off(case, clerk, today):
    with pytest.raises(BusinessError, match="已经验收"):
        works.cancel(case(State.ASKING), because=AdaptationEnd.DECLINED, actor=clerk, on=today)


def test_days_come_one_after_the_other(case, clerk, today):
    with pytest.raises(BusinessError, match="不能早于完工日期"):
        accept(case(State.ACCEPTANCE), clerk, today, accepted_on=today - 11 * DAY)


def test_two_hands_on_the_items(case, clerk):
    row = case(State.QUOTE)
    works.put_items(row, LINES[:1], actor=clerk, version=row.version)

    with pytest.raises(StaleVersion):
        works.put_items(row, LINES, actor=clerk, version=row.version - 1)


@pytest.mark.parametrize("state", [State.SURVEY, State.WORKS, State.ASKING])
def test_a_death_ends_the_case_and_its_undoing_gives_it_back(case, cadre, clerk, today, state, measure):
    row = case(state, measure)
    told = life.Report(LifeEventKind.DIED, PartialDate.parse(today.isoformat()))
    death = life.record(cadre.person, told, actor=clerk)
    row.refresh_from_db()
    assert row.state == (State.CLOSED if state == State.ASKING else State.CANCELLED)
    with pytest.raises(BusinessError, match="人员变动"):
        works.take_back_step(row, step_id=works.last_step(row).pk, actor=clerk)

    life.undo(death, reason="登错人", actor=clerk)

    row.refresh_from_db()
    assert (row.state, row.cancelled_on, row.closed_by_event) == (state, None, None)
