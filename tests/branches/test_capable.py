"""What each kind and level may have, whichever way a row comes in: service, model, direct SQL (domain 2.2.1)."""

import datetime
import re
import uuid

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from apps.branches import services
from apps.branches.choices import Kind, Level, Link
from apps.branches.models import Membership, Organisation
from apps.branches.models.capable import HELD
from apps.branches.queries import Counts, member_counts, members_of, whole_counts
from apps.branches.rules import misplaced, wrong_link
from apps.common.errors import BusinessError
from tests.builders import LONG_AGO, make_cadre, make_member, make_organisation, make_person, make_unit

DAY = datetime.date(2026, 5, 3)


def test_every_capability_trigger_also_holds_a_change_of_kind():
    missing = [
        f"{model._meta.db_table} {trigger.name}"
        for model, trigger in pgtrigger.registered()
        if (found := re.fullmatch(r"capable_(\w+)", trigger.name))
        and not any(one.table == model._meta.db_table and one.capability == found[1] for one in HELD)
    ]

    assert missing == []


@pytest.mark.parametrize(
    ("level", "above", "allowed"),
    [
        (Level.WORK_COMMITTEE, None, True), (Level.BRANCH, None, True), (Level.GROUP, None, False),
        (Level.COMMITTEE, Level.WORK_COMMITTEE, True), (Level.BRANCH, Level.WORK_COMMITTEE, True),
        (Level.GENERAL, Level.BRANCH, False), (Level.BRANCH, Level.BRANCH, False), (Level.GROUP, Level.GENERAL, False),
        (Level.GROUP, Level.BRANCH, True),
    ],
)  # fmt: skip
def test_levels_stand_in_their_order(level, above, allowed):
    assert (misplaced(level, above) == "") is allowed


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_takes_its_links_only(kind):
    taken = {link for link in Link if not wrong_link(kind, Level.BRANCH, link)}

    assert (Link.FORMAL in taken) is (kind in (Kind.FORMAL, Kind.AWAY))
    assert taken


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["functional", "temporary", "floating"])
def test_a_branch_without_formal_relations_refuses_them_by_every_way_in(kind):
    person, branch = make_person(), make_organisation(kind=kind)
    with pytest.raises(BusinessError, match="不接正式组织关系"):
        services.join_organisation(person, branch, on=DAY, actor=None)
    with pytest.raises(ValidationError):
        Membership(person=person, organisation=branch, starts_on=DAY).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.bulk_create([Membership(person=person, organisation=branch, starts_on=DAY)])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO branches_membership (public_id, person_id, organisation_id, link, starts_on, reason_in,"
            " reason_out, void_reason, version, created_at, updated_at)"
            " VALUES (%s, %s, %s, 'formal', %s, '', '', '', 1, now(), now())",
            [uuid.uuid4(), person.pk, branch.pk, DAY],
        )
    assert not Membership.objects.exists()


@pytest.mark.django_db
def test_a_kind_stays_while_rows_need_it():
    branch = make_organisation()
    member = make_member(make_person(), branch)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=branch.pk).update(kind="functional")
    with pytest.raises(BusinessError, match="1 名党员的正式组织关系"):
        services.require_kind(branch, "functional")

    Membership.objects.filter(pk=member.pk).update(ends_on=DAY)
    services.require_kind(branch, "functional")
    assert Organisation.objects.filter(pk=branch.pk).update(kind="functional") == 1


@pytest.mark.django_db
def test_levels_are_held_by_the_database():
    general = make_organisation("总支", level="general")
    branch = make_organisation("一支部", above=general)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_organisation("倒置", above=branch, level="general")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_organisation("总支小组", above=general, level="group")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=general.pk).update(level="branch")
    make_member(make_person(), branch)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=branch.pk).update(level="group")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_member(make_person(), general)


@pytest.mark.django_db
def test_a_group_is_a_part_of_the_membership_and_one_of_its_own_branch():
    one, other = make_organisation("一支部"), make_organisation("二支部")
    group, foreign = (
        make_organisation("一组", above=one, level="group"),
        make_organisation("二组", above=other, level="group"),
    )
    person = make_person()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_member(person, one, group=foreign)
    with pytest.raises(BusinessError, match="自己的党小组"):
        services.join_organisation(person, one, on=DAY, actor=None, group=foreign)
    with pytest.raises(BusinessError, match="党小组不单独接组织关系"):
        services.join_organisation(person, group, on=DAY, actor=None)
    services.join_organisation(person, one, on=DAY, actor=None, group=group)

    assert list(members_of(group, DAY)) == [person]
    assert member_counts([one.pk], DAY)[one.pk].full == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"political_status": ""}, "政治面貌还没有登记"),
        ({"political_status": "13"}, "不是中共党员"),
        ({"life_status": "deceased"}, "已离世"),
    ],
)
def test_only_living_members_have_a_formal_relation(over, sentence):
    with pytest.raises(BusinessError, match=sentence):
        services.join_organisation(make_person(**over), make_organisation(), on=DAY, actor=None)


@pytest.mark.django_db
def test_counts_of_full_probationary_and_linked_members(django_assert_num_queries):
    unit = make_unit()
    general = make_organisation("总支", level="general")
    one, two = make_organisation("一支部", above=general), make_organisation("二支部", above=general)
    make_member(make_cadre("丁一", unit=unit).person, one)
    make_member(make_cadre("王五", unit=unit, political_status="02").person, one)
    make_member(make_cadre("马六", unit=unit, full_member_on="2026-09-01").person, two)
    make_member(make_person("外来"), two, link=Link.FLOATING)
    make_member(make_person("走了"), two, ends_on=LONG_AGO)

    with django_assert_num_queries(1):
        counts = member_counts([one.pk, two.pk, general.pk], DAY)
    assert (counts[one.pk].full, counts[one.pk].probationary) == (1, 1)
    assert (counts[two.pk].full, counts[two.pk].probationary, counts[two.pk].others) == (0, 1, 1)
    assert counts[general.pk] == Counts()
    with django_assert_num_queries(2):
        whole = whole_counts([general, one], DAY)
    assert (whole[general.pk].formal, whole[one.pk].formal) == (3, 2)
    assert [person.name for person in members_of(one, DAY, formal_only=True)] == ["丁一", "王五"]
