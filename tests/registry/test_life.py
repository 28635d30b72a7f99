"""Life events: what they change, and that undoing puts back exactly that."""

import datetime

import pytest

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.common.partial_date import PartialDate
from apps.people.choices import LifeStatus
from apps.registry import life as socket
from apps.registry.choices import LifeEventKind as Kind
from apps.registry.choices import LifeEventState as State
from apps.registry.models import Health, UnitSpan
from apps.registry.services import life
from tests.builders import make_cadre, make_unit, make_user

TODAY = datetime.date(2026, 11, 22)
pytestmark = pytest.mark.django_db


def told(kind, on="2026-11-05", **over):
    return life.Report(kind=kind, happened_on=PartialDate.parse(on), **over)


@pytest.fixture
def bureau():
    return make_unit()


@pytest.fixture
def clerk(bureau):
    return make_user(role="clerk", unit=bureau)


@pytest.fixture
def cadre(bureau):
    return make_cadre(unit=bureau)


def fresh(cadre):
    return type(cadre).objects.select_related("person").get(pk=cadre.pk)


def test_report_of_a_death_waits_and_holds_back_greetings(cadre, clerk):
    event = life.report(cadre.person, told(Kind.DIED), actor=clerk, today=TODAY)

    assert event.state == State.REPORTED
    assert fresh(cadre).person.life_status == LifeStatus.DEATH_REPORTED
    assert fresh(cadre).person.died_on is None


def test_report_twice_is_one_report(cadre, clerk):
    first = life.report(cadre.person, told(Kind.ADMITTED), actor=clerk, today=TODAY)

    assert life.report(cadre.person, told(Kind.ADMITTED), actor=clerk, today=TODAY) == first


def test_rejected_death_brings_back_the_living(cadre, clerk):
    event = life.report(cadre.person, told(Kind.DIED), actor=clerk, today=TODAY)

    life.reject(event, reason="同名的另一位", actor=clerk)

    assert fresh(cadre).person.life_status == LifeStatus.LIVING


def test_death_is_confirmed_then_undone_exactly(cadre, clerk):
    before = {**vars(fresh(cadre).person)}
    life.record(cadre.person, told(Kind.ADMITTED, "2026-10-01", hospital="市一医院"), actor=clerk, today=TODAY)
    event = life.record(cadre.person, told(Kind.DIED, "2026-11"), actor=clerk, today=TODAY)

    dead = fresh(cadre).person
    assert (dead.life_status, str(dead.died_on)) == (LifeStatus.DECEASED, "2026-11")
    assert Health.objects.get(cadre=cadre).in_hospital_since is None

    life.undo(event, reason="登记错人", actor=clerk)

    after = vars(fresh(cadre).person)
    unlike = {name for name in before if before[name] != after[name]} - {"_state", "version", "updated_at"}
    assert unlike == set()
    assert Health.objects.get(cadre=cadre).in_hospital_since == datetime.date(2026, 10, 1)


def test_confirm_twice_and_undo_twice_change_nothing(cadre, clerk):
    event = life.record(cadre.person, told(Kind.DIED), actor=clerk, today=TODAY)
    assert life.confirm(event, actor=clerk).state == State.CONFIRMED

    life.undo(event, reason="登记错人", actor=clerk)
    audited = AuditEntry.objects.count()
    life.undo(event, reason="登记错人", actor=clerk)

    assert AuditEntry.objects.count() == audited


def test_move_closes_a_span_with_its_document_and_undo_reopens_it(cadre, clerk, bureau):
    other = make_unit("云江市水利局", parent=bureau)
    type(cadre).objects.filter(pk=cadre.pk).update(managing_since=datetime.date(2020, 1, 1))
    event = life.record(
        cadre.person,
        told(Kind.MOVED, "2026-11-01", unit=other, document_no="云老干〔2026〕8号"),
        actor=clerk,
        today=TODAY,
    )

    moved = fresh(cadre)
    assert (moved.managing_unit, moved.counting_unit, moved.managing_since) == (
        other,
        other,
        datetime.date(2026, 11, 1),
    )
    spans = UnitSpan.objects.filter(cadre=cadre, kind="managing").values_list(
        "unit", "starts_on", "ends_on", "document_no", "closed_by_event"
    )
    assert list(spans) == [
        (bureau.pk, datetime.date(2020, 1, 1), datetime.date(2026, 11, 1), "云老干〔2026〕8号", event.pk)
    ]

    life.undo(event, reason="文件作废", actor=clerk)

    back = fresh(cadre)
    assert (back.managing_unit, back.counting_unit, back.managing_since) == (bureau, bureau, datetime.date(2020, 1, 1))
    assert not UnitSpan.objects.exists()


def test_earlier_event_is_undone_only_after_the_later_one(cadre, clerk):
    admitted = life.record(cadre.person, told(Kind.ADMITTED, "2026-11-01"), actor=clerk, today=TODAY)
    discharged = life.record(cadre.person, told(Kind.DISCHARGED, "2026-11-10"), actor=clerk, today=TODAY)

    with pytest.raises(BusinessError, match="先撤销那一件"):
        life.undo(admitted, reason="录错", actor=clerk)

    life.undo(discharged, reason="还没出院", actor=clerk)
    life.undo(admitted, reason="录错", actor=clerk)
    assert Health.objects.get(cadre=cadre).in_hospital_since is None


def test_restoring_takes_back_the_death_and_undoing_that_brings_it_again(cadre, clerk):
    death = life.record(cadre.person, told(Kind.DIED, "2026-11-01"), actor=clerk, today=TODAY)

    restored = life.record(cadre.person, told(Kind.RESTORED, "2026-11-20"), actor=clerk, today=TODAY)
    death.refresh_from_db()
    assert (fresh(cadre).person.life_status, death.state) == (LifeStatus.LIVING, State.UNDONE)

    life.undo(restored, reason="确已离世", actor=clerk)
    death.refresh_from_db()
    assert (fresh(cadre).person.life_status, death.state) == (LifeStatus.DECEASED, State.CONFIRMED)


def test_handlers_run_in_order_and_in_reverse_within_the_transaction(cadre, clerk, monkeypatch):
    calls = []
    monkeypatch.setattr(
        socket,
        "handlers",
        [lambda event, undo: calls.append(("a", undo)), lambda event, undo: calls.append(("b", undo))],
    )
    monkeypatch.setattr(life, "handlers", socket.handlers)
    event = life.record(cadre.person, told(Kind.DIED), actor=clerk, today=TODAY)
    life.undo(event, reason="登记错人", actor=clerk)

    assert calls == [("a", False), ("b", False), ("b", True), ("a", True)]


def test_a_failing_handler_leaves_nothing_behind(cadre, clerk, monkeypatch):
    def fails(event, undo):
        raise BusinessError("不行")

    monkeypatch.setattr(life, "handlers", [fails])
    with pytest.raises(BusinessError, match="不行"):
        life.record(cadre.person, told(Kind.DIED), actor=clerk, today=TODAY)

    assert fresh(cadre).person.life_status == LifeStatus.LIVING


@pytest.mark.parametrize(
    ("kind", "on", "sentence"),
    [
        (Kind.DIED, "2026-12-01", "还没有到"),
        (Kind.DIED, "1920", "1949"),
        (Kind.RESTORED, "2026-11-01", "没有登记离世"),
        (Kind.FOUND, "2026-11-01", "失去联系"),
        (Kind.MOVED, "2026-11-01", "调入的单位"),
    ],
)
def test_impossible_reports_are_refused_with_a_sentence(cadre, clerk, kind, on, sentence):
    with pytest.raises(BusinessError, match=sentence):
        life.report(cadre.person, told(kind, on), actor=clerk, today=TODAY)


def test_nothing_but_restoring_happens_to_the_dead(cadre, clerk):
    life.record(cadre.person, told(Kind.DIED), actor=clerk, today=TODAY)

    with pytest.raises(BusinessError, match="已登记离世"):
        life.report(cadre.person, told(Kind.ADMITTED), actor=clerk, today=TODAY)


def test_an_edit_by_hand_after_the_event_is_not_undone(cadre, clerk):
    event = life.record(cadre.person, told(Kind.ADMITTED, "2026-11-01", hospital="市一医院"), actor=clerk, today=TODAY)
    Health.objects.filter(cadre=cadre).update(hospital="市二医院")

    life.undo(event, reason="录错", actor=clerk)

    health = Health.objects.get(cadre=cadre)
    assert (health.hospital, health.in_hospital_since) == ("市二医院", None)
