"""The yearly lists of the 50-year medal: who is on them, who decides, what is handed out (T5, domain 3.3)."""

import datetime as dt

import pytest

from apps.branches.models import MedalBatch, MedalCandidate, PartyEvent
from apps.branches.services.medals import Handing, build_batch, decide, issue, tick_behaved_well, undo_issue
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.people.models import Person
from apps.registry.models import Cadre
from tests.builders import make_cadre, make_member, make_organisation, make_unit, make_user

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 4, 2)


@pytest.fixture
def world():
    unit = make_unit()
    return {"unit": unit, "branch": make_organisation("一支部", unit=unit), "user": make_user("jingban")}


def member(world, name, joined, full=None, **over):
    person = make_cadre(name, unit=world["unit"], joined_party_on=joined, full_member_on=full, **over).person
    make_member(person, world["branch"])
    return person


def of(batch, person):
    return MedalCandidate.objects.filter(batch=batch, person=person).first()


def build(world, year=2026, on=ON):
    return build_batch(year, on=on, actor=world["user"])


def test_who_is_on_the_list(world):
    exact, late = member(world, "丁一", "1976-07-01"), member(world, "王五", "1976-07-02")
    vague, closer = member(world, "马六", "1976"), member(world, "李三", "1976-02")
    leap = member(world, "赵二", "1976-02-29")
    batch = build(world).batch

    assert of(batch, exact).state == of(batch, closer).state == of(batch, leap).state == "proposed"
    assert of(batch, late) is None
    assert of(batch, vague).state == "doubtful"
    assert "2026年，也可能是2027年" in of(batch, vague).why


def test_t5_c_the_day_of_full_membership_decides(world):
    free = member(world, "丁一", "1977-08-11")
    bound = member(world, "王五", "1977-09-01", "1978-09-01")
    unknown = member(world, "马六", "1977-09-01")
    first = build(world, 2028, dt.date(2028, 4, 1)).batch
    second = build(world, 2029, dt.date(2029, 4, 1)).batch

    assert [of(first, one) is not None for one in (free, bound, unknown)] == [True, False, False]
    assert of(second, bound).state == "proposed"
    assert of(second, unknown).state == "doubtful"
    assert "没有转正时间" in of(second, unknown).why
    assert of(second, free) is None


def test_t5_e_joined_again_counts_from_the_new_day(world):
    again = member(world, "丁一", "1970-05-01")
    PartyEvent.objects.create(person=again, kind="removed", on="1980", document_no="档案")
    PartyEvent.objects.create(person=again, kind="rejoined", on="1985-06-01", full_on="1986-06-01", document_no="批复")

    assert of(build(world, 2021).batch, again) is None
    assert of(build(world, 2036, dt.date(2036, 4, 1)).batch, again).state == "proposed"


def test_t5_f_and_h_watched_and_dead_are_looked_at_first(world):
    watched, dead = member(world, "丁一", "1976-01-05"), member(world, "王五", "1976-01-05")
    PartyEvent.objects.create(person=watched, kind="watch", on="1990", document_no="处分决定")
    Person.objects.filter(pk=dead.pk).update(life_status="deceased", died_on="2026-05-01")
    dead.memberships.update(ends_on=dt.date(2026, 5, 2))
    batch = build(world, on=dt.date(2026, 6, 1)).batch

    assert of(batch, watched).state == of(batch, dead).state == "doubtful"
    assert "留党察看" in of(batch, watched).why
    assert "2026年5月1日离世" in of(batch, dead).why


def test_building_twice_changes_nothing_and_decisions_stay(world):
    one, two = member(world, "丁一", "1976-01-05"), member(world, "王五", "1976-03")
    batch = build(world).batch
    tick_behaved_well([of(batch, one).pk], well=True, actor=world["user"], on=ON)
    decide([of(batch, one).pk], "approved", actor=world["user"], on=ON)
    before = list(MedalCandidate.objects.order_by("pk").values())
    again = build(world)

    assert (again.added, again.changed) == (0, 0)
    assert list(MedalCandidate.objects.order_by("pk").values()) == before
    assert MedalBatch.objects.count() == 1

    Cadre.objects.filter(pk__in=[one.pk, two.pk]).update(joined_party_on="1976-09-01")
    changed = build(world)
    assert changed.changed == 2
    assert of(batch, one).state == of(batch, two).state == "doubtful"
    assert build(world).changed == 0


def test_an_earlier_year_without_a_record_is_asked_about(world):
    build(world, 2025)
    missed = member(world, "丁一", "1975-01-05")
    batch = build(world, 2026).batch

    assert "2025年就应颁发" in of(batch, missed).why


def test_reviewed_approved_issued_and_taken_back(world):
    person, user = member(world, "丁一", "1976-01-05"), world["user"]
    ids = [of(build(world).batch, person).pk]
    with pytest.raises(BusinessError, match="还没有审核一贯表现"):
        decide(ids, "approved", actor=user, on=ON)
    assert tick_behaved_well(ids, well=True, actor=user, on=ON) == 1
    assert decide(ids, "approved", actor=user, on=ON) == 1
    handing = Handing("home", ON, "李书记", {ids[0]: "20260001"})
    assert issue(ids, handing, actor=user, on=ON) == 1
    assert issue(ids, handing, actor=user, on=ON) == 0
    assert AuditEntry.objects.filter(action="medal.issue").count() == 1
    with pytest.raises(BusinessError, match="当天"):
        undo_issue(ids, actor=user, on=ON + dt.timedelta(1))
    assert undo_issue(ids, actor=user, on=ON) == 1
    assert MedalCandidate.objects.get(pk=ids[0]).serial_no == ""


def test_refusals_say_what_to_do(world):
    person = member(world, "马六", "1976")
    ids, user = [of(build(world).batch, person).pk], world["user"]
    tick_behaved_well(ids, well=True, actor=user, on=ON)
    with pytest.raises(BusinessError, match="理由"):
        decide(ids, "approved", actor=user, on=ON)
    with pytest.raises(BusinessError, match="还没有核定"):
        issue(ids, Handing("home", ON, "李书记", {}), actor=user, on=ON)
    with pytest.raises(BusinessError, match="年份"):
        build(world, 2019)
    assert decide(ids, "approved", note="查档案，1976年3月入党", actor=user, on=ON) == 1
    assert build(world).changed == 0
