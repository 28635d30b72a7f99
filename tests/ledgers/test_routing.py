"""Who acts for whom: the branch before the unit, substitutes in chains, and whose phones stand open (domain 2.8)."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.access import stand_ins, stood_in_for
from apps.accounts.models import Absence, User
from apps.ledgers import queries
from apps.ledgers.access import open_to
from apps.ledgers.services import assign_carer
from apps.registry.models import Cadre
from tests.builders import make_cadre, make_member, make_organisation, make_person, make_post, make_unit, make_user

DAY = dt.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def unit(bureau):
    return make_unit("云江市水利局", parent=bureau)


def away(user, substitute, today, *, days=7, since=0):
    start = today - since * DAY
    return Absence.objects.create(user=user, substitute=substitute, starts_on=start, ends_on=today + days * DAY)


def again(user) -> User:
    """As the next request brings him."""
    return User.objects.get(pk=user.pk)


def responsible(cadre):
    return queries.responsible_for_cadres({cadre.pk: cadre.managing_unit_id})[cadre.pk]


def test_secretary_of_the_formal_branch_comes_before_the_liaison(bureau, unit, today):
    make_user("liaison", role="liaison", unit=unit)
    secretary = make_user("shuji", is_staff=False)
    cadre = make_cadre(unit=unit)
    branch, club = make_organisation(), make_organisation("云江市书画功能型党支部")
    make_post(make_person("何秀兰"), branch, user=secretary)
    make_post(make_person("高建国"), club, user=make_user("other", is_staff=False))
    make_member(cadre.person, club, link="functional")
    assert responsible(cadre) == User.objects.get(username="liaison").pk

    make_member(cadre.person, branch)

    assert responsible(cadre) == secretary.pk


def test_a_deputy_or_a_secretary_without_an_account_or_out_of_office_is_passed_over(bureau, unit, today):
    liaison = make_user("liaison", role="liaison", unit=unit)
    cadre, branch = make_cadre(unit=unit), make_organisation()
    make_member(cadre.person, branch)
    make_post(make_person("何秀兰"), branch, user=make_user("deputy"), kind="deputy")
    make_post(make_person("高建国"), branch, user=make_user("former"), ends_on=today)
    make_post(make_person("吴志强"), branch)

    assert responsible(cadre) == liaison.pk


def test_substitutes_act_in_chains_and_a_circle_ends(bureau, today):
    a, b, c = (make_user(name, role="clerk", unit=bureau) for name in ("a", "b", "c"))
    away(a, b, today)
    assert stand_ins([a.pk, b.pk], on=today) == {a.pk: b.pk}
    away(b, c, today)
    assert stand_ins([a.pk, b.pk, c.pk], on=today) == {a.pk: c.pk, b.pk: c.pk}
    assert stood_in_for(c.pk, on=today) == {a.pk, b.pk}
    assert stood_in_for(b.pk, on=today) == set()

    away(c, a, today)

    assert stand_ins([a.pk, b.pk, c.pk], on=today) == {a.pk: c.pk, b.pk: a.pk, c.pk: b.pk}


def test_absence_is_half_open_and_a_closed_account_stands_in_for_nobody(bureau, today):
    a, b = (make_user(name, role="clerk", unit=bureau) for name in ("a", "b"))
    absence = away(a, b, today, days=3)

    assert stand_ins([a.pk], on=today + 2 * DAY) == {a.pk: b.pk}
    assert stand_ins([a.pk], on=absence.ends_on) == {}
    assert stand_ins([a.pk], on=today - DAY) == {}
    User.objects.filter(pk=b.pk).update(is_active=False)
    assert stand_ins([a.pk], on=today) == {}


def test_duties_and_the_section_go_to_the_substitute(bureau, unit, clerk, today):
    head, deputy = make_user("head", role="section_head", unit=bureau), make_user("ah", role="clerk", unit=bureau)
    cared, uncared = make_cadre(unit=unit), make_cadre("陈秀英", unit=unit)
    assign_carer(cared, clerk, actor=head, on=today)
    away(clerk, deputy, today)
    away(head, deputy, today)

    assert responsible(cared) == deputy.pk
    assert responsible(uncared) == deputy.pk
    assert queries.section_heads([unit.pk]) == {unit.pk: [deputy.pk]}


def test_substitute_sees_the_people_for_as_long_and_no_others(bureau, clerk, today):
    """A liaison of another unit who stands in for the carer."""
    here, there = make_unit("云江市水利局", parent=bureau), make_unit("云江市教育局", parent=bureau)
    his, other = make_cadre(unit=here), make_cadre("陈秀英", unit=here)
    assign_carer(his, clerk, actor=make_user("head", role="section_head", unit=bureau), on=today)
    stands_in = make_user("liaison", role="liaison", unit=there)
    seen = lambda: set(Cadre.objects.visible_to(again(stands_in)).values_list("pk", flat=True))  # noqa: E731
    assert seen() == set()

    absence = away(clerk, stands_in, today)

    assert his.pk in seen()
    assert open_to(again(stands_in), [his.pk, other.pk]) == {his.pk}
    absence.voided_at = timezone.now()
    absence.save()
    assert seen() == set()


def test_substitute_of_a_liaison_sees_his_unit(bureau, today):
    here, there = make_unit("云江市水利局", parent=bureau), make_unit("云江市教育局", parent=bureau)
    cadre, foreign = make_cadre(unit=here), make_cadre("陈秀英", unit=make_unit("云江市财政局", parent=bureau))
    liaison = make_user("liaison", role="liaison", unit=here)
    stands_in = make_user("other", role="liaison", unit=there)

    away(liaison, stands_in, today)

    assert set(Cadre.objects.visible_to(again(stands_in)).values_list("pk", flat=True)) == {cadre.pk}
    assert open_to(again(stands_in), [cadre.pk, foreign.pk]) == {cadre.pk}


def test_phones_stand_open_for_pairing_post_and_duty_only(bureau, unit, clerk, today):
    head = make_user("head", role="section_head", unit=bureau)
    paired, member, duty, none = (make_cadre(name, unit=unit) for name in ("李德厚", "陈秀英", "吴志强", "周长庚"))
    helped = make_user("helper", role="clerk", unit=bureau)
    assign_carer(paired, clerk, actor=head, on=today)
    assign_carer(none, helped, actor=head, on=today)
    branch = make_organisation()
    make_member(member.person, branch)
    secretary = make_user("shuji", is_staff=False)
    make_post(make_person("何秀兰"), branch, user=secretary)
    everybody = [paired.pk, member.pk, duty.pk, none.pk]

    assert open_to(again(clerk), everybody) == {paired.pk}
    assert open_to(again(secretary), everybody) == {member.pk}
    assert open_to(again(head), everybody) == {duty.pk}
    assert open_to(again(head), []) == set()


def test_statements_do_not_grow_with_people(bureau, unit, clerk, today, django_assert_max_num_queries):
    people = [make_cadre(f"李德{place}", unit=unit) for place in "甲乙丙丁"]
    for cadre in people[:2]:
        assign_carer(cadre, clerk, actor=make_user(f"h{cadre.pk}", role="section_head", unit=bureau), on=today)
    counts = []
    for rows in (people[:3], people):
        with django_assert_max_num_queries(12) as seen:
            open_to(again(clerk), [cadre.pk for cadre in rows])
        counts.append(len(seen))

    assert counts[0] == counts[1]
