"""Two entries of one person: every relation is covered, moved, and put back; nothing is sent again."""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.utils import timezone
from pghistory.models import Event

from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.merging_facts import FACTS, MODELS, NOT_CHOSEN
from apps.ledgers.models import CareTier, Contact, Need
from apps.ledgers.queries.twins import find_twins, pairs_for
from apps.ledgers.services import merging as acts
from apps.ledgers.services.merge_rows import relations
from apps.messaging.models import Message
from apps.people import merging
from apps.people.choices import MergeState
from apps.people.merging import How
from apps.people.models import Person, PersonMerge, Phone, TwinPair
from apps.people.queries import known_ids, stands_for
from apps.people.services import save_phone
from apps.registry.models import Cadre, LifeEvent
from apps.reminders.models import Reminder
from apps.reports.audit import looks_at
from tests.access_world import OBJECTS, make_side
from tests.builders import make_cadre, make_member, make_organisation, make_unit, make_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NOW = timezone.now()
DAY = dt.timedelta(days=1)
# Columns without a key that keep a number of a person, by how they are called.
BARE = re.compile(r"(^|_)(person|cadre|people)(_id|_ids|_key)?$|^subject(_key)?$|^target$|^on_behalf_of$|^topic$")
NOT_COMPARED = {"version", "updated_at"}
# What tells of the merge itself, and what is only ever added to.
TELLING = ("common.AuditEntry", "common.AuditSubject", "common.Attachment", "people.PersonMerge", "pghistory.Context")


def own_models():
    for model in apps.get_models(include_auto_created=True):
        if not issubclass(model, Event) and model.__module__.startswith("apps.") and model._meta.managed:
            yield model


def test_every_key_to_a_person_or_cadre_is_declared():
    """A new relation that nobody declared fails here: say in its room's merge_rules what becomes of it."""
    found = {label for label, *_ in relations()}

    assert sorted(found - merging.relations.keys()) == []
    assert sorted(merging.relations.keys() - found) == []


def test_every_number_of_a_person_without_a_key_is_declared():
    found = {
        f"{model._meta.label}.{item.name}"
        for model in own_models()
        for item in model._meta.concrete_fields
        if not item.is_relation and BARE.search(item.name)
    }
    found -= {"accounts.BoundCertificate.subject"}  # the subject of a certificate

    assert sorted(found - merging.bare.keys()) == []
    assert sorted(merging.bare.keys() - found) == []


def test_every_rule_that_refuses_or_keeps_says_why():
    assert [label for label, rule in merging.relations.items() if rule.how != How.MOVE and not rule.words] == []


def test_every_column_can_be_chosen_or_is_named_as_not():
    for which, model in MODELS.items():
        chosen = {name for fact in FACTS if fact.row == which for name in fact.columns}
        columns = {item.name for item in model._meta.concrete_fields}
        assert columns - chosen == NOT_CHOSEN[which]


@pytest.fixture
def bureau():
    return make_unit()


@pytest.fixture
def clerk(bureau):
    return make_user("clerk", role="clerk", unit=bureau)


@pytest.fixture
def head(bureau):
    return make_user("head", role="section_head", unit=bureau)


@pytest.fixture
def twins(bureau):
    """Twice the same man, the second time without a number and with a telephone."""
    first = make_cadre("李德厚", unit=bureau, person=make("李德厚", birth_date="1938-05-06", sex="1"))
    second = make_cadre("李德厚", unit=bureau, person=make("李德厚", birth_date="1938-05", sex="0"))
    return first, second


def make(name, **over):
    from tests.builders import make_person  # noqa: PLC0415 (read once here, for the keyword form)

    return make_person(name, **over)


def merged(winner, loser, clerk, head, chosen=()) -> PersonMerge:
    row = acts.propose(winner.person, loser.person, chosen=chosen, reason="电话问过本人", actor=clerk, on=TODAY)
    return acts.carry_out(row, actor=head, now=NOW)


def everything() -> dict:
    found = {}
    for model in own_models():
        if model._meta.label in TELLING:
            continue
        columns = [item.attname for item in model._meta.concrete_fields if item.name not in NOT_COMPARED]
        rows = model._base_manager.values(*columns)
        found[model._meta.label] = {row[model._meta.pk.attname]: {k: pack(v) for k, v in row.items()} for row in rows}
    return found


def pack(value):
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.fixture
def whole(bureau):
    """A cadre with a row of every kind that the portal knows."""
    side = make_side("甲", "李德厚", bureau)
    for label, build in OBJECTS.items():
        side.objects[label] = build(side)
    return side


def test_all_rows_move_and_undone_all_are_back(whole, clerk, head, bureau):
    LifeEvent.objects.filter(person=whole.cadre.person, state="reported").update(state="rejected")
    stays = make_cadre("李德厚", unit=bureau)
    before = everything()
    loser = whole.cadre

    row = merged(stays, loser, clerk, head)

    left = {
        label: model._base_manager.filter(**{item.attname: loser.pk}).count()
        for label, model, item in relations()
        if merging.relations[label].how != How.KEEP
    }
    assert {label: count for label, count in left.items() if count} == {}
    assert Person.objects.get(pk=loser.pk).voided_at is not None
    assert len(row.moved) > 25

    undone = acts.undo(row, reason="原来是两个人", actor=head, now=NOW)

    assert undone.left == []
    after = everything()
    for label, rows in before.items():
        assert after[label] == rows, label


def test_chosen_facts_come_from_the_other_and_go_back(twins, clerk, head):
    first, second = twins
    Person.objects.filter(pk=second.pk).update(native_place="江苏南通")
    Cadre.objects.filter(pk=second.pk).update(former_post="副处长")
    second.person.residence = "南河街道文化路 12 号"
    second.person.save(update_fields=["residence"])

    row = merged(first, second, clerk, head, ["person.native_place", "cadre.former_post", "person.residence"])

    person = Person.objects.get(pk=first.pk)
    assert (person.native_place, person.cadre.former_post) == ("江苏南通", "副处长")
    assert person.residence == "南河街道文化路 12 号"
    assert str(person.birth_date) == "1938-05-06"
    acts.undo(row, reason="弄错了", actor=head, now=NOW)
    person = Person.objects.get(pk=first.pk)
    assert (person.native_place, person.residence or "") == ("", "")


def test_a_citizen_id_goes_over_and_back_though_it_is_unique(twins, clerk, head):
    first, second = twins
    person = second.person
    person.citizen_id, person.citizen_id_index, person.citizen_id_last4 = "110105193805060013", b"a" * 32, b"b" * 32
    person.save()

    row = merged(first, second, clerk, head, ["person.citizen_id"])
    assert Person.objects.get(pk=first.pk).citizen_id == "110105193805060013"

    acts.undo(row, reason="弄错了", actor=head, now=NOW)
    assert bytes(Person.objects.get(pk=second.pk).citizen_id_index) == b"a" * 32
    assert Person.objects.get(pk=first.pk).citizen_id_index is None


def test_a_second_person_looks_and_a_row_he_has_too_stays(twins, clerk, head):
    first, second = twins
    for cadre in twins:
        CareTier.objects.create(cadre=cadre, level=2, effective_on=TODAY, decided_on=TODAY)
    row = acts.propose(first.person, second.person, chosen=[], reason="同一人", actor=head, on=TODAY)
    with pytest.raises(BusinessError, match="另一位同志复核"):
        acts.carry_out(row, actor=head, now=NOW)
    other = make_user("other", role="section_head", unit=first.managing_unit)

    row = acts.carry_out(row, actor=other, now=NOW)

    assert row.moved["ledgers.CareTier.cadre 留下"] == 1
    assert CareTier.objects.get(cadre=first).level == 2


@pytest.mark.parametrize("what", ["memberships", "reported", "one_dead", "sex"])
def test_what_cannot_be_merged_is_said_before_anything_is_written(twins, clerk, bureau, what):
    first, second = twins
    if what == "memberships":
        for cadre, name in zip(twins, ("第一支部", "第二支部"), strict=True):
            make_member(cadre.person, make_organisation(name, unit=bureau))
    elif what == "reported":
        LifeEvent.objects.create(person=second.person, kind="died", happened_on="2026-10")
    elif what == "one_dead":
        Person.objects.filter(pk=second.pk).update(life_status="deceased")
    else:
        Person.objects.filter(pk=second.pk).update(sex="2")
    before = everything()

    with pytest.raises(BusinessError) as refused:
        acts.propose(
            Person.objects.get(pk=first.pk), Person.objects.get(pk=second.pk), chosen=[], reason="同一人",
            actor=clerk, on=TODAY,
        )  # fmt: skip

    assert refused.value.sentence.endswith("。")
    assert everything() == before
    assert not PersonMerge.objects.exists()


def test_looks_at_both_are_found_and_old_addresses_lead_to_the_one(client, twins, clerk, head):
    first, second = twins
    audit.record("open", actor=clerk, people=[second.pk])
    merged(first, second, clerk, head)

    assert known_ids(first.pk) == [first.pk, second.pk]
    assert stands_for(second.pk) == first.pk
    assert "open" in [entry.action for entry in looks_at(first.pk, NOW - DAY)]
    client.force_login(clerk)
    answer = client.get(f"/admin/registry/cadre/{second.pk}/change/")
    assert answer.status_code == 302
    assert answer.url == f"/admin/registry/cadre/{first.pk}/change/"


def test_nothing_is_sent_again(twins, clerk, head):
    first, second = twins
    keys = {"kind": "birthday", "occasion_date": TODAY, "stage": "day", "role": "responsible"}
    dates = {"due_on": TODAY, "valid_until": TODAY + DAY}
    for cadre in twins:
        Reminder.objects.create(subject_key=f"person:{cadre.pk}", person=cadre.person, **keys, **dates)
    other = Reminder.objects.create(
        subject_key=f"person:{second.pk}", person=second.person, **{**keys, "stage": "eve"}, **dates
    )
    message = Message.objects.create(
        key=f"greeting:{second.pk}:{TODAY}", delivery_class="urgent", template="birthday.greeting",
        person=second.person, about=second.person, on_day=TODAY,
    )  # fmt: skip

    row = merged(first, second, clerk, head)

    other.refresh_from_db()
    message.refresh_from_db()
    assert other.subject_key == f"person:{first.pk}"
    assert message.key == f"greeting:{first.pk}:{TODAY}"
    pending = Reminder.objects.filter(person=first.person, state="pending", stage="day")
    assert [reminder.subject_key for reminder in pending] == [f"person:{first.pk}"]
    acts.undo(row, reason="弄错了", actor=head, now=NOW)
    message.refresh_from_db()
    assert (message.key, message.person_id) == (f"greeting:{second.pk}:{TODAY}", second.pk)


def test_rows_changed_since_stay_and_are_named(twins, clerk, head):
    first, second = twins
    need = Need.objects.create(cadre=second, section="wellbeing", category="home", description="装扶手", found_on=TODAY)
    row = merged(first, second, clerk, head)
    Need.objects.filter(pk=need.pk).update(description="装扶手和夜灯")

    row = acts.undo(row, reason="弄错了", actor=head, now=NOW)

    assert row.left == [["ledgers.Need", need.pk]]
    need.refresh_from_db()
    assert need.cadre_id == first.pk


def test_after_thirty_days_it_cannot_be_undone(twins, clerk, head):
    row = merged(*twins, clerk, head)

    with pytest.raises(BusinessError, match="30 天"):
        acts.undo(row, reason="弄错了", actor=head, now=NOW + 31 * DAY)


def test_pairs_are_found_by_keys_and_dismissed_for_good(twins, bureau, clerk):
    first, second = twins
    other = make_cadre("李得厚", unit=bureau, person=make("李得厚", birth_date="1938-05-06", sex="1"))
    Person.objects.filter(pk__in=[first.pk, other.pk]).update(name_pinyin="lidehou")
    wife = make_cadre("李德厚", unit=bureau, person=make("李德厚", birth_date="1938-05-06", sex="2"))
    for cadre in (first, second):
        save_phone(Phone(person=cadre.person), "13900001234", actor=clerk)

    assert find_twins(TODAY) == find_twins(TODAY)

    found = {(pair.low_id, pair.high_id): sorted(pair.reasons) for pair in TwinPair.objects.all()}
    assert found[first.pk, second.pk] == ["partly", "phone"]
    assert found[first.pk, other.pk] == ["sound"]
    assert (first.pk, wife.pk) not in found
    pair = TwinPair.objects.get(low=first.person, high=second.person)
    acts.dismiss(pair, reason="父子同名", actor=clerk)
    find_twins(TODAY + DAY)
    assert pair.pk not in TwinPair.objects.waiting().values_list("pk", flat=True)
    assert pairs_for(clerk).count() == TwinPair.objects.count()
    assert not pairs_for(make_user("far", role="clerk", unit=make_unit("云海区"))).exists()


def test_a_proposal_waits_and_is_refused_with_a_reason(twins, clerk, head):
    first, second = twins
    row = acts.propose(first.person, second.person, chosen=[], reason="同一人", actor=clerk, on=TODAY)
    again = acts.propose(first.person, second.person, chosen=[], reason="同一人", actor=clerk, on=TODAY)
    assert again.pk == row.pk

    row = acts.refuse(row, reason="父子同名", actor=head)

    assert row.state == MergeState.REFUSED
    assert Contact.objects.count() == 0
