"""A death ends what it must and is undone with nothing lost: every row of every model that an event can close."""

import datetime as dt

import pytest
from django.apps import apps
from django.utils import timezone
from pghistory.models import Event

from apps.branches.models import FloatingStay, Membership, Post, Recruit, Transfer
from apps.common.partial_date import PartialDate
from apps.ledgers.choices.aftermath import AftermathKind
from apps.ledgers.models import AftermathCase, AftermathTask, Need, SafetyCheck, ServicePlan
from apps.ledgers.queries.aftermath import aftermath_due, loose_ends
from apps.ledgers.services import assign_carer, plan_duties
from apps.organisation.models import RuleSet
from apps.people.models import PersonAccount
from apps.registry.choices import LifeEventKind as Kind
from apps.registry.models import Cadre, LifeEvent
from apps.registry.services import life
from apps.volunteers.models import Proposal, ServiceRequest
from tests.access_world import OBJECTS, make_side
from tests.builders import LONG_AGO, make_cadre, make_organisation, make_person, make_post, make_user
from tests.family import grant_to, make_relative

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
# Raised by every write, or told to staff instead of put back (minutes held for a request that ended stay free).
NOT_COMPARED = {"version", "updated_at", "held"}


def closable_models():
    """Every model with rows that a life event can close, the tables of history left out."""
    return [
        model
        for model in apps.get_models()
        if not issubclass(model, Event) and any(f.name == "closed_by_event" for f in model._meta.concrete_fields)
    ]


def rows_of(model) -> dict:
    columns = [f.attname for f in model._meta.concrete_fields if f.name not in NOT_COMPARED]
    return {row[model._meta.pk.attname]: row for row in model._base_manager.values(*columns)}


def everything() -> dict:
    return {model._meta.label: rows_of(model) for model in closable_models()}


@pytest.fixture
def whole(bureau, clerk, tier):
    """Somebody with an open row of each model that an event can close."""
    cadre = make_cadre(unit=bureau, retire_type="veteran")
    person = cadre.person
    tier(cadre, 1)
    assign_carer(cadre, clerk, actor=clerk, on=TODAY - 300 * DAY)
    plan_duties(on=TODAY, window=0, look_back=0)
    branch, other = make_organisation("第一支部", unit=bureau), make_organisation("第二支部", unit=bureau)
    Membership.objects.create(person=person, organisation=branch, starts_on=LONG_AGO)
    make_post(person, branch)
    FloatingStay.objects.create(person=person, organisation=branch, starts_on=TODAY - 50 * DAY, city="海口市")
    Transfer.objects.create(
        person=person, kind="inside", from_organisation=branch, to_organisation=other, applied_on=TODAY - DAY,
        moved_on=TODAY - DAY,
    )  # fmt: skip
    Recruit.objects.create(person=person, organisation=branch, applied_on=TODAY - 90 * DAY)
    grant_to(make_relative(cadre, "李晓梅"), ["enrol"], clerk=clerk, user=make_user("daughter"), today=TODAY)
    PersonAccount.objects.create(user=make_user("own", is_staff=False), person=person, starts_on=LONG_AGO)
    SafetyCheck.objects.create(cadre=cadre, raised_on=TODAY, raised_by=clerk)
    ServicePlan.objects.create(cadre=cadre, year=TODAY.year)
    need = Need.objects.create(
        cadre=cadre, section="wellbeing", category="home", description="装扶手", found_on=TODAY - DAY
    )
    need.measures.create(what="量尺寸", owner=clerk, due_on=TODAY + 9 * DAY)
    return cadre


@pytest.fixture
def crowded(bureau):
    """Somebody with a row of every kind that the portal shows to staff: those of the newest subjects too."""
    side = make_side("甲", "李德厚", bureau)
    for label, build in OBJECTS.items():
        side.objects[label] = build(side)
    LifeEvent.objects.filter(person=side.cadre.person, state="reported").update(state="rejected")
    other = ServiceRequest.objects.create(
        unit=side.unit, receiver=make_person("王秀兰"), service="company", on=TODAY + 9 * DAY, starts=540, ends=600,
        asked_as="staff", asked_at=timezone.now(),
    )  # fmt: skip
    Proposal.objects.create(request=other, volunteer=side.objects["volunteers.volunteer"], asked_at=timezone.now())
    return Cadre.objects.get(pk=side.cadre.pk)


def dies(cadre, clerk, day=TODAY):
    return life.record(cadre.person, life.Report(Kind.DIED, PartialDate.of(day)), actor=clerk)


# Spans of unit and standing are closed by moves, never by a death.
SPANS = {"registry.UnitSpan", "registry.StandingSpan"}
# The other way round: only the dead have a family in care, and undoing the death ends it. A request for help whose day
# has passed, or that he paid for, is not asked again: staff are told (tests/volunteers/test_life.py).
OF_THE_DEAD = {"ledgers.FamilyInCare", "volunteers.ServiceRequest"}


def test_the_casts_have_a_row_of_every_model_that_an_event_closes(whole, crowded):
    empty = {label for label, rows in everything().items() if not rows}

    assert empty - SPANS == set()


def test_whoever_has_a_row_of_every_kind_dies_and_lives_with_nothing_changed(crowded, clerk):
    before = everything()
    event = dies(crowded, clerk)

    life.undo(event, reason="报错了人", actor=clerk)

    after = everything()
    for label, rows in before.items():
        if label in OF_THE_DEAD:
            continue
        assert {pk: row for pk, row in after[label].items() if pk in rows} == rows, label


@pytest.mark.parametrize("how", ["undo", "restored"])
def test_undone_it_leaves_nothing_changed(whole, clerk, how):
    before = everything()
    event = dies(whole, clerk)
    assert everything() != before

    if how == "undo":
        life.undo(event, reason="报错了人", actor=clerk)
    else:
        life.record(whole.person, life.Report(Kind.RESTORED, PartialDate.of(TODAY)), actor=clerk)

    after = everything()
    for label, rows in before.items():
        known = {pk: row for pk, row in after[label].items() if pk in rows}
        assert known == rows, label
    whole.person.refresh_from_db()
    assert (whole.person.life_status, whole.person.mourned_until) == ("living", None)
    assert not AftermathCase.objects.standing().exists()
    assert not AftermathTask.objects.open().exists()
    assert list(loose_ends(clerk)) == []


def test_a_death_opens_a_case_with_tasks_for_whoever_cared_for_him(whole, clerk):
    dies(whole, clerk)

    case = AftermathCase.objects.get()
    assert case.owner == clerk
    kinds = dict(case.tasks.values_list("kind", "due_on"))
    assert kinds == {
        AftermathKind.OBITUARY: TODAY + DAY, AftermathKind.CONDOLENCE: TODAY + 2 * DAY,
        AftermathKind.NOTICE: TODAY + 3 * DAY, AftermathKind.BIOGRAPHY: TODAY + 3 * DAY,
        AftermathKind.SURVIVOR: TODAY + 30 * DAY,
    }  # fmt: skip
    assert [task.kind for task in aftermath_due(clerk)][0] == AftermathKind.OBITUARY
    assert not SafetyCheck.objects.open().exists()


def test_the_rule_set_names_the_tasks(whole, clerk, bureau):
    RuleSet.objects.create(
        kind="aftermath", unit=bureau, effective_from=LONG_AGO, document_no="云老干〔2026〕9号",
        values={"biography_days": 0, "obituary_days": 0, "others": ["整理遗物移交档案馆"], "quiet_days": 49},
    )  # fmt: skip
    dies(whole, clerk)

    assert set(AftermathTask.objects.values_list("what", flat=True)) == {
        "吊唁慰问", "向家属送后事办理一次告知单", "遗属建档", "整理遗物移交档案馆"
    }  # fmt: skip
    whole.person.refresh_from_db()
    assert whole.person.mourned_until == TODAY + 49 * DAY


def test_dying_after_all_takes_the_same_case_up_again(whole, clerk):
    dies(whole, clerk)
    restored = life.record(whole.person, life.Report(Kind.RESTORED, PartialDate.of(TODAY)), actor=clerk)

    life.undo(restored, reason="确已离世", actor=clerk)

    assert AftermathCase.objects.standing().count() == AftermathCase.objects.count() == 1
    assert AftermathTask.objects.open().count() == 5


def test_a_death_of_long_ago_leaves_nothing_to_arrange(whole, clerk):
    dies(whole, clerk, TODAY - 700 * DAY)

    assert not AftermathCase.objects.exists()


def test_a_seat_filled_meanwhile_is_told_to_staff_until_somebody_has_seen_to_it(whole, clerk):
    event = dies(whole, clerk)
    make_post(make_person("赵国栋"), Post.objects.get().organisation, starts_on=TODAY)

    life.undo(event, reason="报错了人", actor=clerk)

    (found,) = loose_ends(clerk)
    assert found.loose_ends == ["第一支部的书记已由别的同志担任，原来的任职没有恢复。请问支部怎样安排。"]
    life.settle(found, actor=clerk)
    assert list(loose_ends(clerk)) == []
